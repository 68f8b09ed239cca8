package issuer

import (
	"fmt"
	"time"

	"tallystick/reserve"
	"tallystick/testvectors/labeled"
)

// A unit is one device identity: its durable record, and what PROTOCOL 3.4 makes of its steps.
type unit struct {
	identity reserve.Identity
	request  reserve.Request
	state
	reached map[reserve.Position]int // age at which a position was first reached
	codes   map[reserve.Position]string
	shown   reserve.Position // the highest that was printed
	saved   *state           // a copy that was kept
	gone    bool             // the record was lost: the device has another identity since
	rolled  bool             // the record was put back
}

// state is what a copy of a device takes along.
type state struct {
	record  []byte
	floor   reserve.Number
	held    *grant
	reports uint32
	age     int // steps so far
}

func (m *model) addUnit(serial string) {
	trust, err := m.office.Trust(ctx)
	m.must(err)
	udi, err := reserve.NewUDI("C9300-24T", serial)
	m.must(err)
	rand := labeled.Reader(fmt.Sprintf("%s %d", serial, len(m.units)))
	i, err := reserve.NewInstance(udi, trust, rand, m.now)
	m.must(err)
	u := &unit{identity: i.Identity(), request: i.Request(), reached: map[reserve.Position]int{}, codes: map[reserve.Position]string{}}
	u.record, u.floor = reserve.Encode(i), 1
	m.units = append(m.units, u)
}

// living draws a unit that has its record.
func (m *model) living() *unit {
	var list []*unit
	for _, u := range m.units {
		if !u.gone {
			list = append(list, u)
		}
	}
	return pick(m, "device", list)
}

// position is where the receipt chain of a unit stands.
func (s state) position() reserve.Position {
	if s.held != nil {
		return reserve.ConfirmationAt(s.held.number)
	}
	return reserve.Position(2*s.floor - 1)
}

func (m *model) instance(u *unit) reserve.Instance {
	i, err := reserve.ParseInstance(u.record)
	if err != nil {
		m.fail("the record of %s: %v", u.identity.UDI(), err)
	}
	return i
}

// A move is one step of a device: its next record, what that should be, and the code it prints.
type move struct {
	next  reserve.Instance
	floor reserve.Number
	held  *grant
	print bool // the receipt of the next state
	state bool // the report of the next state
}

// step writes the next record and then prints. The power may go before the first or the second.
func (m *model) step(u *unit, v move, early bool) {
	crash, odds := 0, 6
	if early {
		odds = 2
	}
	if m.seldom("power goes", odds) {
		crash = m.draw("when", 1, 2)
	}
	m.happened[[]string{"power held", "power went before the write", "power went after the write"}[crash]]++
	before := u.state
	u.record, u.floor, u.held, u.age = reserve.Encode(v.next), v.floor, v.held, before.age+1
	if v.state {
		u.reports++
	}
	m.compare(u)
	if _, ok := u.reached[u.position()]; !ok {
		u.reached[u.position()] = u.age
	}
	switch after := u.state; {
	case crash == 1 && early: // the mutation: it printed first
		m.print(u, v)
		u.state = before
	case crash == 1:
		u.state = before
	case crash == 2:
		u.state = after
	default:
		m.print(u, v)
	}
}

// compare checks the record against what it should be (I4, I9, L2).
func (m *model) compare(u *unit) {
	i := m.instance(u)
	r, reserved := i.(reserve.Reserved)
	switch {
	case i.Floor() != u.floor || reserved != (u.held != nil) || i.Position() != u.position():
		m.fail("%s stands at floor %d, position %d; expected %d, %d", u.identity.UDI(), i.Floor(), i.Position(), u.floor, u.position())
	case reserved && r.Authorization().Digest() != u.held.digest:
		m.fail("%s holds something else than authorization %d", u.identity.UDI(), u.held.number)
	}
}

// print makes the code of a state and keeps it for ever.
func (m *model) print(u *unit, v move) {
	i := m.instance(u)
	if v.print {
		m.printReceipt(u, i)
	}
	if v.state {
		status, ok := i.LastReport()
		if !ok || status.Count() != u.reports {
			m.fail("the last report of %s is number %d, expected %d", u.identity.UDI(), status.Count(), u.reports)
		}
		m.keep(&paper{unit: u, code: status.Code(), status: status, held: u.held, age: u.age})
	}
}

