//go:build unix

package cli

import (
	"io"
	"syscall"
)

// openFD gives access to an inherited file descriptor. It is neither os.NewFile nor ever closed: a
// number that the caller forgot to pass may be one of the Go runtime's own descriptors, and closing
// that would break the process.
func openFD(fd int) (io.ReadCloser, error) { return descriptor(fd), nil }

type descriptor int

func (d descriptor) Read(p []byte) (int, error) {
	for {
		n, err := syscall.Read(int(d), p)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return 0, err
		case n == 0 && len(p) > 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

func (d descriptor) Close() error { return nil }
