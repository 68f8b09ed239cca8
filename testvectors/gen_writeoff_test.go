package testvectors_test

// Devices that an officer gave up getting licenses back from, in what their books come to.

// A lossForm is what books say besides of a device that was written off.
type lossForm struct {
	writtenOff     bool
	before         int
	settled, lives bool
}

func (l lossForm) fields() fields {
	return fields{{"writtenOff", l.writtenOff}, {"before", l.before}, {"settled", l.settled}, {"lives", l.lives}}
}

func unchanged(*standingForm) {}

// lossBooks are of a device with number 1 confirmed and 2 out, and with licenses of two lots. Lot 2 ends
// on the first day, lot 1 a day later.
func lossBooks() standingForm {
	s := standingForm{issued: []int{1, 2}, draws: [][]drawForm{{{1, 10}}, {{1, 6}, {2, 4}}}, floor: 1, position: 2}
	s.ends, s.day = [][2]int{{1, firstDay + 1}, {2, firstDay}}, firstDay
	return s
}

// lost are the same, written off.
func lost() standingForm {
	s := lossBooks()
	s.loss = lossForm{writtenOff: true, before: 2}
	return s
}

// emptied adds the empty authorization.
func (s *standingForm) emptied() { s.give(3) }

// give adds an authorization.
func (s *standingForm) give(number int, draws ...drawForm) {
	s.issued, s.draws = append(s.issued[:len(s.issued):len(s.issued)], number), append(s.draws[:len(s.draws):len(s.draws)], draws)
}

func lostStandingGroup() *vectorGroup {
	m := newStandingMaker("Where a device stands that was written off", "standing", lost())
	add := func(comment, standing string, confirmed int, alive []int, exposure []fields, change func(*standingForm)) {
		m.valid("written off: "+comment, "WriteOff", m.given(change), fields{{"standing", standing}, {"confirmed", confirmed}, {"alive", alive},
			{"charge", lots()}, {"transit", lots()}, {"exposure", exposure}})
	}
	const pending, done = "return-pending", "written-off"
	both, second := []int{1, 2}, lots([2]int{1, 6}, [2]int{2, 4})
	whole := lots([2]int{1, 10}, [2]int{2, 4})
	add("number 1 is confirmed, 2 is out", pending, 1, both, whole, unchanged)
	add("number 2 is confirmed", pending, 2, []int{2}, second, func(s *standingForm) { s.floor, s.position = 2, 4 })
	add("number 1 is dead, as a report says", pending, 2, []int{2}, second, func(s *standingForm) { s.dead, s.current, s.seen, s.floor = []int{1}, 2, 3, 2 })
	add("everything is returned", done, 0, []int{}, lots(), func(s *standingForm) { s.floor, s.position = 3, 5 })
	add("a day later one lot has ended", pending, 1, both, lots([2]int{1, 10}), func(s *standingForm) { s.day++ })
	add("two days later all have ended", done, 1, both, lots(), func(s *standingForm) { s.day += 2 })
	add("settled by evidence", done, 1, both, lots(), func(s *standingForm) { s.loss.settled = true })
	add("suspect", pending, 0, both, whole, func(s *standingForm) { s.suspect = true })
	add("quarantined", pending, 1, both, whole, func(s *standingForm) { s.isQuarantined = true })
	add("the empty authorization is out", pending, 1, []int{1, 2, 3}, whole, (*standingForm).emptied)
	add("the empty authorization is confirmed", done, 3, []int{3}, lots(), func(s *standingForm) { s.emptied(); s.floor, s.position = 3, 6 })
	return m.vectorGroup
}

func writeOffGroup() *vectorGroup {
	m := newStandingMaker("A device is written off", "write-off", lossBooks())
	good := func(comment string, before int, change func(*standingForm)) {
		m.valid(comment+" is written off", "WriteOff", m.given(change), fields{{"books", fields{{"writtenOff", true}, {"before", before}}}})
	}
	good("an outstanding device", 2, unchanged)
	good("a steady device", 2, func(s *standingForm) { s.floor, s.position = 2, 4 })
	good("a suspect device", 2, func(s *standingForm) { s.suspect = true })
	good("a quarantined device", 2, func(s *standingForm) { s.isQuarantined = true })
	good("a device whose licenses have all ended", 2, func(s *standingForm) { s.day += 2 })
	good("a device that gave 2 up and has its empty authorization", 3, func(s *standingForm) { s.emptied(); s.dead = []int{2} })
	same := func(comment string, change func(*standingForm)) {
		m.valid(comment+" is written off again: nothing changes", "WriteOff", m.given(change), fields{{"books", fields{}}})
	}
	same("a device that was written off", func(s *standingForm) { s.loss = lossForm{writtenOff: true, before: 1} })
	same("a device that was settled", func(s *standingForm) { s.loss = lossForm{writtenOff: true, before: 2, settled: true} })
	same("a device that has returned everything since", func(s *standingForm) { s.loss, s.floor = lossForm{writtenOff: true, before: 2}, 3 })
	bad := func(comment string, change func(*standingForm)) {
		m.invalid(comment+": there is nothing to write off", "WriteOff", m.given(change), "nothing-issued")
	}
	bad("nothing was issued", func(s *standingForm) { s.issued, s.draws, s.floor, s.position = nil, nil, 0, 0 })
	bad("everything is returned", func(s *standingForm) { s.floor, s.position = 3, 5 })
	bad("only an empty authorization is alive", func(s *standingForm) { s.emptied(); s.floor, s.position = 3, 6 })
	return m.vectorGroup
}

