package cli

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// A Progress is one line on the terminal that standard error is, which tells how far long work has
// come. Anywhere else, and with --quiet, it is silent.
type Progress struct {
	out   *Output
	begun time.Time
	told  time.Time
	width int // of the line that stands there
}

// progressEvery is how often the line is written anew.
const progressEvery = 200 * time.Millisecond

// Progress begins to tell about work.
func (o *Output) Progress() *Progress {
	now := o.env.Now()
	return &Progress{out: o, begun: now, told: now}
}

// Show tells that done of total are done; what, with its number at the time, is told with its rate,
// such as "signatures". It writes at most five times a second.
func (p *Progress) Show(done, total uint64, number uint64, what string) {
	now := p.out.env.Now()
	if p.room() <= 0 || now.Sub(p.told) < progressEvery || done == 0 || total == 0 {
		return
	}
	p.told = now
	spent := now.Sub(p.begun)
	text := fmt.Sprintf("%d of %d (%d %%), %.0f %s/s", done, total, 100*done/total, float64(number)/spent.Seconds(), what)
	if left := time.Duration(float64(spent) / float64(done) * float64(total-min(done, total))); spent > 2*time.Second {
		text += ", " + roughly(left) + " left"
	}
	p.line(text)
}

// End takes the line away.
func (p *Progress) End() {
	if p.width > 0 {
		p.line("")
		_, _ = io.WriteString(p.out.env.Stderr, "\r")
	}
}

// room is how wide the line may be: the last column stays free.
func (p *Progress) room() int {
	if p.out.quiet {
		return 0
	}
	return p.out.env.StderrWidth() - 1
}

// line writes over what stands there, without escape sequences: a serial console may know none.
func (p *Progress) line(text string) {
	text = text[:min(len(text), p.room())]
	_, _ = io.WriteString(p.out.env.Stderr, "\r"+text+strings.Repeat(" ", max(0, p.width-len(text))))
	p.width = len(text)
}

// roughly writes a time as people guess it.
func roughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}
