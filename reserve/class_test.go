package reserve

import (
	"strings"
	"testing"

	"tallystick/keys"
)

// TestClassOfToday has a newer catalog make export-controlled what a device holds, and have it
// include what always was. Neither may be used until the export role has signed.
func TestClassOfToday(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	export := testKey(t, "export officer")
	template := testTemplate(is, "Example", false, is.trust.Catalog())
	template.Keys[1].Roles = keys.RoleIssue
	template.Keys = append(template.Keys,
		keys.Key{Index: 3, Public: export.Public(), Roles: keys.RoleIssue | keys.RoleExport, Status: keys.Active})
	first, err := template.Sign(nil, is.root)
	if err != nil {
		t.Fatal(err)
	}
	trust, err := NewTrust([][]byte{first}, is.trust.Catalog().Raw())
	if err != nil {
		t.Fatal(err)
	}
	dev := testDevice(t, issuer{trust: trust}, "A1")
	draft := Draft{Number: 1, Issued: testToday, Grants: []Grant{{1, 1, 0}, {2, 1, 0}, {4, 3, 0}}}
	a, err := SignAuthorization(trust, dev.Identity(), draft, is.issue)
	if err != nil {
		t.Fatal(err)
	}
	held := install(t, dev, a)

	text := strings.NewReplacer(`"version": 1`, `"version": 2`,
		`"includes": ["essentials"], "metric": "device", "unit": "device", "class": "enforced"`,
		`"includes": ["crypto"], "metric": "device", "unit": "device", "class": "export-controlled"`,
		`"includes": ["advantage"], `, ``).Replace(testCatalogText)
	catalog := mustReadCatalog(t, []byte(text))
	root := trust.Root()
	template = root.Template()
	template.CatalogDigest = catalog.Digest()
	second, err := template.Sign(&root, is.root)
	if err != nil {
		t.Fatal(err)
	}
	if trust, err = NewTrust([][]byte{first, second}, catalog.Raw()); err != nil {
		t.Fatal(err)
	}
	next, _, err := Obey(held, trust)
	if err != nil {
		t.Fatal(err)
	}
	next = reload(t, next)

	check := func(tag string, licensed bool, state string, own uint64) {
		t.Helper()
		rights := NewRights(next)
		if got := rights.Ask(tag, 1, testToday); got.Licensed != licensed || got.State != state || got.Held != own {
			t.Errorf("%s: %+v, want licensed %v, %s, %d held", tag, got, licensed, state, own)
		}
	}
	check("essentials", true, StateReserved, 1)
	check("ports", true, StateReserved, 3)
	check("advantage", false, StateWaiting, 1)
	check("crypto", false, StateWaiting, 0)
	if s := Summarize(next, testToday); s.ExportControl != ExportNotAllowed || s.Authorization != AuthorizedStatus {
		t.Errorf("%+v", s)
	}

	draft.Number = 2
	_, err = SignAuthorization(trust, dev.Identity(), draft, is.issue)
	wantReason(t, err, ThresholdNotMet)
	if a, err = SignAuthorization(trust, dev.Identity(), draft, export); err != nil {
		t.Fatal(err)
	}
	next = install(t, next, a)
	check("advantage", true, StateReserved, 1)
	check("crypto", true, StateReserved, 0)
	if s := Summarize(next, testToday); s.ExportControl != ExportAllowed {
		t.Errorf("%+v", s)
	}
}