func settlementGroup() *vectorGroup {
	m := newStandingMaker("A write-off is settled by evidence", "settlement", lost())
	add := func(comment string, changes fields, change func(*standingForm)) {
		m.valid(comment, "WriteOff", m.given(change), fields{{"books", changes}})
	}
	settled, same := fields{{"settled", true}}, fields{}
	add("a device that may hold something is settled", settled, unchanged)
	add("a device that lives is settled", settled, func(s *standingForm) { s.loss.lives = true })
	add("a suspect device is settled", settled, func(s *standingForm) { s.suspect = true })
	add("a device whose licenses have all ended is settled", settled, func(s *standingForm) { s.day += 2 })
	add("a device is settled again: nothing changes", same, func(s *standingForm) { s.loss.settled = true })
	add("everything is returned: nothing changes", same, func(s *standingForm) { s.floor, s.position = 3, 5 })
	add("quarantined, and everything is returned: nothing changes", same, func(s *standingForm) { s.isQuarantined, s.floor, s.position = true, 3, 5 })
	bad := func(comment, flags, err string, change func(*standingForm)) {
		m.invalid(comment, flags, m.given(change), err)
	}
	bad("a device that was not written off is settled", "WriteOff", "nothing-issued", func(s *standingForm) { s.loss = lossForm{} })
	bad("a quarantined device is settled", "WriteOff", "device-quarantined", func(s *standingForm) { s.isQuarantined = true })
	bad("a quarantined device that was not written off is settled", "WriteOff Order", "nothing-issued", func(s *standingForm) { s.loss, s.isQuarantined = lossForm{}, true })
	return m.vectorGroup
}

// lostNextGroup is about what a device that was written off is given: with next, or in a recovery.
func lostNextGroup(name, operation string, number int) *vectorGroup {
	m := newStandingMaker(name, operation, lost())
	one := []drawForm{{1, 1}}
	good := func(comment string, number int, change func(*standingForm)) {
		m.valid(comment, "WriteOff", m.given(change), fields{{"number", number}})
	}
	bad := func(comment, flags, err string, change func(*standingForm)) {
		m.invalid(comment, flags, m.given(change), err)
	}
	grants := func(change func(*standingForm)) func(*standingForm) {
		return func(s *standingForm) { s.wanted = one; change(s) }
	}
	quarantine := func(s *standingForm) { s.isQuarantined = true }
	const empty, some, refused = "the empty authorization, to ", "grants, to ", "device-written-off"
	good(empty+"a device that was written off", number, unchanged)
	bad(some+"a device that was written off", "WriteOff", refused, grants(unchanged))
	bad(some+"a quarantined device that was written off", "WriteOff Order", "device-quarantined", grants(quarantine))
	if operation == "rebase" {
		good(empty+"a suspect device that was written off", number, func(s *standingForm) { s.suspect = true })
		return m.vectorGroup
	}
	good(some+"a device that was not written off", number, grants(func(s *standingForm) { s.loss = lossForm{} }))
	bad(some+"a device that was settled", "WriteOff", refused, grants(func(s *standingForm) { s.loss.settled = true }))
	bad(some+"a device that lives", "WriteOff", refused, grants(func(s *standingForm) { s.loss.lives = true }))
	bad(some+"a device that was written off and has returned everything", "WriteOff", refused, grants(func(s *standingForm) { s.floor, s.position = 3, 5 }))
	bad(some+"a suspect device that was written off", "WriteOff Order", "device-suspect", grants(func(s *standingForm) { s.suspect = true }))
	bad(empty+"a suspect device that was written off", "WriteOff", "device-suspect", func(s *standingForm) { s.suspect = true })
	last := func(s *standingForm) { s.floor, s.position = 1024, 2047 }
	bad(empty+"a device without a number left", "WriteOff", "numbers-exhausted", last)
	bad(some+"a device that was written off and has no number left", "WriteOff Order", refused, grants(last))
	return m.vectorGroup
}
