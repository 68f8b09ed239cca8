package testvectors_test

import (
	"fmt"
	"slices"
	"strings"
)

// The groups of tests of single lines.

// correctionGroups are the tests of single lines with mistakes.
func correctionGroups() []*vectorGroup {
	return []*vectorGroup{fullLineGroup(), lastLineGroup(), receiptLineGroup(), shiftedLineGroup(), otherLineGroup(), oddLineGroup(), ambiguousLineGroup()}
}

func fullLineGroup() *vectorGroup {
	m := lineMaker{&vectorGroup{name: "A full line, mistyped", operation: "line"}, allKinds}
	first, middle, last := pieceLine(2, 1, false, 20), pieceLine(2, 2, false, 20), pieceLine(2, 6, true, 20)
	for _, l := range []typedLine{first, middle, last} {
		must(m.reads(l.name()+": as it is printed", "", inGroups(l.text), l, 0, nil), "a faultless line")
		m.wrongPairs(l, 0)
		m.wrongPairs(l, 39)
		m.wrongPairs(l, 0, 39)
		m.wrongPairs(l, 0, 1)
		m.wrongPairs(l, 5, 6)
		m.swappedNeighbors(l, 0)
		m.swappedNeighbors(l, 15)
		m.swappedNeighbors(l, 36)
		m.missing(l, 0)
		m.missing(l, 21)
		m.missing(l, 39)
		m.missing(l, 10, 30)
		m.doubled(l, 1)
		m.doubled(l, 18)
		m.doubled(l, 38)
		m.doubled(l, 9, 25)
		m.swappedGroups(l, 0, 1)
		m.swappedGroups(l, 3, 9)
		m.swappedGroups(l, 8, 9)
		m.hopeless(l)
	}
	for symbol := range 20 {
		m.wrongPairs(middle, 2*symbol)
		m.wrongPairs(middle, 2*symbol+1, (2*symbol+14)%40)
	}
	for group := range 10 {
		m.missing(middle, 4*group+2)
		m.doubled(middle, 4*group+3)
	}
	return m.group
}

func lastLineGroup() *vectorGroup {
	m := lineMaker{&vectorGroup{name: "Last lines of every length, mistyped", operation: "line"}, allKinds}
	for size := 1; size < 20; size++ {
		number := []int{2, 1, 3, 26, 5}[size%5]
		if size < 4 || size > 12 && number == 26 {
			number = 2
		}
		l := pieceLine([]int{2, 1, 4}[size%3], number, true, size)
		n := len(l.text)
		must(m.reads(l.name()+": as it is printed", "", inGroups(l.text), l, 0, nil), "a faultless line")
		m.wrongPairs(l, (5*size)%n)
		m.wrongPairs(l, 0, n-1)
		m.swappedNeighbors(l, (3*size)%(n-2))
		m.missing(l, (7*size)%n)
		m.missing(l, n-1)
		m.doubled(l, (11*size)%n/4*4+1)
		m.missing(l, 3, n-2)
		m.doubled(l, 2, n-2)
		m.swappedGroups(l, 0, 1)
		m.hopeless(l)
	}
	return m.group
}

func receiptLineGroup() *vectorGroup {
	m := lineMaker{&vectorGroup{name: "A receipt, mistyped", operation: "line"}, allKinds}
	l := receiptTyped("mistyped")
	must(m.reads(l.name()+": as it is printed", "", inGroups(l.text), l, 0, nil), "a faultless line")
	for symbol := range 14 {
		m.wrongPairs(l, 2*symbol)
		m.wrongPairs(l, 2*symbol+1, (2*symbol+9)%28)
	}
	for group := range 7 {
		m.missing(l, 4*group+1)
		m.doubled(l, 4*group+2)
	}
	m.missing(l, 0)
	m.missing(l, 27)
	m.missing(l, 6, 20)
	m.doubled(l, 6, 20)
	m.swappedNeighbors(l, 0)
	m.swappedNeighbors(l, 7)
	m.swappedGroups(l, 0, 1)
	m.swappedGroups(l, 2, 6)
	m.hopeless(l)
	return m.group
}

