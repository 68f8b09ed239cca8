package issuer

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/testvectors"
)

// The model runs an office with its real ledger, and real devices on disks that fail, through random
// lives: codes are made, kept for ever, handed in late, twice, in any order, at the wrong place and
// damaged; programs die and machines lose their power; time passes; ledgers and devices are put back.
// After every step what is in the ledger and on the disks is compared with what the words of SPEC.md,
// Device and Issuer, make of the same steps, and its promises are checked.
//
// What is promised depends on what happened. Books that were put back under their anchor are frozen.
// Where the anchor was put back with them, they owe nothing for what they lost, but have to say so
// when it is shown. A device that was put back stays within what was signed for it, and no other
// suffers.
//
// Another action is a function in a file of its own and one line in actions; another promise is one
// line in promises; another mutation one line in modelMutations.
//
// # Where each promise is checked
//
//	I1  checkCover                      I7   checkEntry
//	I2  checkHeld                       I8   misdeliver, damage, opens
//	I3  checkPools, checkCompliance,    I9   checkCover, compare
//	    checkPurchases, checkKeys
//	I4  checkMonotone, checkEntry       I10  there are no sub-issuers yet
//	I5  receiveAny, checkOrder          I11  newGrant, opens; thresholds above one are package reserve's
//	I6  record, reprint, takeReceipt,   I12  means
//	    printAgain
//	L1  drain, useAgain, giveUpTheGone  L2   takeReceipt, printAgain           L3  answers
//
// The explorer of package reserve checks I1 to I5, I7, I9, L1 and L2 in every state within its bounds.
//
// # Where each mutation is caught
//
// Those of the core by TestModelCatchesMutations here, all but "per-request hash-locks", and all by
// TestExploreCatchesMutations of package reserve; "software snapshot" and "ledger restore: naive" are
// what no rule prevents: TestExploreUnprotected shows that they break I1 and I2. "Freeze and re-base" is
// freeze and recover here, TestExploreRecovery there. Those of the officer's books are booksMutations,
// those of devices that failed failedMutations. Sub-issuers, stations and second signers don't exist yet.
//
// # What isn't in the model
//
// The running out of an evaluation, and of the grace for a compromised signer: both take thousands of
// looks at the clock (tests of packages reserve/device and reserve). Syncs inside SQLite: here a
// commit is cut at any byte of the log, package ledger cuts everything else. An office clock from
// before a purchase.
//
// # A deep run
//
//	go test ./cmd/internal/issuer -run 'TestModel$' -v -rapid.checks=10000 -rapid.steps=60 -timeout 2h
//
// It waits for the disk more than it computes; with TMPDIR on a file system in memory it doesn't.
func TestModel(t *testing.T) {
	prepared := prepareModel(t)
	all := tally{}
	rapid.Check(t, func(t *rapid.T) {
		m := newModel(t, prepared, misrules{})
		defer m.close()
		m.happened = all
		m.fail = func(format string, args ...any) { t.Fatalf(format, args...) }
		m.run(2)
	})
	all.log(t)
}

// A model is one office, its devices, and everything that people could have kept.
type model struct {
	*rapid.T
	misrules
	fail     func(format string, args ...any)
	happened tally

	dir     string
	office  *Officer
	now     time.Time
	fuse    int    // how often the clock is still read before the program dies; 0: it doesn't
	wreck   string // the home as a power cut left it
	opened  int    // how often the office was
	calm    bool   // nothing fails any more
	inParts bool   // what is done takes more than one commit

	units   []*unit
	papers  []*paper        // every code ever made
	bundles []reserve.Trust // and every trust bundle, the office's own last
	made    []*grant        // every authorization that was ever signed
	signed  []*grant        // those that were shown to somebody
	wishes  []demand        // what was asked for, to be asked for again
	swaps   []swap          // and what was replaced
	orders  []order         // and what was asked for in batches
	books   *reckoning
	kept    *copyOf // a copy of the ledger
	lost    bool    // the ledger was put back, and the anchor with it
	// forgotten is what a ledger that was put back had issued.
	forgotten map[*grant]bool

	copies    int    // copies that were kept or put back
	proofs    int    // codes that were shown to be worth nothing
	before    *past  // as it was before the step
	acted     string // the action that was taken last
	marked    mark
	mayCredit bool // the step took a code of a device
}

// copyOf is a copy of the ledger's files and of what the model knew then.
type copyOf struct {
	dir   string
	head  uint32 // its newest journal entry
	books *reckoning
}

// modelLots are in every model's pool from the beginning: few, so that devices get into each other's
// way, and with different ends.
var modelLots = []struct {
	tag  string
	n    uint32
	days int // until the last valid day; 0: without end
}{{"dna-advantage", 2, 0}, {"dna-advantage", 1, 40}, {"network-advantage", 3, 25}, {exportTag, 1, 0}}

// modelTags are what the model is about. There are no licenses of the last one in the beginning.
var modelTags = []string{"dna-advantage", "network-advantage", "network-essentials"}

// exportTag is export-controlled. There are no more licenses of it than in the beginning.
const exportTag = "strong-encryption"

// modelTiers is what each higher tier of these contains: network-advantage network-essentials.
var modelTiers = map[reserve.EntitlementID]reserve.EntitlementID{2: 1}

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
	for _, a := range modelAccounts {
		settings := Settings{}
		if a.reservation {
			settings.Reservation, settings.ExportControl = &on, &on
		}
		if _, _, err := m.office.NewAccount(t.Context(), a.path, settings, Memo{}, false); err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range modelLots {
		if _, _, err := m.office.AddLicense(t.Context(), m.purchase(plant, l.tag, l.n, l.days), Memo{}, false); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var modelBegin = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func (m *model) purchase(account ledger.Path, tag string, n uint32, days int) Purchase {
	p := Purchase{Account: account, Entitlement: tag, Quantity: n}
	if days > 0 {
		p.Ends = m.today() + keys.Day(days)
	}
	return p
}

func newModel(t *rapid.T, prepared string, r misrules) *model {
	dir, err := os.MkdirTemp(filepath.Dir(prepared), "model-*")
	if err != nil {
		panic(err)
	}
	m := &model{T: t, misrules: r, dir: filepath.Join(dir, "home"), now: modelBegin, opened: 10, happened: tally{}, forgotten: map[*grant]bool{}}
	copyHome(prepared, m.dir)
	copyHome(anchorsOf(prepared), anchorsOf(m.dir))
	if err := m.open(); err != nil {
		panic(err)
	}
	m.books = newReckoning(m)
	m.readTrust()
	for k := range 2 + rapid.IntRange(0, 1).Draw(t, "third device") {
		m.addUnit([]string{"A1", "A2", "A3"}[k])
	}
	return m
}

// close ends the office and takes its files away.
func (m *model) close() {
	_ = m.office.Close()
	_ = os.RemoveAll(filepath.Dir(m.dir))
}

// run lives one life, in so many rounds.
func (m *model) run(rounds int) {
	m.happened["lives"]++
	for range rounds {
		m.Repeat(m.repertoire())
	}
	m.end()
}
