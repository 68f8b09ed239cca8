package testvectors_test

// What the codes do of a device that was written off.

// lostReceiptGroup is about a device that was written off with 1 and 2 issued. Number 3, the empty
// authorization, was issued later.
func lostReceiptGroup() *vectorGroup {
	d := exampleDevice()
	b := issuedTo(d, 3).after(2)
	b.loss = lossForm{writtenOff: true, before: 2}
	m := newBooksMaker("A device that was written off with 1 and 2 issued, and 3 later", "receipt", b)
	const flag = "WriteOff"
	lives := func(b booksForm) booksForm { b.loss.lives = true; return b }
	m.takes("number 1 is confirmed, which is known", flag, b, 2, true, "", b)
	m.takes("number 1 is returned, late", flag, b, 3, false, "", b.after(3))
	m.takes("number 2 is confirmed, late", flag, b, 4, false, "", b.after(4))
	m.takes("number 3 is confirmed, issued after the write-off: it lives", flag, b, 6, false, "", lives(b.after(6)))
	m.takes("number 3 is returned, or canceled", flag, b, 7, false, "", b.after(7))
	m.takes("8 is canceled, which was never issued", flag, b, 17, false, "", b.after(17))
	suspect := b.at(8)
	suspect.suspect = true
	m.takes("number 4 is confirmed, which was never issued", flag, b, 8, false, "device-suspect", suspect)
	settled := b
	settled.loss.settled = true
	m.takes("settled, number 2 is confirmed, late", flag, settled, 4, false, "", settled.after(4))
	m.takes("settled, number 3 is confirmed: it lives, and is settled still", flag, settled, 6, false, "", lives(settled.after(6)))
	dead := b.kill(3)
	m.takes("number 3 is dead, as a report says, and confirmed: it lived", flag, dead, 6, false, "", lives(dead.after(6)))
	suspect = b
	suspect.suspect = true
	m.takes("suspect, number 3 is confirmed", flag, suspect, 6, false, "device-suspect", suspect.at(6))
	cleared := b.after(7)
	m.takes("suspect, everything is returned", flag, suspect, 7, false, "", cleared)
	quarantined := b
	quarantined.quarantined = true
	m.takes("quarantined, number 3 is confirmed", flag, quarantined, 6, false, "device-quarantined", quarantined)
	behind := b.rebased(67)
	m.takes("number 10 is confirmed, which was lost", flag, behind, 20, false, "", behind.after(20))
	m.takes("number 67 is confirmed, rebased after the write-off: it lives", flag, behind, 134, false, "", lives(behind.after(134)))
	return m.vectorGroup
}

// lostReportGroup is about one that was written off with number 1 issued; a report had said that it is
// installed. Number 2, the empty authorization, was issued later.
func lostReportGroup() *vectorGroup {
	d := exampleDevice()
	first := statusOf(d, 5, 2, 1, issuedSum(90))
	b := issuedTo(d, 2).reported(first)
	b.loss = lossForm{writtenOff: true, before: 1}
	m := newBooksMaker("Reports of a device that was written off with 1 issued, and 2 later", "report", b)
	const flag = "WriteOff"
	lives := func(b booksForm) booksForm { b.loss.lives, b.loss.settled = true, false; return b }
	settled := b
	settled.loss.settled = true
	later := func(floor, installed int) statusForm { return statusOf(d, 6, floor, installed, first.sum()) }
	late := statusOf(d, 4, 2, 1, issuedSum(91))
	good := func(comment string, before booksForm, s statusForm, after booksForm) {
		m.reports(comment, flag, before, s, s.statement < 6, "", after)
	}
	good("statement 4, late: number 1 was installed", b, late, b.reported(late))
	good("statement 6: number 1 is returned", b, later(2, 0), b.reported(later(2, 0)))
	good("statement 6: number 1 is still installed: it lives", b, later(2, 1), lives(b.reported(later(2, 1))))
	good("statement 6: number 1 is kept, 2 is canceled: it lives", b, later(3, 1), lives(b.reported(later(3, 1))))
	good("statement 6: number 2, the empty one, is installed: it lives", b, later(3, 2), lives(b.reported(later(3, 2))))
	returned := b.after(3)
	good("statement 6: number 1 is installed, whose return is known: it lives", returned, later(2, 1), lives(returned.reported(later(2, 1))))
	good("settled, statement 4, late: number 1 was installed", settled, late, settled.reported(late))
	good("settled, statement 6: number 1 is returned", settled, later(2, 0), settled.reported(later(2, 0)))
	good("settled, statement 6: number 1 is still installed", settled, later(2, 1), lives(settled.reported(later(2, 1))))
	bad := func(comment string, before booksForm, s statusForm, err string, after booksForm) {
		m.reports(comment, flag, before, s, false, err, after)
	}
	bad("settled, statement 6: number 3 is installed, which was never issued", settled, later(4, 3), "device-suspect", lives(settled.suspectAfter(later(4, 3))))
	quarantined := b
	quarantined.quarantined = true
	bad("settled, statement 6 that follows another 5", settled, statusOf(d, 6, 2, 1, issuedSum(91)), "device-quarantined", quarantined)
	bad("quarantined, statement 6", quarantined, later(2, 1), "device-quarantined", quarantined)
	return m.vectorGroup
}
