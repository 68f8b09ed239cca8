package device_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"slices"
	"testing"
	"time"

	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/reserve/device"
	"tallystick/testvectors/labeled"
)

const catalogText = `{
  "schema": "tallystick/catalog/1", "name": "test switch", "version": 1, "evaluation_days": 90,
  "terms": ["1y"],
  "products": [{"name": "Switch", "product_ids": ["C9300-24T"], "entitlements": ["essentials", "advantage", "ports", "crypto", "telemetry"]}],
  "entitlements": [
    {"id": 1, "tag": "essentials", "name": "Essentials", "metric": "device", "unit": "device", "class": "enforced", "grace_days": 90},
    {"id": 2, "tag": "advantage", "name": "Advantage", "includes": ["essentials"], "metric": "device", "unit": "device", "class": "enforced", "grace_days": 90},
    {"id": 4, "tag": "ports", "name": "Ports", "metric": "capacity", "unit": "port", "class": "enforced", "grace_days": 90},
    {"id": 5, "tag": "crypto", "name": "Strong encryption", "metric": "device", "unit": "device", "class": "export-controlled", "grace_days": 0},
    {"id": 6, "tag": "telemetry", "name": "Telemetry", "metric": "capacity", "unit": "flow", "class": "unenforced", "grace_days": 0}
  ]
}`

const (
	essentials reserve.EntitlementID = 1
	advantage  reserve.EntitlementID = 2
	ports      reserve.EntitlementID = 4
	crypto     reserve.EntitlementID = 5
)

var (
	testNow   = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	testToday = keys.DayOf(testNow)
)

func testRand(label string) io.Reader { return labeled.Reader(label) }

func checksum(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// must is for steps that can't fail in a test that set them up right.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// An issuer signs what the tests install.
type issuer struct {
	root, issue keys.PrivateKey
	roots       [][]byte
	catalog     reserve.Catalog
	trust       reserve.Trust
}

func newIssuer(name string) issuer {
	is := issuer{
		root: must(keys.NewPrivateKey(testRand(name + " root"))), issue: must(keys.NewPrivateKey(testRand(name + " issue"))),
		catalog: must(reserve.ReadCatalog([]byte(catalogText))),
	}
	template := keys.RootTemplate{
		Name: name, Issued: testToday, RevalidateHours: 24, CatalogDigest: is.catalog.Digest(),
		Keys: []keys.Key{
			{Index: 1, Public: is.root.Public(), Roles: keys.RoleRoot, Status: keys.Active},
			{Index: 2, Public: is.issue.Public(), Roles: keys.RoleIssue | keys.RoleExport, Status: keys.Active},
		},
		Policies: []keys.Policy{
			{Role: keys.RoleRoot, Threshold: 1}, {Role: keys.RoleIssue, Threshold: 1}, {Role: keys.RoleExport, Threshold: 1},
		},
	}
	return is.publish(must(template.Sign(nil, is.root)))
}

func (is issuer) publish(root []byte) issuer {
	is.roots = append(slices.Clone(is.roots), root)
	is.trust = must(reserve.NewTrust(is.roots, is.catalog.Raw()))
	return is
}

// next returns the issuer with another version of the trust root, in which change was made.
func (is issuer) next(change func(*keys.RootTemplate)) issuer {
	newest := is.trust.Root()
	template := newest.Template()
	change(&template)
	return is.publish(must(template.Sign(&newest, is.root)))
}

// compromise returns the issuer after its signing key was stolen and replaced.
func (is issuer) compromise() issuer {
	stolen := is
	stolen.issue = must(keys.NewPrivateKey(testRand("another issue")))
	return stolen.next(func(t *keys.RootTemplate) {
		t.Keys[1].Status = keys.Compromised
		t.Keys = append(t.Keys, keys.Key{Index: 3, Public: stolen.issue.Public(), Roles: keys.RoleIssue | keys.RoleExport, Status: keys.Active})
	})
}

func (is issuer) authorize(id reserve.Identity, n reserve.Number, grants ...reserve.Grant) reserve.Authorization {
	return must(reserve.SignAuthorization(is.trust, id,
		reserve.Draft{Number: n, Sequence: uint32(n), Issued: testToday, Grants: grants}, is.issue))
}

func testUDI(serial string) reserve.UDI { return must(reserve.NewUDI("C9300-24T", serial)) }

// A clock is both clocks of a machine.
type clock struct {
	wall time.Time
	up   time.Duration
}

func newClock() *clock { return &clock{testNow, time.Hour} }

func (c *clock) pass(d time.Duration) { c.wall, c.up = c.wall.Add(d), c.up+d }

func (c *clock) options() []device.Option {
	return []device.Option{
		device.WithClock(func() time.Time { return c.wall }), device.WithUptime(func() time.Duration { return c.up }),
		device.WithRand(testRand("device")), device.WithWait(0),
	}
}

func create(t testing.TB, dir string, is issuer, options ...device.Option) *device.Device {
	t.Helper()
	d, err := device.Create(dir, testUDI("FCW2149L0KK"), is.trust, options...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func wantReason(t *testing.T, err error, want reserve.Reason) {
	t.Helper()
	if reason(err) != want {
		t.Fatalf("got %v, want a refusal for %q", err, want)
	}
}

// reason returns why an error refuses, if it does.
func reason(err error) reserve.Reason {
	var r *reserve.Refusal
	if errors.As(err, &r) {
		return r.Reason
	}
	return ""
}

// receipt parses the code of a result as an issuer would.
func receipt(t *testing.T, c codec.Code) reserve.Receipt {
	t.Helper()
	r, err := reserve.ParseReceipt(c.Body())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestMain serves the tests that need another process: this program, started with a word of ours.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == childWord {
		child(os.Args[2:])
		return
	}
	os.Exit(m.Run())
}
