package ledger_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"time"

	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/testvectors"
	"tallystick/testvectors/labeled"
)

var faultNow = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

const faultPassphrase = "correct horse"

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Where an issuer's home and its anchor are, in a directory of the test.
const (
	homeName   = "home"
	anchorName = "anchor"
	ledgerName = "home/ledger.db"
)

func faultWorld(dir, label string) issuer.World {
	return issuer.World{Now: func() time.Time { return faultNow }, Rand: labeled.Reader(label), WorkFactor: 1, Actor: "alice",
		AnchorDir: filepath.Join(dir, anchorName)}
}

// A site is an issuer that every verb starts from, and the codes of its devices.
type site struct {
	files map[string][]byte
	codes map[string]codec.Reading
	fresh reserve.Request // of a device that the books don't know
}

// newSite makes an issuer with an account and a license. Of its devices one holds something, has
// confirmed it, and was sent more; another is not known yet.
func newSite(t *testing.T) *site {
	s, dir := &site{codes: map[string]codec.Reading{}}, scratch(t)
	w := faultWorld(dir, "site")
	birth := issuer.Birth{Name: "Example", Catalog: must(testvectors.Catalog(testvectors.NetworkSwitch)), Passphrase: []byte(faultPassphrase)}
	must(issuer.Init(filepath.Join(dir, homeName), birth, w))
	o := must(openOffice(dir))
	on := true
	_, _, err := o.NewAccount(t.Context(), plant, issuer.Settings{Reservation: &on}, issuer.Memo{}, false)
	if err != nil {
		t.Fatal(err)
	}
	must(deposit(t.Context(), o, 10))
	if _, _, err := o.NewKey(t.Context(), "spare", officerRoles, issuer.Memo{}, false); err != nil {
		t.Fatal(err)
	}
	known := newDevice(o, w.Rand, "KNOWN")
	held := installed(known, authorize(o, issuer.Wish{Request: new(known.Request()), Account: plant}, 2))
	must(o.Receive(t.Context(), reading(held.Receipt().Code()), "", false))
	after := installed(held, authorize(o, issuer.Wish{Device: "KNOWN"}, 3))
	_, status := reserve.Report(held)
	for name, code := range map[string]codec.Code{
		"confirmation": after.Receipt().Code(),
		"return":       after.Return().Receipt().Code(),
		"cancellation": must(held.Return().Cancel(2)).Receipt().Code(),
		"status":       status.Code(),
	} {
		s.codes[name] = reading(code)
	}
	s.fresh = newDevice(o, w.Rand, "FRESH").Request()
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	s.files = readAll(dir)
	return s
}

var plant = must(ledger.ParsePath("acme/plant-7"))

// processes counts them, since each draws its keys anew.
var processes int

func openOffice(dir string) (*issuer.Officer, error) {
	processes++
	is, err := issuer.Open(filepath.Join(dir, homeName), faultWorld(dir, fmt.Sprint("process ", processes)))
	if err != nil {
		return nil, err
	}
	return is.Unlock([]byte(faultPassphrase))
}

func newDevice(o *issuer.Officer, random io.Reader, serial string) reserve.Unreserved {
	return must(reserve.NewInstance(must(reserve.NewUDI("C9300-24T", serial)), must(o.Trust(context.Background())), random, faultNow))
}

func installed(i reserve.Instance, body []byte) reserve.Reserved {
	r, _, err := reserve.Install(i, body, faultNow)
	return must(r, err)
}

func reading(c codec.Code) codec.Reading { return must(codec.Decode(c.Paste(), reserve.Kinds()...)) }

func authorize(o *issuer.Officer, w issuer.Wish, count int64) []byte {
	w.Changes = []issuer.Change{{Tag: "dna-advantage", Count: count}}
	return must(o.Authorize(context.Background(), w, must(o.Plan(context.Background(), w)))).Authorization
}

func deposit(ctx context.Context, o *issuer.Officer, n uint32) (ledger.Lot, error) {
	p := issuer.Purchase{Account: plant, Entitlement: "dna-advantage", Quantity: n, Op: fmt.Sprint("order-", n)}
	lot, _, err := o.AddLicense(ctx, p, issuer.Memo{}, false)
	return lot, err
}

