package testvectors_test

// Reports in the books of an issuer.

// reported is how a report that is believed leaves the books.
func (b booksForm) reported(s statusForm) booksForm {
	if s.statement > b.statements {
		b.statements, b.sum, b.current = s.statement, s.sum(), s.installed
	}
	b.seen = max(b.seen, s.floor)
	least := s.floor
	if s.installed != 0 {
		least = s.installed
	}
	b.floor = max(b.floor, least)
	var dead []int
	for _, i := range b.issued {
		if i.number < s.floor && i.number != s.installed {
			dead = append(dead, i.number)
		}
	}
	return b.kill(dead...)
}

// reports adds a report: err is how it is refused, after how the books are then.
func (m booksMaker) reports(comment, flags string, before booksForm, s statusForm, known bool, err string, after booksForm) {
	v := &vector{comment: comment, flags: []string{flags}, result: "valid"}
	v.input = append(fields{{"body", hexed(s.signed(m.books.device))}}, before.differences(m.books)...)
	v.output = fields{{"known", known}, {"books", after.differences(before)}}
	if err != "" {
		v.result, v.err = "invalid", err
	}
	m.add(v)
}

// statusOf is a report of a device that has installed a number, 0 for none.
func statusOf(d *device, statement, floor, installed int, previous []byte) statusForm {
	s := firstStatus(d)
	s.statement, s.floor, s.installed, s.previous = statement, floor, installed, previous
	if installed != 0 {
		s.digest = issuedSum(installed)
	}
	return s
}

func firstReportGroup() *vectorGroup {
	d := exampleDevice()
	m := newBooksMaker("The first report", "report", issuedTo(d, 4))
	const flag = "Report"
	for _, x := range []struct {
		comment          string
		floor, installed int
	}{{"nothing is installed", 1, 0}, {"number 1 is installed", 2, 1},
		{"number 4 is installed", 5, 4}, {"number 2 is installed, 3 is canceled", 4, 2}, {"number 1 is installed, everything through 8 is canceled", 9, 1},
		{"2 is returned", 3, 0}, {"everything is returned, though 4 was the last", 1024, 0}} {
		s := statusOf(d, 1, x.floor, x.installed, zeros(8))
		m.reports(x.comment, flag, m.books, s, false, "", m.books.reported(s))
	}
	s := statusOf(d, 7, 3, 2, issuedSum(90))
	m.reports("it is statement 7", flag, m.books, s, false, "", m.books.reported(s))
	known := m.books.after(5)
	s = statusOf(d, 1, 4, 3, zeros(8))
	m.reports("after a return of 2, number 3 is installed", flag, known, s, false, "", known.reported(s))
	s = statusOf(d, 1, 2, 1, zeros(8))
	m.reports("number 1 is installed, which is dead: a late one", flag, known, s, false, "", known.reported(s))
	s.digest = issuedSum(90)
	m.reports("number 1 with another digest is installed, which is dead: a late one", flag, known, s, false, "", known.reported(s))
	return m.vectorGroup
}

// suspectAfter is how a report that makes a device suspect, or keeps it so, leaves the books.
func (b booksForm) suspectAfter(s statusForm) booksForm {
	if s.statement > b.statements {
		b.statements, b.sum, b.current = s.statement, s.sum(), s.installed
	}
	b.seen = max(b.seen, s.floor)
	b.suspect = true
	return b
}

func suspectReportGroup() *vectorGroup {
	d := exampleDevice()
	m := newBooksMaker("Reports of what was never issued", "report", issuedTo(d, 2))
	const flag = "Suspect"
	s := statusOf(d, 1, 4, 3, zeros(8))
	suspect := m.books.suspectAfter(s)
	m.reports("number 3 was never issued", flag, m.books, s, false, "device-suspect", suspect)
	other := statusOf(d, 1, 3, 2, zeros(8))
	other.digest = flipped(other.digest, 7, 0)
	m.reports("number 2 has another digest", flag, m.books, other, false, "device-suspect", m.books.suspectAfter(other))
	m.reports("a suspect device, the same report", flag, suspect, s, true, "device-suspect", suspect)
	next := statusOf(d, 2, 4, 0, s.sum())
	m.reports("a suspect device, the report after a return", flag, suspect, next, false, "device-suspect", suspect.suspectAfter(next))
	good := statusOf(d, 2, 4, 3, s.sum())
	good.running = 1
	m.reports("a suspect device, another report", flag, suspect, good, false, "device-suspect", suspect.suspectAfter(good))
	quarantined := m.books
	quarantined.quarantined = true
	m.reports("a quarantined device", flag, quarantined, statusOf(d, 1, 2, 1, zeros(8)), false, "device-quarantined", quarantined)
	return m.vectorGroup
}

