//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package issuer

import "syscall"

func syncFiles() { syscall.Sync() }