// shiftedLineGroup is about lines that begin with zeros, which were moved to the end. Were everything
// shown and nothing else counted, each would be a word of the code: of a cyclic one, a word times x.
func shiftedLineGroup() *vectorGroup {
	m := lineMaker{&vectorGroup{name: "Zeros moved from the beginning of a line to its end", operation: "line"}, allKinds}
	receipt := cat(zeros(6), someReceipt("shifted")[6:])
	lines := []typedLine{{lineFrame{3, 1, true, 100}, ungrouped(receiptLine(receipt))}}
	for _, f := range []lineFrame{{2, 1, false, 160}, {1, 2, true, 160}, {4, 3, true, 96}, {2, 2, true, 64}} {
		piece := cat(zeros(5), someBody("shifted", f.bits/8-5))
		lines = append(lines, typedLine{f, ungrouped(f.line(dataSymbols(piece)))})
	}
	for _, l := range lines {
		must(m.reads(l.name()+" that begins with zeros", "", inGroups(l.text), l, 0, nil), "a faultless line")
		for _, n := range []int{2, 4, 8} {
			moved := l.text[n:] + strings.Repeat("0", n)
			must(m.refuses(fmt.Sprintf("%s: %d zeros moved", l.name(), n), "CyclicShift", inGroups(moved), l.frame.number, "code-mistyped"), "moved")
		}
	}
	return m.group
}

// otherLineGroup is about lines that are not the one that is expected.
func otherLineGroup() *vectorGroup {
	m := lineMaker{&vectorGroup{name: "A line in another line's place", operation: "line"}, allKinds}
	first, second, last := pieceLine(2, 1, false, 20), pieceLine(2, 2, false, 20), pieceLine(2, 6, true, 13)
	refuses := func(comment, flags, typed string, number int, want string) {
		must(m.refuses(comment, flags, typed, number, want), comment)
	}
	const flag = "OtherLine"
	refuses("line 1 as line 2", flag, inGroups(first.text), 2, "code-line-order")
	refuses("line 2 as line 1", flag, inGroups(second.text), 1, "code-line-order")
	refuses("the last line as line 1", flag, inGroups(last.text), 1, "code-line-order")
	refuses("line 2 with a wrong pair as line 1", flag, inGroups(changed(second.text, 3, 12)), 1, "code-line-order")
	refuses("line 2 with a character missing as line 3", flag, inGroups(second.text[:7]+second.text[8:]), 3, "code-line-order")
	refuses("line 2 with a character too many as line 3", flag, inGroups(second.text[:7]+"Z"+second.text[7:]), 3, "code-line-order")
	refuses("line 2 with two wrong pairs as line 1: too little to name it", flag, inGroups(changed(second.text, 3, 12, 30)), 1, "code-mistyped")
	receipt := receiptTyped("mistyped")
	refuses("a receipt as line 2", flag, inGroups(receipt.text), 2, "code-line-order")

	m.kinds = []int{2}
	const kind = "OtherKind"
	request := pieceLine(1, 2, false, 20)
	refuses("line 1 of a kind that the reader does not know", kind, inGroups(receipt.text), 1, "code-unknown-kind")
	refuses("line 2 of a kind that the reader does not know", kind, inGroups(request.text), 2, "code-mixed-kinds")
	m.kinds = allKinds
	for _, number := range []int{11, 512, 1023} {
		f := lineFrame{number, 1, true, 160}
		refuses(fmt.Sprintf("a line of kind %d, which nobody knows", number), kind, f.line(dataSymbols(someBody("unknown kind", 20))), 1, "code-unknown-kind")
	}
	return m.group
}

