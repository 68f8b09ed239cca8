package issuer

import (
	"maps"
	"slices"
	"strings"

	"tallystick/reserve"
)

// receiveFile takes many codes of devices at once, any that were ever given, some of them twice, and what
// is none.
func (m *model) receiveFile() {
	if !slices.ContainsFunc(m.papers, forOffice) {
		m.Skip("nothing was printed")
	}
	if u := m.living(); !u.rolled && m.books.entry(u).enrolled && m.seldom("of two devices", 6) {
		m.fork(u)
		m.cancelThrough(u, u.floor)
		m.reportOf(u)
	}
	var papers []*paper
	var texts []string
	for range m.draw("rows", 1, 5) {
		p, text := m.drawReceived()
		papers, texts = append(papers, p), append(texts, text+"\n\n")
	}
	m.actAll(file{what: "batch receive", names: make([]string, len(papers)),
		acts: func() Acts { return m.office.Receiving() },
		read: func() []BatchRow {
			rows, err := ReadReceived("# codes\n\n" + strings.Join(texts, ""))
			m.must(err)
			return rows
		},
		want: func(i int) expected { return m.wantTaken(papers[i]) },
		enter: func(i int, got BatchRow, _ bool) {
			m.mayCredit = true
			if finding(got.Err) != nil {
				m.happened["batch receive: a finding"]++
			}
			if p := papers[i]; p.unit.rolled {
				m.adopt(p.unit, got.Err)
				if reasonOf(got.Err) == reserve.Quarantined && !m.books.entry(p.unit).quarantined {
					m.fail("that there are two of %s was found and not written down", p.unit.identity.UDI())
				}
			} else {
				m.took(p, got.Err, got.Act.Alarm)
			}
		},
		end: func() {}})
}

// drawReceived draws a code and how it is written, nil for what can't be received.
func (m *model) drawReceived() (p *paper, text string) {
	p = m.paper(func(*paper) bool { return true })
	if m.draw("of the newest", 0, 2) == 0 {
		p = m.papers[len(m.papers)-1]
	}
	text = p.code.Paste()
	if lines := p.code.Lines(); p.grant == nil && lines != nil && m.draw("typed", 0, 1) == 1 {
		text = strings.Join(lines, "\n")
	}
	if p.grant != nil { // an authorization
		p = nil
	}
	if m.seldom("nonsense", 10) {
		return nil, "nonsense"
	}
	return p, text
}

// wantTaken is what has to come of a code.
func (m *model) wantTaken(p *paper) expected {
	switch {
	case p == nil:
		return expected{refused: unreadable}
	case !m.books.entry(p.unit).enrolled:
		return expected{refused: reserve.UnknownDevice}
	case p.unit.rolled:
		return expected{unsure: true}
	}
	e := m.books.entry(p.unit)
	after := e.clone()
	want := expected{refused: after.take(p), kept: true, state: BatchSigned, number: p.number()}
	if e.says(after) {
		want.state = BatchAgain
	}
	return want
}

// number is what a code confirms, gives back, or reports as installed.
func (p *paper) number() reserve.Number {
	switch {
	case p.position == 0:
		n, _ := p.status.Installed()
		return n
	case p.position%2 == 1:
		return p.position.Floor() - 1
	}
	return reserve.Number(p.position / 2)
}

// says reports whether the books say the same of a device.
func (e *entry) says(of *entry) bool {
	a, b := *e, *of
	return a.floor == b.floor && a.seen == b.seen && a.current == b.current && a.known == b.known && a.count == b.count && a.sum == b.sum &&
		a.suspect == b.suspect && a.quarantined == b.quarantined && a.settled == b.settled && a.lives == b.lives && maps.Equal(a.dead, b.dead)
}
