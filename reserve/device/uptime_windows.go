package device

import (
	"time"

	"golang.org/x/sys/windows"
)

// uptime returns the time since boot, sleep included.
func uptime() time.Duration { return windows.DurationSinceBoot() }
