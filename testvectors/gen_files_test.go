package testvectors_test

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// The files in paste/: one text each, as it arrives by mail or from a console.

// A pasteFile is one of them.
type pasteFile struct {
	name, comment, flags string
	expect               string // valid, corrected or a refusal
	kind                 int    // valid, corrected: what is read
	body                 []byte
	line                 int // of the refusal, 0 where it has none
	text                 string
}

func (f pasteFile) encode() string {
	var b strings.Builder
	fmt.Fprintf(&b, "comment: %s\nexpect: %s\n", f.comment, f.expect)
	if f.flags != "" {
		fmt.Fprintf(&b, "flags: %s\n", f.flags)
	}
	if f.kind != 0 {
		fmt.Fprintf(&b, "kind: %d\nbody: %s\n", f.kind, hex.EncodeToString(f.body))
	}
	if f.line != 0 {
		fmt.Fprintf(&b, "line: %d\n", f.line)
	}
	return b.String() + "\n" + f.text
}

// pasteFiles returns every file by its name.
func pasteFiles() []pasteFile {
	all := slices.Concat(arrivedFiles(), damagedFiles())
	for i := range all {
		all[i].name = fmt.Sprintf("paste/%02d-%s.txt", i+1, all[i].name)
	}
	return all
}

// mailed is a whole authorization, as a real one is: three grants and one signature.
func mailed() []byte {
	w := newWorld(firstRoot().by(1))
	a := w.wish()
	a.flags, a.grants = 2, []grantForm{{1, 1, firstDay + 1095}, {200, 48, firstDay + 1095}, {16383, 1, firstDay + 1095}}
	return w.body(a)
}

func arrivedFiles() []pasteFile {
	body := mailed()
	lines, paste := linesOf(2, body), pasteOf(2, body)
	receipt := exampleDevice().receipt(2)
	good := func(name, comment, flags, text string) pasteFile {
		return pasteFile{name: name, comment: comment, flags: flags, expect: "valid", kind: 2, body: body, text: text}
	}
	var labels, prompts []string
	for i, l := range lines {
		labels = append(labels, fmt.Sprintf("%d/%d: %s", i+1, len(lines), l))
		prompts = append(prompts, fmt.Sprintf("line %d> %s", i+1, l))
	}
	log := slices.Insert(slices.Clone(prompts), 3, "[41532.118203] e1000e 0000:00:1f.6 eno1: NIC Link is Up 1000 Mbps Full Duplex", "Mar  2 09:14:07 router-7 login: 3 failed attempts for admin from ttyS0")
	fixed := slices.Clone(lines)
	fixed[1] = inGroups(changed(ungrouped(fixed[1]), 6, 7, 22))
	return []pasteFile{
		good("mail-wrapped", "the paste form as a mail program wraps it", "", broken(paste, 76)+"\n"),
		good("mail-quoted", "the paste form in a reply", "OtherText", "On Monday, License Desk wrote:\n> Hello,\n> your code:\n>\n> "+
			strings.ReplaceAll(broken(paste, 60), "\n", "\n> ")+"\n>\n> Regards\n\nIt does not fit on one line, does it?\n"),
		good("mail-quoted-twice", "the paste form in a reply to a reply", "OtherText", "> > "+strings.ReplaceAll(broken(paste, 60), "\n", "\n> > ")+"\n"),
		good("chat-lower-case", "a chat program turned it to lower case and indented it", "", "    "+strings.ReplaceAll(strings.ToLower(broken(paste, 50)), "\n", "\n    ")+"\n"),
		good("typographic-quotes", "a text processor put quotes around it", "", "\u201c"+paste+"\u201d\n"),
		good("sheet", "the lines of a printed sheet, with labels", "", strings.Join(labels, "\n")+"\n"),
		good("sheet-look-alikes", "read off a sheet: O for 0, I and l for 1", "", strings.NewReplacer("0", "O", "1", "I").Replace(strings.Join(lines, "\n"))+"\n"),
		good("console", "a serial console: a prompt before every line", "OtherText", strings.Join(prompts, "\n")+"\n"),
		good("console-log-noise", "a serial console with messages of the system in between", "OtherText", strings.Join(log, "\n")+"\n"),
		good("both-forms", "both forms of one code, as programs print them", "", strings.Join(lines, "\n")+"\n\n"+paste+"\n"),
		good("table", "lines in a drawn table", "OtherText", "| "+strings.Join(lines, " |\n| ")+" |\n"),
		good("one-line", "a form joined the lines", "LostLineEnds", strings.Join(lines, " ")+"\n"),
		{name: "receipt-in-a-sentence", comment: "a confirmation in the middle of a sentence", flags: "OtherText", expect: "valid", kind: 3, body: receipt,
			text: "The switch says " + pasteOf(3, receipt) + " and is running now.\n"},
		{name: "receipt-dictated", comment: "a confirmation taken down over the telephone", expect: "valid", kind: 3, body: receipt,
			text: strings.ToLower(strings.ReplaceAll(receiptLine(receipt), " ", "-")) + "\n"},
		{name: "mistyped", comment: "two wrong pairs in line 2", expect: "corrected", kind: 2, body: body, text: strings.Join(fixed, "\n") + "\n"},
	}
}

