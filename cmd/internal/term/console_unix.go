//go:build unix

package term

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// openConsole falls back to the terminal that the program runs at, where it is no controlling one:
// so it is on a rescue shell, and on the serial console of a small device that starts its shell
// without a getty.
func openConsole() (in, out *os.File, err error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil && IsTerminal(os.Stdin) && IsTerminal(os.Stderr) {
		return os.Stdin, os.Stderr, nil
	}
	return tty, tty, err
}

// hideInput takes the echo off the terminal, and makes sure of line mode, in which Ctrl-C and Enter
// work as ReadSecret expects.
func hideInput(fd int) error {
	modes, err := unix.IoctlGetTermios(fd, getModes)
	if err != nil {
		return err
	}
	modes.Lflag &^= unix.ECHO
	modes.Lflag |= unix.ICANON | unix.ISIG
	modes.Iflag |= unix.ICRNL
	return unix.IoctlSetTermios(fd, setModes, modes)
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
