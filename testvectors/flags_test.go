package testvectors_test

import "testing"

// flagMeanings says what each flag of a test means. It is printed in the files that use the flag.
var flagMeanings = map[string]string{
	"Address":          "the code is for another device or another issuer",
	"Ambiguous":        "a text with several readings; the order of those of one cost is open",
	"AppendedZeros":    "zeros that a line code without the length would not notice",
	"BadCharacter":     "a character that codes do not use",
	"Canonical":        "what the canonical form is",
	"Catalog":          "the catalog in a bundle",
	"CatalogRule":      "a rule of catalogs is broken",
	"Charge":           "what the lots keep for a device",
	"ChainBreak":       "versions that do not follow one another",
	"Contradiction":    "reports that no one device makes",
	"CyclicShift":      "a cyclic line code would not notice",
	"Damaged":          "a pasted code with a mistake; nothing in it is corrected",
	"Day":              "days that contradict each other",
	"Digest":           "the four bytes after the body are wrong",
	"EarlyDigest":      "the digest holds before the end",
	"Empty":            "there is no code in the text",
	"Evaluation":       "what may be used without a license",
	"Export":           "what is export-controlled",
	"Extension":        "extensions of a message",
	"ExtraCharacter":   "a character too many",
	"FlippedBit":       "one bit of a good message is the other way",
	"Foreign":          "a receipt that is not this device's",
	"Format":           "the size or the shape of a message",
	"Grants":           "the list of grants",
	"Header":           "the first two bytes of a message",
	"Identity":         "what is part of a device's identity",
	"JSON":             "what is no JSON, or not this JSON",
	"KeyHistory":       "what must never become of a key",
	"KeyList":          "the list of keys",
	"Known":            "a position that is known, or lies beyond one that is",
	"Label":            "a label before a line, or what looks like one",
	"LaterRoot":        "the trust root has moved on",
	"Length":           "the number of characters of a line",
	"Limit":            "at a limit, or just above it",
	"LineEnd":          "another line end",
	"LookAlike":        "characters that are read as others",
	"LostLineEnds":     "typed lines that end elsewhere; a reader SHOULD cut them anew, and may refuse them",
	"MissingCharacter": "a character is missing",
	"MixedLines":       "lines that are doubled, missing, in another order, or of several codes",
	"Name":             "what a name may be",
	"NoLine":           "a word of the line code that is no line",
	"NotCanonical":     "a value that has another, shorter or sorted encoding",
	"Number":           "the number and the floor of the device",
	"Order":            "several things are wrong; the first step that fails decides",
	"OtherKind":        "a kind that the reader does not know, or does not expect",
	"OtherLine":        "a line where another was expected",
	"OtherText":        "text that is no code; a reader MAY pass over it, and may refuse it in its own way",
	"Padding":          "filling bits that are not zero",
	"Policy":           "the policies",
	"Position":         "what a position says",
	"Recovery":         "books that lost their newest part",
	"Repeated":         "what is installed comes once more",
	"Report":           "reports in the books",
	"Rights":           "what may be used with a license",
	"Separator":        "white space, dashes and quotes",
	"Signature":        "who signed, and what",
	"Signer":           "the status, the days and the roles of the key that signed",
	"Suite":            "a signature suite that is not known",
	"Suspect":          "a device that something is wrong with",
	"SwappedGroups":    "two groups in each other's place",
	"SwappedNeighbors": "two characters in each other's place",
	"ThreeWrongPairs":  "more mistakes than can be corrected",
	"Threshold":        "how many have to sign",
	"Trailing":         "bytes after the end of the message",
	"Time":             "running time",
	"Training":         "issuers for training",
	"Truncated":        "the end is missing",
	"Typed":            "a receipt as it is typed",
	"UDI":              "what a UDI may be",
	"Update":           "one bundle in the place of another",
	"Version":          "another version of the protocol",
	"WeakKey":          "a public key under which signatures can be forged, or that has two encodings",
	"Wrapped":          "broken into lines",
	"WriteOff":         "a device that an officer gave up getting licenses back from",
	"WrongPair":        "one or two pairs of characters are wrong",
}

func checkFlags(t *testing.T, f *vectorFile) {
	t.Helper()
	for _, g := range f.groups {
		for _, v := range g.tests {
			for _, name := range v.flags {
				if flagMeanings[name] == "" {
					t.Errorf("%s: flag %q has no meaning", f.name, name)
				}
			}
		}
	}
}
