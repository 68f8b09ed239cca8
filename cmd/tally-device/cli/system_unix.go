//go:build unix

package cli

import "os"

// systemWide reports whether the program runs as root, whose state belongs to the machine.
func systemWide() bool { return os.Geteuid() == 0 }
