//go:build unix

package cli

import (
	"errors"
	"io"
	"syscall"

	"golang.org/x/sys/unix"
)

// openFD gives access to an inherited file descriptor. When the caller forgot to pass one, its
// number may be a descriptor that this process opened for itself: the Go runtime keeps the CPU
// limits of a control group open, and "max 100000" would become a new keyring's passphrase. An
// inherited one is told apart by its close-on-exec flag: what has it set does not survive execve,
// and everything that Go opens has it set.
func openFD(fd int) (io.ReadCloser, error) {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	if err != nil || flags&unix.FD_CLOEXEC != 0 {
		return nil, errors.New("the descriptor was not passed to this program")
	}
	return descriptor(fd), nil
}

// A descriptor is read without os.NewFile, which would put it into non-blocking mode for whoever
// shares it and close it when collected.
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
