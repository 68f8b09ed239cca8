package cli

import (
	"strings"
	"unicode/utf8"
)

// foldIndent stands before the second and later lines of what was folded.
const foldIndent = "  "

// fold breaks a line between words into lines of at most width columns, all but the first after
// indent. A command in backquotes stays whole, so that it can be read and copied; what is longer
// than a line by itself is left to the terminal. Width 0 leaves all as it is.
func fold(text string, width int, indent string) string {
	if width <= 0 || utf8.RuneCountInString(text) <= width {
		return text
	}
	return lay(unbroken(text), width, "\n"+indent, len(indent))
}

// lay puts words into lines of at most width columns. Between two lines stands a break, of which
// indent columns are on the later line.
func lay(words []string, width int, lineBreak string, indent int) string {
	var b strings.Builder
	used := 0
	for i, word := range words {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case used+1+n > width && used > indent:
			b.WriteString(lineBreak)
			used = indent
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += n
	}
	return b.String()
}

// deepest is how far the later lines of a block are moved in, at most.
const deepest = 24

// foldBlock folds each line of a text. What goes on stands below the second column of its line, where
// there is one.
func foldBlock(text string, width int) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		indent := foldIndent
		word := strings.TrimLeft(line, " ")
		if gap := strings.Index(word, columnGap); gap >= 0 {
			rest := strings.TrimLeft(word[gap:], " ")
			if at := utf8.RuneCountInString(line) - utf8.RuneCountInString(rest); at <= deepest && rest != "" {
				indent = strings.Repeat(" ", at)
			}
		} else if spaces := len(line) - len(word); spaces > 0 && spaces <= deepest {
			indent = line[:spaces]
		}
		lines = append(lines, fold(line, width, indent))
	}
	return strings.Join(lines, "\n")
}

// unbroken splits a text at its spaces, except those between backquotes.
func unbroken(text string) []string {
	var words []string
	start, quoted := 0, false
	for i := range len(text) {
		switch {
		case text[i] == '`':
			quoted = !quoted
		case text[i] == ' ' && !quoted:
			words = append(words, text[start:i])
			start = i + 1
		}
	}
	return append(words, text[start:])
}

// foldCommand breaks a command line between words, as a shell takes it: a line that goes on ends with
// a backslash. What is quoted stays whole, and a flag with the value after it.
func foldCommand(command string, width int, indent string) string {
	if utf8.RuneCountInString(command) <= width {
		return command
	}
	const goesOn = " \\"
	return lay(argumentsOf(command), width-len(goesOn), goesOn+"\n"+indent, len(indent))
}

// argumentsOf splits a command line at its spaces, except those between quotes and after a flag.
func argumentsOf(command string) []string {
	var words []string
	start, quote := 0, byte(0)
	for i := range len(command) {
		switch c := command[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == ' ' && !(strings.HasPrefix(command[start:], "-") && !strings.Contains(command[start:i], " ") && !strings.HasPrefix(command[i+1:], "-")):
			words = append(words, command[start:i])
			start = i + 1
		}
	}
	return append(words, command[start:])
}
