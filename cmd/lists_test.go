package cmd_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"tallystick/cmd/internal/table/tabletest"
)

// The pages of lists in a real browser, with what hostile people write.
func TestListPages(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	s := manager(t)
	s.run(`tally-issuer device label FCW2149L001 <img/src=x/onerror=alert(1)> --passphrase-fd 3`)
	s.run(`tally-issuer license add --account beta --entitlement dna-premier --quantity 1 --perpetual --order =cmd|</td><script>alert(1)</script> --passphrase-fd 3`)
	pages := map[string]string{
		"devices":        "device list",
		"some-devices":   "device list acme --below --entitlement dna-premier --limit 2",
		"device-columns": "device list --columns all",
		"licenses":       "license list --sort account,entitlement",
		"accounts":       "account list",
		"authorizations": "export authorizations",
		"journal":        "export journal --columns all",
		"nothing":        "device list --label nobody",
	}
	b := tabletest.Start(t)
	dir := pictureFolder(t)
	for page, verb := range pages {
		s.run(fmt.Sprintf("tally-issuer %s --out %s.html", verb, page))
		b.Check(filepath.Join(s.dir, page+".html"), dir)
		b.Screen(1280, 800, false)
		var hidden int // pixels to the right of what is seen
		b.Run(`Math.max(0, ...Array.from(document.querySelectorAll(".list"), (list) => list.scrollWidth - list.clientWidth))`, &hidden)
		if hidden > 0 != strings.Contains(verb, "all") {
			t.Errorf("%s: %d pixels don't fit a screen of 1280", page, hidden)
		}
	}
}
