package reserve

import (
	"errors"
	"slices"
	"testing"
)

// TestInspect: what a person is told of a code, with the device and the issuer known and without.
func TestInspect(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	id := dev.Identity()
	a := is.authorize(t, id, 1, grants(testToday+900)...)
	held := install(t, dev, a)
	_, status := Report(held)
	other := testDevice(t, is, "B2").Identity()
	for _, c := range []struct {
		name     string
		body     []byte
		kind     uint16
		id       Identity
		trust    Trust
		verified bool
		finding  string
	}{
		{"a request", dev.Request().Body(), 1, id, is.trust, false,
			"a request certifies only itself; compare the fingerprint with the device's"},
		{"an authorization", a.Body(), 2, id, is.trust, true, ""},
		{"an authorization for another device", a.Body(), 2, other, is.trust, false,
			"the code is for device " + HintText(id.did.Prefix()) + "; this is C9300-24T:B2, device " + HintText(other.did.Prefix())},
		{"an authorization, no device known", a.Body(), 2, Identity{}, is.trust, false, "nothing here to verify it against"},
		{"an authorization, no issuer known", a.Body(), 2, id, Trust{}, false, "nothing here to verify it against"},
		{"a confirmation", held.Receipt().Body(), 3, id, is.trust, true, ""},
		{"a confirmation of another device", held.Receipt().Body(), 3, other, is.trust, false,
			"the code is not a confirmation or return of C9300-24T:B2"},
		{"a confirmation, no device known", held.Receipt().Body(), 3, Identity{}, is.trust, false, "the device is not known here"},
		{"a status report", status.Body(), 4, id, is.trust, true, ""},
		{"a status report of another device", status.Body(), 4, other, is.trust, false,
			"the status report is of device " + HintText(id.did.Prefix()) + ", not of C9300-24T:B2, device " + HintText(other.did.Prefix())},
		{"a status report, no device known", status.Body(), 4, Identity{}, is.trust, false, "the device is not known here"},
		{"a bundle", is.trust.Body(), 10, id, is.trust, false,
			"a bundle certifies only itself; compare the fingerprint with the issuer's"},
	} {
		kind := Kinds()[c.kind-1]
		x, err := Inspect(kind, c.body, c.trust, c.id)
		finding := ""
		if x.Finding != nil {
			finding = x.Finding.Error()
		}
		if err != nil || x.Kind != kind || x.Verified != c.verified || finding != c.finding {
			t.Errorf("%s: verified %v, finding %q, %v; want %q", c.name, x.Verified, finding, err, c.finding)
		}
		if c.verified && (x.UDI != id.UDI() || x.Fingerprint != id.DID().String()) {
			t.Errorf("%s: %s, %s", c.name, x.UDI, x.Fingerprint)
		}
	}
}

// What is shown of each kind, beside who it is of.
func TestInspectContent(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	id := dev.Identity()
	a := is.authorize(t, id, 1, grants(testToday+900)...)
	held := install(t, dev, a)
	_, status := Report(held)
	read := func(number uint16, body []byte) Inspection {
		t.Helper()
		x, err := Inspect(Kinds()[number-1], body, is.trust, id)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	if x := read(1, dev.Request().Body()); x.UDI != id.UDI() || x.Device != id.DID().Prefix() || x.RootVersion != 1 || x.CatalogVersion != 1 {
		t.Errorf("request: %+v", x)
	}
	x := read(2, a.Body())
	if x.Number != 1 || x.Sequence != 7 || x.Issued != testToday || !slices.Equal(x.Grants, a.Grants()) || x.Training ||
		!slices.Equal(x.Signers, []uint8{2}) || x.Issuer != is.trust.Issuer() {
		t.Errorf("authorization: %+v", x)
	}
	if x := read(3, held.Return().Receipt().Body()); x.Position != ReturnAt(1) || x.Locator != id.DID().Locator() {
		t.Errorf("return: %+v", x)
	}
	if x := read(4, status.Body()); x.Floor != 2 || x.Installed != 1 || x.LatestDay != testToday || x.Statements != 1 {
		t.Errorf("status report: %+v", x)
	}
	if x := read(10, is.trust.Body()); x.IssuerName != "Example" || x.Issuer != is.trust.Issuer() || x.CatalogVersion != 1 {
		t.Errorf("bundle: %+v", x)
	}
	for _, k := range Kinds() {
		_, err := Inspect(k, nil, is.trust, id)
		if !Supported(k) && !errors.Is(err, &Refusal{Reason: Unsupported}) || Supported(k) && !errors.Is(err, &Refusal{Reason: Malformed}) {
			t.Errorf("nothing, as a %s: %v", k.Name, err)
		}
	}
}
