package cli

import "golang.org/x/sys/windows"

// diskErrors are what the system says of a disk.
var diskErrors = []sentinel{
	{windows.ERROR_DISK_FULL, IDDiskFull},
	{windows.ERROR_HANDLE_DISK_FULL, IDDiskFull},
	{windows.ERROR_FILE_TOO_LARGE, IDDiskFull},
	{windows.ERROR_WRITE_PROTECT, IDDiskReadOnly},
	{windows.ERROR_CRC, IDDiskFailed},
	{windows.ERROR_IO_DEVICE, IDDiskFailed},
}
