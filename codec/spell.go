package codec

import "strings"

// words spells the alphabet, in its order, as it is spoken on radio and telephone.
var words = strings.Fields(`zero one two three four five six seven eight nine
	Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel Juliett Kilo Mike November
	Papa Quebec Romeo Sierra Tango Victor Whiskey X-ray Yankee Zulu`)

// Spell returns the typed lines for dictation, in the NATO alphabet: one string a line, a space
// between words and " / " between groups. It returns nil where Lines does.
func (c Code) Spell() []string {
	rows := c.rows()
	for i, row := range rows {
		rows[i] = spelled(row)
	}
	return rows
}

func spelled(row string) string {
	var b strings.Builder
	for i := range len(row) {
		switch {
		case i == 0:
		case i%groupSize == 0:
			b.WriteString(" / ")
		default:
			b.WriteByte(' ')
		}
		b.WriteString(words[values[row[i]]])
	}
	return b.String()
}
