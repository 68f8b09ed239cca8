package testvectors_test

import (
	"fmt"
	"strings"
)

// A lineMaker adds tests of single lines. What a typed text means is what readLine finds; the maker
// insists that it is what the test is meant to show.
type lineMaker struct {
	group *vectorGroup
	kinds []int
}

// A typedLine is a line of some code, to be mistyped.
type typedLine struct {
	frame lineFrame
	text  string // without spaces
}

func (l typedLine) name() string {
	if l.frame.kind == 3 {
		return "receipt"
	}
	if !l.frame.last {
		return fmt.Sprintf("line %d, not the last", l.frame.number)
	}
	return fmt.Sprintf("line %d, the last, of %d bytes", l.frame.number, l.frame.bits/8)
}

// pieceLine is line number of a code whose piece has so many bytes.
func pieceLine(kind, number int, last bool, size int) typedLine {
	piece := someBody(fmt.Sprintf("line %d %d", number, size), size)
	f := lineFrame{kind, number, last, 8 * size}
	return typedLine{f, ungrouped(f.line(dataSymbols(piece)))}
}

func receiptTyped(label string) typedLine {
	return typedLine{lineFrame{3, 1, true, 100}, ungrouped(receiptLine(someReceipt(label)))}
}

func (m *lineMaker) readings(all []wordReading) fields {
	var list []fields
	for _, r := range all {
		list = append(list, reading(r.frame.kind, r.frame.last, r.frame.bits, inGroups(r.text), r.cost))
	}
	return fields{{"readings", list}}
}

// reads adds a typed text that reads as the line, at a cost. It reports false, and adds nothing, when
// something else reads as well: the caller takes another mistake then.
func (m *lineMaker) reads(comment, flags, typed string, l typedLine, cost int, corrections []fields) bool {
	all, refusal, _ := readLine(ungrouped(typed), l.frame.number, m.kinds)
	if refusal != "" {
		return false
	}
	if len(all) != 1 || all[0].text != l.text || all[0].frame != l.frame || all[0].cost != cost {
		return false
	}
	v := m.group.valid(comment, flags, lineInput(typed, l.frame.number, m.kinds), m.readings(all))
	if cost > 0 {
		v.result = "corrected"
		v.also = fields{{"corrections", corrections}}
	}
	return true
}

// refuses adds a typed text that does not read as that line.
func (m *lineMaker) refuses(comment, flags, typed string, number int, want string) bool {
	_, refusal, actual := readLine(ungrouped(typed), number, m.kinds)
	if refusal != want {
		return false
	}
	v := m.group.invalid(comment, flags, lineInput(typed, number, m.kinds), want)
	v.at = fields{{"line", number}}
	if actual > 0 {
		v.at = append(v.at, field{"actual", actual})
	}
	return true
}

// must stops the generator when a mistake does not show what it should.
func must(ok bool, what string) {
	if !ok {
		panic("testvectors: " + what)
	}
}

// other returns a character that differs, by a number that picks one.
func other(c byte, pick int) byte {
	return crockford[(strings.IndexByte(crockford, c)+1+pick%31)%32]
}

// changed returns the text with other characters at the places.
func changed(text string, pick int, places ...int) string {
	b := []byte(text)
	for i, p := range places {
		b[p] = other(b[p], pick+7*i)
	}
	return string(b)
}

// groupDifferences are the corrections of a text that was mistyped in place.
func groupDifferences(line int, typed, meant string) (all []fields) {
	for i := 0; i < len(meant); i += 4 {
		end := min(len(meant), i+4)
		if typed[i:end] != meant[i:end] {
			all = append(all, correction(line, i/4+1, typed[i:end], meant[i:end]))
		}
	}
	return all
}

func correction(line, group int, typed, meant string) fields {
	return fields{{"line", line}, {"group", group}, {"typed", typed}, {"meant", meant}}
}

// wrongPairs adds the line with wrong characters at the places, which lie in so many pairs.
func (m *lineMaker) wrongPairs(l typedLine, places ...int) {
	pairs := map[int]bool{}
	for _, p := range places {
		pairs[p/2] = true
	}
	for pick := range 31 {
		typed := changed(l.text, pick, places...)
		comment := fmt.Sprintf("%s: wrong characters at %s", l.name(), listed(places))
		if m.reads(comment, "WrongPair", inGroups(typed), l, len(pairs), groupDifferences(l.frame.number, typed, l.text)) {
			return
		}
	}
	panic("no wrong characters that are not ambiguous")
}

// listed names places from 1.
func listed(places []int) string {
	var all []string
	for _, p := range places {
		all = append(all, fmt.Sprint(p+1))
	}
	return strings.Join(all, " and ")
}

