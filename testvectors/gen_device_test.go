package testvectors_test

import "fmt"

// Devices with a record: what they do, what they show, and what the record says afterwards.

// A recordForm is the durable record of a device, and the time by its clocks.
type recordForm struct {
	device                 *device
	bundle                 []byte
	floor                  int
	wish                   *authorizationForm // what is installed
	installed              []byte             // its body
	act                    string
	held                   bool
	latest                 int // day
	ran, mark              int // seconds
	evaluation, revalidate int // seconds
	count                  int
	previous, report       []byte
	clock                  int // day
	uptime                 int // seconds
}

// wholeEvaluation is that of vectorCatalog, in seconds.
const wholeEvaluation = 60 * 86400

// freshRecord is that of a device just made, with an hour of uptime counted.
func freshRecord() recordForm {
	return recordForm{device: exampleDevice(), bundle: bundleBody(vectorCatalog, firstRoot().signed(1)), floor: 1, act: "none", latest: firstDay,
		ran: 3600, mark: 3600, evaluation: wholeEvaluation, previous: zeros(8), clock: firstDay, uptime: 3600}
}

// heldWish is the authorization number 4 that most records hold.
func heldWish(grants ...grantForm) authorizationForm {
	a := newWorld(firstRoot().by(1)).wish()
	a.number = 4
	if grants != nil {
		a.grants = grants
	}
	for _, g := range grants {
		if g.id == 16383 {
			a.flags = 2
		}
	}
	return a
}

// holding is the record of a device that has installed an authorization.
func holding(a authorizationForm) recordForm {
	r := freshRecord()
	r.wish, r.installed, r.floor = &a, newWorld(firstRoot().by(1)).body(a), a.number+1
	r.act, r.held, r.evaluation = "installed", true, 0
	return r
}

// returned is the record of a device that gave everything up.
func (r recordForm) returned() recordForm {
	r.wish, r.installed, r.act, r.revalidate = nil, nil, "returned", 0
	return r
}

// canceled is the record of a device that holds nothing and has canceled everything below a floor.
func (r recordForm) canceled(floor int) recordForm {
	r.floor, r.act = floor, "canceled"
	return r
}

func (r recordForm) fields() fields {
	return fields{{"seed", hexed(r.device.seed)}, {"udi", string(r.device.udi)}, {"bundle", hexed(r.bundle)}, {"floor", r.floor},
		{"installed", bodyOrNull(r.installed)}, {"act", r.act}, {"held", r.held}, {"latest", r.latest}, {"ran", r.ran}, {"mark", r.mark},
		{"evaluation", r.evaluation}, {"revalidate", r.revalidate}, {"count", r.count}, {"previous", hexed(r.previous)},
		{"report", bodyOrNull(r.report)}}
}

func (r recordForm) clocks() fields { return fields{{"clock", r.clock}, {"uptime", r.uptime}} }

func bodyOrNull(b []byte) any {
	if b == nil {
		return nil
	}
	return hexed(b)
}

// differences are the fields that r has otherwise than before.
func (r recordForm) differences(before recordForm) fields {
	changed := fields{}
	was := before.fields()
	for i, f := range r.fields() {
		if encodeJSON(f.value) != encodeJSON(was[i].value) {
			changed = append(changed, f)
		}
	}
	return changed
}

// next is the report that the device signs next.
func (r recordForm) next() statusForm {
	s := firstStatus(r.device)
	s.floor, s.latest, s.running, s.statement, s.previous = r.floor, r.latest, r.ran/3600, r.count+1, r.previous
	if r.wish != nil {
		s.installed, s.digest = r.wish.number, authorizationSum(*r.wish)
	}
	return s
}

// reported is the record after a report was signed.
func (r recordForm) reported() recordForm {
	s := r.next()
	r.count, r.previous, r.report = s.statement, s.sum(), s.signed(r.device)
	return r
}

func (r recordForm) receiptAt(position int) fields {
	return fields{{"kind", 3}, {"body", hexed(r.device.receipt(position))}}
}

func (r recordForm) reportCode() fields { return fields{{"kind", 4}, {"body", hexed(r.report)}} }

// An eventMaker adds tests of what happens to a device.
type eventMaker struct {
	*vectorGroup
	before recordForm
}

func newEventMaker(name string, before recordForm) eventMaker {
	return eventMaker{&vectorGroup{name: name, operation: "event", context: fields{{"record", before.fields()}}}, before}
}

func (m eventMaker) input(before recordForm, event fields) fields {
	return append(append(append(fields{}, event...), before.clocks()...), before.differences(m.before)...)
}