// oddLineGroup is about words of the code that are no lines.
func oddLineGroup() *vectorGroup {
	m := lineMaker{&vectorGroup{name: "Words of the line code that are no lines", operation: "line"}, allKinds}
	const flag = "NoLine"
	piece := func(size int) []int { return dataSymbols(someBody("no line", size)) }
	refuse := func(comment string, f lineFrame, data []int, number int, want string) {
		must(m.refuses(comment, flag, f.line(data), number, want), comment+": "+refusalOf(ungrouped(f.line(data)), number, m.kinds))
	}
	filled := piece(19)
	filled[15] |= 1
	refuse("a filling bit that is not zero, in the last place", lineFrame{2, 2, true, 152}, filled, 2, "code-mistyped")
	filled = piece(19)
	filled[15] |= 1 << 7
	refuse("a filling bit that is not zero, in the first place", lineFrame{2, 2, true, 152}, filled, 2, "code-mistyped")
	// What nobody's encoder makes is taken for a line of a kind from the future.
	stranger := func(comment string, f lineFrame, data []int, number int) {
		want := "code-unknown-kind"
		if number > 1 {
			want = "code-mixed-kinds"
		}
		refuse(comment, f, data, number, want)
	}
	stranger("160 bits said to be 156", lineFrame{2, 2, true, 156}, dataSymbols(cat(someBody("no line", 19), 0xf0)), 2)
	stranger("a line that is not the last, of 19 bytes", lineFrame{2, 2, false, 152}, piece(19), 2)
	stranger("a line that is not the last, of 10 bytes", lineFrame{2, 1, false, 80}, piece(10), 1)
	stranger("a first and last line of 3 bytes: less than a digest", lineFrame{2, 1, true, 24}, piece(3), 1)
	stranger("a last line 26 of 13 bytes: a payload of 513", lineFrame{2, 26, true, 104}, piece(13), 26)
	stranger("a line 26 that is not the last", lineFrame{2, 26, false, 160}, piece(20), 26)
	refuse("line 27 as line 26", lineFrame{2, 27, true, 32}, piece(4), 26, "code-mistyped")
	refuse("line 0", lineFrame{2, 0, true, 160}, piece(20), 1, "code-mistyped")
	refuse("an order with an unknown bit", lineFrame{2, 1 + 256, true, 160}, piece(20), 1, "code-mistyped")
	refuse("kind 0", lineFrame{0, 1, true, 160}, piece(20), 1, "code-mistyped")
	receipt := dataSymbols(someReceipt("no line"))[:10]
	rounded := slices.Clone(receipt)
	rounded[9] &^= 15
	stranger("a receipt of 96 bits", lineFrame{3, 1, true, 96}, rounded, 1)
	stranger("a receipt of 99 bits", lineFrame{3, 1, true, 99}, rounded, 1)
	stranger("a receipt that is not the last line", lineFrame{3, 1, false, 100}, receipt, 1)
	stranger("a receipt as line 2", lineFrame{3, 2, true, 100}, receipt, 2)
	stranger("an authorization of 100 bits", lineFrame{2, 1, true, 100}, receipt, 1)
	addLineLengths(m, piece(4))
	return m.group
}

// addLineLengths adds texts of too few or too many characters, and lines of which the number of bits
// alone differs.
func addLineLengths(m lineMaker, data []int) {
	for _, n := range []int{1, 8, 42} {
		must(m.refuses(fmt.Sprintf("%d characters", n), "Length", inGroups(strings.Repeat("0", n)), 1, "code-length"), "length")
	}
	must(m.refuses("41 characters", "Length", inGroups(strings.Repeat("7", 41)), 1, "code-mistyped"), "length")
	must(m.refuses("40 zeros", "Length", inGroups(strings.Repeat("0", 40)), 1, "code-mistyped"), "length")
	for size := 4; size <= 5; size++ {
		f := lineFrame{2, 1, true, 8 * size}
		l := typedLine{f, ungrouped(f.line(data))}
		must(m.reads(fmt.Sprintf("the same four symbols as %d bytes", size), "Length", inGroups(l.text), l, 0, nil), "length")
	}
}
