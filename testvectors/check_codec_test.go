package testvectors_test

import (
	"encoding/hex"
	"fmt"

	"tallystick/codec"
	"tallystick/reserve"
)

// The checks of package codec.

func kindsOf(list []any) (kinds []codec.Kind) {
	for _, v := range list {
		kinds = append(kinds, kindNumbered(int(v.(float64))))
	}
	return kinds
}

func kindNumbered(number int) codec.Kind {
	for _, k := range reserve.Kinds() {
		if int(k.Number) == number {
			return k
		}
	}
	panic(fmt.Sprintf("no kind has number %d", number))
}

func checkEncode(_, input object) finding {
	c, err := codec.Encode(kindNumbered(input.int("kind")), input.bytes("body"))
	if err != nil {
		return finding{err: err}
	}
	return finding{output: object{"lines": c.Lines(), "paste": c.Paste()}}
}

func checkDecode(_, input object) finding {
	r, err := codec.Decode(input.text("text"), kindsOf(input.list("kinds"))...)
	if err != nil {
		return finding{err: err}
	}
	return finding{
		output: object{"kind": r.Kind.Number, "body": hex.EncodeToString(r.Body), "pasted": r.Pasted},
		also:   readingDetails(r),
	}
}

func readingDetails(r codec.Reading) object {
	corrected, corrections, candidates := []string{}, []object{}, []string{}
	for _, l := range r.Corrected() {
		corrected = append(corrected, l.Text)
		corrections = append(corrections, correctionsOf(l)...)
	}
	for _, body := range r.Spellings {
		candidates = append(candidates, hex.EncodeToString(body))
	}
	return object{"corrected": corrected, "corrections": corrections, "candidates": candidates}
}

func correctionsOf(l codec.Line) (all []object) {
	for _, f := range l.Fixes {
		all = append(all, object{"line": l.Number, "group": f.Group, "typed": f.Typed, "meant": f.Meant})
	}
	return all
}

func checkLine(_, input object) finding {
	lines, err := codec.ParseLine(input.text("text"), input.int("line"), kindsOf(input.list("kinds"))...)
	if err != nil {
		return finding{err: err}
	}
	readings := []object{}
	for _, l := range lines {
		readings = append(readings, object{"kind": l.Kind.Number, "last": l.Last, "text": l.Text})
	}
	return finding{output: object{"readings": readings}, also: object{"corrections": correctionsOf(lines[0])}}
}

func checkFold(_, input object) finding {
	s, err := codec.Fold(input.text("text"))
	return finding{err: err, output: object{"text": s}}
}
