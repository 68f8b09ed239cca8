package testvectors_test

import "fmt"

// What an issuer's books of one device come to: what is alive, what it is charged, what is next.

// A drawForm is what an authorization takes from a lot.
type drawForm struct{ lot, count int }

// A standingForm is books with what each authorization draws.
type standingForm struct {
	issued                 []int // numbers
	draws                  [][]drawForm
	dead                   []int
	floor, position        int
	seen, current          int
	suspect, isQuarantined bool

	loss   lossForm
	ends   [][2]int   // lots and their last days
	day    int        // the issuer's
	wanted []drawForm // what the next one is to draw
}

func (s standingForm) fields() fields {
	issued := []fields{}
	for i, n := range s.issued {
		isDead := false
		for _, k := range s.dead {
			isDead = isDead || k == n
		}
		entry := fields{{"number", n}, {"draws", drawFields(s.draws[i])}}
		if isDead {
			entry = append(entry, field{"dead", true})
		}
		issued = append(issued, entry)
	}
	all := fields{{"issued", issued}, {"floor", s.floor}, {"position", s.position}, {"seen", s.seen}, {"current", s.current},
		{"suspect", s.suspect}, {"quarantined", s.isQuarantined}}
	if s.day == 0 {
		return all
	}
	ends := []fields{}
	for _, e := range s.ends {
		ends = append(ends, fields{{"lot", e[0]}, {"day", e[1]}})
	}
	all = append(append(all, s.loss.fields()...), fields{{"ends", ends}, {"day", s.day}}...)
	if s.wanted != nil {
		all = append(all, field{"draws", drawFields(s.wanted)})
	}
	return all
}

// A standingMaker adds tests whose books are those of the context, but for what a test changes.
type standingMaker struct {
	*vectorGroup
	books standingForm
}

func newStandingMaker(name, operation string, s standingForm) standingMaker {
	return standingMaker{&vectorGroup{name: name, operation: operation, context: fields{{"books", s.fields()}}}, s}
}

// from are the books of a test: the fields that are not those of the context.
func (m standingMaker) from(s standingForm) fields { return differing(m.books.fields(), s.fields()) }

// given is from for changes to the books of the context.
func (m standingMaker) given(change func(*standingForm)) fields {
	s := m.books
	change(&s)
	return m.from(s)
}

// differing are the fields that are not as before, or were not there.
func differing(before, after fields) fields {
	was, changes := map[string]string{}, fields{}
	for _, f := range before {
		was[f.name] = encodeJSON(f.value)
	}
	for _, f := range after {
		if was[f.name] != encodeJSON(f.value) {
			changes = append(changes, f)
		}
	}
	return changes
}

func drawFields(draws []drawForm) []fields {
	all := []fields{}
	for _, d := range draws {
		all = append(all, fields{{"lot", d.lot}, {"count", d.count}})
	}
	return all
}

// drawn are books in which the numbers from 1 on draw so many of lot 1.
func drawn(counts ...int) (s standingForm) {
	for i, n := range counts {
		s.issued = append(s.issued, i+1)
		s.draws = append(s.draws, []drawForm{{1, n}})
	}
	return s
}

func lots(pairs ...[2]int) []fields {
	all := []fields{}
	for _, p := range pairs {
		all = append(all, fields{{"lot", p[0]}, {"count", p[1]}})
	}
	return all
}

func booksVectors() *vectorFile {
	return &vectorFile{
		name:   "books",
		about:  "What an issuer's books of one device come to: what is alive, what it is charged, and what number is next.",
		source: "reserve/SPEC.md, Issuer",
		groups: []*vectorGroup{standingGroup(), nextGroup(), rebaseGroup(), lostStandingGroup(), writeOffGroup(), settlementGroup(),
			lostNextGroup("What is issued to a device that was written off", "next", 3),
			lostNextGroup("What a device that was written off is given in a recovery", "rebase", 66)},
	}
}

