package issuer

import (
	"slices"

	"tallystick/reserve"
)

// id is what a batch is remembered under.
func (b order) id() string {
	if b.Op != "" {
		return b.Op
	}
	return b.key()
}

// reuses is why a batch is refused as a whole, "" if it isn't: its operation ID is that of something else.
func (m *model) reuses(b order) reserve.Reason {
	if before, done := m.books.done[b.id()]; done && before.wish != b.key() {
		return reserve.OperationReused
	}
	return ""
}

// rememberBatch enters that a batch was done, if all of it was, and for the first time.
func (m *model) rememberBatch(b order, plan *BatchPlan) {
	if _, done := m.books.done[b.id()]; done || plan.Count(BatchRefused) > 0 {
		return
	}
	d := deed{wish: b.key()}
	for i, row := range plan.Rows {
		d.rows = append(d.rows, m.books.entry(m.named(b.demands[i])).find(row.Number))
	}
	m.books.done[b.id()], m.orders = d, append(m.orders, b)
}

// named is the device that a demand is about.
func (m *model) named(d demand) *unit {
	if d.Request == nil {
		return m.target(d.Device)
	}
	return d.unit
}

// batchBefore looks whether a batch was done before, and compares its answer: the same bytes, but for
// what devices put behind themselves since and what was written off.
func (m *model) batchBefore(b order) (done bool) {
	want := m.reuses(b)
	before, known := m.books.done[b.id()]
	plan, found, err := m.office.BatchBefore(ctx, b.Batch, nil)
	m.wantRefusal("a batch again", err, want)
	if err != nil {
		return true
	}
	if found != known || found && len(plan.Rows) != len(before.rows) {
		m.fail("a batch again: found %v, expected %v", found, before)
	}
	if !found {
		return false
	}
	for i, g := range before.rows {
		e, row := m.books.entry(g.unit), plan.Rows[i]
		want := reserve.Reason("")
		switch {
		case !e.alive(g):
			want = reserve.Superseded
		case e.writtenOff && len(g.grants) > 0:
			want = reserve.DeviceWrittenOff
		}
		m.wantRefusal("a row of a batch again", row.Err, want)
		if (want == "") != (row.State == BatchAgain) || want == "" && !slices.Equal(row.Authorization, g.body) || row.Number != g.number {
			m.fail("a row of a batch again is %s, number %d; it was number %d", row.State, row.Number, g.number)
		}
	}
	m.happened["a batch again"]++
	m.proofs++
	return true
}
