package reserve

import (
	"bytes"
	"strings"
	"testing"
	"unicode"

	"tallystick/codec"
	"tallystick/keys"
	"tallystick/testvectors/corpus"
)

// What the parsers may allocate in all for an input of so many bytes, what they free meanwhile
// included.

// messageMemory: the fields of a message, a copy of it, or the text of a refusal.
func messageMemory(size int) int { return 16<<10 + 16*size }

// signedMemory: the signed form of a message, once for each of maxSignatures, besides.
func signedMemory(size int) int { return 64<<10 + 32*size }

// catalogMemory: the worst that is known are lists of empty objects, 242 a byte.
func catalogMemory(size int) int { return 64<<10 + 300*size }

// recordMemory: a trust bundle is most of it, and it is written again for comparison.
func recordMemory(size int) int { return 256<<10 + 320*size }

// bounded runs a parser in bounded memory, and fails when its refusal can't be shown to a person.
func bounded[T any](t *testing.T, most int, parse func() (T, error)) (T, bool) {
	t.Helper()
	var v T
	var err error
	corpus.Allocates(t, most, func() { v, err = parse() })
	if err != nil {
		if s := err.Error(); s == "" || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("the refusal is %q", s)
		}
	}
	return v, err == nil
}

// mustEqual fails unless a message that was read is written as it was.
func mustEqual(t *testing.T, what string, written, read []byte) {
	t.Helper()
	if !bytes.Equal(written, read) {
		t.Errorf("a %s with two encodings:\n%x\n%x", what, read, written)
	}
}

// bodies are the inputs of the vectors of a file, of all its operations that have a body.
func bodies(t testing.TB, file string) (all [][]byte) {
	t.Helper()
	for _, v := range corpus.Vectors(t, file, "") {
		if v.Input.Has("body") {
			all = append(all, v.Input.Bytes(t, "body"))
		}
	}
	if len(all) == 0 {
		t.Fatalf("%s.json has no body", file)
	}
	return all
}

func FuzzParseRequest(f *testing.F) {
	for _, body := range bodies(f, "request") {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		q, ok := bounded(t, messageMemory(len(body)), func() (Request, error) { return ParseRequest(body) })
		if !ok {
			return
		}
		plain := newRequest(q.Identity(), q.RootVersion(), q.CatalogVersion()).Body()
		w := codec.NewWriter()
		w.Raw(plain[:len(plain)-1]) // the device's program writes no extensions
		r := codec.NewReader(body[len(plain)-1:])
		n := r.U8()
		list, _ := readExtensions(r, RequestKind, int(n))
		w.U8(n)
		writeExtensions(w, list)
		mustEqual(t, "request", w.Finish(), body)
		mustEqual(t, "request", q.Body(), body)
	})
}

func FuzzParseAuthorization(f *testing.F) {
	for _, body := range bodies(f, "authorization") {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		u, ok := bounded(t, messageMemory(len(body)), func() (UnverifiedAuthorization, error) { return ParseAuthorization(body) })
		if !ok {
			return
		}
		w := codec.NewWriter()
		w.Raw(u.terms.encode(len(u.signatures)))
		for _, s := range u.signatures {
			w.U8(s.index)
			w.Raw(s.value)
		}
		mustEqual(t, "authorization", w.Finish(), body)
	})
}

// addressees are the devices of the authorization vectors: what they obey, and who they are.
func addressees(t testing.TB) (all []Unreserved) {
	t.Helper()
	seen := map[string]bool{}
	for _, v := range corpus.Vectors(t, "authorization", "authorization") {
		device := v.Context.Object(t, "device")
		name := device.Text(t, "seed") + device.Text(t, "udi") + v.Context.Text(t, "bundle")
		if seen[name] {
			continue
		}
		seen[name] = true
		trust, err := OpenTrust(v.Context.Bytes(t, "bundle"))
		if err != nil {
			t.Fatal(err)
		}
		udi, err := ParseUDI(device.Text(t, "udi"))
		if err != nil {
			t.Fatal(err)
		}
		i, err := NewInstance(udi, trust, bytes.NewReader(device.Bytes(t, "seed")), testNow)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, i)
	}
	return all
}

