package testvectors_test

import (
	"fmt"
	"slices"
	"strings"
)

// textGroups are texts of typed lines.
func textGroups() []*vectorGroup {
	return []*vectorGroup{spellingGroup(), lengthGroup(), noiseGroup(), recutGroup(), mendedGroup(), ambiguousTextGroup(), mixedGroup(), damagedGroup()}
}

func decodeInput(text string, kinds []int) fields {
	return fields{{"text", long(text)}, {"kinds", kinds}}
}

func decodeOutput(kind int, body []byte, pasted bool) fields {
	return fields{{"kind", kind}, {"body", hexed(body)}, {"pasted", pasted}}
}

func decodes(name string) *vectorGroup { return &vectorGroup{name: name, operation: "decode"} }

// typed adds a text that reads without a correction.
func (g *vectorGroup) typed(comment, flags, text string, kind int, body []byte) {
	g.valid(comment, flags, decodeInput(text, allKinds), decodeOutput(kind, body, false))
}

// refused adds a text that does not read.
func (g *vectorGroup) refused(comment, flags, text, err string, at ...field) {
	g.invalid(comment, flags, decodeInput(text, allKinds), err).at = at
}

func atLine(n int) field { return field{"line", n} }

// example is the code that most texts are made of: an authorization of three lines.
func example() (body []byte, lines []string, text string) {
	body = someBody("example", 55)
	lines = linesOf(2, body)
	return body, lines, strings.Join(lines, "\n")
}

func spellingGroup() *vectorGroup {
	g := decodes("Typed lines in all the ways that people type them")
	body, lines, text := example()
	good := func(comment, flags, text string) { g.typed(comment, flags, text, 2, body) }
	good("as they are printed", "", text)
	good("a line end after the last line", "", text+"\n")
	good("without spaces", "Separator", ungrouped(text))
	good("a space after every character", "Separator", spread(lines, 1, " "))
	good("groups of two", "Separator", spread(lines, 2, " "))
	good("groups of five", "Separator", spread(lines, 5, " "))
	good("lower case", "", strings.ToLower(text))
	good("lines in turn in lower and upper case", "", strings.ToLower(lines[0])+"\n"+lines[1]+"\n"+strings.ToLower(lines[2]))
	for _, x := range []string{"0O", "0o", "1I", "1i", "1L", "1l"} {
		good(fmt.Sprintf("%c for %c", x[1], x[0]), "LookAlike", strings.ReplaceAll(text, x[:1], x[1:]))
	}
	for _, x := range []struct{ name, sep string }{{"hyphens", "-"}, {"en dashes", "\u2013"}, {"em dashes", "\u2014"}, {"minus signs", "\u2212"},
		{"soft hyphens", "\u00ad"}, {"no-break spaces", "\u00a0"}, {"tabs", "\t"}, {"two spaces", "  "}, {"thin spaces", "\u2009"}} {
		good(x.name+" between the groups", "Separator", strings.ReplaceAll(text, " ", x.sep))
	}
	for _, x := range []struct{ name, end string }{{"CR LF", "\r\n"}, {"CR", "\r"}, {"LF CR", "\n\r"}, {"an empty line", "\n\n"},
		{"a line separator", "\u2028"}, {"a paragraph separator", "\u2029"}, {"NEL", "\u0085"}, {"a form feed", "\f"}, {"a vertical tab", "\v"}} {
		good("lines that end in "+x.name, "LineEnd", strings.Join(lines, x.end))
	}
	good("white space around", "Separator", " \n\t "+strings.Join(lines, " \n ")+" \n \n")
	for _, q := range []string{"\"\"", "''", "``", "\u201c\u201d", "\u00ab\u00bb", "\u201e\u201c"} {
		r := []rune(q)
		good("in quotes "+q, "Separator", string(r[0])+text+string(r[1]))
		good("every line in quotes "+q, "Separator", string(r[0])+strings.Join(lines, string(r[1])+"\n"+string(r[0]))+string(r[1]))
	}
	good("labels", "Label", "1: "+lines[0]+"\n2: "+lines[1]+"\n3: "+lines[2])
	good("labels with the number of lines", "Label", "1/3: "+lines[0]+"\n2/3: "+lines[1]+"\n3/3: "+lines[2])
	good("labels without a space", "Label", "1:"+lines[0]+"\n2:"+lines[1]+"\n3:"+lines[2])
	good("indented labels", "Label", "  1:  "+lines[0]+"\n  2:  "+lines[1]+"\n  3:  "+lines[2])
	good("some labels", "Label", lines[0]+"\n2: "+lines[1]+"\n"+lines[2])
	good("a byte order mark before everything", "OtherText", "\ufeff"+text)
	return g
}

