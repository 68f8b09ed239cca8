package issuer

import (
	"slices"

	"tallystick/reserve"
)

// batch authorizes some devices at once, new ones and known ones, and the same again.
func (m *model) batch() {
	demands, rows := m.drawBatch()
	plan, err := m.office.PlanBatch(ctx, Batch{}, slices.Clone(rows))
	m.must(err)
	if row := plan.Rows[0]; len(rows) == 1 && reasonOf(row.Err) == reserve.PoolExhausted && m.foresee(demands[0]).refused != reserve.PoolExhausted {
		m.fail("row %+v is left out, and would fit", demands[0].Wish)
	}
	if m.seldom("somebody else", 3) && !m.calm {
		m.between()
	}
	m.must(m.office.Batch(ctx, plan, func(int) {}))
	for i, row := range plan.Rows {
		m.batched(demands[i], row)
	}
	m.sameBatch(plan, rows)
}

// drawBatch makes up the rows of a batch, each of another device.
func (m *model) drawBatch() (demands []demand, rows []BatchRow) {
	list := slices.DeleteFunc(slices.Clone(m.units), func(u *unit) bool { return u.gone })
	if len(list) < 5 {
		list = append(list, m.addUnitIfFew())
	}
	for i, u := range list {
		if m.seldom("left out", 4) {
			continue
		}
		d := demand{unit: u, Wish: Wish{Request: &u.request, Account: m.accountOf(u)}}
		for _, tag := range modelTags {
			if m.draw(tag, 0, 1) == 1 {
				d.Changes = append(d.Changes, Change{Tag: tag, Count: int64(m.draw("count", 0, 2))})
			}
		}
		if len(d.Changes) == 0 {
			d.Changes = []Change{{Tag: "dna-advantage", Count: 1}}
		}
		demands = append(demands, d)
		rows = append(rows, BatchRow{Line: i + 1, request: &u.request, Account: d.Account, changes: d.Changes})
	}
	if len(rows) == 0 {
		m.Skip("nothing to be done")
	}
	return demands, rows
}

// batched enters what came of a row: what the same wish alone would come to after those before it.
func (m *model) batched(d demand, row BatchRow) {
	m.happened["batch: "+string(row.State)]++
	want := m.foresee(d)
	switch row.State {
	case BatchRefused:
		m.happened["batch: "+string(reasonOf(row.Err))]++
		return
	case BatchSigned, BatchAgain:
		if want.refused != "" || want.number != row.Number || want.repeated != (row.State == BatchAgain) {
			m.fail("row %+v of a batch: number %d, %s; expected %+v", d.Wish, row.Number, row.State, want)
		}
	default:
		m.fail("row %+v of a batch that was done is to be done: %s", d.Wish, row.State)
	}
	m.show(m.record(d, want, Issuance{Authorization: row.Authorization, Number: row.Number, Repeated: want.repeated}))
}

// sameBatch asks for the same again, without what was left out: nothing is signed twice.
func (m *model) sameBatch(plan *BatchPlan, rows []BatchRow) {
	var list []BatchRow
	var done []BatchRow
	for i, row := range plan.Rows {
		if row.State == BatchSigned || row.State == BatchAgain {
			list, done = append(list, rows[i]), append(done, row)
		}
	}
	if len(list) == 0 {
		return
	}
	again, err := m.office.PlanBatch(ctx, Batch{}, list)
	m.must(err)
	if again.Signs() {
		m.fail("the same batch again is to sign something")
	}
	m.must(m.office.Batch(ctx, again, func(int) {}))
	for i, row := range again.Rows {
		if row.State != BatchAgain || !slices.Equal(row.Authorization, done[i].Authorization) {
			m.fail("the same row again is %s, number %d, %v; it was number %d", row.State, row.Number, row.Err, done[i].Number)
		}
	}
}
