package cli

import (
	"fmt"

	"tallystick/cmd/internal/term"
)

// maxShown is how many characters of a mistaken argument an error repeats. It may be a whole code in
// the wrong place.
const maxShown = 40

// clip shortens what a person typed for an error message.
func clip(s string) string {
	runes := []rune(s[:min(len(s), 4*(maxShown+1))])
	if len(runes) <= maxShown {
		return s
	}
	return string(runes[:maxShown]) + "…"
}

// safeArgs wraps the arguments of a format so that none prints raw. Integers stay as they are, since
// a width such as %*d must find one.
func safeArgs(args []any) []any {
	wrapped := make([]any, len(args))
	for i, arg := range args {
		switch arg.(type) {
		case int, int64, uint64, bool:
			wrapped[i] = arg
		default:
			wrapped[i] = safeArg{arg}
		}
	}
	return wrapped
}

// A safeArg prints its value made fit for a terminal. %q does that by itself, and would show the
// escapes escaped.
type safeArg struct{ value any }

// Format implements fmt.Formatter.
func (a safeArg) Format(f fmt.State, verb rune) {
	text := fmt.Sprintf(fmt.FormatString(f, verb), a.value)
	if verb != 'q' {
		text = term.Safe(text)
	}
	_, _ = f.Write([]byte(text))
}