// spread puts a separator after every so many characters of each line.
func spread(lines []string, every int, sep string) string {
	var out []string
	for _, l := range lines {
		var groups []string
		for c := range slices.Chunk([]byte(ungrouped(l)), every) {
			groups = append(groups, string(c))
		}
		out = append(out, strings.Join(groups, sep))
	}
	return strings.Join(out, "\n")
}

func lengthGroup() *vectorGroup {
	g := decodes("Codes of every kind and many lengths")
	for kind := 1; kind <= 10; kind++ {
		if kind != 3 {
			body := someBody("short", 30)
			g.typed(aKind(kind), "", strings.Join(linesOf(kind, body), "\n"), kind, body)
		}
	}
	for _, body := range [][]byte{someReceipt("receipt"), zeros(13), []byte(strings.Repeat("\xff", 12) + "\xf0")} {
		g.typed("a receipt", "", receiptLine(body), 3, body)
	}
	for size := 0; size <= 37; size++ {
		body := someBody("sizes", size)
		g.typed(fmt.Sprintf("a body of %d bytes", size), "", strings.Join(linesOf(2, body), "\n"), 2, body)
	}
	most := someBody("sizes", 508)
	g.typed("26 lines, the most there are", "Limit", strings.Join(linesOf(2, most), "\n"), 2, most)
	return g
}

// noiseGroup is about what a reader MAY do.
func noiseGroup() *vectorGroup {
	g := decodes("Other text around and between the lines")
	body, lines, text := example()
	good := func(comment, text string) { g.typed(comment, "OtherText", text, 2, body) }
	good("words before and after", "Please type this code:\n\n"+text+"\n\nThank you.\n")
	good("a prompt before every line", "line 1> "+lines[0]+"\nline 2> "+lines[1]+"\nline 3> "+lines[2])
	good("marks of quotation", "> "+strings.Join(lines, "\n> "))
	good("a message of the system between two lines", lines[0]+"\nJan  3 02:11:40 switch kernel: eth0: link down\n"+lines[1]+"\n"+lines[2])
	good("a box drawn around", "| "+strings.Join(lines, " |\n| ")+" |")
	good("comments after the lines", lines[0]+"  # first\n"+lines[1]+"  # second\n"+lines[2]+"  # last")
	return g
}

// recutGroup is about lines whose ends were lost.
func recutGroup() *vectorGroup {
	g := decodes("Lines whose ends were lost on the way")
	body, lines, text := example()
	good := func(comment, text string) { g.typed(comment, "LostLineEnds", text, 2, body) }
	one := ungrouped(strings.Join(lines, ""))
	good("all in one line, in groups", strings.Join(lines, " "))
	good("all in one line, without spaces", one)
	good("one group a line", strings.ReplaceAll(text, " ", "\n"))
	good("broken after 76 characters", broken(strings.Join(lines, " "), 76))
	good("broken after 30 characters", broken(one, 30))
	good("two lines in one", lines[0]+" "+lines[1]+"\n"+lines[2])
	return g
}

func broken(text string, width int) string {
	var all []string
	for len(text) > width {
		all = append(all, text[:width])
		text = text[width:]
	}
	return strings.Join(append(all, text), "\n")
}

