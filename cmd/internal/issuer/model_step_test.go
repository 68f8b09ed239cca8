package issuer

import (
	"bytes"

	"tallystick/reserve"
	"tallystick/reserve/device"
)

// install has a unit install what an authorization was carried as.
func (m *model) install(u *unit, body []byte, g *grant) {
	m.do("installing", u, u.installs(m.moment(u), u, g), func(d *device.Device) (device.Result, error) {
		in, err := d.Install(body)
		if m.forgiving && reasonOf(err) == reserve.Superseded {
			u.plant(withFloor(m.instance(u), 1))
			in, err = d.Install(body)
		}
		return in.Result, err
	})
}

// giveBack returns everything.
func (m *model) giveBack() { m.returnAll(m.living()) }

func (m *model) returnAll(u *unit) {
	m.do("returning", u, u.returns(m.moment(u)), (*device.Device).Return)
}

// cancelSome gives numbers up. A device that holds something says so in a report.
func (m *model) cancelSome() {
	u := m.living()
	through := reserve.Number(0)
	switch m.draw("through", 0, 9) {
	case 0, 1: // the next one
	case 2:
		through = u.floor + mostCanceled + 1
	default:
		through = reserve.Number(max(0, int(u.floor)+m.draw("from the floor", -2, 3)))
	}
	m.cancelThrough(u, through)
}

func (m *model) cancelThrough(u *unit, through reserve.Number) {
	m.do("canceling", u, u.cancels(m.moment(u), through), func(d *device.Device) (device.Result, error) { return d.Cancel(through) })
}

// report signs a report.
func (m *model) report() { m.reportOf(m.living()) }

func (m *model) reportOf(u *unit) {
	m.do("reporting", u, u.reportsNow(m.moment(u)), (*device.Device).Report)
}

// printAgain gives out the code of the present state, as often as anybody asks (L2), and the request.
func (m *model) printAgain() {
	u := m.living()
	m.printOf(u)
	m.proofs++
	m.do("requesting", u, turn{next: u.state}, func(d *device.Device) (device.Result, error) {
		q, err := d.Request()
		if err == nil && !bytes.Equal(q.Body(), u.request.Body()) {
			m.fail("the request of %s changed (I6)", u.identity.UDI())
		}
		return device.Result{}, err
	})
}

func (m *model) printOf(u *unit) { m.do("printing", u, u.confirms(), (*device.Device).Confirmation) }

// obeyAny brings a unit any trust bundle that there ever was, the newest most often.
func (m *model) obeyAny() {
	t := m.trust()
	if m.seldom("an old one", 3) {
		t = pick(m, "bundle", m.bundles)
	}
	m.obey(m.living(), t)
}

func (m *model) obey(u *unit, t reserve.Trust) {
	want := u.obeys(m.moment(u), t)
	m.do("obeying", u, want, func(d *device.Device) (device.Result, error) {
		changed, err := d.Obey(t)
		return device.Result{Repeated: !changed}, err
	})
}

// keepDevice copies the record of a device, as the snapshot of a virtual machine does.
func (m *model) keepDevice() {
	u := m.living()
	u.saved = &copied{u.state, bytes.Clone(u.disk.record())}
	m.copies++
}

// putDeviceBack puts the copy in the record's place. From then on there are two.
func (m *model) putDeviceBack() {
	m.back(m.livingThat(func(u *unit) bool { return u.saved != nil && !u.rolled && u.saved.age != u.age }))
}

func (m *model) back(u *unit) {
	age := u.age
	u.state, u.rolled, u.process, u.unsure = u.saved.state, true, nil, nil
	u.disk.plant(u.saved.record)
	u.age = age + 1
}

// copyDevice puts a device back behind a report of its own.
func (m *model) copyDevice() {
	u := m.living()
	if u.rolled {
		m.Skip("there are two of it already")
	}
	m.fork(u)
	if m.draw("it is found out", 0, 1) == 1 {
		m.cancelThrough(u, u.floor)
		m.reportOf(u)
		m.receiveOf(u)
		m.authorize(demand{unit: u, Wish: Wish{Request: &u.request, Account: m.accountOf(u), Changes: []Change{{Tag: "dna-advantage", Count: 1}}}})
	}
}

// fork puts a device back behind a report of its own that the office has.
func (m *model) fork(u *unit) {
	u.saved = &copied{u.state, bytes.Clone(u.disk.record())}
	m.reportOf(u)
	m.receiveOf(u)
	m.back(u)
}

// resetDevice takes the record away; the same hardware comes back with another identity.
func (m *model) resetDevice() {
	if len(m.units) > 4 || !m.seldom("reset", 3) {
		m.Skip("there are enough identities")
	}
	m.reset(m.living())
}

func (m *model) reset(u *unit) *unit {
	u.gone = true
	return m.addUnit(u.identity.UDI().Serial())
}

// startOver gives everything back, resets the device and asks for something for its new identity.
func (m *model) startOver() {
	u := m.livingThat(func(u *unit) bool { return u.held != nil && !u.rolled && m.books.entry(u).enrolled })
	if len(m.units) > 4 {
		m.Skip("there are enough identities")
	}
	m.returnAll(u)
	m.receiveOf(u)
	next := m.reset(u)
	m.authorize(demand{unit: next, Wish: Wish{Request: &next.request, Account: m.accountOf(u), Changes: []Change{{Tag: "dna-advantage", Count: 1}}}})
}

// killDevice takes a device away for good. What it is charged stays charged until it is written off.
func (m *model) killDevice() {
	u := m.living()
	alive := 0
	for _, other := range m.units {
		if !other.gone {
			alive++
		}
	}
	if alive < 2 || !m.seldom("kill", 3) {
		m.Skip("it lives on")
	}
	u.gone = true
}
