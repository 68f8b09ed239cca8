package testvectors_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Texts with more than one meaning are rare: about one in ten thousand lines with two wrong pairs.
// These were found by trying; the generator insists that they are what they should be.

// An ambiguity is a mistyped line that has several readings, its own among them.
type ambiguity struct {
	comment string
	line    typedLine
	typed   string
	kinds   []int
}

func exampleLine(number int) typedLine {
	_, lines, _ := example()
	last := number == len(lines)
	bits := 160
	if last {
		bits = 152
	}
	return typedLine{lineFrame{2, number, last, bits}, ungrouped(lines[number-1])}
}

func receiptAt(position int) typedLine {
	return typedLine{lineFrame{3, 1, true, 100}, ungrouped(receiptLine(exampleDevice().receipt(position)))}
}

func ambiguities() []ambiguity {
	return []ambiguity{
		{"the first line, two wrong pairs: of another kind, too", exampleLine(1), "WDSZFQXSTVZBN1QM122BHFMG4QCKZFK52NV5305C", allKinds},
		{"line 2, two wrong pairs: the last line of another kind, too", exampleLine(2), "PFH824C0M2TF8JC8G5Y9E43B2JA5R830TAP7BTSM", allKinds},
		{"line 2, a character missing and one wrong: the last line, too", exampleLine(2), "PFH824C0MTF8JC8G57WE43BAJA5R830TAP7BTP7", []int{2}},
		{"the last line, two wrong pairs: not the last, too", exampleLine(3), "6HEK0YQHKPTYMB54KQ805MGHP4CRHKG0THR307MB", []int{2}},
		{"a receipt, two wrong pairs: a status report, too", receiptAt(6), "0MYGVJZ3PD7PA7QXA6VJJC1NYMRG", allKinds},
		{"a receipt, two wrong pairs: a request, too", receiptAt(6), "0MYGVJZ3PD7P3DW3A6VJNM1NJSRG", allKinds},
		{"a receipt, a character missing and one wrong: another receipt, too", receiptAt(4), "0MYG3C5WRW9BF8GJVNAFMV7922B", []int{3}},
		{"a receipt, a character missing and one wrong: another receipt, too", receiptAt(12), "0MYGB2AMDCH9JH4WK41YH70PQ4P", []int{3}},
	}
}

func ambiguousLineGroup() *vectorGroup {
	m := lineMaker{&vectorGroup{name: "Lines with more than one meaning", operation: "line"}, nil}
	for _, a := range ambiguities() {
		m.kinds = a.kinds
		all, refusal, _ := readLine(a.typed, a.line.frame.number, a.kinds)
		own := slices.ContainsFunc(all, func(r wordReading) bool { return r.text == a.line.text && r.frame == a.line.frame })
		must(refusal == "" && own && len(all) > 1, a.comment)
		slices.SortFunc(all, func(a, b wordReading) int { return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.text, b.text)) })
		m.group.valid(a.comment, "Ambiguous", lineInput(inGroups(a.typed), a.line.frame.number, a.kinds), m.readings(all)).result = "corrected"
	}
	return m.group
}

// ambiguousTextGroup is about what decides in a whole code: its digest, or nothing.
func ambiguousTextGroup() *vectorGroup {
	g := decodes("Codes in which a line has more than one meaning, or the wrong one")
	body, lines, _ := example()
	fixes := [][]fields{nil, nil, {correction(2, 3, "MTF", "M2TF"), correction(2, 7, "AJA5", "2JA5")}, nil}
	for i, a := range ambiguities()[:4] {
		n := a.line.frame.number
		if fixes[i] == nil {
			fixes[i] = groupDifferences(n, a.typed, a.line.text)
		}
		changed := slices.Clone(lines)
		changed[n-1] = inGroups(a.typed)
		g.mended(a.comment+": the digest decides", "Ambiguous", strings.Join(changed, "\n"), 2, body, []string{lines[n-1]}, fixes[i]...)
	}
	for _, a := range ambiguities()[4:6] {
		g.mended(a.comment+", without its digest", "Ambiguous", inGroups(a.typed), 3, exampleDevice().receipt(6), []string{inGroups(a.line.text)},
			groupDifferences(1, a.typed, a.line.text)...)
	}
	for _, a := range ambiguities()[6:] {
		addSpellings(g, a)
	}
	wrong := slices.Clone(lines)
	for _, typed := range []string{"PFH824E6M27NM2C8G57WE43B2JA5R830TAP7BTP7", "PF0F24C0M2TF8JJ6G57WE43BW3A5R830TAP7BTP7"} {
		all, _, _ := readLine(typed, 2, allKinds)
		must(len(all) > 0, "a line that is read wrong")
		wrong[1] = inGroups(typed)
		err := "code-damaged"
		if all[0].frame.kind != 2 {
			err = "code-mistyped"
		}
		g.refused(fmt.Sprintf("three wrong pairs in line 2, which reads as another line of %s", aKind(all[0].frame.kind)), "Ambiguous", strings.Join(wrong, "\n"), err)
	}
	return g
}

// addSpellings adds a receipt with several spellings.
func addSpellings(g *vectorGroup, a ambiguity) {
	all, _, _ := readLine(a.typed, 1, allKinds)
	var candidates []hexed
	for _, r := range all {
		must(r.frame == a.line.frame && r.cost == all[0].cost, "spellings of one cost")
		candidates = append(candidates, receiptOf(r.text))
	}
	v := g.mended(a.comment, "Ambiguous", inGroups(a.typed), 3, candidates[0], nil)
	v.also = fields{{"candidates", candidates}}
}

// receiptOf returns the 13 bytes of a typed receipt.
func receiptOf(text string) []byte {
	b := make([]byte, 13)
	for i, s := range wordOf(text)[:10] {
		for bit := range 10 {
			if s>>(9-bit)&1 == 1 {
				at := 10*i + bit
				b[at/8] |= 0x80 >> (at % 8)
			}
		}
	}
	return b
}
