package reserve

import (
	"testing"

	"tallystick/keys"
)

// TestTrustThatTakesARoleAway has the trust root give the signing of authorizations to another key.
// What the old one signed stays installed, and nothing new of it is accepted.
func TestTrustThatTakesARoleAway(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	u := testDevice(t, is, "A1")
	r := install(t, u, is.authorize(t, u.Identity(), 1, Grant{2, 5, 0}))
	late := is.authorize(t, u.Identity(), 2, Grant{2, 6, 0})

	root := is.trust.Root()
	template := root.Template()
	template.Keys[1].Roles = keys.RoleLog
	template.Keys = append(template.Keys, keys.Key{Index: 3, Public: testKey(t, "new issue").Public(),
		Roles: keys.RoleIssue | keys.RoleExport, Status: keys.Active})
	template.Policies = append(template.Policies, keys.Policy{Role: keys.RoleLog, Threshold: 1})
	signed, err := template.Sign(&root, is.root)
	if err != nil {
		t.Fatal(err)
	}
	trust, err := NewTrust([][]byte{root.Raw(), signed}, is.trust.Catalog().Raw())
	if err != nil {
		t.Fatal(err)
	}
	next, changed, err := Obey(r, trust)
	if err != nil || !changed {
		t.Fatalf("obey: %v, %v", changed, err)
	}
	next = reload(t, next)
	if rights := NewRights(next); !rights.Licensed("advantage", 5, testToday) {
		t.Error("what is installed was taken away")
	}
	_, _, err = Install(next, late.Body(), testNow)
	wantReason(t, err, BadSignature)
}
