package ledger

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	modernc "modernc.org/sqlite"

	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/testvectors/labeled"
)

// production and second are the engines.
var production, second = sqlite, engine{
	name: "sqlite",
	code: func(err error) int {
		var e *modernc.Error
		if errors.As(err, &e) {
			return e.Code() & 0xff
		}
		return 0
	},
	prepare: func(*sql.Conn) error { return nil }, // it has no checksums
}

// The whole suite runs on both engines; with -short, on the one of the programs alone.
func TestMain(m *testing.M) {
	flag.Parse()
	if *spendAt != "" {
		os.Exit(spendOnce())
	}
	if !given("rapid.checks") { // twice, once for each engine
		_ = flag.Set("rapid.checks", "40")
	}
	// Else closing any file of a ledger would drop the locks of every handle in this process.
	if _, err := modernc.OFDLocking(true); err != nil && runtime.GOOS == "linux" {
		panic(err)
	}
	code := m.Run()
	if code == 0 && !testing.Short() {
		fmt.Println("again with modernc.org/sqlite")
		sqlite = second
		code = m.Run()
	}
	os.Exit(code)
}

func given(name string) (found bool) {
	flag.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

const testCatalogText = `{
  "schema": "tallystick/catalog/1", "name": "test switch", "version": 1, "evaluation_days": 90,
  "terms": ["1y", "3y"],
  "products": [{"name": "Switch", "product_ids": ["C9300-24T", "C9300-48T"], "entitlements": ["essentials", "premier", "ports"]}],
  "entitlements": [
    {"id": 1, "tag": "essentials", "name": "Essentials", "metric": "device", "unit": "device", "class": "enforced", "grace_days": 90},
    {"id": 3, "tag": "premier", "name": "Premier", "includes": ["essentials"], "metric": "device", "unit": "device", "class": "enforced", "grace_days": 0},
    {"id": 4, "tag": "ports", "name": "Ports", "metric": "capacity", "unit": "port", "class": "enforced", "grace_days": 90}
  ]
}`

var (
	testNow   = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	testToday = keys.DayOf(testNow)
	plant7    = Path{"acme/plant-7"}
)

func testRand(label string) io.Reader { return labeled.Reader(label) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func refusedAs(err error, reason reserve.Reason) bool {
	var r *reserve.Refusal
	return errors.As(err, &r) && r.Reason == reason
}

// An office is an issuer for tests: its keys and its trust.
type office struct {
	root, issue keys.PrivateKey
	catalog     reserve.Catalog
	signed      [][]byte
	trust       reserve.Trust
}

func newOffice(name string) office {
	o := office{root: must(keys.NewPrivateKey(testRand(name + " root"))), issue: must(keys.NewPrivateKey(testRand(name + " issue")))}
	o.catalog = must(reserve.ReadCatalog([]byte(testCatalogText)))
	o.signed = [][]byte{must(o.template(name).Sign(nil, o.root))}
	o.trust = must(reserve.NewTrust(o.signed, o.catalog.Raw()))
	return o
}

func (o office) template(name string) keys.RootTemplate {
	return keys.RootTemplate{
		Name: name, Issued: testToday, RevalidateHours: 24, CatalogDigest: o.catalog.Digest(),
		Keys: []keys.Key{
			{Index: 1, Public: o.root.Public(), Roles: keys.RoleRoot, Status: keys.Active},
			{Index: 2, Public: o.issue.Public(), Roles: keys.RoleIssue | keys.RoleLog | keys.RoleWriteOff, Status: keys.Active},
		},
		Policies: []keys.Policy{
			{Role: keys.RoleRoot, Threshold: 1}, {Role: keys.RoleIssue, Threshold: 1}, {Role: keys.RoleWriteOff, Threshold: 1}, {Role: keys.RoleLog, Threshold: 1},
		},
	}
}

var acme = newOffice("acme")

func (o office) genesis() Genesis {
	return Genesis{ID: [16]byte{1, 2, 3}, Created: testNow, Roots: o.signed, Catalog: o.catalog.Raw(),
		Actor: "alice", Body: []byte(`{"name":"acme"}`), Signer: o.issue, Log: o.issue}
}

func event(kind string) Event {
	return Event{Time: testNow, Kind: kind, Actor: "alice", Body: []byte("{}"), Signer: acme.issue, Log: acme.issue}
}

// unsigned is an event of what a device proves.
func unsigned(kind string) Event {
	return Event{Time: testNow, Kind: kind, Actor: "operator", Body: []byte("{}")}
}

// newLedger makes a ledger with the account acme/plant-7 and returns it open.
func newLedger(t testing.TB) *Ledger {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.db")
	if err := Create(path, acme.genesis()); err != nil {
		t.Fatal(err)
	}
	l := reopen(t, path)
	update(t, l, func(tx *Tx) error { return tx.AddAccount(plant7, Settings{Reservation: true}) })
	return l
}

func reopen(t testing.TB, path string) *Ledger {
	t.Helper()
	l, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// update runs f and journals it.
func update(t testing.TB, l *Ledger, f func(*Tx) error) {
	t.Helper()
	if err := l.Update(context.Background(), journaled(f)); err != nil {
		t.Fatal(err)
	}
}

func journaled(f func(*Tx) error) func(*Tx) error {
	return func(tx *Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		_, err := tx.Append(event("test"))
		return err
	}
}

func view(t testing.TB, l *Ledger, f func(*Tx) error) {
	t.Helper()
	if err := l.View(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func addLot(t testing.TB, l *Ledger, tag string, quantity uint32, ends keys.Day) (id reserve.LotID) {
	t.Helper()
	update(t, l, func(tx *Tx) (err error) {
		id, err = tx.AddLot(NewLot{Account: plant7, Tag: tag, Quantity: quantity, Starts: testToday, Ends: ends, Reference: "PO-1"})
		return err
	})
	return id
}

func newInstance(serial string) reserve.Instance {
	return must(reserve.NewInstance(must(reserve.NewUDI("C9300-24T", serial)), acme.trust, testRand("device "+serial), testNow))
}

func enroll(t testing.TB, l *Ledger, i reserve.Instance) (d Device) {
	t.Helper()
	update(t, l, func(tx *Tx) (err error) {
		d, _, err = tx.EnrollDevice(i.Request(), plant7)
		return err
	})
	return d
}
