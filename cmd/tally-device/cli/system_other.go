//go:build !unix

package cli

// systemWide reports whether the program runs as root, whom only Unix has.
func systemWide() bool { return false }