// mended adds a text of the example with mistakes.
func (g *vectorGroup) mended(comment, flags, text string, kind int, body []byte, corrected []string, corrections ...fields) *vector {
	v := g.valid(comment, flags, decodeInput(text, allKinds), decodeOutput(kind, body, false))
	v.result = "corrected"
	v.also = fields{{"corrected", corrected}, {"corrections", corrections}}
	return v
}

func mendedGroup() *vectorGroup {
	g := decodes("Texts with mistakes that are corrected")
	body, lines, _ := example()
	with := func(n int, line string) string {
		changed := slices.Clone(lines)
		changed[n-1] = line
		return strings.Join(changed, "\n")
	}
	for n := 1; n <= 3; n++ {
		meant := ungrouped(lines[n-1])
		wrong := func(comment string, cost int, places ...int) {
			typed := changed(meant, 2, places...)
			g.mended(fmt.Sprintf("line %d: %s", n, comment), "WrongPair", with(n, inGroups(typed)), 2, body, []string{lines[n-1]},
				groupDifferences(n, typed, meant)...)
		}
		wrong("one wrong character", 1, 13)
		wrong("two wrong characters in one pair", 1, 8, 9)
		wrong("two wrong pairs", 2, 4, 33)
		missing := spaced(meant[:14]+meant[15:], 14, -1)
		g.mended(fmt.Sprintf("line %d: a character is missing", n), "MissingCharacter", with(n, missing), 2, body, []string{lines[n-1]},
			correction(n, 4, strings.Fields(missing)[3], meant[12:16]))
		extra := spaced(meant[:22]+"Z"+meant[22:], 22, 1)
		g.mended(fmt.Sprintf("line %d: a character too many", n), "ExtraCharacter", with(n, extra), 2, body, []string{lines[n-1]},
			correction(n, 6, strings.Fields(extra)[5], meant[20:24]))
		groups := strings.Fields(lines[n-1])
		groups[2], groups[5] = groups[5], groups[2]
		g.mended(fmt.Sprintf("line %d: two groups exchanged", n), "SwappedGroups", with(n, strings.Join(groups, " ")), 2, body,
			[]string{lines[n-1]}, correction(n, 3, groups[2]+" "+groups[5], groups[5]+" "+groups[2]))
	}
	var all []string
	var fixes []fields
	for i, l := range lines {
		typed := changed(ungrouped(l), 5, 3, 20)
		all = append(all, inGroups(typed))
		fixes = append(fixes, groupDifferences(i+1, typed, ungrouped(l))...)
	}
	g.mended("two wrong pairs in every line", "WrongPair", strings.Join(all, "\n"), 2, body, lines, fixes...)
	addReceiptMistakes(g)
	return g
}

func addReceiptMistakes(g *vectorGroup) {
	body := someReceipt("mistyped")
	meant := ungrouped(receiptLine(body))
	for _, places := range [][]int{{0}, {27}, {2, 16}, {6, 7}, {7, 8}} {
		typed := changed(meant, 4, places...)
		g.mended("a receipt: wrong characters at "+listed(places), "WrongPair", inGroups(typed), 3, body, []string{inGroups(meant)},
			groupDifferences(1, typed, meant)...)
	}
	for p := 1; p < 28; p += 5 {
		typed := spaced(meant[:p]+meant[p+1:], p, -1)
		g.mended(fmt.Sprintf("a receipt: character %d is missing", p+1), "MissingCharacter", typed, 3, body, []string{inGroups(meant)},
			correction(1, p/4+1, strings.Fields(typed)[p/4], meant[p/4*4:p/4*4+4]))
	}
}

// mistyped is a line with one wrong pair.
func mistyped(line string) string { return inGroups(changed(ungrouped(line), 9, 5)) }

