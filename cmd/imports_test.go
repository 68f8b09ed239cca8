package cmd_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "tallystick/"

// arrows are the imports that each package may have, of ours and from outside the standard library.
// One that isn't listed may have none.
var arrows = map[string]struct{ ours, others []string }{
	"codec":                   {nil, []string{"golang.org/x/crypto/cryptobyte"}},
	"keys":                    {[]string{"codec", "keys/internal/seed"}, []string{"filippo.io/edwards25519"}},
	"keys/internal/seed":      {},
	"keys/keyring":            {[]string{"codec", "keys", "keys/internal/seed"}, []string{"filippo.io/age", "filippo.io/age/armor"}},
	"reserve":                 {[]string{"codec", "keys"}, nil},
	"reserve/device":          {[]string{"codec", "keys", "reserve"}, []string{"golang.org/x/sys/unix"}},
	"testvectors/labeled":     {},
	"testvectors/corpus":      {[]string{"testvectors"}, nil},
	"testvectors":             {},
	"cmd/internal/chart":      {},
	"cmd/internal/compliance": {[]string{"keys"}, nil},
	"cmd/internal/durable":    {},
	"cmd/internal/journal":    {[]string{"keys", "reserve"}, []string{"golang.org/x/mod/sumdb/note", "golang.org/x/mod/sumdb/tlog"}},
	"cmd/internal/ledger": {[]string{"cmd/internal/compliance", "cmd/internal/durable", "cmd/internal/journal", "keys", "reserve"},
		[]string{"github.com/ncruces/go-sqlite3", "github.com/ncruces/go-sqlite3/driver", "github.com/ncruces/go-sqlite3/util/vfsutil", "github.com/ncruces/go-sqlite3/vfs", "golang.org/x/mod/sumdb/tlog"}},
	"cmd/internal/resolve":         {[]string{"codec", "reserve"}, nil},
	"cmd/internal/issuer":          {[]string{"cmd/internal/compliance", "cmd/internal/durable", "cmd/internal/journal", "cmd/internal/ledger", "cmd/internal/resolve", "codec", "keys", "keys/keyring", "reserve"}, nil},
	"cmd/internal/bigledger":       {[]string{"cmd/internal/issuer", "cmd/internal/ledger", "keys", "keys/keyring", "reserve", "testvectors", "testvectors/labeled"}, nil},
	"cmd/internal/term":            {[]string{"codec"}, []string{"golang.org/x/term", "golang.org/x/sys/unix"}},
	"cmd/internal/table":           {[]string{"cmd/internal/durable", "cmd/internal/term"}, nil},
	"cmd/internal/table/tabletest": {},
	"cmd/internal/qr":              {nil, []string{"github.com/mdp/qrterminal/v3", "rsc.io/qr"}},
	"cmd/internal/cli":             {[]string{"cmd/internal/qr", "cmd/internal/resolve", "cmd/internal/term", "codec", "keys", "reserve"}, []string{"github.com/urfave/cli/v2", "golang.org/x/sys/unix"}},
	"cmd/internal/cli/clitest":     {[]string{"cmd/internal/cli"}, []string{"github.com/urfave/cli/v2"}},
	"cmd/tally-device":             {[]string{"cmd/internal/cli", "cmd/tally-device/cli"}, nil},
	"cmd/tally-issuer":             {[]string{"cmd/internal/cli", "cmd/tally-issuer/cli"}, nil},
	"cmd/tally-device/cli": {[]string{"cmd/internal/cli", "cmd/internal/resolve", "cmd/internal/term", "cmd/internal/qr", "codec", "keys", "reserve", "reserve/device"},
		[]string{"github.com/urfave/cli/v2"}},
	"cmd/tally-issuer/cli": {[]string{"cmd/internal/chart", "cmd/internal/cli", "cmd/internal/compliance", "cmd/internal/issuer", "cmd/internal/journal", "cmd/internal/ledger", "cmd/internal/resolve", "cmd/internal/table", "cmd/internal/term", "cmd/internal/qr",
		"codec", "keys", "keys/keyring", "reserve", "reserve/device", "testvectors"}, []string{"github.com/urfave/cli/v2"}},
}

// goList runs go list in the module's root for linux/amd64 without cgo, as the programs are built.
func goList(t *testing.T, args ...string) []byte {
	t.Helper()
	c := exec.Command("go", append([]string{"list"}, args...)...)
	c.Dir = ".."
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	return out
}

func TestImportArrows(t *testing.T) {
	d := json.NewDecoder(strings.NewReader(string(goList(t, "-json=ImportPath,Imports", "./..."))))
	seen := 0
	for d.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, module)
		if name == "cmd" { // tests alone
			continue
		}
		rule, ok := arrows[name]
		if !ok {
			t.Errorf("package %s has no rule", name)
			continue
		}
		seen++
		for _, i := range p.Imports {
			ours, isOurs := strings.CutPrefix(i, module)
			outside := strings.Contains(strings.SplitN(i, "/", 2)[0], ".")
			if isOurs && !slices.Contains(rule.ours, ours) || outside && !slices.Contains(rule.others, i) {
				t.Errorf("package %s imports %s", name, i)
			}
		}
	}
	if seen < len(arrows) {
		t.Errorf("%d rules for %d packages", len(arrows), seen)
	}
}

// TestNoNetwork shows that neither program contains network code, with and without the tag that
// releases are built with.
func TestNoNetwork(t *testing.T) {
	for _, program := range []string{"./cmd/tally-device", "./cmd/tally-issuer"} {
		for _, tags := range []string{"", "urfave_cli_no_docs"} {
			deps := strings.Fields(string(goList(t, "-deps", "-tags", tags, program)))
			for _, dep := range deps {
				if dep == "net" || strings.HasPrefix(dep, "net/") && dep != "net/netip" && dep != "net/url" || dep == "crypto/tls" {
					t.Errorf("%s links %s", program, dep)
				}
			}
			if !slices.Contains(deps, module+"reserve") {
				t.Errorf("%s: the list of packages is not what it should be", program)
			}
		}
	}
}

// TestDeviceCannotSign shows that the device's program has no ledger, no issuer and no keyring.
func TestDeviceCannotSign(t *testing.T) {
	for _, dep := range strings.Fields(string(goList(t, "-deps", "./cmd/tally-device"))) {
		for _, never := range []string{module + "cmd/internal/ledger", module + "cmd/internal/issuer", module + "keys/keyring", "database/sql",
			"github.com/ncruces/", "filippo.io/age", module + "testvectors"} {
			if strings.HasPrefix(dep, never) {
				t.Errorf("tally-device links %s", dep)
			}
		}
	}
}

// TestDeviceIsSmall builds the device's program as it is released.
func TestDeviceIsSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	const most = 6_000_000 // bytes
	target := filepath.Join(t.TempDir(), "tally-device")
	c := exec.Command("go", "build", "-tags", "urfave_cli_no_docs", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", target, "./tally-device")
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	info, err := os.Stat(target)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", info.Size())
	if info.Size() >= most {
		t.Errorf("tally-device has %d bytes, want under %d", info.Size(), most)
	}
}
