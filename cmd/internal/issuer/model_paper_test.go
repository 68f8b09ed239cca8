package issuer

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tallystick/codec"
	"tallystick/reserve"
)

// A paper is a code that was given out, and what is known of it.
type paper struct {
	unit  *unit
	code  codec.Code
	grant *grant // of an authorization

	// Of a receipt or report: what the device held, and its age then.
	held     *grant
	age      int
	position reserve.Position
	status   reserve.Status
}

// keep keeps a code for ever, once.
func (m *model) keep(p *paper) {
	text := p.code.Paste()
	if !slices.ContainsFunc(m.papers, func(q *paper) bool { return q.unit == p.unit && q.code.Paste() == text }) {
		m.papers = append(m.papers, p)
	}
}

// read reads a code as it was carried.
func (m *model) read(text string) codec.Reading {
	r, err := codec.Decode(text, reserve.Kinds()...)
	m.must(err)
	return r
}

// paper draws one of those that fit.
func (m *model) paper(fits func(*paper) bool) *paper {
	var list []*paper
	for _, p := range m.papers {
		if fits(p) {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		m.Skip("there is no such code")
	}
	return pick(m, "code", list)
}

func forDevice(p *paper) bool { return p.grant != nil && !p.unit.gone }

func forOffice(p *paper) bool { return p.grant == nil }

// installAny installs an authorization, old ones too.
func (m *model) installAny() {
	p := m.paper(forDevice)
	m.install(p.unit, m.carried(p).Body, p.grant)
}

// installNewest installs the last authorization of a device that doesn't have it yet.
func (m *model) installNewest() {
	m.installOf(m.livingThat(func(u *unit) bool {
		p := m.newest(u)
		return p != nil && p.grant != u.held && p.grant.number >= u.floor
	}))
}

// newest is the last authorization of a device that was printed, nil if none was.
func (m *model) newest(u *unit) *paper {
	for _, p := range slices.Backward(m.papers) {
		if p.unit == u && p.grant != nil {
			return p
		}
	}
	return nil
}

func (m *model) installOf(u *unit) {
	if p := m.newest(u); p != nil {
		m.install(u, m.carried(p).Body, p.grant)
	}
}

// carried is a code on its way: pasted or typed.
func (m *model) carried(p *paper) codec.Reading {
	text := p.code.Paste()
	if lines := p.code.Lines(); lines != nil && m.draw("typed", 0, 1) == 1 {
		text = strings.Join(lines, "\n")
	}
	return m.means(p, text)
}

// means reads a text that stands for a code (I12).
func (m *model) means(p *paper, text string) codec.Reading {
	r := m.read(text)
	if !slices.ContainsFunc(r.Spellings, func(body []byte) bool { return bytes.Equal(body, p.code.Body()) }) {
		m.fail("the %s %q was read as %x (I12)", p.code.Kind().Name, text, r.Body)
	}
	return r
}

// receiveAny takes any code that a device ever gave.
func (m *model) receiveAny() {
	p := m.paper(forOffice)
	m.receive(p, m.carried(p))
}

// receiveNewest takes the last code of a device.
func (m *model) receiveNewest() {
	if !m.receiveOf(m.living()) {
		m.Skip("nothing was printed")
	}
}

func (m *model) receiveOf(u *unit) bool {
	for _, p := range slices.Backward(m.papers) {
		if p.unit == u && p.grant == nil {
			m.receive(p, m.carried(p))
			return true
		}
	}
	return false
}

// receive hands a code to the office, whose program may die.
func (m *model) receive(p *paper, reading codec.Reading) {
	e := m.books.entry(p.unit)
	if !e.enrolled {
		_, err := m.office.Receive(ctx, reading, "", false)
		m.wantRefusal("a code of nobody", err, reserve.UnknownDevice)
		return
	}
	after := e.clone()
	want := after.take(p)
	if _, err := m.office.Receive(ctx, reading, "", true); !p.unit.rolled {
		m.wantRefusal("previewing a code", err, want)
	}
	m.check() // the preview changed nothing
	var got Received
	var err error
	if m.perform(func() { got, err = m.office.Receive(ctx, reading, "", false) }) == undone {
		return
	}
	m.mayCredit = true
	if p.unit.rolled {
		m.adopt(p.unit, err)
		return
	}
	m.wantRefusal("receiving a code", err, want)
	m.took(p, err, got.Alarm)
}

// took enters what a code of an honest device proved.
func (m *model) took(p *paper, err error, raised string) {
	e := m.books.entry(p.unit)
	after := e.clone()
	_ = after.take(p)
	if m.quiet {
		raised = ""
	}
	if alarm := slices.Contains(after.raised, p); err == nil && (raised == AlarmAlive) != alarm { // when it is repeated, too
		m.fail("a code of %s raised the alarm %q, expected one: %v", p.unit.identity.UDI(), raised, alarm)
	}
	if after.alarmed {
		m.happened["a dead device lives"]++
	}
	after.alarmed = false
	if e.suspect && !after.suspect {
		if p.age < e.since {
			m.fail("%s was suspected, and is cleared by a code from before", p.unit.identity.UDI())
		}
		m.happened["a suspicion was cleared"]++
	}
	if !maps.Equal(e.charge(), after.charge()) {
		m.happened["licenses came back"]++
	}
	exposed := e.exposure()
	m.books.entries[p.unit] = after
	if len(exposed) > 0 && len(after.exposure()) == 0 {
		m.happened["a late code settled what was pending"]++
	}
	m.did(acted{verb: "receive", unit: p.unit, charge: exposed})
}

func (e *entry) take(p *paper) reserve.Reason {
	if p.position != 0 {
		return e.takeReceipt(p)
	}
	return e.takeReport(p)
}

// adopt takes over what the office made of a code of a device that there are two of: it may have
// found that out, and nothing else may have gone wrong.
func (m *model) adopt(u *unit, err error) {
	if err != nil && reasonOf(err) != reserve.Quarantined && reasonOf(err) != reserve.Suspect {
		m.fail("a code of a copy: %v", err)
	}
	if err != nil {
		m.happened["a copy: "+string(reasonOf(err))]++
	}
	b, _ := m.booksOf(u)
	m.books.entry(u).adopt(b)
}

// misdeliver takes a code where it doesn't belong. Nothing changes (I8).
func (m *model) misdeliver() {
	p := m.paper(func(*paper) bool { return true })
	u := m.living()
	m.proofs++
	if p.grant != nil && u != p.unit {
		m.install(u, m.read(p.code.Paste()).Body, p.grant)
		return
	}
	if p.grant != nil {
		_, err := m.office.Receive(ctx, m.read(p.code.Paste()), "", false)
		m.wantRefusal("an authorization at the office", err, reserve.WrongKind)
		return
	}
	m.refuses(u, p.code.Body(), "a "+p.code.Kind().Name)
	if p.position != 0 && m.books.entry(p.unit).enrolled { // and at the wrong counter
		wrong := KindConfirmation
		if p.position%2 == 0 {
			wrong = KindReturn
		}
		_, err := m.office.Receive(ctx, m.read(p.code.Paste()), wrong, false)
		m.wantRefusal("a receipt of the other kind", err, reserve.WrongKind)
	}
}

// refuses checks that a unit refuses to install something, and stays as it is.
func (m *model) refuses(u *unit, body []byte, what string) {
	if _, err := m.running(u).Install(body); !isRefusal(err) {
		m.fail("%s installed %s: %v", u.identity.UDI(), what, err)
	}
	m.compare(u)
}

// damage flips one bit of a code, checks and all made to fit. Nothing changes (I8).
func (m *model) damage() {
	p := m.paper(func(p *paper) bool { return p.grant == nil || !p.unit.gone })
	body := slices.Clone(p.code.Body())
	bits := 8 * len(body)
	if p.code.Kind().Bits != 0 {
		bits = 20 // the device it is of; that a secret is wrong takes the office a third of a second to be sure of
		if m.seldom("secret", 10) {
			bits = p.code.Kind().Bits
		}
	}
	bit := m.draw("bit", 0, bits-1)
	body[bit/8] ^= 0x80 >> (bit % 8)
	damaged, err := codec.Encode(p.code.Kind(), body)
	m.must(err)
	m.proofs++
	if p.grant != nil {
		m.refuses(p.unit, m.read(damaged.Paste()).Body, fmt.Sprintf("authorization %d with bit %d flipped", p.grant.number, bit))
		return
	}
	if _, err := m.office.Receive(ctx, m.read(damaged.Paste()), "", false); !isRefusal(err) || finding(err) != nil {
		m.fail("the office took a %s with bit %d flipped: %v", p.code.Kind().Name, bit, err)
	}
}

// mistype types a code with as many mistakes as a line can have, and it means what it meant.
func (m *model) mistype() {
	p := m.paper(func(p *paper) bool { return p.code.Lines() != nil && (p.grant == nil || !p.unit.gone) })
	lines := slices.Clone(p.code.Lines())
	at := m.draw("line", 0, len(lines)-1)
	symbols := []byte(strings.ReplaceAll(lines[at], " ", ""))
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	switch m.draw("mistake", 0, 2) {
	case 0:
		for range m.draw("wrong", 1, 2) {
			symbols[m.draw("place", 0, len(symbols)-1)] = alphabet[m.draw("character", 0, 31)]
		}
	case 1:
		symbols = slices.Delete(symbols, len(symbols)/2, len(symbols)/2+1)
	case 2:
		symbols = slices.Insert(symbols, m.draw("place", 0, len(symbols)), alphabet[m.draw("character", 0, 31)])
	}
	lines[at] = string(symbols)
	reading := m.means(p, strings.Join(lines, "\n"))
	m.proofs++
	if p.grant != nil {
		m.install(p.unit, reading.Body, p.grant)
		return
	}
	m.receive(p, reading)
}