// swappedNeighbors adds the line with the characters at p and p+1 exchanged.
func (m *lineMaker) swappedNeighbors(l typedLine, p int) {
	for ; l.text[p] == l.text[p+1]; p++ {
	}
	b := []byte(l.text)
	b[p], b[p+1] = b[p+1], b[p]
	cost := 1 + p%2
	m.reads(fmt.Sprintf("%s: characters %d and %d exchanged", l.name(), p+1, p+2), "SwappedNeighbors", inGroups(string(b)), l, cost,
		groupDifferences(l.frame.number, string(b), l.text))
}

// spaced puts the spaces of meant into typed, which lacks the character at a place or, with by 1, has
// one more there.
func spaced(typed string, place, by int) string {
	var groups []string
	n := len(typed) - by
	for i := 0; i < n; i += 4 {
		from, to := i, min(n, i+4)
		if from > place {
			from += by
		}
		if to > place {
			to += by
		}
		groups = append(groups, typed[from:to])
	}
	return strings.Join(groups, " ")
}

// missing adds the line without the character at a place, and with wrong characters elsewhere.
func (m *lineMaker) missing(l typedLine, p int, wrong ...int) {
	for pick := range 31 {
		b := changed(l.text, pick, wrong...)
		typed := b[:p] + b[p+1:]
		if m.slip(l, "MissingCharacter", fmt.Sprintf("%s: character %d is missing", l.name(), p+1), typed, p, -1, wrong) {
			return
		}
	}
	panic("no missing character that is not ambiguous")
}

// doubled adds the line with one more character, inside a group, at a place of what is typed.
func (m *lineMaker) doubled(l typedLine, p int, wrong ...int) {
	for pick := range 31 {
		b := changed(l.text, pick, wrong...)
		typed := b[:p] + string(other(b[p], pick)) + b[p:]
		if m.slip(l, "ExtraCharacter", fmt.Sprintf("%s: a character too many at %d", l.name(), p+1), typed, p, 1, wrong) {
			return
		}
	}
	panic("no extra character that is not ambiguous")
}

func (m *lineMaker) slip(l typedLine, flag, comment, typed string, p, by int, wrong []int) bool {
	groups := strings.Fields(spaced(typed, p, by))
	var all []fields
	for i, g := range groups {
		if meant := l.text[4*i : min(len(l.text), 4*i+4)]; g != meant {
			all = append(all, correction(l.frame.number, i+1, g, meant))
		}
	}
	if wrong != nil {
		comment += ", another one wrong"
	}
	return m.reads(comment, flag, strings.Join(groups, " "), l, 1+len(wrong), all)
}

// swappedGroups adds the line with two groups, from 0, exchanged.
func (m *lineMaker) swappedGroups(l typedLine, a, b int) {
	groups := strings.Fields(inGroups(l.text))
	meant := groups[a] + " " + groups[b]
	groups[a], groups[b] = groups[b], groups[a]
	typed := groups[a] + " " + groups[b]
	must(m.reads(fmt.Sprintf("%s: groups %d and %d exchanged", l.name(), a+1, b+1), "SwappedGroups", strings.Join(groups, " "), l, 2,
		[]fields{correction(l.frame.number, a+1, typed, meant)}), "groups exchanged")
}

// hopeless adds the line with three wrong pairs, and with other damage that no correction mends.
func (m *lineMaker) hopeless(l typedLine) {
	n := len(l.text)
	for pick := range 31 {
		typed := changed(l.text, pick, 0, n/2, n-1)
		if m.refuses(l.name()+": three wrong pairs", "ThreeWrongPairs", inGroups(typed), l.frame.number, "code-mistyped") {
			break
		}
	}
	shifted := l.text[2:] + l.text[:2]
	must(m.refuses(l.name()+": shifted cyclically by a pair", "CyclicShift", inGroups(shifted), l.frame.number, "code-mistyped"), "shift")
	if n <= 38 {
		must(m.refuses(l.name()+": 00 appended", "AppendedZeros", inGroups(l.text+"00"), l.frame.number, "code-length"), "appended")
	}
	if n <= 36 {
		must(m.refuses(l.name()+": 0000 put before the checks", "AppendedZeros", inGroups(l.text[:n-8]+"0000"+l.text[n-8:]), l.frame.number,
			"code-mistyped"), "appended data")
	}
	must(m.refuses(l.name()+": two characters missing", "MissingCharacter", inGroups(l.text[:1]+l.text[3:]), l.frame.number,
		refusalOf(l.text[:1]+l.text[3:], l.frame.number, m.kinds)), "two missing")
}

func refusalOf(text string, number int, kinds []int) string {
	_, refusal, _ := readLine(text, number, kinds)
	return refusal
}
