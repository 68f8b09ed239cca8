package testvectors_test

import (
	"fmt"
	"maps"

	"tallystick/codec"
	"tallystick/reserve"
)

// The checks of what comes back to an issuer.

func identityOf(o object) (reserve.Identity, error) {
	form := requestForm{header: 0x11, suite: 1, public: o.bytes("publicKey"), anchor: o.bytes("anchor"), udi: o.text("udi")}
	q, err := reserve.ParseRequest(form.body())
	if err != nil {
		return reserve.Identity{}, fmt.Errorf("the device of the context: %v", err)
	}
	return q.Identity(), nil
}

func booksOf(context, input object) (reserve.Books, error) {
	o := maps.Clone(context.object("books"))
	maps.Copy(o, input)
	id, err := identityOf(o)
	if err != nil {
		return reserve.Books{}, err
	}
	b := reserve.Books{Identity: id, Floor: reserve.Number(o.int("floor")), Known: reserve.Position(o.int("position")),
		Seen: reserve.Number(o.int("seen")), Current: reserve.Number(o.int("current")), Statements: uint32(o.int("statements")),
		StatementSum: reserve.Digest(o.bytes("sum")), Suspect: o.bool("suspect"), Quarantined: o.bool("quarantined")}
	b = withLoss(b, o)
	if b.Known > 0 {
		b.KnownSecret = reserve.Secret(o.bytes("x"))
	}
	for _, v := range o.list("issued") {
		i := object(v.(map[string]any))
		b.Issued = append(b.Issued, reserve.Issued{Number: reserve.Number(i.int("number")), Digest: reserve.Digest(i.bytes("digest")), Dead: i["dead"] != nil,
			Rebased: i["rebased"] != nil})
	}
	return b, nil
}

// withLoss adds what the files say of a write-off, if they do.
func withLoss(b reserve.Books, o object) reserve.Books {
	if o["writtenOff"] != nil {
		b.WrittenOff, b.LastBefore, b.Settled, b.Lives = o.bool("writtenOff"), reserve.Number(o.int("before")), o.bool("settled"), o.bool("lives")
	}
	return b
}

// booksObject shows books as the files do.
func booksObject(b reserve.Books) object {
	issued := []object{}
	for _, i := range b.Issued {
		entry := object{"number": i.Number, "digest": encodedHex(i.Digest[:])}
		if i.Dead {
			entry["dead"] = true
		}
		if i.Rebased {
			entry["rebased"] = true
		}
		issued = append(issued, entry)
	}
	x := ""
	if b.Known > 0 {
		x = encodedHex(b.KnownSecret[:])
	}
	return object{"issued": issued, "floor": b.Floor, "position": b.Known, "x": x, "seen": b.Seen, "current": b.Current,
		"statements": b.Statements, "sum": encodedHex(b.StatementSum[:]), "suspect": b.Suspect, "quarantined": b.Quarantined,
		"writtenOff": b.WrittenOff, "before": b.LastBefore, "settled": b.Settled, "lives": b.Lives}
}

// changes are the fields of the books that are not as before.
func changes(before, after reserve.Books) object {
	was, is := booksObject(before), booksObject(after)
	maps.DeleteFunc(is, func(name string, v any) bool { return fmt.Sprint(was[name]) == fmt.Sprint(v) })
	return is
}

func checkReceipt(context, input object) finding {
	b, err := booksOf(context, input)
	if err != nil {
		return finding{err: err}
	}
	bodies, err := spellings(input)
	if err != nil {
		return finding{err: err}
	}
	for _, body := range bodies {
		r, refused := reserve.ParseReceipt(body)
		if err = refused; err != nil {
			continue
		}
		next, outcome, refused := b.Receive(r)
		if err = refused; outcome.Position > 0 {
			return finding{err: err, output: object{"position": outcome.Position, "known": outcome.Repeated, "books": changes(b, next)}}
		}
	}
	return finding{err: err}
}

// spellings returns the body of an input, or all that its text may mean.
func spellings(input object) ([][]byte, error) {
	if input["text"] == nil {
		return [][]byte{input.bytes("body")}, nil
	}
	r, err := codec.Decode(input.text("text"), reserve.Kinds()...)
	return r.Spellings, err
}

func checkStatus(context, input object) finding {
	id, err := identityOf(context)
	if err != nil {
		return finding{err: err}
	}
	body := input.bytes("body")
	s, err := reserve.OpenStatus(body, id)
	if err != nil {
		return finding{err: err}
	}
	x, err := reserve.Inspect(reserve.StatusKind, body, reserve.Trust{}, id)
	if err != nil {
		return finding{err: err}
	}
	number, sum := s.Installed()
	own, shown := s.Digest(), ""
	if number != 0 {
		shown = encodedHex(sum[:])
	}
	return finding{output: object{"floor": s.Floor(), "installed": number, "authorization": shown, "latest": s.LatestDay(),
		"running": x.UptimeHours, "root": s.RootVersion(), "statement": s.Count(), "previous": previousOf(x, body), "sum": encodedHex(own[:])}}
}

// previousOf reads the digest of the statement before, which package reserve does not show.
func previousOf(x reserve.Inspection, body []byte) string {
	at := 6 + len(uv(int(x.Floor))) + len(uv(int(x.Installed))) + 2 + len(uv(int(x.UptimeHours))) + 2 + len(uv(int(x.Statements)))
	if x.Installed != 0 {
		at += 8
	}
	return encodedHex(body[at : at+8])
}

func checkReport(context, input object) finding {
	b, err := booksOf(context, input)
	if err != nil {
		return finding{err: err}
	}
	s, err := reserve.OpenStatus(input.bytes("body"), b.Identity)
	if err != nil {
		return finding{err: err}
	}
	next, outcome, err := b.Report(s)
	return finding{err: err, output: object{"known": outcome.Repeated, "books": changes(b, next)}}
}
