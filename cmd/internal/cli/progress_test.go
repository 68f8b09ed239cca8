package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	var stderr bytes.Buffer
	width := 80
	env := (&Env{Stderr: &stderr, Now: func() time.Time { return now }, StderrWidth: func() int { return width }}).filled()
	p := (&Output{env: env}).Progress()
	show := func(after time.Duration, done uint64) string {
		stderr.Reset()
		now = now.Add(after)
		p.Show(done, 1000, 10*done, "signatures")
		return stderr.String()
	}
	for _, c := range []struct {
		after time.Duration
		done  uint64
		want  string
	}{
		{100 * time.Millisecond, 1, ""},
		{900 * time.Millisecond, 100, "\r100 of 1000 (10 %), 1000 signatures/s"},
		{100 * time.Millisecond, 101, ""},
		{2900 * time.Millisecond, 200, "\r200 of 1000 (20 %), 500 signatures/s, 16 s left"},
		{96 * time.Second, 400, "\r400 of 1000 (40 %), 40 signatures/s, 2 min 30 s left"},
		{20000 * time.Second, 500, "\r500 of 1000 (50 %), 0 signatures/s, 5 h 35 min left"},
	} {
		if got := strings.TrimRight(show(c.after, c.done), " "); got != c.want {
			t.Errorf("%d done: %q, want %q", c.done, got, c.want)
		}
	}
	width = 20
	if got := strings.TrimRight(show(time.Hour, 500), " "); got != "\r500 of 1000 (50 %)," {
		t.Errorf("narrow: %q", got)
	}
	stderr.Reset()
	p.End()
	if got := stderr.String(); got != "\r"+strings.Repeat(" ", 19)+"\r" {
		t.Errorf("end: %q", got)
	}
}

// A pipe, a file and --quiet get nothing.
func TestProgressIsSilent(t *testing.T) {
	now := time.Now()
	var stderr bytes.Buffer
	for _, o := range []*Output{
		{env: (&Env{Stderr: &stderr, Now: func() time.Time { now = now.Add(time.Hour); return now }}).filled()},
		{quiet: true, env: (&Env{Stderr: &stderr, Now: func() time.Time { now = now.Add(time.Hour); return now }, StderrWidth: func() int { return 80 }}).filled()},
	} {
		p := o.Progress()
		p.Show(1, 2, 3, "signatures")
		p.End()
	}
	if stderr.Len() > 0 {
		t.Errorf("wrote %q", stderr.String())
	}
}
