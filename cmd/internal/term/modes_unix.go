//go:build unix && !(darwin || dragonfly || freebsd || netbsd || openbsd)

package term

import "golang.org/x/sys/unix"

// The requests that get and set a terminal's modes.
const (
	getModes = unix.TCGETS
	setModes = unix.TCSETS
)
