package clitest

import (
	"fmt"
	"testing"
)

func TestCommandsOf(t *testing.T) {
	for line, want := range map[string]string{
		`  a b --c="d e" 'f g'x`:            `[["a" "b" "--c=d e" "f gx"]]`,
		"a --in 3<file b > /dev/null | c d": `[["a" "--in" "b"] ["c" "d"]]`,
		"a < in && b":                       `[["a"] ["b"]]`,
		"a ''":                              `[["a" ""]]`,
		"":                                  `[]`,
	} {
		if got := fmt.Sprintf("%q", commandsOf(line)); got != want {
			t.Errorf("%q: got %s, want %s", line, got, want)
		}
	}
}
