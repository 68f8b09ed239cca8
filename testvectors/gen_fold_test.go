package testvectors_test

import "fmt"

// What folding ignores, as SPEC.md lists it.
const (
	spaceRunes = "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029" +
		"\u202f\u205f\u3000"
	dashRunes = "-\u00ad\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d" +
		"\u301c\u3030\u30a0\ufe31\ufe32\ufe58\ufe63\uff0d\U00010ead"
	quoteRunes = "\"'`\u00ab\u00b4\u00bb\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a"
)

// between puts a text between the characters 0 to 9.
func between(runes string) (text string) {
	for i, r := range []rune(runes) {
		text += fmt.Sprint(i%10) + string(r)
	}
	return text
}

// digitsOf is what is left of between.
func digitsOf(runes string) (text string) {
	for i := range []rune(runes) {
		text += fmt.Sprint(i % 10)
	}
	return text
}

func foldGroup() *vectorGroup {
	g := &vectorGroup{name: "Folding", operation: "fold"}
	good := func(comment, flags, text, want string) {
		g.valid(comment, flags, fields{{"text", text}}, fields{{"text", want}})
	}
	good("nothing", "", "", "")
	good("the alphabet", "", crockford, crockford)
	good("lower case", "", "abcdefghjkmnpqrstvwxyz", "ABCDEFGHJKMNPQRSTVWXYZ")
	good("O, I, L and U in both cases", "LookAlike", "OoIiLlUu", "001111VV")
	good("every white space", "Separator", between(spaceRunes), digitsOf(spaceRunes))
	good("every dash", "Separator", between(dashRunes), digitsOf(dashRunes))
	good("every quote", "Separator", between(quoteRunes), digitsOf(quoteRunes))
	good("nothing but separators", "Separator", spaceRunes+dashRunes+quoteRunes, "")
	for _, label := range []string{"3:", "3/6:", "1:", "26:", "1/26:", "26/26:", "03:", " 3:", "\t3/6:", "\u00a03:"} {
		good(fmt.Sprintf("label %q", label), "Label", label+" ABCD EFGH", "ABCDEFGH")
	}
	good("a label without a space after it", "Label", "3:ABCD", "ABCD")
	good("digits that are no label", "Label", "3 ABCD", "3ABCD")
	bad := func(comment, flags, text string, group int) {
		g.invalid(comment, flags, fields{{"text", text}}, "code-character").at = fields{{"group", group}}
	}
	for _, label := range []string{"0:", "27:", "3/27:", "3/0:", "3/:", "123:", "003:", "3 :", "3 /6:", "3/ 6:", "O3:", "l:", "3/I:",
		"\u0663:", "3/6/9:", "3;", ":", "3::"} {
		bad(fmt.Sprintf("no label: %q", label), "Label", label+"ABCD", 1)
	}
	bad("a label in the middle", "Label", "ABCD EFGH 2: ABCD", 3)
	for _, r := range "*!#$%&()+,./;<=>?@[\\]^_{|}~\u007f\u0000\u001b" {
		bad(fmt.Sprintf("%q", r), "BadCharacter", "ABCD EF"+string(r)+"H", 2)
	}
	for _, x := range []struct {
		r    rune
		name string
	}{{0x212a, "the Kelvin sign, whose lower case is k"}, {0x17f, "the long s, whose upper case is S"}, {0x131, "dotless i"},
		{0x130, "I with a dot"}, {0xff11, "full-width 1"}, {0xff21, "full-width A"}, {0x410, "Cyrillic A"}, {0x391, "Greek Alpha"},
		{0x661, "Arabic-Indic 1"}, {0x200b, "zero width space"}, {0x200d, "zero width joiner"}, {0x2060, "word joiner"},
		{0xfeff, "byte order mark"}, {0x2043, "hyphen bullet"}, {0x2022, "bullet"}, {0x2026, "ellipsis"}, {0x00b7, "middle dot"},
		{0x02bc, "modifier apostrophe"}, {0x2032, "prime"}, {0x1f600, "an emoji"}, {0x1d7d9, "a mathematical 1"}} {
		bad(x.name, "BadCharacter", "ABCD EFG"+string(x.r), 2)
	}
	return g
}
