package cmd_test

import (
	"strconv"
	"strings"
	"testing"
)

func parseStep(t *testing.T, line string) (s step) {
	t.Helper()
	for {
		first, rest, _ := strings.Cut(line, " ")
		switch {
		case first == "*":
			s.example = true
		case first == "!":
			s.once = true
		case strings.HasPrefix(first, "["):
			n, err := strconv.Atoi(strings.Trim(first, "[]"))
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			s.exit = n
		default:
			command, keep, _ := strings.Cut(line, " => ")
			s.text, s.words = command, shellWords(command)
			s.keep, s.field, _ = strings.Cut(keep, " ")
			return s
		}
		line = rest
	}
}

// shellWords cuts a line into words at spaces outside of quotes.
func shellWords(line string) (words []string) {
	var word strings.Builder
	quote, open := rune(0), false
	for _, r := range line {
		switch {
		case r == quote && quote != 0:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, open = r, true
		case quote == 0 && r == ' ':
			if open {
				words = append(words, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteRune(r)
			open = true
		}
	}
	if open {
		words = append(words, word.String())
	}
	return words
}
