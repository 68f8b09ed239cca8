package term

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The widest message, in columns, and the longest, in characters: one that quotes what was typed
// must not fill the screen.
const (
	widest  = 79
	longest = 480
)

func (s *entry) printf(format string, arguments ...any) {
	fmt.Fprintf(s.Terminal, format, arguments...)
}

func (s *entry) sayf(format string, arguments ...any) { s.say(fmt.Sprintf(format, arguments...)) }

// say shows a message, indented and folded to the window. The last column stays free: consoles
// differ in what a line end does after it.
func (s *entry) say(message string) {
	cols, _ := s.Terminal.Size()
	s.printf("%s", fold(message, min(cols-1, widest)))
}

// fold makes a message safe and breaks it between words into lines of width columns, each indented
// by two and ended. A word that is longer than a line is broken anywhere.
func fold(message string, width int) string {
	const indent = "  "
	room := max(width-len(indent), 20)
	message = Safe(message)
	if all := []rune(message); len(all) > longest {
		message = string(all[:longest]) + "…"
	}
	var out, line strings.Builder
	flush := func() {
		if line.Len() > 0 {
			out.WriteString(indent + line.String() + "\n")
			line.Reset()
		}
	}
	for _, word := range strings.Split(message, " ") {
		for {
			used := utf8.RuneCountInString(line.String())
			if used > 0 && used+1+utf8.RuneCountInString(word) <= room {
				line.WriteString(" " + word)
				break
			}
			flush()
			letters := []rune(word)
			if len(letters) <= room {
				line.WriteString(word)
				break
			}
			line.WriteString(string(letters[:room]))
			word = string(letters[room:])
		}
	}
	flush()
	return out.String()
}

func (s *entry) help() {
	s.say("Type each line as it is printed; case, spaces and dashes don't matter.")
	s.say("The whole code may also be pasted at once.")
	s.say("A line's number alone goes back to mend that line; \"0\" starts over.")
	if s.Draft != nil {
		s.say("Ctrl-C stops and keeps the lines for the next time.")
	} else {
		s.say("Ctrl-C stops.")
	}
	s.list()
}

func (s *entry) list() {
	for i := range s.lines {
		s.show(i + 1)
	}
}

// show shows an accepted line as it was understood.
func (s *entry) show(number int) {
	s.sayf("line %d: %s", number, s.lines[number-1].Text)
}

func (s *entry) askWhich() {
	s.say("Type the number of the line to mend, or \"0\" to start over.")
}
