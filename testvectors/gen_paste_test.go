package testvectors_test

import (
	"fmt"
	"strings"
)

// pasteGroups are texts with the paste form.
func pasteGroups() []*vectorGroup {
	return []*vectorGroup{pasteSpellingGroup(), pasteSizeGroup(), pasteDamageGroup()}
}

// pasted adds a text that reads as a pasted code.
func (g *vectorGroup) pasted(comment, flags, text string, kind int, body []byte) {
	g.valid(comment, flags, decodeInput(text, allKinds), decodeOutput(kind, body, true))
}

func pasteSpellingGroup() *vectorGroup {
	g := decodes("The paste form in all the ways that it arrives")
	body, _, text := example()
	paste := pasteOf(2, body)
	good := func(comment, flags, text string) { g.pasted(comment, flags, text, 2, body) }
	good("in one piece", "", paste)
	good("a line end after it", "", paste+"\n")
	good("lower case", "", strings.ToLower(paste))
	good("I for the 1 of TS1", "LookAlike", strings.Replace(paste, "TS1", "TSI", 1))
	good("l for the 1 of TS1", "LookAlike", strings.Replace(paste, "TS1", "tsl", 1))
	good("O for every 0", "LookAlike", paste[:5]+strings.ReplaceAll(paste[5:], "0", "O"))
	good("l for every 1", "LookAlike", paste[:5]+strings.ReplaceAll(paste[5:], "1", "l"))
	good("a space after the colon", "Separator", paste[:5]+" "+paste[5:])
	good("a line end after the colon", "Wrapped", paste[:5]+"\n"+paste[5:])
	for _, width := range []int{8, 40, 64, 76} {
		good(fmt.Sprintf("broken after %d characters", width), "Wrapped", broken(paste, width))
	}
	good("broken with CR LF", "Wrapped", strings.ReplaceAll(broken(paste, 40), "\n", "\r\n"))
	good("broken and indented", "Wrapped", strings.ReplaceAll(broken(paste, 40), "\n", "\n    "))
	good("in groups of four", "Separator", paste[:5]+inGroups(paste[5:]))
	good("with hyphens", "Separator", paste[:5]+strings.ReplaceAll(inGroups(paste[5:]), " ", "-"))
	good("in quotes", "Separator", "\""+paste+"\"")
	good("words after a space", "", paste+" is your code")
	good("a line of words after it", "", paste+"\nKeep this code.\n")
	good("the same code twice", "MixedLines", paste+"\n"+paste)
	good("both forms of one code", "MixedLines", paste+"\n\n"+text)
	good("both forms of one code, the lines first", "MixedLines", text+"\n\n"+paste)
	for _, end := range []string{".", ",", ")", ";", "*", "?", "\u00fc", "-", "- thanks", "\u2014see below", "\"}", "'.", "\x1b[0m"} {
		good(fmt.Sprintf("%q after it", end), "", paste+end)
	}
	for _, before := range []string{"(", "=", "\"", "code:", "\u00e9", "_", "TS1A;"} {
		good(fmt.Sprintf("%q before it", before), "", before+paste)
	}
	good("a byte order mark before it", "", "\ufeff"+paste)
	good("words before it", "OtherText", "Your code: "+paste)
	good("marks of quotation", "OtherText", "> "+strings.ReplaceAll(broken(paste, 40), "\n", "\n> "))
	good("a message of the system in the middle", "OtherText", paste[:60]+"\n[ 1234.567] usb 1-1: new device\n"+paste[60:])
	good("in a JSON string", "OtherText", "{\"code\": \""+paste+"\"}")
	receipt := someReceipt("receipt")
	g.pasted("a receipt", "", pasteOf(3, receipt), 3, receipt)
	g.pasted("a receipt in groups", "Separator", "TS1C:"+receiptLine(receipt), 3, receipt)
	g.pasted("a receipt, broken", "Wrapped", broken(pasteOf(3, receipt), 20), 3, receipt)
	addOtherPastes(g)
	addEarlyDigest(g)
	addPastedMistakes(g)
	return g
}

