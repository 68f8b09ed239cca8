package device_test

import (
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

// enroll opens the books and issues three authorizations: some, more of one and less of the other,
// and nothing at all.
func (w *world) enroll(id reserve.Identity) {
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
		w.enroll(must(newWorld(t).create()).Identity()) // the device that the step will create
		return w
	}
	d := must(w.create())
	w.enroll(d.Identity())
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
