package cmd_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

var faultFlips = flag.Int("faults.flips", 90, "how many bits of the ledger are changed, one at a time")

const pageSize = 4096 // of the ledger, in bytes

// TestDamagedLedger changes bits of the ledger, in every page of it. A verb that reads such a page
// refuses, the others answer as ever: none answers wrongly.
func TestDamagedLedger(t *testing.T) {
	d := newDamaged(t)
	reads := []string{"tally-issuer account show acme", "tally-issuer device show SN1", "tally-issuer license list"}
	writes := []string{
		"tally-issuer authorize --device SN1 --grant dna-advantage=5 --op third --yes --passphrase-fd 3",
		"tally-issuer authorize --device SN1 --grant dna-advantage=4 --op second --yes --passphrase-fd 3",
		"tally-issuer receive " + d.codes["confirmation"],
	}
	name, random := "home/ledger.db", rand.New(rand.NewPCG(1, 1))
	lines := append(reads, writes...)
	want := d.answers(lines, name, 0, 0)
	seen := map[string]int{}
	flips := *faultFlips
	if testing.Short() {
		flips = 20
	}
	for i := range flips {
		at := usedByte(d.whole[name], i, random)
		mask := byte(1) << random.IntN(8)
		got := d.answers(lines, name, at, mask)
		d.mend(name, at, mask)
		if d.verify() == nil {
			t.Errorf("byte %d, bit %#x: the ledger verifies", at, mask)
		}
		outcome := compare(want, got)
		seen[outcome]++
		if outcome != "right" && outcome != fmt.Sprint("exit ", cli.ExitDamaged) {
			t.Errorf("byte %d, bit %#x: %s", at, mask, outcome)
		}
		for j, a := range got {
			if strings.Contains(a.raw, "\"internal\"") || strings.Contains(a.raw, "Scan error") && a.status != cli.ExitDamaged {
				t.Errorf("byte %d, bit %#x, %q: %s", at, mask, lines[j], a.raw)
			}
		}
	}
	t.Logf("%d bits of %d pages: %v", flips, len(d.whole[name])/pageSize, seen)
}

// answers takes each verb on a ledger that is damaged in the same way.
func (d *damaged) answers(lines []string, name string, at int, mask byte) (out []outcome) {
	for _, line := range lines {
		d.mend(name, at, mask)
		status, a := d.inProcess(line)
		out = append(out, outcome{status, a.raw})
	}
	return out
}

// An outcome is what a verb came to.
type outcome struct {
	status int
	raw    string
}

// compare names what damage did to the answers: nothing, a refusal with some exit status, or worst
// of all an answer that is wrong.
func compare(want, got []outcome) string {
	var what []string
	for i := range want {
		switch {
		case got[i] == want[i]:
		case got[i].status == cli.ExitDone:
			what = append(what, "wrong")
		default:
			what = append(what, fmt.Sprint("exit ", got[i].status))
		}
	}
	slices.Sort(what)
	what = slices.Compact(what)
	if len(what) == 0 {
		return "right"
	}
	return strings.Join(what, ", ")
}

// usedByte returns a place where something is written: for the first of them in each page, then
// anywhere.
func usedByte(data []byte, i int, random *rand.Rand) int {
	from, to := 0, len(data)
	if i < len(data)/pageSize {
		from, to = i*pageSize, (i+1)*pageSize
	}
	var used []int
	for at := from; at < to; at++ {
		if data[at] != 0 {
			used = append(used, at)
		}
	}
	if len(used) == 0 {
		return from + random.IntN(to-from)
	}
	return used[random.IntN(len(used))]
}

func (d *damaged) verify() error {
	l, err := ledger.OpenReadOnly(filepath.Join(d.dir, "home", "ledger.db"))
	if err != nil {
		return err
	}
	defer l.Close()
	return l.Verify(d.t.Context(), reserve.Trust{}, nil)
}

// TestDamagedLog changes bits of the log that a killed process left. SQLite drops what comes after
// such a place; the anchor tells that something is missing, and nothing is issued.
func TestDamagedLog(t *testing.T) {
	d := newDamaged(t)
	before, err := os.ReadFile(filepath.Join(d.dir, "home", "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	d.leaveLog()
	if now, err := os.ReadFile(filepath.Join(d.dir, "home", "ledger.db")); err != nil || !bytes.Equal(now, before) {
		t.Fatal(errors.Join(err, errors.New("the log was taken up already")))
	}
	d.whole = map[string][]byte{}
	d.keep()
	name, random := "home/ledger.db-wal", rand.New(rand.NewPCG(1, 1))
	line := "tally-issuer authorize --device SN1 --grant dna-advantage=5 --op third --yes --passphrase-fd 3"
	seen, flips := map[int]int{}, 100
	if testing.Short() {
		flips = 15
	}
	want := d.answers([]string{line}, name, 0, 0)
	for range flips {
		at, mask := random.IntN(len(d.whole[name])), byte(1)<<random.IntN(8)
		got := d.answers([]string{line}, name, at, mask)
		seen[got[0].status]++
		switch {
		case got[0] == want[0], got[0].status == cli.ExitQuarantined, got[0].status == cli.ExitDamaged:
		default:
			t.Errorf("byte %d of the log, bit %#x: exit status %d\n%s", at, mask, got[0].status, got[0].raw)
		}
	}
	t.Logf("exit statuses %v", seen)
}
