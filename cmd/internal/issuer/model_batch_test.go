package issuer

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"tallystick/reserve"
)

// An order is a file of authorizations, as somebody wrote it, with what each row means.
type order struct {
	Batch
	text    []byte
	demands []demand
	known   []reserve.Reason // why a row is refused whatever the pools have
}

// batch authorizes the devices of a file, new ones and known ones, and the same again.
func (m *model) batch() {
	if len(m.orders) > 0 && m.seldom("an old one", 3) {
		m.batchBefore(pick(m, "order", m.orders))
		return
	}
	b := m.drawBatch()
	if m.batchBefore(b) {
		return
	}
	plan := m.planBatch(b)
	if row := plan.Rows[0]; len(plan.Rows) == 1 && reasonOf(row.Err) == reserve.PoolExhausted && m.foresee(b.demands[0]).refused != reserve.PoolExhausted {
		m.fail("row %+v is left out, and would fit", b.demands[0].Wish)
	}
	head, today := m.head(), m.today()
	switch u := m.named(pick(m, "row", b.demands)); {
	case m.calm:
	case m.seldom("somebody else", 3):
		m.between()
	case u != nil && !u.gone && m.seldom("it is given back", 3):
		m.overtake(u)
	}
	alone := m.head() == head && m.today() == today
	var err error
	m.inParts = true // the rows are in one commit, that they are done in the next
	fate := m.perform(func() { err = m.office.Batch(ctx, plan, func(int) {}) })
	m.inParts = false
	if fate == undone {
		return
	}
	why := reserve.Reason("")
	if plan.Count(BatchRefused) == 0 { // else it is not written down
		why = m.reuses(b)
	}
	if fate != partly {
		m.wantRefusal("a batch", err, why)
	}
	for i, row := range plan.Rows {
		m.batched(b.demands[i], row, b.known[i], alone)
	}
	if fate != partly {
		m.rememberBatch(b, plan)
	}
	m.check()
	m.sameBatch(b, plan)
}

// overtake has a device give everything back between a preview and what is signed.
func (m *model) overtake(u *unit) {
	m.calm = true
	defer func() { m.calm = false }()
	m.returnAll(u)
	m.receiveOf(u)
}

// planBatch reads a file and previews it.
func (m *model) planBatch(b order) *BatchPlan {
	rows, err := ReadBatch(b.text, b.Batch)
	m.must(err)
	plan, err := m.office.PlanBatch(ctx, b.Batch, rows)
	m.must(err)
	if len(plan.Rows) != len(b.demands) {
		m.fail("a batch of %d rows has %d", len(b.demands), len(plan.Rows))
	}
	return plan
}

// drawBatch makes up a file: devices by their requests or by their names, some twice, some that are none.
func (m *model) drawBatch() order {
	b := order{Batch: Batch{Op: m.drawOp(), Only: m.seldom("only", 8)}}
	if b.Account = m.anAccount("from"); m.seldom("until", 8) {
		b.Until = m.today() + 20
	}
	b.Changes = []Change{{Tag: "dna-advantage", Count: 1}}
	rows := [][]string{{"request", "device", "account", "grants"}}
	for i := range m.draw("rows", 1, 5) {
		u := pick(m, "device", m.units)
		if i == 0 && m.seldom("a new one", 2) {
			u = m.addUnitIfFew()
		}
		d, cells := m.drawRow(b.Batch, u)
		rows, b.demands = append(rows, cells), append(b.demands, d)
	}
	b.text = csvText(rows...)
	b.Digest = sha256.Sum256(b.text)
	b.known = m.refusedAnyway(b.demands)
	return b
}

