//go:build unix && !(darwin || dragonfly || freebsd || netbsd || openbsd)

package term

import "golang.org/x/sys/unix"

// The requests that get and set a terminal's modes.
const (
	getModes = unix.TCGETS
	setModes = unix.TCSETS
)

// dropInput drops what was typed and not read yet. 0 is TCIFLUSH, the input queue.
func dropInput(fd int) { _ = unix.IoctlSetInt(fd, unix.TCFLSH, 0) }
