package issuer

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"tallystick/reserve"
)

// TestDamagedByteInTheKeyring changes every byte of the keyring: whatever it stands for, the keyring
// is damaged, and neither opened nor taken for one with another passphrase.
func TestDamagedByteInTheKeyring(t *testing.T) {
	f := newOffice(t)
	path, whole := filepath.Join(f.home, keyringFile), f.sealed()
	backup := filepath.Join(t.TempDir(), "backup")
	every := 1
	if testing.Short() {
		every = 9
	}
	for at := 0; at < len(whole); at += every {
		for _, mask := range []byte{1 << (at % 8), 0x20} { // the second changes the case of a letter
			damaged := bytes.Clone(whole)
			damaged[at] ^= mask
			for _, name := range []string{path, backup} {
				if err := os.WriteFile(name, damaged, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if o, err := f.Issuer.Unlock([]byte(testPassphrase)); reasonOf(err) != reserve.KeyringDamaged || o != nil {
				t.Fatalf("byte %d of %d, bits %#x: %v", at, len(whole), mask, err)
			}
			if at%18 == 0 {
				_, _, err := f.RestoreKeys(backup, []byte(testPassphrase))
				wantReason(t, err, reserve.KeyringDamaged)
			}
		}
	}
	for size := 0; size < len(whole); size += every {
		if err := os.WriteFile(path, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Issuer.Unlock([]byte(testPassphrase)); reasonOf(err) != reserve.KeyringDamaged {
			t.Fatalf("%d of %d bytes: %v", size, len(whole), err)
		}
	}
}

// TestDamagedByteInTheAnchor changes every byte of the anchor: then nobody can tell whether these are
// the newest books, and nothing is written to them.
func TestDamagedByteInTheAnchor(t *testing.T) {
	f := newOffice(t)
	path := f.anchorFile()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := range whole {
		for _, mask := range []byte{1 << (at % 8), 1} {
			damaged := bytes.Clone(whole)
			damaged[at] ^= mask
			if err := os.WriteFile(path, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := f.open1("acme/late"); reasonOf(err) != reserve.Frozen {
				t.Fatalf("byte %d of %d, bits %#x: %v", at, len(whole), mask, err)
			}
		}
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.open1("acme/late"); err != nil {
		t.Error(err)
	}
}

// TestDamagedAuthorizationIsNotShown: what the ledger keeps goes to a device, which would refuse it
// and blame the signature.
func TestDamagedAuthorizationIsNotShown(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	u := f.newDevice("A1")
	w := f.request(u, "dna-advantage=1")
	w.Op = "once"
	f.authorize(w)
	f.restart()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(f.home, ledgerFile)+"?vfs=tallystick")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, change := range []string{"DROP TRIGGER authorization_update",
		"UPDATE authorization SET body = CAST(substr(body, 1, length(body) - 1) || x'00' AS BLOB)"} {
		if _, err := db.Exec(change); err != nil {
			t.Fatal(err)
		}
	}
	_, err = f.tryAuthorize(w)
	wantReason(t, err, reserve.LedgerDamaged)
	_, err = f.Reprint(t.Context(), "A1", 0)
	wantReason(t, err, reserve.LedgerDamaged)
}