func damagedFiles() []pasteFile {
	body := mailed()
	lines, paste := linesOf(2, body), pasteOf(2, body)
	another := slices.Clone(body)
	another[12] ^= 1
	bad := func(name, comment, expect string, line int, text string) pasteFile {
		return pasteFile{name: name, comment: comment, expect: expect, line: line, text: text + "\n"}
	}
	with := func(n int, line string) string {
		changed := slices.Clone(lines)
		changed[n-1] = line
		return strings.Join(changed, "\n")
	}
	wrapped := strings.Split(broken(paste, 50), "\n")
	third := ungrouped(lines[2])
	return []pasteFile{
		bad("wrapped-line-lost", "a line of the wrapped paste form is missing", "code-damaged", 0, strings.Join(slices.Delete(slices.Clone(wrapped), 1, 2), "\n")),
		bad("wrapped-lines-exchanged", "two lines of the wrapped paste form are exchanged", "code-damaged", 0,
			strings.Join([]string{wrapped[0], wrapped[2], wrapped[1], wrapped[3]}, "\n")),
		bad("cut-off", "the paste form ends after 80 characters", "code-damaged", 0, paste[:80]),
		bad("one-character-wrong", "one character of the paste form is wrong", "code-damaged", 0, changed(paste, 4, 77)),
		bad("two-codes", "two authorizations in one mail", "code-damaged", 0, paste+"\n\n"+pasteOf(2, another)),
		bad("old-line-left", "line 4 is one of another authorization", "code-damaged", 0, with(4, linesOf(2, payloadSwap(body))[3])),
		bad("line-lost", "line 3 is missing", "code-incomplete", 3, strings.Join(slices.Delete(slices.Clone(lines), 2, 3), "\n")),
		bad("last-line-lost", "the last line is missing", "code-incomplete", len(lines), strings.Join(lines[:len(lines)-1], "\n")),
		bad("lines-exchanged", "lines 2 and 3 are exchanged", "code-line-order", 2, strings.Join(append([]string{lines[0], lines[2], lines[1]}, lines[3:]...), "\n")),
		bad("three-wrong-pairs", "three wrong pairs in line 3", "code-mistyped", 3, with(3, inGroups(changed(third, 9, 1, 17, 33)))),
		bad("line-cut", "line 3 ends after 32 characters", "code-length", 3, with(3, inGroups(third[:32]))),
		bad("character", "a character that codes do not use in line 3", "code-character", 3, with(3, inGroups(third[:14]+"?"+third[15:]))),
		bad("another-version", "a code of version 2", "code-version", 0, "TS2"+paste[3:]),
		bad("unknown-letter", "a letter that no kind has", "code-unknown-kind", 0, "TS1X"+paste[4:]),
		bad("request-line", "line 2 is one of a request", "code-mixed-kinds", 2, with(2, linesOf(1, exampleDevice().request(1, 1))[1])),
		{name: "no-code", comment: "a mail without a code", flags: "OtherText", expect: "code-empty",
			text: "Hello,\n\nwhere is my license code? The switch waits.\n\nRegards\n"},
	}
}

// payloadSwap is the body with another end, so that its fourth line differs.
func payloadSwap(body []byte) []byte {
	b := slices.Clone(body)
	b[70] ^= 0x55
	return b
}