func standingGroup() *vectorGroup {
	g := newStandingMaker("Where a device stands", "standing", standingForm{})
	add := func(comment, flags string, s standingForm, standing string, confirmed int, alive []int, charge, transit []fields) {
		g.valid(comment, flags, g.from(s), fields{{"standing", standing}, {"confirmed", confirmed}, {"alive", alive}, {"charge", charge}, {"transit", transit}})
	}
	none := lots()
	add("nothing was issued", "", standingForm{}, "enrolled", 0, []int{}, none, none)
	canceled := standingForm{floor: 9, position: 17}
	add("nothing was issued, 8 is canceled", "", canceled, "enrolled", 0, []int{}, none, none)
	one := drawn(5)
	add("number 1 is issued", "", one, "outstanding", 0, []int{1}, lots([2]int{1, 5}), lots([2]int{1, 5}))
	one.position, one.floor = 2, 1
	add("number 1 is confirmed", "", one, "steady", 1, []int{1}, lots([2]int{1, 5}), none)
	one.position, one.floor = 3, 2
	add("number 1 is returned", "", one, "empty", 0, []int{}, none, none)
	for _, x := range []struct {
		comment      string
		first, next  int
		charge, more int
	}{{"the next takes more", 5, 8, 8, 3}, {"the next takes less", 8, 5, 8, 0}, {"the next takes as many", 5, 5, 5, 0}, {"the next takes nothing", 5, 0, 5, 0}} {
		two := drawn(x.first, x.next)
		two.position, two.floor = 2, 1
		transit := none
		if x.more > 0 {
			transit = lots([2]int{1, x.more})
		}
		add("number 1 is confirmed, "+x.comment, "Charge", two, "outstanding", 1, []int{1, 2}, lots([2]int{1, x.charge}), transit)
		two.position, two.floor = 4, 2
		charge := none
		if x.next > 0 {
			charge = lots([2]int{1, x.next})
		}
		add("number 2 is confirmed: "+x.comment, "Charge", two, "steady", 2, []int{2}, charge, none)
	}
	addStandings(add)
	return g.vectorGroup
}

// addStandings adds books with several lots, and those that reports have made.
func addStandings(add func(string, string, standingForm, string, int, []int, []fields, []fields)) {
	const flag = "Charge"
	none := lots()
	exchange := drawn(0, 0)
	exchange.draws = [][]drawForm{{{1, 10}, {2, 4}}, {{2, 2}, {3, 10}}}
	exchange.position, exchange.floor = 2, 1
	add("ten of one lot for ten of another: both are charged", flag, exchange, "outstanding", 1, []int{1, 2},
		lots([2]int{1, 10}, [2]int{2, 4}, [2]int{3, 10}), lots([2]int{3, 10}))
	twice := drawn(0)
	twice.draws = [][]drawForm{{{7, 2}, {7, 3}}}
	add("two grants from one lot add up", flag, twice, "outstanding", 0, []int{1}, lots([2]int{7, 5}), lots([2]int{7, 5}))
	three := drawn(5, 9, 7)
	add("the most of three, not the newest", flag, three, "outstanding", 0, []int{1, 2, 3}, lots([2]int{1, 9}), lots([2]int{1, 9}))
	three.dead = []int{2}
	add("the most is dead, as a report says", flag, three, "outstanding", 0, []int{1, 3}, lots([2]int{1, 7}), lots([2]int{1, 7}))
	three.dead, three.current, three.seen, three.floor = []int{1, 3}, 2, 4, 2
	add("a report: number 2 is kept, 3 is canceled", "Report", three, "steady", 2, []int{2}, lots([2]int{1, 9}), none)
	three.position = 6
	add("a confirmation of 3, which the report says is dead: nothing is confirmed", "Report", three, "outstanding", 0, []int{2}, lots([2]int{1, 9}), lots([2]int{1, 9}))
	late := drawn(5, 9, 7)
	late.position, late.floor, late.current, late.seen = 6, 3, 2, 3
	add("a confirmation of 3 after a report of 2", "Report", late, "steady", 3, []int{3}, lots([2]int{1, 7}), none)
	late.position, late.current, late.seen, late.floor, late.dead = 4, 3, 4, 3, []int{1, 2}
	add("a report of 3 after a confirmation of 2", "Report", late, "steady", 3, []int{3}, lots([2]int{1, 7}), none)
	odd := drawn(5, 9)
	odd.position, odd.floor = 3, 2
	add("number 1 is returned, 2 is out", flag, odd, "outstanding", 0, []int{2}, lots([2]int{1, 9}), lots([2]int{1, 9}))
	odd.current, odd.seen = 2, 3
	add("number 1 is returned, a report says that 2 is installed", "Report", odd, "steady", 2, []int{2}, lots([2]int{1, 9}), none)
	strange := drawn(5)
	strange.position, strange.suspect = 4, true
	add("a suspect device: nothing is confirmed", "Suspect", strange, "outstanding", 0, []int{1}, lots([2]int{1, 5}), lots([2]int{1, 5}))
	strange.position, strange.floor = 2, 1
	add("a suspect device, number 1 was confirmed", "Suspect", strange, "outstanding", 0, []int{1}, lots([2]int{1, 5}), lots([2]int{1, 5}))
	strange.suspect, strange.isQuarantined = false, true
	add("a quarantined device keeps its charge", "Suspect", strange, "steady", 1, []int{1}, lots([2]int{1, 5}), none)
}