// mixedGroup is about lines that do not belong together.
func mixedGroup() *vectorGroup {
	g := decodes("Lines in the wrong order, missing, doubled, or of several codes")
	body, a, _ := example()
	b := linesOf(2, someBody("another", 55))
	c := linesOf(1, someBody("another", 55))
	long := linesOf(2, someBody("longer", 75))
	join := func(lines ...string) string { return strings.Join(lines, "\n") }
	refused := func(comment, text, err string, at ...field) { g.refused(comment, "MixedLines", text, err, at...) }
	refused("lines 1 and 2 exchanged", join(a[1], a[0], a[2]), "code-line-order", atLine(1), field{"actual", 2})
	refused("lines 2 and 3 exchanged", join(a[0], a[2], a[1]), "code-line-order", atLine(2), field{"actual", 3})
	refused("lines in reverse", join(a[2], a[1], a[0]), "code-line-order", atLine(1), field{"actual", 3})
	refused("line 1 again in the place of line 2", join(a[0], a[0], a[2]), "code-line-order", atLine(2), field{"actual", 1})
	refused("line 1 again in the place of line 3", join(a[0], a[1], a[0]), "code-line-order", atLine(3), field{"actual", 1})
	refused("line 1 again in the place of line 3, the last line after it", join(a[0], a[1], a[0], long[3]), "code-line-order", atLine(3), field{"actual", 1})
	refused("line 3 twice, once in the place of line 2", join(a[0], a[2], a[2]), "code-line-order", atLine(2), field{"actual", 3})
	refused("line 2 twice, and the last line is missing", join(a[0], a[1], a[1]), "code-line-order", atLine(3), field{"actual", 2})
	refused("line 2, mistyped, in the place of line 1", join(mistyped(a[1]), a[0], a[2]), "code-line-order", atLine(1), field{"actual", 2})
	refused("line 1 is missing", join(a[1], a[2]), "code-incomplete", atLine(1))
	refused("line 2 is missing", join(a[0], a[2]), "code-incomplete", atLine(2))
	refused("line 3 is missing", join(a[0], a[1]), "code-incomplete", atLine(3))
	refused("line 1 alone", a[0], "code-incomplete", atLine(2))
	refused("line 3 alone", a[2], "code-incomplete", atLine(1))
	for n := range 3 {
		twice := slices.Insert(slices.Clone(a), n, a[n])
		g.typed(fmt.Sprintf("line %d twice", n+1), "MixedLines", join(twice...), 2, body)
		twice[n] = mistyped(a[n])
		g.mended(fmt.Sprintf("line %d twice, mistyped first", n+1), "MixedLines", join(twice...), 2, body, []string{a[n]},
			groupDifferences(n+1, ungrouped(twice[n]), ungrouped(a[n]))...)
		mixed := slices.Clone(a)
		mixed[n] = b[n]
		refused(fmt.Sprintf("line %d of another authorization", n+1), join(mixed...), "code-damaged")
		both := slices.Insert(slices.Clone(a), n+1, b[n])
		refused(fmt.Sprintf("line %d twice, once of another authorization", n+1), join(both...), "code-damaged", atLine(n+1))
	}
	g.typed("the whole code twice", "MixedLines", join(join(a...), join(a...)), 2, body)
	refused("two whole codes", join(join(a...), join(b...)), "code-damaged", atLine(1))
	refused("line 1 of a request", join(c[0], a[1], a[2]), "code-mixed-kinds", atLine(2))
	refused("line 2 of a request", join(a[0], c[1], a[2]), "code-mixed-kinds", atLine(2))
	refused("line 3 of a request", join(a[0], a[1], c[2]), "code-mixed-kinds", atLine(3))
	refused("line 2 of a request, mistyped", join(a[0], mistyped(c[1]), a[2]), "code-mixed-kinds", atLine(2))
	refused("a receipt after an authorization", join(a[0], a[1], a[2], receiptLine(someReceipt("receipt"))), "code-mixed-kinds", atLine(1))
	refused("line 4 of a longer code after the last line", join(a[0], a[1], a[2], long[3]), "code-damaged", atLine(4))
	refused("the last line of a longer code", join(a[0], a[1], long[3]), "code-incomplete", atLine(3))
	two, other := receiptLine(someReceipt("receipt")), receiptLine(someReceipt("mistyped"))
	refused("two receipts", join(two, other), "code-damaged", atLine(1))
	g.typed("a receipt twice", "MixedLines", join(two, two), 3, someReceipt("receipt"))
	return g
}
