package device_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"tallystick/codec"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

// TestCrashAtEveryStep runs every scenario once for every step it takes on the disk, every way the
// step can go wrong and every state the disk can be in after the power comes back.
func TestCrashAtEveryStep(t *testing.T) {
	points := 0
	for _, s := range scenarios {
		ready := s.prepare(t)
		w, d := ready.copy(t)
		first := w.content()
		code := must(s.act(w, d))
		last, trail := w.content(), w.disk.trail
		w.disk.power(allLost)
		if !bytes.Equal(w.content(), last) {
			t.Fatalf("%s: the record was revealed before it was durable", s.name)
		}
		if w.disk.files()["state.new"] {
			t.Errorf("%s: left state.new behind", s.name)
		}
		for at, step := range trail {
			for _, f := range failuresOf(step) {
				for _, c := range cutsAfter(step) {
					if c == processOnly && code.Size() == 0 {
						continue // this is about what the next process reveals
					}
					points++
					p := crashPoint{s, ready, at + 1, f, c, first, last, code}
					t.Run(fmt.Sprintf("%s/%d %s/failure %d/cut %d", s.name, at+1, step, f, c), p.run)
				}
			}
		}
	}
	t.Logf("%d scenarios, %d fault points", len(scenarios), points)
}

func failuresOf(step string) []failure {
	if step == "write" {
		return []failure{crashBefore, errorBefore, errorAfter, half}
	}
	return []failure{crashBefore, errorBefore, errorAfter}
}

// cutsAfter leaves out what makes no difference: before the first write there is nothing to lose.
func cutsAfter(step string) []cut {
	switch step {
	case "makedir", "lock", "read", "remove":
		return []cut{allLost}
	}
	return []cut{allLost, entriesKept, allKept, processOnly}
}

type crashPoint struct {
	scenario
	ready       *world
	at          int
	failure     failure
	cut         cut
	first, last []byte // content of the state file before and after the step
	code        codec.Code
}

func (p crashPoint) run(t *testing.T) {
	w, d := p.ready.copy(t)
	w.disk.failAt, w.disk.failure = p.at, p.failure
	code, err, crashed := p.attempt(w, d)
	if err == nil && !crashed && code.Size() > 0 {
		w.revealed = append(w.revealed, code)
	}
	done := err == nil && !crashed
	w.disk.power(p.cut)
	switch got := w.content(); {
	case done && !bytes.Equal(got, p.last):
		t.Fatal("the step was reported as done and is not on the disk")
	case !bytes.Equal(got, p.last) && !bytes.Equal(got, p.first):
		t.Fatal("the record is neither the old one nor the new one")
	}
	if w.content() != nil {
		w.check()
		d = w.open()
	}
	// Whatever happened, asking again ends where it would have ended, with the same code.
	again, err := p.act(w, d)
	if err != nil || again.Paste() != p.code.Paste() {
		t.Fatalf("asking again: %v, %q, want %q", err, again.Paste(), p.code.Paste())
	}
	w.revealed = append(w.revealed, again)
	w.disk.power(allLost)
	if !bytes.Equal(w.content(), p.last) {
		t.Fatal("asking again left another record")
	}
	w.check()
}

func (p crashPoint) attempt(w *world, d *device.Device) (code codec.Code, err error, crashed bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(crash); !ok {
				panic(r)
			}
			crashed = true
		}
	}()
	code, err = p.act(w, d)
	return code, err, false
}

// TestErrorThenAnotherQuestion has a step fail, then asks the same process for something else: what
// that reveals must have reached the disk, even where the failed sync is never reported again.
func TestErrorThenAnotherQuestion(t *testing.T) {
	questions := []func(*world, *device.Device) (codec.Code, error){
		result((*device.Device).Confirmation), result((*device.Device).Report), result((*device.Device).Return),
	}
	for _, s := range scenarios {
		if s.before == nil {
			continue
		}
		ready := s.prepare(t)
		w, d := ready.copy(t)
		must(s.act(w, d))
		for at := slices.Index(w.disk.trail, "create"); at >= 0 && at < w.disk.step; at++ {
			for _, f := range []failure{errorBefore, errorAfter} {
				for _, ask := range questions {
					w, d := ready.copy(t)
					w.disk.failAt, w.disk.failure = at+1, f
					if code, err := s.act(w, d); err == nil && code.Size() > 0 {
						w.revealed = append(w.revealed, code)
					}
					code, err := ask(w, d)
					if err == nil {
						w.revealed = append(w.revealed, code)
					} else if reason(err) != reserve.NothingInstalled {
						t.Fatalf("%s, step %d: %v", s.name, at+1, err)
					}
					w.disk.power(allLost)
					w.check()
				}
			}
		}
	}
}
