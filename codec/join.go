package codec

import "slices"

// A Reading is what a text that holds a code says.
type Reading struct {
	Kind      Kind
	Body      []byte   // the likeliest; its digest holds where the kind has one
	Spellings [][]byte // every body the text may mean, Body first; one where a digest decided
	Pasted    bool     // whether it was read from the paste form
	Lines     []Line   // the lines, for typed lines and for a pasted code without a digest
	Skipped   int      // lines of other text that were passed over
}

// Corrected returns the lines in which something was corrected.
func (r Reading) Corrected() []Line {
	var lines []Line
	for _, l := range r.Lines {
		if len(l.Fixes) > 0 {
			lines = append(lines, l)
		}
	}
	return lines
}

// maxCombinations bounds the ways of putting lines together that are tried against the digest.
const maxCombinations = 1024

// JoinLines makes a code of lines from ParseLine, in order. Where a text may mean several lines,
// all of them are tried against the digest, the given one first. An error is an *Error.
func JoinLines(lines []Line) (Reading, error) {
	if len(lines) == 0 {
		return Reading{}, &Error{Problem: Empty}
	}
	first := lines[0].Kind
	var failed *Error
	for i, l := range lines {
		if failed = l.follows(i, len(lines), first); failed != nil {
			break
		}
	}
	// A line that was badly mistyped may have been taken for one of another kind.
	for _, k := range lines[0].kinds() {
		choices := make([][]Line, len(lines))
		for i, l := range lines {
			choices[i] = l.choices(k, i+1, i+1 == len(lines))
		}
		if slices.ContainsFunc(choices, func(c []Line) bool { return len(c) == 0 }) {
			continue
		}
		r, e := joinChoices(k, choices)
		if e == nil {
			return r, nil
		}
		if failed == nil {
			failed = e
		}
	}
	return Reading{}, failed
}

// follows returns an error unless the line can come after i others in a code of kind k of so many
// lines.
func (l Line) follows(i, count int, k Kind) *Error {
	switch {
	case l.Number != i+1:
		return otherLine(i+1, l.Number)
	case l.Kind.Number != k.Number:
		return otherKind(i+1, l.Kind.Name, k.Name)
	case l.Last && i+1 < count:
		return afterLast(i+2, i+1)
	case !l.Last && i+1 == count:
		return missing(count + 1)
	}
	return nil
}

// kinds returns the kinds that the line may belong to, its own first.
func (l Line) kinds() []Kind {
	all := []Kind{l.Kind}
	for _, a := range l.alike {
		if !slices.ContainsFunc(all, func(k Kind) bool { return k.Number == a.Kind.Number }) {
			all = append(all, a.Kind)
		}
	}
	return all
}

// choices returns what the line's text may mean in that place of a code of kind k.
func (l Line) choices(k Kind, number int, last bool) []Line {
	var all []Line
	add := func(a Line) {
		if a.Kind.Number == k.Number && a.Number == number && a.Last == last {
			all = append(all, a)
		}
	}
	add(l)
	for _, a := range l.alike {
		if a.Text != l.Text || a.Kind.Number != l.Kind.Number || a.bits != l.bits {
			add(a)
		}
	}
	return all
}

// joinChoices puts together the lines of a whole code, one of each place.
func joinChoices(k Kind, choices [][]Line) (Reading, *Error) {
	if k.Bits != 0 {
		return joinSpellings(k, choices[0]), nil
	}
	pick := make([]int, len(choices))
	payload := make([]byte, 0, MaxTyped)
	for range maxCombinations {
		payload = payload[:0]
		for i, p := range pick {
			payload = append(payload, choices[i][p].data...)
		}
		if body, ok := k.cutDigest(payload); ok {
			if len(body) > k.Max {
				return Reading{}, tooLong("the %s has %d bytes, at most %d are allowed", k.Name,
					len(body), k.Max)
			}
			body = slices.Clone(body)
			r := Reading{Kind: k, Body: body, Spellings: [][]byte{body}}
			for i, p := range pick {
				r.Lines = append(r.Lines, choices[i][p])
			}
			return r, nil
		}
		if !advance(pick, choices) {
			break
		}
	}
	return Reading{}, notOneCode(choices)
}

// advance moves on to the next combination and reports false after the last.
func advance(pick []int, choices [][]Line) bool {
	for i := len(pick) - 1; i >= 0; i-- {
		if pick[i]++; pick[i] < len(choices[i]) {
			return true
		}
		pick[i] = 0
	}
	return false
}

// joinSpellings is for a kind without a digest: everything that the one line may mean stands.
func joinSpellings(k Kind, all []Line) Reading {
	all = all[:min(len(all), MaxSpellings)]
	r := Reading{Kind: k, Body: slices.Clone(all[0].data), Lines: all[:1:1]}
	for _, l := range all {
		r.Spellings = append(r.Spellings, slices.Clone(l.data))
	}
	return r
}

// cutDigest returns the body of a payload whose digest holds.
func (k Kind) cutDigest(payload []byte) ([]byte, bool) {
	if len(payload) < DigestSize {
		return nil, false
	}
	body := payload[:len(payload)-DigestSize]
	return body, k.digest(body) == [DigestSize]byte(payload[len(body):])
}

// notOneCode is about lines that all read and make no code. The line that took the most correcting
// is the first to look at, since a correction can go wrong.
func notOneCode(choices [][]Line) *Error {
	worst, alone := choices[0][0], true
	for _, c := range choices[1:] {
		switch {
		case c[0].cost > worst.cost:
			worst, alone = c[0], true
		case c[0].cost == worst.cost:
			alone = false
		}
	}
	const text = "every line reads, but together they are not one code: "
	if worst.cost < 2 || !alone {
		return damaged(0, text+"lines of two codes are mixed")
	}
	return damaged(worst.Number, text+"check line %d, where the most was corrected", worst.Number)
}
