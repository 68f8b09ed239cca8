//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package device

import (
	"time"

	"golang.org/x/sys/unix"
)

// uptime returns the time since boot, sleep included; 0 when the kernel doesn't tell. The kernel
// moves the boot time along when somebody sets the clock, so the difference stays true.
func uptime() time.Duration {
	boot, err := unix.SysctlTimeval("kern.boottime")
	if err != nil {
		return 0
	}
	return max(0, time.Since(time.Unix(boot.Unix())))
}
