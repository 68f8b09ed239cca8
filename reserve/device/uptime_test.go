package device

import (
	"testing"
	"time"
)

// TestUptime: without another clock the machine's own counts.
func TestUptime(t *testing.T) {
	c := newConfig([]Option{WithUptime(nil)})
	first := c.uptime()
	time.Sleep(time.Millisecond)
	if second := c.uptime(); first <= 0 || second <= first || second > 20*365*24*time.Hour {
		t.Errorf("uptime %v, then %v", first, second)
	}
}