// does adds an event after which the record is another one and a code is shown, nil where none is.
func (m eventMaker) does(comment, flags string, before recordForm, event fields, after recordForm, code fields) {
	var shown any
	if code != nil {
		shown = code
	}
	m.valid(comment, flags, m.input(before, event), fields{{"code", shown}, {"record", after.differences(before)}})
}

func (m eventMaker) refuses(comment, flags string, before recordForm, event fields, err string) {
	m.invalid(comment, flags, m.input(before, event), err)
}

// The events.
var (
	toReturn  = fields{{"event", "return"}}
	toConfirm = fields{{"event", "confirmation"}}
	toReport  = fields{{"event", "report"}}
)

func toCancel(through int) fields { return fields{{"event", "cancel"}, {"through", through}} }

func toObey(bundle []byte) fields { return fields{{"event", "bundle"}, {"body", hexed(bundle)}} }

func toUse(tag string, count int) fields {
	return fields{{"event", "use"}, {"tag", tag}, {"count", count}}
}

func deviceVectors() *vectorFile {
	return &vectorFile{
		name:   "device",
		about:  "What a device does with its record: codes, cancellations, time, bundles and what may be used.",
		source: "reserve/SPEC.md, Device, Time, Rights",
		groups: []*vectorGroup{creationGroup(), freshEventGroup(), heldEventGroup(), returnedEventGroup(), clockGroup(), obeyGroup(),
			evaluationGroup(), rightsGroup()},
	}
}

// creationGroup is about the record that a device begins with.
func creationGroup() *vectorGroup {
	g := &vectorGroup{name: "A device is made", operation: "creation"}
	bundle := bundleBody(vectorCatalog, firstRoot().signed(1))
	input := func(d *device, clock, uptime int, exists bool) fields {
		return fields{{"seed", hexed(d.seed)}, {"udi", string(d.udi)}, {"bundle", hexed(bundle)}, {"clock", clock}, {"uptime", uptime}, {"exists", exists}}
	}
	d := exampleDevice()
	made := func(comment, flags string, clock, uptime, latest, ran int) {
		r := freshRecord()
		r.latest, r.ran, r.mark = latest, ran, uptime
		code := fields{{"kind", 1}, {"body", hexed(d.request(1, 1))}}
		g.valid(comment, flags, input(d, clock, uptime, false), fields{{"code", code}, {"record", r.fields()}})
	}
	made("on the day of its trust root", "", firstDay, 10, firstDay, 10)
	made("the clock is a day ahead", "Day", firstDay+1, 10, firstDay+1, 10)
	made("the clock is 30 days ahead", "Day Limit", firstDay+30, 10, firstDay+30, 10)
	made("the clock is 31 days ahead", "Day Limit", firstDay+31, 10, firstDay, 10)
	made("the clock is years behind", "Day", 1, 10, firstDay, 10)
	made("the machine has been running for an hour", "Time Limit", firstDay, 3600, firstDay, 3600)
	made("the machine has been running for a day", "Time Limit", firstDay, 86400, firstDay, 3600)
	other := newDevice(secret("another product"), "AC-200:FOC2440A1B7")
	g.invalid("its product is not in the catalog", "Catalog", input(other, firstDay, 10, false), "unknown-product")
	g.invalid("there is a record", "", input(d, firstDay, 10, true), "already-initialized")
	return g
}

