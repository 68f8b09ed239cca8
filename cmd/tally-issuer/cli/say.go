package cli

import (
	"fmt"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/term"
)

// say writes a line to the terminal, with everything that came from outside made safe.
func say(t term.Terminal, format string, args ...any) {
	_, _ = fmt.Fprintln(t, safef(format, args...))
}

// safef formats text that may hold something from outside, which is made safe.
func safef(format string, args ...any) string {
	for i, a := range args {
		switch v := a.(type) {
		case string:
			args[i] = term.Safe(v)
		case error:
			args[i] = term.Safe(v.Error())
		case fmt.Stringer:
			args[i] = term.Safe(v.String())
		}
	}
	return fmt.Sprintf(format, args...)
}

// printBlock prints lines that were made safe when they were put together.
func printBlock(out *cli.Output, text string) { out.Block(text) }
