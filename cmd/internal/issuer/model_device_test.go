package issuer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tallystick/codec"
	"tallystick/reserve"
	"tallystick/reserve/device"
	"tallystick/testvectors/labeled"
)

// A unit is one device identity: the real device on its disk, and what should be there.
type unit struct {
	identity reserve.Identity
	request  reserve.Request
	state
	sure    state    // the newest that was revealed: at least this is on the disk
	unsure  []copied // what may be on the disk as well, since then
	disk    *disk
	process *device.Device // nil when none runs
	parsed  reserve.Instance
	ahead   int           // days by which its clock is ahead of the office's
	up      time.Duration // since its machine was started

	reached map[reserve.Position]int // age at which a position was first reached
	codes   map[reserve.Position]string
	shown   reserve.Position // the highest that was printed
	saved   *copied          // a copy that was kept
	gone    bool             // nobody has the record any more
	rolled  bool             // the record was put back
}

// copied is what a copy of a device takes along.
type copied struct {
	state
	record []byte
}

func (m *model) addUnit(serial string) *unit {
	trust, err := m.office.Trust(ctx)
	m.must(err)
	udi, err := reserve.NewUDI("C9300-24T", serial)
	m.must(err)
	u := &unit{disk: newDisk(m.lies), up: time.Hour, reached: map[reserve.Position]int{}, codes: map[reserve.Position]string{}}
	rand := device.WithRand(labeled.Reader(fmt.Sprintf("%s %d", serial, len(m.units))))
	u.process, err = device.Create(deviceDir, udi, trust, append(m.outside(u), rand)...)
	m.must(err)
	u.request, err = u.process.Request()
	m.must(err)
	u.identity = u.process.Identity()
	fresh := state{floor: 1, trust: trust, latest: trust.Root().Issued(), evaluation: trust.Catalog().EvaluationBudget()}
	u.state = fresh.counted(m.moment(u), false)
	u.sure = u.state
	m.compare(u)
	m.units = append(m.units, u)
	return u
}

// outside is what a unit's program takes from the world.
func (m *model) outside(u *unit) []device.Option {
	return []device.Option{device.WithFiles(u.disk), device.WithWait(0), device.WithUptime(func() time.Duration { return u.up }),
		device.WithClock(func() time.Time { return m.now.AddDate(0, 0, u.ahead) })}
}

// moment is what a unit's clocks show.
func (m *model) moment(u *unit) moment { return moment{dayOf(m.now, u.ahead), u.up} }

// living draws a unit that has its record.
func (m *model) living() *unit { return m.livingThat(func(*unit) bool { return true }) }

// livingThat draws one of those that fit.
func (m *model) livingThat(fits func(*unit) bool) *unit {
	list := slices.DeleteFunc(slices.Clone(m.units), func(u *unit) bool { return u.gone || !fits(u) })
	if len(list) == 0 {
		m.Skip("there is no such device")
	}
	return pick(m, "device", list)
}

// running returns a unit's program, which may have to be started.
func (m *model) running(u *unit) *device.Device {
	if u.process == nil {
		var err error
		u.process, err = device.Open(deviceDir, m.outside(u)...)
		if errors.Is(err, errDisk) {
			panic(stopped{})
		}
		m.must(err)
	}
	return u.process
}

// instance parses the record on a unit's disk, unless it is the one that was parsed last: a line, and
// then the bytes of reserve.Encode.
func (m *model) instance(u *unit) reserve.Instance {
	_, payload, _ := bytes.Cut(u.disk.record(), []byte("\n"))
	if u.parsed == nil || !bytes.Equal(reserve.Encode(u.parsed), payload) {
		var err error
		if u.parsed, err = reserve.ParseInstance(payload); err != nil {
			m.fail("the record of %s is lost: %v", u.identity.UDI(), err)
		}
	}
	return u.parsed
}

// plant writes a record past the device's program.
func (u *unit) plant(i reserve.Instance) {
	const head = "tallystick-device 1"
	payload := reserve.Encode(i)
	sum := sha256.Sum256(append([]byte(head+"\n"), payload...))
	u.disk.plant(append([]byte(head+" "+hex.EncodeToString(sum[:])+"\n"), payload...))
}

// do has a unit do something, compares what comes of it, and keeps the code for ever. The machine may
// fail at any step on the disk; then nobody saw a code, and either nothing happened or all of it.
func (m *model) do(verb string, u *unit, want turn, act func(*device.Device) (device.Result, error)) {
	before := bytes.Clone(u.disk.record())
	r, err, answered := m.attempt(u, act)
	if !answered {
		m.afterFailure(u, before, want)
		return
	}
	m.wantRefusal(verb, err, want.refused)
	if err == nil && r.Repeated != want.repeated {
		m.fail("%s on %s: repeated %v", verb, u.identity.UDI(), r.Repeated)
	}
	old := u.state
	u.state = want.next
	if err == nil {
		u.sure, u.unsure = u.state, nil
	}
	m.compare(u)
	m.take(u, want.code, r.Code)
	if m.early == verb && !m.calm && m.seldom("too early", 2) { // the mutation: it printed first, and then the power went
		u.state, u.sure, u.process = old, old, nil
		u.disk.plant(before)
	} else if !m.calm && m.seldom("power goes afterwards", 8) {
		m.happened["a device failed after it answered"]++
		u.process = nil
		u.disk.power(allLost)
		if err != nil { // a refusal makes nothing durable
			m.afterFailure(u, before, turn{next: u.state})
		}
	}
	m.compare(u)
}

