package device

import (
	"crypto/rand"
	"io"
	"time"
)

// An Option replaces something of the outside world. Products need none.
type Option func(*config)

type config struct {
	files  Files
	now    func() time.Time
	uptime func() time.Duration
	rand   io.Reader
	wait   time.Duration
}

// WithFiles replaces the file system.
func WithFiles(f Files) Option { return func(c *config) { c.files = f } }

// WithClock replaces the wall clock, by which the ends of terms are judged.
func WithClock(now func() time.Time) Option { return func(c *config) { c.now = now } }

// WithUptime replaces the clock that says for how long the machine has been running, by which the
// evaluation is counted. 0 means that it isn't known, and nobody evaluates then. Nil leaves the
// machine's own.
func WithUptime(uptime func() time.Duration) Option {
	return func(c *config) {
		if uptime != nil {
			c.uptime = uptime
		}
	}
}

// WithRand replaces crypto/rand, from which Create draws 32 bytes.
func WithRand(r io.Reader) Option { return func(c *config) { c.rand = r } }

// WithWait sets for how long a change waits for another process to finish one; 2 seconds when it is
// not given, and 0 doesn't wait.
func WithWait(d time.Duration) Option { return func(c *config) { c.wait = d } }

func newConfig(options []Option) config {
	c := config{files: systemFiles{}, now: time.Now, uptime: uptime, rand: rand.Reader, wait: 2 * time.Second}
	for _, o := range options {
		o(&c)
	}
	return c
}