// reportGroup is about reports after another one.
func reportGroup() *vectorGroup {
	d := exampleDevice()
	first := statusOf(d, 5, 3, 2, issuedSum(90))
	m := newBooksMaker("Reports after statement 5: number 2 is installed", "report", issuedTo(d, 4).reported(first))
	const flag = "Report"
	b := m.books
	m.reports("the same again", flag, b, first, true, "", b)
	good := func(comment string, s statusForm) {
		m.reports(comment, flag, b, s, s.statement <= b.statements, "", b.reported(s))
	}
	later := func(statement, floor, installed int) statusForm {
		return statusOf(d, statement, floor, installed, first.sum())
	}
	good("statement 6, nothing has changed", later(6, 3, 2))
	good("statement 6, number 3 is installed", later(6, 4, 3))
	good("statement 6, number 2 is returned", later(6, 3, 0))
	good("statement 6, number 4 is installed, 3 was never", later(6, 5, 4))
	good("statement 6, number 2 is kept, 3 and 4 are canceled", later(6, 5, 2))
	good("statement 7, 6 was never shown", statusOf(d, 7, 4, 3, issuedSum(91)))
	good("statement 4, late: number 2 was installed", statusOf(d, 4, 3, 2, issuedSum(91)))
	good("statement 3, late: number 1 was installed", statusOf(d, 3, 2, 1, issuedSum(91)))
	good("statement 1, late: nothing was installed", statusOf(d, 1, 1, 0, zeros(8)))
	return m.vectorGroup
}

// contradictionGroup is about reports that no one device makes.
func contradictionGroup() *vectorGroup {
	d := exampleDevice()
	first := statusOf(d, 5, 4, 2, issuedSum(90))
	m := newBooksMaker("Reports that contradict statement 5: number 2 is installed, 3 is canceled", "report", issuedTo(d, 6).reported(first))
	b := m.books
	after := b
	after.quarantined = true
	bad := func(comment string, s statusForm) {
		m.reports(comment, "Contradiction", b, s, false, "device-quarantined", after)
	}
	same := first
	same.running = 1
	bad("statement 5 with another running time", same)
	bad("statement 5 with another number installed", statusOf(d, 5, 5, 4, issuedSum(90)))
	bad("statement 6 that follows another 5", statusOf(d, 6, 4, 2, issuedSum(91)))
	bad("statement 6 that follows nothing", statusOf(d, 6, 4, 2, zeros(8)))
	bad("statement 6 with a lower floor", statusOf(d, 6, 3, 2, first.sum()))
	bad("statement 7 with a lower floor", statusOf(d, 7, 3, 2, issuedSum(91)))
	bad("statement 6, number 3 is installed, which was canceled", statusOf(d, 6, 4, 3, first.sum()))
	bad("statement 9, number 1 is installed, which was replaced", statusOf(d, 9, 4, 1, issuedSum(91)))
	bad("statement 4 with a higher floor", statusOf(d, 4, 5, 4, issuedSum(91)))
	bad("statement 4: number 2 was dead already, nothing was installed", statusOf(d, 4, 4, 0, issuedSum(91)))
	bad("statement 4: number 2 was dead already, 3 was installed", statusOf(d, 4, 4, 3, issuedSum(91)))
	late := func(comment string, s statusForm) { m.reports(comment, "Contradiction", b, s, true, "", b.reported(s)) }
	late("no contradiction: statement 4 with the same floor and number", statusOf(d, 4, 4, 2, issuedSum(91)))
	late("no contradiction: statement 4 with a lower floor", statusOf(d, 4, 3, 2, issuedSum(91)))
	return m.vectorGroup
}

// recoveredReportGroup is about books that lost their newest part.
func recoveredReportGroup() *vectorGroup {
	d := exampleDevice()
	m := newBooksMaker("Reports after the ledger was put back: 1 and 2 are issued, and 66 is rebased", "report", issuedTo(d, 2).rebased(66))
	const flag = "Recovery"
	for _, x := range []struct {
		comment          string
		floor, installed int
	}{{"number 10 is installed, which was lost", 11, 10}, {"number 10 is installed, which was lost, and 11 to 70 are canceled", 71, 10},
		{"nothing is installed, everything through 20 is dead", 21, 0}, {"number 66 is installed", 67, 66}} {
		s := statusOf(d, 1, x.floor, x.installed, zeros(8))
		m.reports(x.comment, flag, m.books, s, false, "", m.books.reported(s))
	}
	s := statusOf(d, 1, 67, 66, zeros(8))
	s.digest = issuedSum(90)
	m.reports("number 66 with another digest", flag, m.books, s, false, "device-suspect", m.books.suspectAfter(s))
	s = statusOf(d, 1, 68, 67, zeros(8))
	m.reports("number 67, which was neither issued nor lost", flag, m.books, s, false, "device-suspect", m.books.suspectAfter(s))
	return m.vectorGroup
}
