//go:build !windows

package cli

import "syscall"

// diskErrors are what the system says of a disk.
var diskErrors = []sentinel{
	{syscall.ENOSPC, IDDiskFull},
	{syscall.EDQUOT, IDDiskFull},
	{syscall.EFBIG, IDDiskFull},
	{syscall.EROFS, IDDiskReadOnly},
	{syscall.EIO, IDDiskFailed},
}
