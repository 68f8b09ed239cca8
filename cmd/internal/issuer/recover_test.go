package issuer

import (
	"os"
	"path/filepath"
	"testing"

	"tallystick/reserve"
)

// putBack puts a copy of the home in its place.
func (f *office) putBack(copied string) {
	f.t.Helper()
	f.must(f.Close())
	f.must(os.RemoveAll(f.home))
	copyHome(copied, f.home)
	f.restart()
}

func (f *office) copyOfHome() string {
	f.t.Helper()
	f.must(f.Close())
	copied := filepath.Join(f.t.TempDir(), "copy")
	copyHome(f.home, copied)
	f.restart()
	return copied
}

// What is shown again was perhaps committed by a process that died before its anchor followed: the
// anchor has to stand for it before anybody sees it.
func TestWhatIsShownIsBehindTheAnchor(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 1, 0)
	u := f.newDevice("A1")
	copied := f.copyOfHome()
	before, err := os.ReadFile(f.anchorFile())
	f.must(err)
	f.authorize(f.request(u, "dna-advantage=1"))
	f.must(os.WriteFile(f.anchorFile(), before, 0o600)) // the machine stopped before the anchor followed
	f.restart()
	f.install(u, f.authorize(f.request(u, "dna-advantage=1")))
	f.putBack(copied)
	if _, err := f.tryAuthorize(f.request(f.newDevice("B2"), "dna-advantage=1")); reasonOf(err) != reserve.Frozen {
		t.Errorf("given twice: %v", err)
	}
}

// Older books that are put back after they were recovered once have forgotten that recovery, and what
// it issued: neither its numbers nor the name of its log come again.
func TestRecoverTwice(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 1, 0)
	u := f.newDevice("A1")
	held := f.install(u, f.authorize(f.request(u, "dna-advantage=1")))
	f.confirmed(held)
	copied := f.copyOfHome()
	f.must(f.open1("later"))
	numbers := map[reserve.Number]bool{}
	for round := range 3 {
		f.putBack(copied)
		r, _, err := f.BeginRecovery(ctx, Memo{}, false)
		f.must(err)
		if r.Epoch != round+2 {
			t.Errorf("recovery %d begins epoch %d", round+1, r.Epoch)
		}
		if round > 0 { // the device says how far it is: else the number would be out of its reach
			next, report := reserve.Report(held)
			held = next.(reserve.Reserved)
			if _, err := f.receive(report.Code()); reasonOf(err) != reserve.Suspect {
				t.Errorf("a report of what was lost: %v", err)
			}
		}
		out, err := f.Rebase(ctx, "A1", round == 2, Memo{}, false)
		f.must(err)
		if numbers[out.Number] {
			t.Errorf("number %d was given by a recovery before", out.Number)
		}
		numbers[out.Number] = true
		f.confirmed(held) // of what the recovery before gave it
		if _, err := f.FinishRecovery(ctx, false, Memo{}, false); reasonOf(err) != reserve.Frozen {
			t.Fatalf("recovery %d was finished with a device that is not settled: %v", round+1, err)
		}
		held = f.install(held, out)
		f.confirmed(held)
		if _, err := f.FinishRecovery(ctx, false, Memo{}, false); err != nil {
			t.Fatal(err)
		}
	}
}