// addOtherPastes is about pasted forms that do not read beside a code that does.
func addOtherPastes(g *vectorGroup) {
	body, _, text := example()
	paste := pasteOf(2, body)
	g.typed("the lines, and the paste form cut off", "OtherText", text+"\n\n"+paste[:60]+"\n", 2, body)
	g.pasted("the same code twice, cut off once", "OtherText", paste[:60]+"\n\n"+paste+"\n", 2, body)
	g.pasted("beside one of another version", "OtherText", "TS2A:"+paste[5:]+"\n"+paste, 2, body)
	g.typed("lines beside one of an unknown letter", "OtherText", "TS1X:"+paste[5:]+"\n"+text, 2, body)
}

// addEarlyDigest is about a payload that begins with a whole payload: where it ends depends on where
// it is broken.
func addEarlyDigest(g *vectorGroup) {
	inner := someBody("inner", 16) // with its digest 20 bytes, which are 32 characters
	outer := append(payload(2, inner), someBody("outer", 14)...)
	paste := pasteOf(2, outer)
	g.pasted("in one piece, though its beginning is a code, too", "EarlyDigest", paste, 2, outer)
	g.pasted("broken elsewhere", "EarlyDigest Wrapped", broken(paste, 38), 2, outer)
	g.pasted("broken where a code has ended", "EarlyDigest Wrapped", broken(paste, 37), 2, inner)
	g.pasted("a dash where a code has ended", "EarlyDigest Separator", paste[:37]+"-"+paste[37:], 2, inner)
	g.pasted("a stop where a code has ended", "EarlyDigest", paste[:37]+"."+paste[37:], 2, inner)
}

func addPastedMistakes(g *vectorGroup) {
	body := someReceipt("mistyped")
	meant := ungrouped(receiptLine(body))
	for _, places := range [][]int{{5}, {0, 27}} {
		typed := changed(meant, 4, places...)
		v := g.mended("a receipt: wrong characters at "+listed(places), "WrongPair", "TS1C:"+typed, 3, body, []string{inGroups(meant)},
			groupDifferences(1, typed, meant)...)
		v.output = decodeOutput(3, body, true)
	}
	typed := meant[:9] + meant[10:]
	v := g.mended("a receipt: a character is missing", "MissingCharacter", "TS1C:"+typed, 3, body, []string{inGroups(meant)},
		correction(1, 3, typed[8:11], meant[8:12]))
	v.output = decodeOutput(3, body, true)
}

// largest is the most bytes that a body of each kind has.
var largest = []int{0, 1024, 16384, 0, 1024, 4096, 1024, 32768, 16384, 1048576, 614400}

func pasteSizeGroup() *vectorGroup {
	g := decodes("Pasted codes of every kind, up to the largest")
	for kind := 1; kind <= 10; kind++ {
		if kind == 3 {
			continue
		}
		body := someBody("short", 30)
		g.pasted(aKind(kind), "", pasteOf(kind, body), kind, body)
		if kind == 9 { // its largest body makes a longer text than is searched
			continue
		}
		full := zeros(largest[kind])
		g.pasted(fmt.Sprintf("%s of %d bytes, the most there are", aKind(kind), len(full)), "Limit", pasteOf(kind, full), kind, full)
		if len(full) < 1<<19 { // beyond, the text is too long first
			g.refused(fmt.Sprintf("%s of %d bytes, one too many", aKind(kind), len(full)+1), "Limit", pasteOf(kind, zeros(len(full)+1)), "code-too-long")
		}
	}
	for size := 0; size <= 10; size++ {
		body := someBody("sizes", size)
		g.pasted(fmt.Sprintf("a body of %d bytes", size), "", pasteOf(2, body), 2, body)
	}
	spaced := "TS1S:" + inGroups(pasteOf(4, zeros(1025))[5:])
	g.refused("a status report of 1025 bytes, in groups", "Limit", spaced, "code-damaged")
	g.refused("a status report of 1025 bytes, broken into lines", "Limit", broken(pasteOf(4, zeros(1025)), 76), "code-too-long")
	g.refused("a trust bundle of 614401 bytes, one too many", "Limit", pasteOf(10, zeros(614401)), "code-too-long")
	return g
}

