//go:build unix

package cmd_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tallystick/cmd/internal/cli"
)

// TestFilesMayNotGrow is TestFullDisk for everybody: the system lets no file grow beyond a size.
func TestFilesMayNotGrow(t *testing.T) {
	d := &trouble{site: newSite(t, 10), why: "file too large", most: 160}
	d.begin = func(blocks int) { d.shell = fmt.Sprintf("ulimit -f %d", blocks) } // of 512 bytes
	d.end = func() { d.shell = "" }
	d.live(t, rand.New(rand.NewPCG(2, 2)))
}

// TestAnswerThatCantBePrinted: what is done is done, the process says that nobody saw it, and the
// next one shows it.
func TestAnswerThatCantBePrinted(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Logf("NOT TESTED: %v", err)
		return
	}
	s := newSite(t, 10)
	s.run("tally-device init --product C9300-24T --serial SN1 --trust issuer.tally")
	code := s.code("tally-device request")
	for _, line := range []string{"tally-issuer authorize {} --from acme --grant dna-advantage=2 --op first --yes --passphrase-fd 3",
		"tally-device install {} --yes", "tally-issuer receive {}", "tally-device return --yes", "tally-issuer receive {}", "tally-device cancel --yes"} {
		line = strings.ReplaceAll(line, "{}", code)
		d := &trouble{site: s, shell: "exec 1>/dev/full"}
		before := sum(filepath.Join(s.dir, "state", "state")) + sum(filepath.Join(s.dir, "home", "ledger.db"))
		out, status := d.try(line)
		if status != cli.ExitFailed || !strings.Contains(out, "no space left on device") || !strings.Contains(out, "what was done is done") {
			t.Errorf("%q: exit status %d\n%s", line, status, out)
		}
		after := sum(filepath.Join(s.dir, "state", "state")) + sum(filepath.Join(s.dir, "home", "ledger.db"))
		answered, a := s.inProcess(line)
		if now := sum(filepath.Join(s.dir, "state", "state")) + sum(filepath.Join(s.dir, "home", "ledger.db")); before == after || now != after || answered != 0 {
			t.Errorf("%q: done %v, done again %v, exit status %d\n%s", line, before != after, now != after, answered, a.raw)
		}
		if a.Code != "" {
			code = a.Code
		}
	}
}