// nextGroup is about the number that an issuer gives next.
func nextGroup() *vectorGroup {
	g := newStandingMaker("The next number", "next", standingForm{})
	good := func(comment, flags string, s standingForm, number int) {
		g.valid(comment, flags, g.from(s), fields{{"number", number}})
	}
	bad := func(comment, flags, err string, s standingForm) { g.invalid(comment, flags, g.from(s), err) }
	// issued are books in which one number was issued.
	issued := func(number, floor, seen int) standingForm {
		s := standingForm{floor: floor, seen: seen}
		if number > 0 {
			s.issued, s.draws = []int{number}, [][]drawForm{{{1, 1}}}
		}
		return s
	}
	for _, x := range []struct{ last, floor, seen, want int }{{0, 0, 0, 1}, {0, 1, 1, 1}, {1, 0, 0, 2}, {1, 1, 0, 2}, {1, 2, 0, 2}, {1, 9, 0, 9}, {1, 0, 9, 9},
		{9, 3, 5, 10}, {0, 500, 0, 500}, {128, 1, 0, 129}, {627, 500, 0, 628}, {627, 0, 500, 628}, {1022, 895, 0, 1023}, {1022, 1023, 1023, 1023}} {
		flag := "Number"
		if x.want >= 128 {
			flag += " Limit"
		}
		good(fmt.Sprintf("%d is issued, floor %d, a report of floor %d", x.last, x.floor, x.seen), flag, issued(x.last, x.floor, x.seen), x.want)
	}
	for _, x := range []struct {
		last, floor, seen int
		err               string
	}{{129, 1, 0, "out-of-range"}, {129, 0, 0, "out-of-range"}, {628, 500, 499, "out-of-range"}, {1023, 895, 0, "numbers-exhausted"},
		{1023, 1023, 0, "numbers-exhausted"}, {0, 1024, 0, "numbers-exhausted"}, {5, 3, 1024, "numbers-exhausted"}} {
		bad(fmt.Sprintf("%d is issued, floor %d, a report of floor %d", x.last, x.floor, x.seen), "Number Limit", x.err, issued(x.last, x.floor, x.seen))
	}
	suspect := issued(1, 1, 0)
	suspect.suspect = true
	bad("a suspect device", "Suspect", "device-suspect", suspect)
	suspect.isQuarantined = true
	bad("a device that is quarantined and suspect", "Suspect", "device-quarantined", suspect)
	suspect.suspect = false
	bad("a quarantined device", "Suspect", "device-quarantined", suspect)
	exhausted := issued(1023, 1023, 0)
	exhausted.isQuarantined = true
	bad("a quarantined device without a number", "Suspect Order", "device-quarantined", exhausted)
	return g.vectorGroup
}

// rebaseGroup is about the number that settles a device after the ledger was put back.
func rebaseGroup() *vectorGroup {
	g := newStandingMaker("The number of a rebased authorization", "rebase", standingForm{})
	books := func(last, floor, seen int) standingForm {
		s := standingForm{floor: floor, seen: seen}
		if last > 0 {
			s.issued, s.draws = []int{last}, [][]drawForm{{{1, 1}}}
		}
		return s
	}
	comment := func(last, floor, seen int) string {
		return fmt.Sprintf("%d is issued, floor %d, a report of floor %d", last, floor, seen)
	}
	for _, x := range [][4]int{{0, 0, 0, 64}, {1, 1, 0, 65}, {1, 9, 0, 72}, {1, 1, 9, 72}, {65, 1, 0, 129}, {959, 959, 0, 1023}} {
		g.valid(comment(x[0], x[1], x[2]), "Recovery Number", g.from(books(x[0], x[1], x[2])), fields{{"number", x[3]}})
	}
	for _, x := range []struct {
		last, floor, seen int
		err               string
	}{{66, 1, 0, "out-of-range"}, {960, 960, 0, "numbers-exhausted"}, {1000, 800, 0, "numbers-exhausted"}, {1023, 1023, 0, "numbers-exhausted"}} {
		g.invalid(comment(x.last, x.floor, x.seen), "Recovery Number Limit", g.from(books(x.last, x.floor, x.seen)), x.err)
	}
	suspect := books(1, 1, 0)
	suspect.suspect = true
	g.valid("a suspect device, which is suspect no longer", "Recovery Suspect", g.from(suspect), fields{{"number", 65}})
	suspect.isQuarantined = true
	g.invalid("a quarantined device", "Recovery Suspect", g.from(suspect), "device-quarantined")
	return g.vectorGroup
}