func pasteDamageGroup() *vectorGroup {
	g := decodes("Pasted codes that do not read")
	body, lines, text := example()
	paste := pasteOf(2, body)
	n := len(paste)
	another := pasteOf(2, someBody("another", 55))
	damaged := func(comment, flags, text string) { g.refused(comment, flags, text, "code-damaged") }
	damaged("the last character is missing", "Truncated", paste[:n-1])
	damaged("cut in the middle", "Truncated", paste[:n/2])
	damaged("nothing after the colon", "Truncated", "TS1A:")
	damaged("a character is missing in the middle", "Damaged", paste[:40]+paste[41:])
	damaged("a character too many", "Damaged", paste[:40]+"0"+paste[40:])
	damaged("one character is wrong", "Damaged", changed(paste, 3, 40))
	damaged("two characters exchanged", "Damaged", paste[:40]+paste[41:42]+paste[40:41]+paste[42:])
	damaged("a character appended", "Damaged", paste+"0")
	damaged("a wrong letter of a kind", "Damaged", strings.Replace(paste, "TS1A", "TS1R", 1))
	damaged("a character that codes do not use in the middle", "Damaged", paste[:40]+"?"+paste[41:])
	g.refused("a letter before TS", "OtherText", "x"+paste, "code-mistyped")
	g.refused("a digit before TS", "OtherText", "0"+paste, "code-mistyped")
	bits := []byte(pasteOf(2, someBody("sizes", 12))) // 16 bytes leave two filling bits in 26 characters
	last := strings.IndexByte(crockford, bits[len(bits)-1])
	bits[len(bits)-1] = crockford[last|1]
	damaged("a filling bit that is not zero", "Damaged", string(bits))
	damaged("a number of characters that no bytes make", "Damaged", pasteOf(2, someBody("sizes", 16))+"0")
	damaged("two codes that differ", "MixedLines", paste+"\n"+another)
	g.refused("a pasted code and lines of another", "MixedLines", another+"\n"+text, "code-damaged", atLine(1))
	g.refused("a pasted code and one line of another", "MixedLines", another+"\n"+lines[1], "code-damaged", atLine(2))
	g.refused("a pasted code and a receipt", "MixedLines", paste+"\n"+receiptLine(someReceipt("receipt")), "code-damaged", atLine(1))
	damaged("two pasted receipts that differ", "MixedLines", pasteOf(3, someReceipt("receipt"))+"\n"+pasteOf(3, someReceipt("mistyped")))
	damaged("a pasted receipt with three wrong pairs", "ThreeWrongPairs", changed(pasteOf(3, someReceipt("receipt")), 3, 7, 19, 30))
	damaged("a pasted receipt without its last two characters", "Truncated", pasteOf(3, someReceipt("receipt"))[:31])
	damaged("a pasted receipt with two characters too many", "Damaged", pasteOf(3, someReceipt("receipt"))+"00")
	damaged("a pasted receipt with a character that codes do not use", "Damaged", pasteOf(3, someReceipt("receipt"))[:20]+"?"+pasteOf(3, someReceipt("receipt"))[21:])
	for _, prefix := range []string{"TS0A:", "TS2A:", "ts2a:", "TS9A:"} {
		g.refused("version "+prefix[2:3]+" in "+prefix, "Version", prefix+paste[5:], "code-version")
	}
	receipt := pasteOf(3, someReceipt("receipt"))[5:]
	g.refused("a receipt of version 2", "Version", "TS2C:"+receipt, "code-version")
	g.refused("a receipt with an unknown letter", "OtherKind", "TS1X:"+receipt, "code-unknown-kind")
	damaged("a receipt with the letter of an authorization", "Damaged", "TS1A:"+receipt)
	for _, prefix := range []string{"TS1D:", "TS1X:", "ts1z:", "TS1Q:"} {
		g.refused("the letter in "+prefix, "OtherKind", prefix+paste[5:], "code-unknown-kind")
	}
	g.invalid("a kind that this reader does not know", "OtherKind", decodeInput(paste, []int{1, 3, 4, 10}), "code-unknown-kind")
	return g
}
