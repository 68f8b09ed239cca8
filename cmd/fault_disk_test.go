package cmd_test

import (
	"bytes"
	cryptorand "crypto/rand"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
)

// faultLife is a life of an issuer and a device, in which every verb writes. {} stands for the code
// that was printed last, @ for the site's directory.
var faultLife = []string{
	"tally-issuer license add --account acme --entitlement dna-advantage --quantity 5 --perpetual --op order-2 --passphrase-fd 3",
	"tally-issuer account new acme/more --passphrase-fd 3",
	"tally-issuer account set acme --export-control on --passphrase-fd 3",
	"tally-device init --product C9300-24T --serial SN1 --trust @/issuer.tally",
	"tally-device request",
	"tally-issuer authorize {} --from acme --grant dna-advantage=2 --op first --yes --passphrase-fd 3",
	"tally-device install {} --yes",
	"tally-issuer receive {}",
	"tally-issuer key new --name second --role issue --passphrase-fd 3",
	"tally-issuer trust publish --out @/issuer.tally",
	"tally-device trust update @/issuer.tally",
	"tally-device report",
	"tally-issuer receive {}",
	"tally-issuer authorize --device SN1 --grant dna-advantage=3 --op second --yes --passphrase-fd 3",
	"tally-issuer reprint --device SN1",
	"tally-device return --yes",
	"tally-issuer receive {}",
	"tally-device cancel --yes",
	"tally-issuer receive {}",
	"tally-issuer init --home @/other --name Other --catalog @/catalog.json --passphrase-fd 3",
}

// A trouble is something that the disk has for a while.
type trouble struct {
	site
	begin func(level int) // an error is wanted while it lasts, or that the verb is done
	end   func()
	shell string // that a command is run by; empty for none
	why   string // what the system says of it
	most  int    // levels are below it
}

// live takes a life through the trouble: at every step it fails at several levels, cleanly, and once
// the trouble is over the same command does it, and shows the same code ever after.
func (d *trouble) live(t *testing.T, random *rand.Rand) {
	code, failed := "", 0
	for _, line := range faultLife {
		line = strings.NewReplacer("{}", code, "@", d.dir).Replace(line)
		levels := []int{0, random.IntN(d.most), random.IntN(d.most)}
		if testing.Short() {
			levels = levels[:1]
		}
		slices.Sort(levels)
		done := false
		for _, level := range levels {
			before := d.visible()
			d.begin(level)
			out, status := d.try(line)
			d.end()
			if done = status == cli.ExitDone; done {
				break
			}
			failed++
			d.checkFailure(line, out, status)
			if now := d.visible(); now != before {
				t.Fatalf("%q failed, and changed\n%s\nto\n%s", line, before, now)
			}
		}
		again := d.settle(line, done)
		if again.Code != "" {
			code = again.Code
		}
	}
	t.Logf("%d commands failed, none did half of it", failed)
	if failed < len(faultLife)/2 {
		t.Errorf("of %d commands only %d failed", len(faultLife), failed)
	}
}

// settle takes a verb when there is no trouble, twice: it shows the same both times.
func (d *trouble) settle(line string, done bool) answer {
	d.t.Helper()
	once := strings.Contains(line, " init ")
	if once && done {
		return answer{}
	}
	status, first := d.inProcess(line)
	if status != 0 {
		d.t.Fatalf("with the trouble over, %q: exit status %d\n%s", line, status, first.raw)
	}
	if once {
		return answer{}
	}
	if status, second := d.inProcess(line); status != 0 || second.Code != first.Code {
		d.t.Fatalf("%q shows %q, then %q", line, first.Code, second.Code)
	}
	return first
}

// checkFailure wants to be told what happened to which file. Nothing is damaged, so it is not 12.
func (d *trouble) checkFailure(line, out string, status int) {
	d.t.Helper()
	if status != cli.ExitFailed || !strings.Contains(out, d.why) || !strings.Contains(out, d.dir) || strings.Contains(out, "pragma") ||
		!strings.Contains(out, "hint: make room on that disk") {
		d.t.Fatalf("%q: exit status %d, want %d, a file and %q\n%s", line, status, cli.ExitFailed, d.why, out)
	}
}

// visible is what both programs say of everything.
func (d *trouble) visible() string {
	d.t.Helper()
	var all strings.Builder
	for _, line := range []string{"tally-issuer account show acme", "tally-issuer account list", "tally-issuer device list",
		"tally-issuer license list", "tally-issuer trust show", "tally-device status"} {
		status, a := d.inProcess(line)
		if status != 0 { // an init that was cut short is told from none; that is no change
			a.raw = fmt.Sprintln(line, status)
		}
		all.WriteString(a.raw)
	}
	fmt.Fprintln(&all, sum(filepath.Join(d.dir, "issuer.tally")), sum(filepath.Join(d.dir, "other", "keyring.age")))
	return all.String()
}

func (d *trouble) try(line string) (out string, status int) {
	words := strings.Fields(line)
	c := d.command(words[0], words[1:]...)
	if d.shell != "" {
		c.Args = append([]string{"sh", "-c", d.shell + `; exec "$@"`, "sh"}, c.Args...)
		c.Path = "/bin/sh"
	}
	var text bytes.Buffer
	c.Stdout, c.Stderr = &text, &text
	if err := c.Run(); err != nil && c.ProcessState == nil {
		d.t.Fatal(err)
	}
	return text.String(), c.ProcessState.ExitCode()
}

// leaveLog leaves the ledger as a process does that is killed after a commit.
func (s site) leaveLog() {
	s.t.Helper()
	home, copied := filepath.Join(s.dir, "home"), filepath.Join(s.dir, "copy")
	w := issuer.World{Now: time.Now, Rand: cryptorand.Reader, Actor: "killed", AnchorDir: filepath.Join(s.dir, "anchors", "tallystick")}
	is, err := issuer.Open(home, w)
	if err != nil {
		s.t.Fatal(err)
	}
	_, err = is.Reprint(s.t.Context(), "SN1", 0)
	err = errors.Join(err, os.CopyFS(copied, os.DirFS(home)), is.Close(), os.RemoveAll(home), os.Rename(copied, home),
		os.Remove(filepath.Join(home, "ledger.db-shm")))
	if err != nil {
		s.t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(home, "ledger.db-wal")); err != nil || info.Size() == 0 {
		s.t.Fatalf("the process left no log: %v", err)
	}
}