// afterFailure finds out what is on the disk after nobody saw an answer: what the step makes of the
// record, what was there before it, or what was there before an earlier failure that left the record
// in the cache.
func (m *model) afterFailure(u *unit, before []byte, want turn) {
	now := u.disk.record()
	u.unsure = append(u.unsure, copied{u.state, before})
	known := slices.IndexFunc(u.unsure, func(c copied) bool { return bytes.Equal(c.record, now) })
	switch {
	case known >= 0:
		m.happened["a device failed before the step"]++
		u.state = u.unsure[known].state
		maps.DeleteFunc(u.reached, func(_ reserve.Position, age int) bool { return age > u.age })
	case want.refused != "":
		m.fail("%s refused something, failed, and has another record", u.identity.UDI())
	default:
		m.happened["a device failed after the step"]++
		u.state = want.next
	}
	m.compare(u)
}

// attempt runs an act of a unit's program. answered is false when the machine failed.
func (m *model) attempt(u *unit, act func(*device.Device) (device.Result, error)) (r device.Result, err error, answered bool) {
	if !m.calm && m.seldom("the machine fails", 6) {
		u.disk.failAt, u.disk.failure = m.draw("at step", 1, 10), failure(m.draw("how", 0, int(failures)-1))
	}
	defer func() {
		thrown := recover()
		if _, ok := thrown.(stopped); thrown != nil && !ok {
			panic(thrown)
		}
		if answered = thrown == nil && !errors.Is(err, errDisk); !answered {
			u.process = nil
			u.disk.power(cut(m.draw("cut", 0, int(cuts)-1)))
		}
		u.disk.failAt = 0
	}()
	r, err = act(m.running(u))
	return r, err, true
}

// compare checks the record against what it should be (I4, I9, L2).
func (m *model) compare(u *unit) {
	i := m.instance(u)
	r, reserved := i.(reserve.Reserved)
	if i.Floor() != u.floor || reserved != (u.held != nil) || i.Position() != u.position() || i.LastAct() != u.act {
		m.fail("%s stands at floor %d, position %d; expected %d, %d", u.identity.UDI(), i.Floor(), i.Position(), u.floor, u.position())
	}
	if reserved && r.Authorization().Digest() != u.held.digest {
		m.fail("%s holds something else than authorization %d", u.identity.UDI(), u.held.number)
	}
	if i.LatestDay() != u.latest || i.Running() != u.ran || i.EvaluationLeft() != u.evaluation {
		m.fail("%s saw day %d, ran %v, has %v left; expected %d, %v, %v", u.identity.UDI(), i.LatestDay(), i.Running(), i.EvaluationLeft(),
			u.latest, u.ran, u.evaluation)
	}
	if !bytes.Equal(i.Trust().Body(), u.trust.Body()) {
		m.fail("%s obeys version %d of the trust root, expected %d", u.identity.UDI(), i.Trust().Root().Version(), u.trust.Root().Version())
	}
	if last, ok := i.LastReport(); ok != (u.reports > 0) || ok && last.Count() != u.reports {
		m.fail("the last report of %s is number %d, expected %d", u.identity.UDI(), last.Count(), u.reports)
	}
	if _, ok := u.reached[u.position()]; !ok {
		u.reached[u.position()] = u.age
	}
}

// take keeps the code that a unit printed. After a step on the typed chain it is the receipt of the
// state; one that repeats a report is the report again.
func (m *model) take(u *unit, says saying, code codec.Code) {
	switch {
	case says == receipt:
		m.takeReceipt(u, code)
	case says == report:
		status, err := reserve.OpenStatus(code.Body(), u.identity)
		m.must(err)
		if status.Count() != u.reports {
			m.fail("%s gave report %d, expected %d", u.identity.UDI(), status.Count(), u.reports)
		}
		m.keep(&paper{unit: u, code: code, status: status, held: u.held, age: u.age})
		if m.words && u.held != nil && u.floor > u.held.number+1 {
			m.takeReceipt(u, code)
		}
	}
}

func (m *model) takeReceipt(u *unit, code codec.Code) {
	p := u.position()
	if m.receipt != nil {
		code, p = m.receipt(m.instance(u), u)
	}
	text := strings.Join(code.Lines(), "\n")
	if was, ok := u.codes[p]; ok && was != text && !u.rolled {
		m.fail("position %d of %s was %s and is %s (I6)", p, u.identity.UDI(), was, text)
	}
	u.codes[p], u.shown = text, max(u.shown, p)
	m.keep(&paper{unit: u, code: code, position: p, held: u.held, age: u.reached[u.position()]})
}
