//go:build unix

package term

import (
	"os"
	"os/signal"
	"syscall"
)

func openConsole() (in, out *os.File, err error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	return tty, tty, err
}

// holdStop makes Ctrl-Z do nothing until the function it returns is called. A program stopped at a
// secret comes back with the echo on, since the shell sets the terminal to rights meanwhile.
func holdStop() (release func()) {
	stops := make(chan os.Signal, 1)
	signal.Notify(stops, syscall.SIGTSTP)
	return func() { signal.Stop(stops) }
}

// EnableColors says whether f is a terminal, which then is taken to know ANSI colors.
func EnableColors(f *os.File) bool { return IsTerminal(f) }