// freshEventGroup is about a device that never held anything.
func freshEventGroup() *vectorGroup {
	fresh := freshRecord()
	m := newEventMaker("A fresh device", fresh)
	m.refuses("a return", "", fresh, toReturn, "nothing-installed")
	m.refuses("a confirmation", "", fresh, toConfirm, "nothing-installed")
	m.does("a report", "Report", fresh, toReport, fresh.reported(), fresh.reported().reportCode())
	again := fresh.reported()
	m.does("a report: nothing has changed since the last", "Report", again, toReport, again, again.reportCode())
	for _, through := range []int{1, 2, 65} {
		m.does(fmt.Sprintf("a cancellation through %d", through), "Number", fresh, toCancel(through), fresh.canceled(through+1), fresh.receiptAt(2*through+1))
	}
	m.refuses("a cancellation through 66: 65 numbers above the floor", "Number Limit", fresh, toCancel(66), "out-of-range")
	canceled := fresh.canceled(9)
	m.does("8 is canceled: a confirmation", "", canceled, toConfirm, canceled, fresh.receiptAt(17))
	m.does("8 is canceled: a return", "", canceled, toReturn, canceled, fresh.receiptAt(17))
	m.does("8 is canceled: a cancellation through 8", "", canceled, toCancel(8), canceled, fresh.receiptAt(17))
	m.does("8 is canceled: a cancellation through 3", "", canceled, toCancel(3), canceled, fresh.receiptAt(17))
	m.does("8 is canceled: a report", "Report", canceled, toReport, canceled.reported(), canceled.reported().reportCode())
	for _, x := range [][2]int{{1000, 1023}, {1023, 1023}, {959, 1023}} {
		m.does(fmt.Sprintf("floor %d: a cancellation through %d", x[0], x[1]), "Number Limit", fresh.canceled(x[0]), toCancel(x[1]), fresh.canceled(x[1]+1),
			fresh.receiptAt(2*x[1]+1))
	}
	m.refuses("floor 1000: a cancellation through 1024", "Number Limit", fresh.canceled(1000), toCancel(1024), "out-of-range")
	m.refuses("floor 958: a cancellation through 1023", "Number Limit", fresh.canceled(958), toCancel(1023), "out-of-range")
	last := fresh.canceled(1024)
	m.refuses("floor 1024: a cancellation through 1024", "Number Limit", last, toCancel(1024), "numbers-exhausted")
	m.does("floor 1024: a confirmation", "Number Limit", last, toConfirm, last, fresh.receiptAt(2047))
	m.does("floor 1024: a report", "Number Report", last, toReport, last.reported(), last.reported().reportCode())
	return m.vectorGroup
}

// heldEventGroup is about a device that holds number 4.
func heldEventGroup() *vectorGroup {
	held := holding(heldWish())
	m := newEventMaker("A device that holds number 4", held)
	m.does("a confirmation", "", held, toConfirm, held, held.receiptAt(8))
	m.does("a return", "", held, toReturn, held.returned(), held.receiptAt(9))
	grace := held
	grace.revalidate = 9000
	m.does("a return ends the grace for a compromised signer", "", grace, toReturn, grace.returned(), held.receiptAt(9))
	m.does("a report", "Report", held, toReport, held.reported(), held.reported().reportCode())
	again := held.reported()
	m.does("a report: nothing has changed since the last", "Report", again, toReport, again, again.reportCode())
	canceled := func(through int) recordForm {
		r := held
		r.floor = through + 1
		return r
	}
	for _, through := range []int{5, 69} {
		m.does(fmt.Sprintf("a cancellation through %d", through), "Number", held, toCancel(through), canceled(through).reported(), canceled(through).reported().reportCode())
	}
	m.refuses("a cancellation through 70: 65 numbers above the floor", "Number Limit", held, toCancel(70), "out-of-range")
	m.refuses("a cancellation through 4, which is installed", "Number", held, toCancel(4), "out-of-range")
	m.does("a cancellation through 3, which is dead", "Number", held, toCancel(3), held, held.receiptAt(8))
	eight := canceled(8)
	m.does("8 is canceled: a confirmation", "", eight, toConfirm, eight, held.receiptAt(8))
	m.does("8 is canceled: a return", "", eight, toReturn, eight.returned(), held.receiptAt(17))
	m.does("8 is canceled: a cancellation through 8", "Number", eight, toCancel(8), eight.reported(), eight.reported().reportCode())
	m.does("8 is canceled: a cancellation through 6", "Number", eight, toCancel(6), eight.reported(), eight.reported().reportCode())
	said := eight.reported()
	m.does("8 is canceled, and a report says so: a cancellation through 8", "Number Report", said, toCancel(8), said, said.reportCode())
	m.refuses("8 is canceled: a cancellation through 4, which is installed", "Number", eight, toCancel(4), "out-of-range")
	return m.vectorGroup
}

// returnedEventGroup is about a device that gave number 4 back.
func returnedEventGroup() *vectorGroup {
	returned := holding(heldWish()).returned()
	m := newEventMaker("A device that returned number 4", returned)
	m.does("a return", "", returned, toReturn, returned, returned.receiptAt(9))
	m.does("a confirmation", "", returned, toConfirm, returned, returned.receiptAt(9))
	m.does("a cancellation through 4", "Number", returned, toCancel(4), returned, returned.receiptAt(9))
	m.does("a cancellation through 5", "Number", returned, toCancel(5), returned.canceled(6), returned.receiptAt(11))
	m.does("a report", "Report", returned, toReport, returned.reported(), returned.reported().reportCode())
	told := holding(heldWish()).reported().returned()
	m.does("a report after the last one told of number 4", "Report", told, toReport, told.reported(), told.reported().reportCode())
	return m.vectorGroup
}