// A verb is something that an officer does to the ledger, and says what it came to. Done again it
// comes to the same.
type verb struct {
	name string
	act  func(*site, *issuer.Officer) (string, error)
	// varies says that doing it again writes something else: one more entry in the journal, or a new
	// key.
	varies bool
	short  bool // not left out of a short run
}

func (s *site) authorize(o *issuer.Officer, w issuer.Wish) (string, error) {
	w.Changes = []issuer.Change{{Tag: "dna-advantage", Count: 4}}
	plan, err := o.Plan(context.Background(), w)
	if err != nil {
		return "", err
	}
	out, err := o.Authorize(context.Background(), w, plan)
	return fmt.Sprintf("%d %x", out.Number, out.Authorization), err
}

func (s *site) receive(o *issuer.Officer, name string) (string, error) {
	got, err := o.Receive(context.Background(), s.codes[name], "", false)
	return fmt.Sprint(got.Kind, got.Number, got.Standing), err
}

func receiveVerb(name string) verb {
	receive := func(s *site, o *issuer.Officer) (string, error) { return s.receive(o, name) }
	return verb{name: "receive " + name, act: receive, short: name == "return"}
}

var officerRoles = keys.RoleIssue | keys.RoleExport | keys.RoleWriteOff

// verbs are all that write to a ledger, and publishing, which must not.
var verbs = []verb{
	{name: "authorize a new device", act: func(s *site, o *issuer.Officer) (string, error) {
		return s.authorize(o, issuer.Wish{Request: &s.fresh, Account: plant})
	}, short: true},
	{name: "authorize more", act: func(s *site, o *issuer.Officer) (string, error) {
		return s.authorize(o, issuer.Wish{Device: "KNOWN", Op: "night-1"})
	}},
	receiveVerb("confirmation"), receiveVerb("return"), receiveVerb("cancellation"), receiveVerb("status"),
	{name: "reprint", act: func(s *site, o *issuer.Officer) (string, error) {
		out, err := o.Reprint(context.Background(), "KNOWN", 0)
		return fmt.Sprintf("%d %x", out.Number, out.Authorization), err
	}, varies: true},
	{name: "license add", act: func(s *site, o *issuer.Officer) (string, error) {
		lot, err := deposit(context.Background(), o, 5)
		return fmt.Sprint(lot.ID, lot.Quantity), err
	}},
	{name: "account new", act: func(s *site, o *issuer.Officer) (string, error) {
		a, _, err := o.NewAccount(context.Background(), must(ledger.ParsePath("acme/a/b")), issuer.Settings{}, issuer.Memo{}, false)
		return fmt.Sprint(a), err
	}},
	{name: "account set", act: func(s *site, o *issuer.Officer) (string, error) {
		a, _, err := o.SetAccount(context.Background(), plant, issuer.Settings{ExportControl: new(true)}, issuer.Memo{}, false)
		return fmt.Sprint(a), err
	}},
	{name: "key new", act: func(s *site, o *issuer.Officer) (string, error) {
		_, _, err := o.NewKey(context.Background(), "second", officerRoles, issuer.Memo{}, false)
		return "", err // its number may be another: one is lost when the ledger did not get the key
	}, varies: true},
	{name: "key retire", act: func(s *site, o *issuer.Officer) (string, error) {
		t, err := o.Trust(context.Background())
		if err != nil {
			return "", err
		}
		listed := t.Root().Keys()
		k, _, err := o.RetireKey(context.Background(), listed[len(listed)-1].Public.Fingerprint().String(), issuer.Memo{}, false)
		return fmt.Sprint(k.Index, k.Status), err
	}},
	{name: "catalog import", act: func(s *site, o *issuer.Officer) (string, error) {
		t, _, err := o.ImportCatalog(context.Background(), nextCatalog(), issuer.Memo{}, false)
		if err != nil {
			return "", err
		}
		return fmt.Sprint(t.Root().Version(), t.Catalog().Version()), nil
	}},
	{name: "trust publish", act: func(s *site, o *issuer.Officer) (string, error) {
		t, err := o.Trust(context.Background())
		if err != nil {
			return "", err
		}
		return t.Code().Paste(), nil
	}},
}

func nextCatalog() []byte {
	text := must(testvectors.Catalog(testvectors.NetworkSwitch))
	return bytes.Replace(text, []byte(`"version": 1`), []byte(`"version": 2`), 1)
}
