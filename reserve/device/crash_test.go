package device_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

// A world is one device on a modeled disk, its issuer, and all that either of them ever printed.
type world struct {
	t        *testing.T
	issuer   issuer
	newer    issuer // the same issuer with the next trust root
	clock    *clock
	disk     *disk
	books    reserve.Books
	codes    []reserve.Authorization // every authorization that exists: 1, 2 and 3
	revealed []codec.Code
}

const diskDir = "/var/lib/tallystick"

func newWorld(t *testing.T) *world {
	is := newIssuer("Example")
	return &world{t: t, issuer: is, newer: is.next(func(*keys.RootTemplate) {}), clock: newClock(), disk: newDisk()}
}

func (w *world) options() []device.Option {
	return append(w.clock.options(), device.WithFiles(w.disk))
}

func (w *world) open() *device.Device {
	w.t.Helper()
	d, err := device.Open(diskDir, w.options()...)
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *world) create() (*device.Device, error) {
	return device.Create(diskDir, testUDI("FCW2149L0KK"), w.issuer.trust, w.options()...)
}

// enrol opens the books and issues three authorizations: some, more of one and less of the other,
// and nothing at all.
func (w *world) enrol(id reserve.Identity) {
	w.books = reserve.Books{Identity: id}
	for n, held := range [][2]uint32{{5, 8}, {9, 2}, {0, 0}} {
		var draws []reserve.Draw
		var grants []reserve.Grant
		for lot, count := range held {
			if count > 0 {
				g := reserve.Grant{Entitlement: []reserve.EntitlementID{advantage, ports}[lot], Count: count}
				draws, grants = append(draws, reserve.Draw{Lot: reserve.LotID(lot + 1), Grant: g}), append(grants, g)
			}
		}
		a := w.issuer.authorize(id, reserve.Number(n+1), grants...)
		w.codes = append(w.codes, a)
		w.books = must(w.books.Issue(reserve.Issued{Number: a.Number(), Draws: draws, Digest: a.Digest()}))
	}
}

// content is what the state file holds.
func (w *world) content() []byte {
	if n := w.disk.entries[filepath.Join(diskDir, "state")]; n != nil {
		return n.content
	}
	return nil
}

// check hands everything revealed to the issuer and asserts that nothing is spent twice: what the
// device holds, and what it could ever install, is charged (invariants I1, I9).
func (w *world) check() {
	w.t.Helper()
	d := w.open()
	books := w.books
	for _, c := range w.revealed {
		var err error
		switch c.Kind().Number {
		case reserve.ReceiptKind.Number:
			books, _, err = books.Receive(receipt(w.t, c))
		case reserve.StatusKind.Number:
			var s reserve.Status
			if s, err = reserve.OpenStatus(c.Body(), d.Identity()); err == nil {
				books, _, err = books.Report(s)
			}
		}
		if err != nil {
			w.t.Fatalf("the issuer refuses what was revealed: %v", err)
		}
	}
	charge := books.Charge()
	covered := func(what string, grants []reserve.Grant) {
		for lot, id := range map[reserve.LotID]reserve.EntitlementID{1: advantage, 2: ports} {
			if held := reserve.Total(grants, id); held > uint64(charge[lot]) {
				w.t.Fatalf("the device %s %d of entitlement %d, the books charge %d", what, held, id, charge[lot])
			}
		}
	}
	for _, a := range w.codes {
		if in, err := d.Preview(a.Body()); err == nil {
			covered("could install", in.Authorization.Grants())
			if in.Repeated {
				covered("holds", in.Authorization.Grants())
			}
		}
	}
}

// A scenario is one step of a device after others that are done and durable.
type scenario struct {
	name   string
	before func(*world, *device.Device)
	act    func(*world, *device.Device) (codec.Code, error)
}

func install(n int) func(*world, *device.Device) (codec.Code, error) {
	return func(w *world, d *device.Device) (codec.Code, error) {
		in, err := d.Install(w.codes[n-1].Body())
		return in.Code, err
	}
}

func result(f func(*device.Device) (device.Result, error)) func(*world, *device.Device) (codec.Code, error) {
	return func(_ *world, d *device.Device) (codec.Code, error) {
		r, err := f(d)
		return r.Code, err
	}
}

func installed(ns ...int) func(*world, *device.Device) {
	return func(w *world, d *device.Device) {
		for _, n := range ns {
			w.revealed = append(w.revealed, must(install(n)(w, d)))
		}
	}
}

var scenarios = []scenario{
	{"create", nil, func(w *world, _ *device.Device) (codec.Code, error) {
		d, err := w.create()
		if reason(err) == reserve.AlreadyInit {
			d, err = device.Open(diskDir, w.options()...)
		}
		if err != nil {
			return codec.Code{}, err
		}
		q, err := d.Request()
		return q.Code(), err
	}},
	{"request", installed(), func(_ *world, d *device.Device) (codec.Code, error) {
		q, err := d.Request()
		if err != nil {
			return codec.Code{}, err
		}
		return q.Code(), nil
	}},
	{"install", installed(), install(1)},
	{"update", installed(1), install(2)},
	{"take everything away", installed(1), install(3)},
	{"install again", installed(1), install(1)},
	{"return", installed(2), result((*device.Device).Return)},
	{"confirmation", installed(1), result((*device.Device).Confirmation)},
	{"cancel", installed(), result(func(d *device.Device) (device.Result, error) { return d.Cancel(2) })},
	{"cancel while holding", installed(1), result(func(d *device.Device) (device.Result, error) { return d.Cancel(0) })},
	{"report", installed(2), result((*device.Device).Report)},
	{"obey", installed(1), func(w *world, d *device.Device) (codec.Code, error) {
		_, err := d.Obey(w.newer.trust)
		return codec.Code{}, err
	}},
	{"count the evaluation", installed(), func(w *world, d *device.Device) (codec.Code, error) {
		return codec.Code{}, d.Check("ports", 1).Err
	}},
}

// prepare returns a world right before a scenario's step, everything so far durable. An hour has
// passed since, so that the time is due to be stored as well.
func (s scenario) prepare(t *testing.T) *world {
	w := newWorld(t)
	if s.before == nil {
		w.enrol(must(newWorld(t).create()).Identity()) // the device that the step will create
		return w
	}
	d := must(w.create())
	w.enrol(d.Identity())
	s.before(w, d)
	w.disk.power(allLost)
	w.clock.pass(time.Hour)
	return w
}

// copy returns a world that goes its own way from here, and its device.
func (w *world) copy(t *testing.T) (*world, *device.Device) {
	c := *w
	c.t, c.disk, c.revealed = t, w.disk.clone(), slices.Clone(w.revealed)
	if c.content() == nil {
		return &c, nil
	}
	d := c.open()
	c.disk.step, c.disk.trail = 0, nil
	return &c, d
}

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
