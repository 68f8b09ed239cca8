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
