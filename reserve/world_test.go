package reserve

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"tallystick/keys"
	"tallystick/testvectors/labeled"
)

const testCatalogText = `{
  "schema": "tallystick/catalog/1", "name": "test switch", "version": 1, "evaluation_days": 90,
  "terms": ["1m", "1y", "3y"],
  "products": [{"name": "Switch", "product_ids": ["C9300-24T"], "entitlements": ["essentials", "advantage", "premier", "ports", "crypto", "telemetry"]}],
  "entitlements": [
    {"id": 1, "tag": "essentials", "name": "Essentials", "metric": "device", "unit": "device", "class": "enforced", "grace_days": 90},
    {"id": 2, "tag": "advantage", "name": "Advantage", "includes": ["essentials"], "metric": "device", "unit": "device", "class": "enforced", "grace_days": 90},
    {"id": 3, "tag": "premier", "name": "Premier", "includes": ["advantage"], "metric": "device", "unit": "device", "class": "enforced", "grace_days": 0},
    {"id": 4, "tag": "ports", "name": "Ports", "metric": "capacity", "unit": "port", "class": "enforced", "grace_days": 90},
    {"id": 5, "tag": "crypto", "name": "Strong encryption", "metric": "device", "unit": "device", "class": "export-controlled", "grace_days": 0},
    {"id": 6, "tag": "telemetry", "name": "Telemetry", "metric": "capacity", "unit": "flow", "class": "unenforced", "grace_days": 0}
  ]
}`

func testRand(label string) io.Reader { return labeled.Reader(label) }

var (
	testNow   = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	testToday = keys.DayOf(testNow)
)

type issuer struct {
	trust       Trust
	root, issue keys.PrivateKey
}

func testKey(t testing.TB, label string) keys.PrivateKey {
	t.Helper()
	k, err := keys.NewPrivateKey(testRand(label))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newTestIssuer(t testing.TB, name string, training bool) issuer {
	t.Helper()
	is := issuer{root: testKey(t, name+" root"), issue: testKey(t, name+" issue")}
	catalog, err := ReadCatalog([]byte(testCatalogText))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := testTemplate(is, name, training, catalog).Sign(nil, is.root)
	if err != nil {
		t.Fatal(err)
	}
	if is.trust, err = NewTrust([][]byte{signed}, catalog.Raw()); err != nil {
		t.Fatal(err)
	}
	return is
}

func testTemplate(is issuer, name string, training bool, c Catalog) keys.RootTemplate {
	return keys.RootTemplate{
		Name: name, Training: training, Issued: testToday, RevalidateHours: 24, CatalogDigest: c.Digest(),
		Keys: []keys.Key{
			{Index: 1, Public: is.root.Public(), Roles: keys.RoleRoot, Status: keys.Active},
			{Index: 2, Public: is.issue.Public(), Roles: keys.RoleIssue | keys.RoleExport, Status: keys.Active},
		},
		Policies: []keys.Policy{
			{Role: keys.RoleRoot, Threshold: 1}, {Role: keys.RoleIssue, Threshold: 1}, {Role: keys.RoleExport, Threshold: 1},
		},
	}
}

func testDevice(t testing.TB, is issuer, serial string) Unreserved {
	t.Helper()
	udi, err := NewUDI("C9300-24T", serial)
	if err != nil {
		t.Fatal(err)
	}
	u, err := NewInstance(udi, is.trust, testRand("device "+serial), testNow)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func (is issuer) authorize(t testing.TB, id Identity, n Number, grants ...Grant) Authorization {
	t.Helper()
	a, err := SignAuthorization(is.trust, id, Draft{Number: n, Sequence: 7, Issued: testToday, Grants: grants}, is.issue)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func install(t testing.TB, i Instance, a Authorization) Reserved {
	t.Helper()
	r, repeated, err := Install(i, a.Body(), testNow)
	if err != nil || repeated {
		t.Fatalf("Install: repeated %v, %v", repeated, err)
	}
	return reload(t, r).(Reserved)
}

// reload passes a record through its durable form.
func reload(t testing.TB, i Instance) Instance {
	t.Helper()
	back, err := ParseInstance(Encode(i))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(Encode(back), Encode(i)) {
		t.Fatal("the durable form changed on its way")
	}
	return back
}

func wantReason(t testing.TB, err error, want Reason) {
	t.Helper()
	var r *Refusal
	if !errors.As(err, &r) || r.Reason != want {
		t.Fatalf("got %v, want a refusal for %q", err, want)
	}
	if r.Text == "" || strings.HasSuffix(r.Text, ".") {
		t.Fatalf("refusal text %q", r.Text)
	}
}

func grants(end keys.Day) []Grant {
	return []Grant{{Entitlement: 2, Count: 1, Ends: end}, {Entitlement: 5, Count: 1, Ends: end}, {Entitlement: 4, Count: 24, Ends: end}}
}

// replaced returns the trust after the issuing key was compromised and another one took its place.
// change, which may be nil, edits the trust root besides.
func (is issuer) replaced(t testing.TB, fresh keys.PrivateKey, change func(*keys.RootTemplate)) Trust {
	t.Helper()
	root := is.trust.Root()
	template := root.Template()
	template.Keys[1].Status = keys.Compromised
	template.Keys = append(template.Keys, keys.Key{Index: 3, Public: fresh.Public(), Roles: keys.RoleIssue | keys.RoleExport, Status: keys.Active})
	if change != nil {
		change(&template)
	}
	signed, err := template.Sign(&root, is.root)
	if err != nil {
		t.Fatal(err)
	}
	newer, err := NewTrust([][]byte{root.Raw(), signed}, is.trust.Catalog().Raw())
	if err != nil {
		t.Fatal(err)
	}
	return newer
}