// FuzzOpenAuthorization: whatever a device takes is what was signed, opens again, and makes a
// record that reads.
func FuzzOpenAuthorization(f *testing.F) {
	devices := addressees(f)
	for _, body := range bodies(f, "authorization") {
		for i := range devices {
			f.Add(uint8(i), body)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		i := devices[int(which)%len(devices)]
		a, ok := bounded(t, signedMemory(len(body)), func() (Authorization, error) {
			return OpenAuthorization(body, i.Trust(), i.Identity())
		})
		again, err := ReopenAuthorization(body, i.Trust(), i.Identity())
		if !ok {
			if !a.IsZero() {
				t.Errorf("an authorization with a refusal: %+v", a)
			}
			return
		}
		mustEqual(t, "authorization", a.Body(), body)
		if err != nil || !again.Same(a) || len(a.Signers()) == 0 {
			t.Errorf("what was opened does not open again: %v", err)
		}
		if held, _, err := Install(i, body, a.Issued().Time()); err == nil {
			reload(t, held)
			if held.Authorization().Number() != a.Number() || held.Floor() != a.Number()+1 {
				t.Errorf("number %d is held, and number %d was opened", held.Authorization().Number(), a.Number())
			}
		}
	})
}

func FuzzParseReceipt(f *testing.F) {
	for _, body := range bodies(f, "receipt") {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, ok := bounded(t, messageMemory(len(body)), func() (Receipt, error) { return ParseReceipt(body) })
		if !ok {
			return
		}
		mustEqual(t, "receipt", r.Body(), body)
		if code := r.Code(); !bytes.Equal(code.Body(), body) || len(code.Lines()) != 1 {
			t.Errorf("%x is shown as %q", body, code.Lines())
		}
	})
}

// reporter is the device of the status vectors.
func reporter(t testing.TB) Identity {
	t.Helper()
	context := corpus.Vectors(t, "status", "status")[0].Context
	udi, err := ParseUDI(context.Text(t, "udi"))
	if err != nil {
		t.Fatal(err)
	}
	public, err := keys.ParsePublicKey(keys.Ed25519, context.Bytes(t, "publicKey"))
	if err != nil {
		t.Fatal(err)
	}
	return newIdentity(udi, public, [16]byte(context.Bytes(t, "anchor")))
}

func FuzzOpenStatus(f *testing.F) {
	for _, body := range bodies(f, "status") {
		f.Add(body)
	}
	id := reporter(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		device, ok := bounded(t, messageMemory(len(body)), func() ([4]byte, error) { return StatusDevice(body) })
		if ok {
			c, _, signature, err := parseStatus(body)
			if err != nil {
				t.Fatal(err)
			}
			mustEqual(t, "status report", append(c.encode(), signature...), body)
		}
		s, opened := bounded(t, signedMemory(len(body)), func() (Status, error) { return OpenStatus(body, id) })
		if !opened {
			return
		}
		mustEqual(t, "status report", s.Body(), body)
		if !ok || device != id.did.Prefix() || s.Floor() < 1 || s.Count() < 1 {
			t.Errorf("a report of %x that says %+v", device, s.content)
		}
	})
}

func FuzzOpenTrust(f *testing.F) {
	for _, body := range bodies(f, "trust") {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		trust, ok := bounded(t, catalogMemory(len(body)), func() (Trust, error) { return OpenTrust(body) })
		if ok == trust.IsZero() {
			t.Errorf("a trust bundle that is refused: %v, and empty: %v", !ok, trust.IsZero())
		}
		if !ok {
			return
		}
		mustEqual(t, "trust bundle", trust.Body(), body)
		if err := trust.Follows(trust); err != nil {
			t.Errorf("the bundle that is installed already: %v", err)
		}
	})
}

// FuzzInspect feeds every parser that people read the findings of, with the kind as a number.
func FuzzInspect(f *testing.F) {
	device := addressees(f)[0]
	for kind, file := range map[codec.Kind]string{RequestKind: "request", AuthorizationKind: "authorization",
		ReceiptKind: "receipt", StatusKind: "status", BundleKind: "trust"} {
		for _, body := range bodies(f, file) {
			f.Add(kind.Number, body)
		}
	}
	f.Add(UsageKind.Number, []byte{0x15, 0})
	byNumber := map[uint16]codec.Kind{}
	for _, k := range Kinds() {
		byNumber[k.Number] = k
	}
	f.Fuzz(func(t *testing.T, number uint16, body []byte) {
		kind, id := byNumber[number], device.Identity()
		if kind.Bits != 0 {
			id = Identity{} // that a receipt is not of a device takes half a second to find out
		}
		x, ok := bounded(t, catalogMemory(len(body))+signedMemory(len(body)), func() (Inspection, error) {
			return Inspect(kind, body, device.Trust(), id)
		})
		switch {
		case !ok && (x.Verified || x.Finding != nil):
			t.Errorf("refused, with the findings %+v", x)
		case ok && x.Verified == (x.Finding != nil):
			t.Errorf("verified %v with finding %v", x.Verified, x.Finding)
		case ok && !Supported(kind):
			t.Errorf("a %s was read", kind.Name)
		}
	})
}
