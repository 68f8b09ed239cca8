package issuer

import (
	"slices"
	"strings"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// A file is a batch of acts, as somebody wrote it.
type file struct {
	what  string
	names []string // the device of each row, "" where it is none
	acts  func() Acts
	read  func() []BatchRow
	// want is what has to come of a row now, enter enters it, and then end what all came to.
	want  func(row int) expected
	enter func(row int, got BatchRow, shown bool)
	end   func()
}

// expected is what has to come of a row.
type expected struct {
	refused reserve.Reason // unreadable: it doesn't read
	kept    bool           // what is refused about it is written down
	state   BatchState     // of one that is not refused: BatchSigned or BatchAgain
	number  reserve.Number
	account ledger.Path // of a replacement
	unsure  bool        // it is of a device that there are two of
}

// unreadable is a row that doesn't read.
const unreadable reserve.Reason = "broken"

// actAll previews a file, has it done, now and then after somebody else did something, and does it again.
func (m *model) actAll(f file) {
	plan, known := m.planned(f, Batch{Whole: m.seldom("all or nothing", 4)})
	if plan.Batch.Whole && slices.ContainsFunc(plan.Rows, func(r BatchRow) bool { return r.State == BatchRefused }) {
		head := m.head()
		m.wantRefusal("a batch of all or nothing", f.acts().Do(ctx, plan, func(int) {}), reserve.OutOfRange)
		if m.head() != head {
			m.fail("%s: a row is refused, and something was done", f.what)
		}
		loose, _ := m.planned(f, Batch{})
		m.sameRows(f.what+", rows that don't need each other", plan.Rows, loose.Rows)
		plan = loose
	}
	before, head, today := slices.Clone(plan.Rows), m.head(), m.today()
	if !m.calm && !plan.Batch.Whole && m.seldom("somebody else", 4) {
		m.between()
	}
	disturbed := m.head() != head || m.today() != today
	now, _ := m.planned(f, Batch{})
	fate := m.perform(func() { m.must(f.acts().Do(ctx, plan, func(int) {})) })
	if fate == undone {
		return
	}
	if !disturbed {
		m.sameRows(f.what+", as it was previewed", before, plan.Rows)
	}
	for i := range plan.Rows {
		m.actedRow(f, i, known[i], before[i], now.Rows[i], plan.Rows[i], fate == done)
	}
	f.end()
	m.check()
	m.sameFile(f, plan)
}

// planned previews a file, which changes nothing, and tells which rows have to be refused whatever their
// device is: those that don't read, and those about a device that is in a row before.
func (m *model) planned(f file, b Batch) (*BatchPlan, []reserve.Reason) {
	plan, err := f.acts().Plan(ctx, b, f.read())
	m.must(err)
	if len(plan.Rows) != len(f.names) {
		m.fail("%s: %d rows are %d", f.what, len(f.names), len(plan.Rows))
	}
	known, seen := make([]reserve.Reason, len(f.names)), map[string]bool{}
	for i, name := range f.names {
		if f.want(i).refused == unreadable {
			known[i] = unreadable
			continue
		}
		whole := name
		if u := m.target(name); u != nil {
			whole = u.identity.UDI().String()
		}
		if name != "" && seen[whole] {
			known[i] = reserve.DuplicateDevice
		}
		seen[whole] = true
	}
	return plan, known
}

// actedRow compares what came of a row with what has to, and enters it. before and now are what it was
// to come to when it was previewed and when it was done.
func (m *model) actedRow(f file, i int, known reserve.Reason, before, now, got BatchRow, shown bool) {
	if known == unreadable {
		if got.State != BatchRefused || got.Err == nil {
			m.fail("%s: row %d doesn't read, and is %s", f.what, i, got.State)
		}
		return
	}
	want := expected{refused: known}
	if known == "" {
		want = f.want(i)
	}
	untouched := before.State == BatchRefused && !before.writes()
	if want.unsure && untouched && finding(before.Err) == nil {
		return
	}
	if want.unsure {
		f.enter(i, got, shown)
		return
	}
	m.happened[f.what+": "+string(got.State)]++
	if untouched && known == "" && reasonOf(before.Err) != want.refused {
		want = expected{refused: reasonOf(before.Err)} // somebody else made it good since: it is for another time
	} else if want.refused == "" && m.stale(want, before, now) {
		want = expected{refused: reserve.Busy}
	}
	if got.State == BatchRefused {
		m.wantRefusal(f.what, got.Err, want.refused)
	} else if want.refused != "" || got.State != want.state || got.Number != want.number {
		m.fail("%s: row %d is %s, number %d; expected %+v", f.what, i, got.State, got.Number, want)
	}
	if want.refused == "" || want.kept {
		f.enter(i, got, shown)
	}
}

// stale reports whether a row comes to something else than was previewed.
func (m *model) stale(want expected, before, now BatchRow) bool {
	return before.State == BatchAgain && want.state == BatchSigned || !want.account.IsZero() && want.account != before.Account || before.Number != want.number ||
		before.State == BatchSign && now.State != BatchRefused && !slices.Equal(before.draws, now.draws)
}

// sameRows checks that rows came to the same twice.
func (m *model) sameRows(what string, a, b []BatchRow) {
	for i := range a {
		was := a[i].State
		if was == BatchSign && b[i].State == BatchSigned {
			was = BatchSigned
		}
		if was != b[i].State || a[i].Number != b[i].Number || reasonOf(a[i].Err) != reasonOf(b[i].Err) {
			m.fail("%s: row %d is %s, number %d, %v; before %s, number %d, %v", what, i, b[i].State, b[i].Number, b[i].Err, a[i].State, a[i].Number, a[i].Err)
		}
	}
}

// sameFile does what somebody does that saw no answer: what was done is not done twice, and has the
// same answer.
func (m *model) sameFile(f file, done *BatchPlan) {
	again, known := m.planned(f, Batch{})
	before := slices.Clone(again.Rows)
	m.must(f.acts().Do(ctx, again, func(int) {}))
	for i, row := range again.Rows {
		if was := done.Rows[i]; was.State != BatchRefused && row.State == BatchAgain && !slices.Equal(row.Authorization, was.Authorization) {
			m.fail("%s: row %d again has another code", f.what, i)
		}
		m.actedRow(f, i, known[i], before[i], before[i], row, true)
	}
	f.end()
	m.happened[f.what+", again"]++
}

// aName is what somebody calls a device: its whole name or, now and then, its serial number, or that of
// none.
func (m *model) aName(u *unit) string {
	switch m.draw("name", 0, 15) {
	case 15:
		return "Z9"
	case 0, 1, 2, 3:
		return u.identity.UDI().Serial()
	}
	return u.identity.UDI().String()
}

// onTheBooks draws a device, nearly always one that is enrolled.
func (m *model) onTheBooks() *unit {
	list := slices.DeleteFunc(slices.Clone(m.units), func(u *unit) bool { return !m.books.entry(u).enrolled })
	if len(list) == 0 || m.seldom("any", 8) {
		list = m.units
	}
	return pick(m, "device", list)
}

// csvText writes rows, none of whose cells holds a comma.
func csvText(rows ...[]string) []byte {
	var b strings.Builder
	for _, cells := range rows {
		b.WriteString(strings.Join(cells, ",") + "\n")
	}
	return []byte(b.String())
}
