package device

import (
	"time"

	"golang.org/x/sys/unix"
)

// uptime returns the time since boot, suspension included; 0 when the kernel doesn't tell.
func uptime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}
