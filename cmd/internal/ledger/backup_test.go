package ledger

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"tallystick/reserve"
)

// A copy is protected as the ledger is: it can be read to its last page, and a change of any page of
// it is found.
func TestBackupHasChecksums(t *testing.T) {
	if sqlite.reserved == 0 {
		t.Log("the other engine has no checksums: not tested with it")
		return
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	if _, err := longLedger(t).Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	verified(t, reopen(t, path))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 1))
	for page := range len(whole) / pageSize {
		at := page*pageSize + random.IntN(pageSize)
		whole[at] ^= 1 << random.IntN(8)
		if err := damageOf(t, whole); !refusedAs(err, reserve.LedgerDamaged) {
			t.Errorf("byte %d: %v", at, err)
		}
		if whole, err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
}

// damageOf returns what reading all of a ledger with this content comes to.
func damageOf(t *testing.T, content []byte) error {
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := OpenReadOnly(path)
	if err != nil {
		return err
	}
	defer l.Close()
	return l.View(t.Context(), func(tx *Tx) error {
		found, err := tx.checkFile()
		if err == nil && found != nil {
			return tx.damaged("%q", found)
		}
		return err
	})
}
