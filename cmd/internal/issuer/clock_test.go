package issuer

import (
	"strings"
	"testing"

	"tallystick/reserve"
)

// TestTrustRootOfAWrongClock: new devices begin with the day of the trust root. One that was signed
// with a clock years ahead has to be mended by the next, or every device to come would think that
// all subscriptions have ended.
func TestTrustRootOfAWrongClock(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, f.today()+500)
	right := f.now
	f.now = right.AddDate(14, 0, 0)
	f.edition(func(s string) string { return s })
	f.now = right
	early := f.newDevice("A1")
	_, _, err := reserve.Install(early, f.authorize(f.request(early, "dna-advantage=1")).Authorization, f.now)
	wantReason(t, err, reserve.AuthorizationExpired)
	trust, err := f.Trust(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(trust.Catalog().Raw()), `"version":2`, `"version":3`, 1)
	if _, _, err := f.ImportCatalog(t.Context(), []byte(text), Memo{}, false); err != nil {
		t.Fatal(err)
	}
	late := f.newDevice("A2")
	if _, _, err := reserve.Install(late, f.authorize(f.request(late, "dna-advantage=1")).Authorization, f.now); err != nil {
		t.Errorf("after the next trust root: %v", err)
	}
}