func (m *model) printReceipt(u *unit, i reserve.Instance) {
	code, p := i.Receipt().Code(), u.position()
	if m.receipt != nil {
		code, p = m.receipt(i, u)
	}
	text := code.Lines()[0]
	if was, ok := u.codes[p]; ok && was != text && !u.rolled {
		m.fail("position %d of %s was %s and is %s (I6)", p, u.identity.UDI(), was, text)
	}
	u.codes[p], u.shown = text, max(u.shown, p)
	m.keep(&paper{unit: u, code: code, position: p, held: u.held, age: u.reached[u.position()]})
}

func (m *model) install(u *unit, body []byte, want *grant) {
	i := m.instance(u)
	next, repeated, err := m.installing(i, body)
	reason := m.foreseeInstall(u, want)
	m.wantRefusal("installing", err, reason)
	if err != nil {
		return
	}
	if repeated != (u.held == want) {
		m.fail("installing %d on %s: repeated %v", want.number, u.identity.UDI(), repeated)
	}
	v := move{next: next, floor: max(want.number+1, u.floor), held: want, print: true}
	m.step(u, v, m.early == "install")
}

func (m *model) installing(i reserve.Instance, body []byte) (reserve.Instance, bool, error) {
	if m.installs != nil {
		return m.installs(i, body, m.now)
	}
	next, repeated, err := reserve.Install(i, body, m.now)
	if err != nil {
		return nil, false, err
	}
	return next, repeated, nil
}

// foreseeInstall is the table of PROTOCOL 3.4.
func (m *model) foreseeInstall(u *unit, g *grant) reserve.Reason {
	running := len(g.grants) == 0
	for _, line := range g.grants {
		running = running || !m.ended(line.Ends)
	}
	switch {
	case g.unit != u:
		return reserve.WrongDevice
	case g == u.held:
		return ""
	case g.number < u.floor:
		return reserve.Superseded
	case !running:
		return reserve.AuthorizationExpired
	}
	return ""
}

// giveBack returns everything.
func (m *model) giveBack() {
	u := m.living()
	held, ok := m.instance(u).(reserve.Reserved)
	if !ok {
		m.Skip("nothing is held")
	}
	m.step(u, move{next: held.Return(), floor: u.floor, print: true}, m.early == "return")
}

// cancelSome gives numbers up. A device that holds something says so in a report.
func (m *model) cancelSome() {
	u := m.living()
	through := reserve.Number(max(0, int(u.floor)+m.draw("through", -1, 3)))
	v := move{floor: through + 1, held: u.held}
	var err error
	switch i := m.instance(u).(type) {
	case reserve.Unreserved:
		v.next, err = i.Cancel(through)
		v.print = true
	case reserve.Reserved:
		var canceled reserve.Reserved
		if canceled, err = i.Cancel(through); err == nil {
			v.next, _ = reserve.Report(canceled)
		}
		v.state, v.print = true, m.early == "cancel in words"
	}
	if through < u.floor {
		m.wantRefusal("canceling", err, reserve.OutOfRange)
		return
	}
	m.must(err)
	m.step(u, v, m.early == "cancel")
}

// report signs a report.
func (m *model) report() { m.reportOf(m.living()) }

func (m *model) reportOf(u *unit) {
	uptime := time.Duration(m.draw("hours", 0, 30)) * time.Hour
	next, _ := reserve.Report(reserve.Observe(m.instance(u), m.now, uptime, false))
	m.step(u, move{next: next, floor: u.floor, held: u.held, state: true}, false)
}

// printAgain gives out the receipt of the present state, as often as anybody asks (L2).
func (m *model) printAgain() {
	u := m.living()
	m.print(u, move{print: true})
}

// keepDevice copies the record of a device, as the snapshot of a virtual machine does.
func (m *model) keepDevice() {
	u := m.living()
	saved := u.state
	u.saved = &saved
}

// putDeviceBack puts the copy in the record's place. From then on there are two.
func (m *model) putDeviceBack() {
	u := m.living()
	if u.saved == nil || u.rolled || u.saved.age == u.age {
		m.Skip("there is no older copy")
	}
	m.back(u)
}

func (m *model) back(u *unit) {
	age := u.age
	u.state, u.rolled = *u.saved, true
	u.age = age + 1
}

// resetDevice takes the record away; the same hardware comes back with another identity.
func (m *model) resetDevice() {
	u := m.living()
	if len(m.units) > 3 || !m.seldom("reset", 3) {
		m.Skip("there are enough identities")
	}
	u.gone = true
	m.addUnit(u.identity.UDI().Serial())
}
