package testvectors_test

import (
	"fmt"
	"slices"
	"strings"
)

// damagedGroup is about texts that no correction mends.
func damagedGroup() *vectorGroup {
	g := decodes("Texts that do not read")
	body, lines, text := example()
	with := func(n int, line string) string {
		changed := slices.Clone(lines)
		changed[n-1] = line
		return strings.Join(changed, "\n")
	}
	g.refused("nothing", "Empty", "", "code-empty")
	g.refused("white space", "Empty", " \n\t\n", "code-empty")
	g.refused("words", "Empty OtherText", "the quick brown fox\njumps over the lazy dog", "code-empty")
	for n := 1; n <= 3; n++ {
		l := ungrouped(lines[n-1])
		g.refused(fmt.Sprintf("three wrong pairs in line %d", n), "ThreeWrongPairs", with(n, inGroups(changed(l, 3, 2, 18, 34))), "code-mistyped", atLine(n))
		g.refused(fmt.Sprintf("a U in line %d", n), "BadCharacter", with(n, inGroups(l[:9]+"U"+l[10:])), "code-character", atLine(n), field{"group", 3})
		g.refused(fmt.Sprintf("an asterisk in line %d", n), "BadCharacter", with(n, inGroups(l[:38]+"*"+l[39:])), "code-character", atLine(n), field{"group", 10})
		g.refused(fmt.Sprintf("0000 appended to line %d", n), "AppendedZeros", with(n, lines[n-1]+" 0000"), "code-length", atLine(n))
		g.refused(fmt.Sprintf("line %d without its last two groups", n), "Length", with(n, inGroups(l[:len(l)-8])), lengthError(n), atLine(n))
	}
	sum := payload(2, body)
	sum[len(sum)-1] ^= 1
	g.refused("a digest with a wrong bit", "Digest", strings.Join(typedLines(2, sum), "\n"), "code-damaged")
	g.refused("the digest of another kind", "Digest", strings.Join(typedLines(2, payload(1, body)), "\n"), "code-damaged")
	g.refused("no digest", "Digest", strings.Join(typedLines(2, body), "\n"), "code-damaged")
	g.refused("a digest over another number of bytes", "Digest", strings.Join(typedLines(2, append(payload(2, body), 0)), "\n"), "code-damaged")
	unknown := lineFrame{11, 1, true, 160}.line(dataSymbols(someBody("unknown kind", 20)))
	g.refused("a kind that nobody knows", "OtherKind", unknown, "code-unknown-kind", atLine(1))
	v := g.invalid("a kind that this reader does not know", "OtherKind", decodeInput(text, []int{1, 3, 4, 10}), "code-unknown-kind")
	v.at = fields{atLine(1)}
	receipt := ungrouped(receiptLine(someReceipt("receipt")))
	g.refused("a receipt with three wrong pairs", "ThreeWrongPairs", inGroups(changed(receipt, 3, 2, 14, 24)), "code-mistyped", atLine(1))
	g.refused("a receipt with 00 appended", "AppendedZeros", inGroups(receipt+"00"), "code-length", atLine(1))
	g.refused("a receipt without its last group", "Length", inGroups(receipt[:24]), "code-mistyped", atLine(1))
	g.refused("a text that is too long", "Limit", strings.Repeat(" ", 1572865-len(text))+text, "code-too-long")
	g.typed("the longest text that is read", "Limit", strings.Repeat(" ", 1572864-len(text))+text, 2, body)
	return g
}

// lengthError is how a line that lacks two groups is refused.
func lengthError(n int) string {
	if n < 3 {
		return "code-length"
	}
	return "code-mistyped"
}
