package term

import (
	"os"

	"golang.org/x/sys/windows"
)

func openConsole() (in, out *os.File, err error) {
	in, err = os.OpenFile("CONIN$", os.O_RDWR, 0)
	if err != nil {
		return nil, nil, err
	}
	out, err = os.OpenFile("CONOUT$", os.O_RDWR, 0)
	if err != nil {
		in.Close()
		return nil, nil, err
	}
	return in, out, nil
}

// hideInput takes the echo off the console, and makes sure of line mode, in which Ctrl-C and Enter
// work as ReadSecret expects.
func hideInput(fd int) error {
	console := windows.Handle(fd)
	var mode uint32
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return err
	}
	mode &^= windows.ENABLE_ECHO_INPUT
	return windows.SetConsoleMode(console, mode|windows.ENABLE_LINE_INPUT|windows.ENABLE_PROCESSED_INPUT)
}

// dropInput drops what was typed and not read yet.
func dropInput(fd int) { _ = windows.FlushConsoleInputBuffer(windows.Handle(fd)) }

// holdStop: a console has no Ctrl-Z that stops a program.
func holdStop() (release func()) { return func() {} }

// EnableColors makes the console that f writes to understand ANSI colors, which those of Windows
// don't unless asked, and says whether it does. It is false when f is not a console.
func EnableColors(f *os.File) bool {
	console := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
