package issuer

import (
	"context"
	"io"
	"path/filepath"
	"testing"
	"time"

	"tallystick/cmd/internal/ledger"
	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/testvectors"
	"tallystick/testvectors/labeled"
)

// office is an issuer at work, with a clock to be moved.
type office struct {
	*Officer
	t    *testing.T
	now  time.Time
	rand io.Reader
}

var plant = mustPath("acme/plant-7")

func mustPath(s string) ledger.Path {
	p, err := ledger.ParsePath(s)
	if err != nil {
		panic(err)
	}
	return p
}

const testPassphrase = "correct horse"

func newOffice(t *testing.T) *office {
	t.Helper()
	f := &office{t: t, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), rand: labeled.Reader(t.Name())}
	home := filepath.Join(t.TempDir(), "home")
	w := World{Now: func() time.Time { return f.now }, Rand: f.rand, WorkFactor: 4, Actor: "tester", AnchorDir: filepath.Join(filepath.Dir(home), "anchors")}
	text, err := testvectors.Catalog(testvectors.NetworkSwitch)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Init(home, Birth{Name: "Example", Catalog: text, Passphrase: []byte(testPassphrase)}, w); err != nil {
		t.Fatal(err)
	}
	is, err := Open(home, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { is.Close() })
	if f.Officer, err = is.Unlock([]byte(testPassphrase)); err != nil {
		t.Fatal(err)
	}
	on := true
	if _, _, err := f.NewAccount(t.Context(), plant, Settings{Reservation: &on}, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *office) buy(tag string, n uint32, ends keys.Day) reserve.LotID {
	f.t.Helper()
	lot, _, err := f.AddLicense(f.t.Context(), Purchase{Account: plant, Entitlement: tag, Quantity: n, Ends: ends}, Memo{}, false)
	if err != nil {
		f.t.Fatal(err)
	}
	return lot.ID
}

func (f *office) newDevice(serial string) reserve.Unreserved {
	f.t.Helper()
	return f.instance(serial, f.rand, f.now)
}

// instance makes a device that trusts the office.
func (f *office) instance(serial string, rand io.Reader, now time.Time) reserve.Unreserved {
	f.t.Helper()
	udi, err := reserve.NewUDI("C9300-24T", serial)
	if err != nil {
		f.t.Fatal(err)
	}
	u, err := reserve.NewInstance(udi, f.trusted(), rand, now)
	if err != nil {
		f.t.Fatal(err)
	}
	return u
}

// grants reads "tag=n" and "tag=+n".
func grants(t *testing.T, words ...string) []Change {
	t.Helper()
	var out []Change
	for _, w := range words {
		c, err := ParseGrant(w)
		if err != nil {
			c, err = ParseChange(w)
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func (f *office) authorize(w Wish) Issuance {
	f.t.Helper()
	i, err := f.tryAuthorize(w)
	if err != nil {
		f.t.Fatal(err)
	}
	return i
}

func (f *office) tryAuthorize(w Wish) (Issuance, error) {
	p, err := f.Plan(f.t.Context(), w)
	if err != nil {
		return Issuance{}, err
	}
	return f.Officer.Authorize(f.t.Context(), w, p)
}

func (f *office) request(u reserve.Instance, words ...string) Wish {
	q := u.Request()
	return Wish{Request: &q, Account: plant, Changes: grants(f.t, words...)}
}

func (f *office) push(serial string, words ...string) Wish {
	return Wish{Device: serial, Changes: grants(f.t, words...)}
}

func (f *office) install(i reserve.Instance, a Issuance) reserve.Reserved {
	f.t.Helper()
	r, _, err := reserve.Install(i, a.Authorization, f.now)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// receive takes a code of a device as a person would carry it: as text.
func (f *office) receive(code codec.Code) (Received, error) {
	reading, err := codec.Decode(code.Paste(), reserve.Kinds()...)
	if err != nil {
		f.t.Fatal(err)
	}
	return f.Receive(context.Background(), reading, "", false)
}

func (f *office) confirmed(i reserve.Instance) {
	f.t.Helper()
	if _, err := f.receive(i.Receipt().Code()); err != nil {
		f.t.Fatal(err)
	}
}

// pool returns purchased, reserved and in transit.
func (f *office) pool(tag string) [3]uint64 {
	f.t.Helper()
	var out [3]uint64
	err := f.View(f.t.Context(), func(tx *ledger.Tx) error {
		pools, err := tx.Pools(plant, f.today())
		for _, p := range pools {
			if p.Tag == tag {
				out = [3]uint64{p.Purchased, p.Reserved, p.InTransit}
				if p.Available != p.Purchased-p.Reserved {
					f.t.Errorf("pool %+v does not add up", p)
				}
			}
		}
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return out
}

func (f *office) wantPool(tag string, purchased, reserved, transit uint64) {
	f.t.Helper()
	if got := f.pool(tag); got != [3]uint64{purchased, reserved, transit} {
		f.t.Errorf("%s: purchased, reserved, in transit %v, want %d %d %d", tag, got, purchased, reserved, transit)
	}
}

func wantReason(t *testing.T, err error, want reserve.Reason) {
	t.Helper()
	if reasonOf(err) != want {
		t.Errorf("got %v, want a refusal for %q", err, want)
	}
}

const issueRoles = keys.RoleIssue | keys.RoleExport | keys.RoleWriteOff

// trusted is what a device trusts that knows the newest trust root.
func (f *office) trusted() reserve.Trust {
	f.t.Helper()
	trust, err := f.Trust(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	return trust
}

// listedKeys are the keys of the newest trust root.
func (f *office) listedKeys() []keys.Key { return f.trusted().Root().Keys() }

// keyNamed returns the fingerprint of the n-th key of the trust root.
func (f *office) keyNamed(n int) string {
	f.t.Helper()
	return f.listedKeys()[n].Public.Fingerprint().String()
}