// drawRow makes up a row about a device.
func (m *model) drawRow(b Batch, u *unit) (d demand, cells []string) {
	d = demand{unit: u, Wish: Wish{Account: b.Account, Changes: b.Changes, Only: b.Only, Until: b.Until}}
	cells = make([]string, 4)
	if m.draw("by request", 0, 2) > 0 {
		d.Request, cells[0] = &u.request, u.request.Code().Paste()
	} else {
		d.Device = m.aName(u)
		cells[1] = d.Device
	}
	if e := m.books.entry(u); m.draw("account", 0, 3) > 0 {
		if d.Account = m.anAccount("account"); e.enrolled && !m.seldom("another", 4) {
			d.Account = e.account
		}
		cells[2] = d.Account.String()
	}
	var changes []Change
	for _, tag := range modelTags {
		if m.draw(tag, 0, 2) == 0 {
			changes = append(changes, Change{Tag: tag, Count: int64(m.draw("count", 0, 2))})
		}
	}
	if len(changes) > 0 {
		d.Changes, cells[3] = changes, grantText(changes)
	}
	if m.seldom("no grants", 12) {
		d.unit, cells[3] = nil, "nonsense"
	}
	return d, cells
}

// refusedAnyway tells of each row why it is refused whatever the pools have: it doesn't read, its device
// may have nothing, or is in a row before.
func (m *model) refusedAnyway(list []demand) []reserve.Reason {
	known, seen := make([]reserve.Reason, len(list)), map[reserve.UDI]bool{}
	once := func(i int, u *unit) {
		if seen[u.identity.UDI()] {
			known[i] = reserve.DuplicateDevice
		}
		seen[u.identity.UDI()] = true
	}
	for i, d := range list {
		switch {
		case d.unit == nil:
			known[i] = unreadable
		case d.Request != nil:
			once(i, d.unit)
		}
	}
	for i, d := range list { // those with a request come first
		if d.unit == nil || d.Request != nil {
			continue
		}
		u := m.target(d.Device)
		if known[i] = m.mayHave(u, d); known[i] == "" {
			once(i, u)
		}
	}
	return known
}

// mayHave is why a known device gets nothing, "" if that depends on the pools.
func (m *model) mayHave(u *unit, d demand) reserve.Reason {
	if u == nil {
		return reserve.UnknownDevice
	}
	e := m.books.entry(u)
	switch _, why := m.books.from(d, e); {
	case e.frozen() != "":
		return e.frozen()
	case e.writtenOff && !d.nothing():
		return reserve.DeviceWrittenOff
	case m.books.onKeys(u, m.today()):
		return reserve.LicensingMode
	default:
		return why
	}
}

// batched enters what came of a row: what the same wish alone would come to after those before it. Which
// rows are left out where a pool is short, the tests of batches check.
func (m *model) batched(d demand, row BatchRow, known reserve.Reason, alone bool) {
	m.happened["batch: "+string(row.State)]++
	if known != "" {
		if m.happened["batch: "+string(known)]++; row.State != BatchRefused || known != unreadable && reasonOf(row.Err) != known {
			m.fail("row %+v of a batch is %s: %v; expected a refusal for %q", d.Wish, row.State, row.Err, known)
		}
		return
	}
	if d.Request == nil {
		d.unit = m.target(d.Device)
	}
	want := m.foresee(d)
	switch row.State {
	case BatchRefused:
		why := reasonOf(row.Err)
		if m.happened["batch: "+string(why)]++; alone && why != reserve.PoolExhausted && why != want.refused {
			m.fail("row %+v of a batch is refused: %v; expected %+v", d.Wish, row.Err, want)
		}
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

// sameBatch asks for the same again: nothing is signed twice, and every row that was done has its answer.
func (m *model) sameBatch(b order, plan *BatchPlan) {
	if m.batchBefore(b) {
		return
	}
	again := m.planBatch(b)
	for i, row := range again.Rows {
		was := plan.Rows[i]
		if done := was.State == BatchSigned || was.State == BatchAgain; done && (row.State != BatchAgain || !slices.Equal(row.Authorization, was.Authorization)) {
			m.fail("the same row again is %s, number %d, %v; it was number %d", row.State, row.Number, row.Err, was.Number)
		}
	}
}

// key is what a batch is remembered as.
func (b order) key() string {
	return fmt.Sprint("batch ", b.Account, b.Changes, b.Only, b.Until, string(b.text))
}
