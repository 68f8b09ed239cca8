package issuer

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/testvectors"
)

// The model runs an office with its real ledger, and devices that exist only as their durable
// records, through random lives: codes are made, kept for ever, handed in late, twice, in any order,
// at the wrong place and damaged; programs die; time passes; ledgers and devices are put back. After
// every step what is in the ledger is compared with what the words of PROTOCOL 3.4 and 3.5 make of
// the same steps, and the invariants of PROTOCOL 4.1 are checked.
//
// What is promised depends on what happened. A ledger that was put back owes nothing for what it
// lost, but has to say so when it is shown (this version has no anchor that would say it sooner). A
// device that was put back stays within what was signed for it, and no other suffers.
//
// For a deep run:
//
//	go test ./cmd/internal/issuer -run TestModel -rapid.checks=10000 -rapid.steps=60 -timeout 2h
func TestModel(t *testing.T) {
	prepared := prepareModel(t)
	happened := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		m := newModel(t, prepared, misrules{})
		defer m.close()
		m.happened = happened
		m.fail = func(format string, args ...any) { t.Fatalf(format, args...) }
		m.run()
	})
	for _, what := range slices.Sorted(maps.Keys(happened)) {
		t.Logf("%6d %s", happened[what], what)
	}
}

// A model is one office, its devices, and everything that people could have kept.
type model struct {
	*rapid.T
	misrules
	fail     func(format string, args ...any)
	happened map[string]int // how often what happened, in all lives

	dir    string
	office *Officer
	now    time.Time
	fuse   int // how often the clock is still read before the program dies; 0: it doesn't

	units  []*unit
	papers []*paper // every code ever made
	made   []*grant // every authorization that was ever signed
	signed []*grant // those that were shown to somebody
	wishes []demand // what was asked for, to be asked for again
	books  *reckoning
	kept   *copyOf // a copy of the ledger
	lost   bool    // the ledger was put back

	before    *reckoning // as it was before the step
	mayCredit bool       // the step took a code of a device
}

// copyOf is a copy of the ledger's files and of what the model knew then.
type copyOf struct {
	dir   string
	books *reckoning
}

// modelLots are in every model's pool from the beginning: few, so that devices get into each other's
// way, and with different ends.
var modelLots = []struct {
	tag  string
	n    uint32
	days int // until the last valid day; 0: without end
}{{"dna-advantage", 2, 0}, {"dna-advantage", 1, 40}, {"network-advantage", 3, 25}}

