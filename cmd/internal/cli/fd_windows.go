package cli

import (
	"errors"
	"io"
	"os"
)

// openFD knows standard input alone: Windows passes handles to a child process, not numbered
// descriptors.
func openFD(fd int) (io.ReadCloser, error) {
	if fd != 0 {
		return nil, errors.New("on Windows only standard input (0) can be passed")
	}
	return io.NopCloser(os.Stdin), nil
}
