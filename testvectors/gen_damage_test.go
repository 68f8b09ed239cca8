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
		g.refused(fmt.Sprintf("a character that codes do not use in line %d", n), "BadCharacter", with(n, inGroups(l[:9]+"?"+l[10:])), "code-character", atLine(n), field{"group", 3})
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
	addShortTexts(g, lines)
	unknown := lineFrame{11, 1, true, 160}.line(dataSymbols(someBody("unknown kind", 20)))
	g.refused("a kind that nobody knows", "OtherKind", unknown, "code-unknown-kind", atLine(1))
	for n, err := range []string{"code-unknown-kind", "code-mixed-kinds", "code-mixed-kinds"} {
		g.refused(fmt.Sprintf("line %d is one of a kind that nobody knows", n+1), "OtherKind", with(n+1, typedLines(11, payload(11, body))[n]), err, atLine(n+1))
	}
	g.refused("every line is of a kind that nobody knows", "OtherKind", strings.Join(typedLines(11, payload(11, body)), "\n"), "code-unknown-kind", atLine(1))
	v := g.invalid("a kind that this reader does not know", "OtherKind", decodeInput(text, []int{1, 3, 4, 10}), "code-unknown-kind")
	v.at = fields{atLine(1)}
	receipt := ungrouped(receiptLine(someReceipt("receipt")))
	g.refused("a receipt with three wrong pairs", "ThreeWrongPairs", inGroups(changed(receipt, 3, 2, 14, 24)), "code-mistyped", atLine(1))
	g.refused("a receipt with 00 appended", "AppendedZeros", inGroups(receipt+"00"), "code-length", atLine(1))
	g.refused("a receipt with a character that codes do not use", "BadCharacter", inGroups(receipt[:9]+"?"+receipt[10:]), "code-character", atLine(1), field{"group", 3})
	g.refused("a receipt without its last group", "Length", inGroups(receipt[:24]), "code-mistyped", atLine(1))
	g.refused("a text that is too long", "Limit", strings.Repeat(" ", 1572865-len(text))+text, "code-too-long")
	g.typed("the longest text that is read", "Limit", strings.Repeat(" ", 1572864-len(text))+text, 2, body)
	return g
}

// addShortTexts is about what is too short for a line, or too long.
func addShortTexts(g *vectorGroup, lines []string) {
	g.refused("8 characters", "Empty Length", "4321 8765", "code-empty")
	g.refused("8 characters, one of which codes do not use", "Empty Length", "4321 87U5", "code-empty")
	l := ungrouped(lines[0])
	g.refused("a line of 42 characters", "Length", inGroups(changed(l, 3, 2, 18, 34)+"42"), "code-length", atLine(1))
	for cut := 34; cut <= 38; cut += 2 {
		g.refused(fmt.Sprintf("line 1 ends after %d characters", cut), "Length", inGroups(l[:cut])+"\n"+lines[1]+"\n"+lines[2], "code-length", atLine(1))
	}
	g.refused("line 2 ends after 37 characters", "Length", lines[0]+"\n"+inGroups(ungrouped(lines[1])[:37])+"\n"+lines[2], "code-length", atLine(2))
	g.refused("the last line ends after 11 characters", "Length", lines[0]+"\n"+lines[1]+"\n"+inGroups(ungrouped(lines[2])[:11]), "code-mistyped", atLine(3))
}

// lengthError is how a line that lacks two groups is refused.
func lengthError(n int) string {
	if n < 3 {
		return "code-length"
	}
	return "code-mistyped"
}