// prepareModel makes a home with accounts and purchases that each model gets a copy of.
func prepareModel(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "prepared")
	m := &model{dir: dir, now: modelBegin}
	text, err := testvectors.Catalog(testvectors.NetworkSwitch)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Init(dir, Birth{Name: "Model", Catalog: text, Passphrase: []byte(testPassphrase)}, m.world()); err != nil {
		t.Fatal(err)
	}
	if err := m.open(); err != nil {
		t.Fatal(err)
	}
	defer m.office.Close()
	on := true
	if _, _, err := m.office.NewAccount(t.Context(), plant, Settings{Reservation: &on}, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	for _, l := range modelLots {
		if _, _, err := m.office.AddLicense(t.Context(), m.purchase(l.tag, l.n, l.days), Memo{}, false); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var modelBegin = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func (m *model) purchase(tag string, n uint32, days int) Purchase {
	p := Purchase{Account: plant, Entitlement: tag, Quantity: n}
	if days > 0 {
		p.Ends = m.today() + keys.Day(days)
	}
	return p
}

func (m *model) today() keys.Day { return keys.DayOf(m.now) }

func newModel(t *rapid.T, prepared string, r misrules) *model {
	dir, err := os.MkdirTemp(filepath.Dir(prepared), "model-*")
	if err != nil {
		panic(err)
	}
	m := &model{T: t, misrules: r, dir: filepath.Join(dir, "home"), now: modelBegin, happened: map[string]int{}}
	copyHome(prepared, m.dir)
	copyHome(anchorsOf(prepared), anchorsOf(m.dir))
	if err := m.open(); err != nil {
		panic(err)
	}
	m.books = newReckoning(m)
	for k := range 2 + rapid.IntRange(0, 1).Draw(t, "third device") {
		m.addUnit(fmt.Sprintf("A%d", k+1))
	}
	return m
}

// close ends the office and takes its files away.
func (m *model) close() {
	_ = m.office.Close()
	_ = os.RemoveAll(filepath.Dir(m.dir))
}

// run lives one life.
func (m *model) run() {
	for range 2 {
		m.Repeat(m.actions())
	}
	m.end()
}

// actions returns what can happen, what leads far under several names, so that it happens more often.
func (m *model) actions() map[string]func(*rapid.T) {
	actions := map[string]func(*rapid.T){"": func(t *rapid.T) { m.T = t; m.check() }}
	for _, a := range []struct {
		name   string
		weight int
		act    func()
	}{
		{"authorize", 4, m.authorizeAny}, {"authorize again", 2, m.authorizeAgain}, {"reprint", 1, m.reprint},
		{"as usual", 4, m.asUsual}, {"buy", 1, m.buy}, {"days pass", 2, m.daysPass},
		{"install", 2, m.installNewest}, {"install any", 4, m.installAny}, {"return", 2, m.giveBack},
		{"cancel", 2, m.cancelSome}, {"report", 3, m.report}, {"print", 1, m.printAgain},
		{"receive any", 5, m.receiveAny}, {"receive", 3, m.receiveNewest},
		{"misdeliver", 1, m.misdeliver}, {"damage", 1, m.damage}, {"mistype", 2, m.mistype},
		{"keep ledger", 1, m.keepLedger}, {"put ledger back", 1, m.putLedgerBack},
		{"keep device", 1, m.keepDevice}, {"put device back", 1, m.putDeviceBack}, {"reset device", 1, m.resetDevice},
		{"lose the tail", 2, m.loseTail}, {"copy a device", 1, m.copyDevice},
	} {
		if len(m.only) > 0 && !slices.Contains(m.only, a.name) {
			continue
		}
		for k := range a.weight {
			actions[fmt.Sprint(a.name, " ", k+1)] = func(t *rapid.T) {
				m.T, m.mayCredit = t, false
				a.act()
				m.happened[a.name]++
			}
		}
	}
	return actions
}

// asUsual is what happens nearly always: authorize, install, confirm.
func (m *model) asUsual() {
	d := m.drawDemand()
	if m.foresee(d).refused != "" {
		m.Skip("it would be refused")
	}
	m.authorize(d)
	m.installOf(d.unit)
	m.receiveOf(d.unit)
}

// loseTail puts the ledger back behind something that a device got meanwhile.
func (m *model) loseTail() {
	d := m.drawDemand()
	if m.foresee(d).refused != "" {
		m.Skip("it would be refused")
	}
	m.keepLedger()
	m.authorize(d)
	m.installOf(d.unit)
	m.putLedgerBack()
	if m.draw("and it is told", 0, 1) == 1 {
		m.reportOf(d.unit)
		m.receiveOf(d.unit)
	}
}

// copyDevice puts a device back behind a report of its own.
func (m *model) copyDevice() {
	u := m.living()
	if u.rolled {
		m.Skip("there are two of it already")
	}
	saved := u.state
	u.saved = &saved
	m.reportOf(u)
	m.receiveOf(u)
	m.back(u)
}

// must is for what can't fail.
func (m *model) must(err error) {
	if err != nil {
		m.fail("unexpected: %v", err)
	}
}

// wantRefusal compares an error with the reason that the model foresaw, "" for none.
func (m *model) wantRefusal(what string, err error, want reserve.Reason) {
	if want != "" {
		m.happened[what+": "+string(want)]++
	}
	if got := reasonOf(err); got != want || err != nil && got == "" {
		m.fail("%s: got %v, want a refusal for %q", what, err, want)
	}
}

// pick draws one of a list.
func pick[E any](m *model, label string, list []E) E {
	return list[rapid.IntRange(0, len(list)-1).Draw(m.T, label)]
}

func (m *model) draw(label string, low, high int) int {
	return rapid.IntRange(low, high).Draw(m.T, label)
}

// now and then: one in n.
func (m *model) seldom(label string, n int) bool { return m.draw(label, 1, n) == n }
