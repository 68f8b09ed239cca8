package issuer

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// restart is the next process on a home.
func (f *office) restart() {
	f.t.Helper()
	_ = f.Close() // it may be closed already
	is, err := Open(f.home, f.world)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { is.Close() })
	if f.Officer, err = is.Unlock([]byte(testPassphrase)); err != nil {
		f.t.Fatal(err)
	}
}

func (f *office) anchorFile() string {
	f.t.Helper()
	names, err := filepath.Glob(filepath.Join(f.world.AnchorDir, "*.anchor"))
	if err != nil || len(names) != 1 {
		f.t.Fatalf("anchors: %q, %v", names, err)
	}
	return names[0]
}

// open1 opens an account, which stands here for any act that writes.
func (f *office) open1(path string) error {
	_, _, err := f.NewAccount(context.Background(), mustPath(path), Settings{}, Memo{}, false)
	return err
}

func (f *office) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// An older copy of the books that is put back under its anchor is seen before anything is signed.
func TestOlderBooksAreFrozen(t *testing.T) {
	f := newOffice(t)
	f.must(f.Close())
	copied := filepath.Join(t.TempDir(), "copy")
	copyHome(f.home, copied)
	f.restart()
	f.must(f.open1("later"))
	f.must(f.Close())
	f.must(os.RemoveAll(f.home))
	copyHome(copied, f.home)
	f.restart()
	if err := f.open1("again"); reasonOf(err) != reserve.Frozen {
		t.Errorf("an older copy: %v, want %s", err, reserve.Frozen)
	}
	if err := f.View(context.Background(), func(tx *ledger.Tx) error { _, err := tx.Accounts(); return err }); err != nil {
		t.Errorf("reading it: %v", err)
	}
	left, err := os.ReadDir(f.world.AnchorDir)
	if err != nil || len(left) != 1 {
		t.Errorf("left beside the anchor: %v, %v", left, err)
	}
}

// A view that began before another process committed is older than the anchor, and nothing is wrong.
func TestAnchorOfACommitDuringAView(t *testing.T) {
	f := newOffice(t)
	beside, err := Open(f.home, f.world)
	f.must(err)
	defer beside.Close()
	f.must(beside.View(context.Background(), func(tx *ledger.Tx) error {
		if _, _, err := tx.Head(); err != nil { // which begins it
			return err
		}
		f.must(f.open1("later"))
		return beside.Frozen(tx)
	}))
}

// So is another history that is as long as the one that was signed.
func TestOtherHistoryIsFrozen(t *testing.T) {
	f := newOffice(t)
	f.must(f.Close())
	copied := filepath.Join(t.TempDir(), "copy")
	copyHome(f.home, copied)
	f.restart()
	f.must(f.open1("here"))
	anchor, err := os.ReadFile(f.anchorFile())
	f.must(err)
	f.must(f.Close())
	f.must(os.RemoveAll(f.home))
	copyHome(copied, f.home)
	f.must(os.Remove(f.anchorFile()))
	f.restart()
	if err := f.open1("elsewhere"); reasonOf(err) != reserve.Frozen {
		t.Errorf("without an anchor: %v, want %s", err, reserve.Frozen)
	}
	f.must(f.runBehind(context.Background(), false, false, func(tx *ledger.Tx) error {
		trust, err := tx.Trust()
		if err != nil {
			return err
		}
		if err := tx.AddAccount(mustPath("elsewhere"), ledger.Settings{}); err != nil {
			return err
		}
		_, err = f.append(tx, trust, eventAccount, "", accountEvent{})
		return err
	}))
	f.must(os.WriteFile(f.anchorFile(), anchor, 0o600))
	if err := f.open1("more"); reasonOf(err) != reserve.Frozen {
		t.Errorf("another history: %v, want %s", err, reserve.Frozen)
	}
}

// What dies between the commit and the anchor leaves the anchor behind, which is no harm.
func TestAnchorBehindIsFine(t *testing.T) {
	f := newOffice(t)
	before, err := os.ReadFile(f.anchorFile())
	f.must(err)
	f.must(f.open1("one"))
	f.must(os.WriteFile(f.anchorFile(), before, 0o600))
	f.restart()
	f.must(f.open1("two"))
	after, err := os.ReadFile(f.anchorFile())
	f.must(err)
	if string(after) == string(before) {
		t.Error("the anchor did not follow")
	}
}

// An anchor that can't be written is found out before anything is committed.
func TestAnchorThatCantBeWritten(t *testing.T) {
	f := newOffice(t)
	f.must(os.Rename(f.world.AnchorDir, f.world.AnchorDir+"-away"))
	f.must(os.WriteFile(f.world.AnchorDir, nil, 0o600))
	if err := f.open1("one"); err == nil {
		t.Fatal("it was written nowhere")
	}
	f.must(os.Remove(f.world.AnchorDir))
	f.must(os.Rename(f.world.AnchorDir+"-away", f.world.AnchorDir))
	err := f.View(context.Background(), func(tx *ledger.Tx) error { _, err := tx.Account(mustPath("one")); return err })
	if reasonOf(err) != reserve.UnknownAccount {
		t.Errorf("the account is there all the same: %v", err)
	}
	f.must(f.open1("one"))
}
