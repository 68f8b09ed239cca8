package issuer

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/testvectors/labeled"
)

// again unlocks the home as another process would, with the passphrase of now.
func (f *office) again(passphrase string) *Officer {
	f.t.Helper()
	o, err := f.Issuer.Unlock([]byte(passphrase))
	if err != nil {
		f.t.Fatal(err)
	}
	return o
}

// wantHeld fails unless the keyring in the file has every key that the trust root lists.
func (f *office) wantHeld(passphrase string) {
	f.t.Helper()
	o := f.again(passphrase)
	for _, k := range f.listedKeys() {
		if _, held := o.ring.Find(k.Public.Fingerprint()); !held {
			f.t.Errorf("the trust root lists key %d, and nobody has it", k.Index)
		}
	}
}

func (f *office) sealed() []byte {
	f.t.Helper()
	data, err := os.ReadFile(filepath.Join(f.home, keyringFile))
	if err != nil {
		f.t.Fatal(err)
	}
	return data
}

// TestKeyringIsNotOverwritten: of two officers who opened the same keyring, the second to change it
// would drop the key that the first one made.
func TestKeyringIsNotOverwritten(t *testing.T) {
	for name, change := range map[string]func(*Officer) error{
		"passphrase": func(o *Officer) error { return o.SetPassphrase([]byte("another")) },
		"new key": func(o *Officer) error {
			_, _, err := o.NewKey(t.Context(), "mine", issueRoles, Memo{}, false)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newOffice(t)
			other := f.again(testPassphrase)
			if _, _, err := f.NewKey(t.Context(), "first", issueRoles, Memo{}, false); err != nil {
				t.Fatal(err)
			}
			wantReason(t, change(other), reserve.Busy)
			f.wantHeld(testPassphrase)
			if err := change(f.again(testPassphrase)); err != nil {
				t.Errorf("tried again: %v", err)
			}
		})
	}
}

func TestPassphraseChangedMeanwhile(t *testing.T) {
	f := newOffice(t)
	other := f.again(testPassphrase)
	if err := other.SetPassphrase([]byte("another")); err != nil {
		t.Fatal(err)
	}
	_, _, err := f.NewKey(t.Context(), "late", issueRoles, Memo{}, false)
	wantReason(t, err, reserve.Busy) // else the old passphrase would open it again
	f.wantHeld("another")
	if err := other.SetPassphrase([]byte("a third")); err != nil {
		t.Errorf("changed twice by one officer: %v", err)
	}
	f.wantHeld("a third")
}

// TestRefusedKeyLeavesNothing: a key is in the keyring only when a trust root lists it, but for a
// crash in between.
func TestRefusedKeyLeavesNothing(t *testing.T) {
	f := newOffice(t)
	before := f.sealed()
	_, _, err := f.NewKey(t.Context(), "x", issueRoles, Memo{Reason: strings.Repeat("x", MaxMemo+1)}, false)
	wantReason(t, err, reserve.OutOfRange)
	_, _, err = f.NewKey(t.Context(), "", issueRoles, Memo{}, false)
	wantReason(t, err, reserve.InvalidName)
	_, _, err = f.NewKey(t.Context(), "x", keys.RoleDelegate, Memo{}, false)
	wantReason(t, err, reserve.ThresholdNotMet) // the trust root has no policy for it
	key, _, err := f.NewKey(t.Context(), "x", issueRoles, Memo{}, true)
	if err != nil || key.Index != 4 {
		t.Errorf("dry run: key %d, %v", key.Index, err)
	}
	if !bytes.Equal(f.sealed(), before) || len(f.ring.Entries()) != 3 {
		t.Error("the keyring was changed")
	}
	if key, _, err := f.NewKey(t.Context(), "x", issueRoles, Memo{}, false); err != nil || key.Index != 4 {
		t.Errorf("key %d, %v", key.Index, err)
	}
	f.wantHeld(testPassphrase)
}

// TestOldBackupOfTheKeyring: a backup from before the issuing key was replaced has a root key, and
// with that the issuer comes back.
func TestOldBackupOfTheKeyring(t *testing.T) {
	f := newOffice(t)
	backup := filepath.Join(t.TempDir(), "backup")
	if err := f.BackupKeys(backup); err != nil {
		t.Fatal(err)
	}
	old := f.keyNamed(1)
	if _, _, err := f.NewKey(t.Context(), "issue 2", issueRoles, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.RetireKey(t.Context(), old, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(f.home, keyringFile)); err != nil {
		t.Fatal(err)
	}
	lacking, _, err := f.RestoreKeys(backup, []byte(testPassphrase))
	if err != nil || len(lacking) != 1 || lacking[0].Index != 4 {
		t.Fatalf("the backup lacks %v, %v", lacking, err)
	}
	o := f.again(testPassphrase)
	_, _, err = o.NewKey(t.Context(), "log 2", keys.RoleLog, Memo{}, false)
	wantReason(t, err, reserve.RoleMissing) // nobody could sign the entry
	key, _, err := o.NewKey(t.Context(), "issue 3", issueRoles, Memo{}, false)
	if err != nil || key.Index != 5 {
		t.Fatalf("key %d, %v", key.Index, err)
	}
	trust, err := o.Trust(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := o.ledger.Verify(t.Context(), trust, nil); err != nil {
		t.Error(err)
	}
}

func TestNewKeyIsSafeToRepeat(t *testing.T) {
	f := newOffice(t)
	first, repeated, err := f.NewKey(t.Context(), "issue 2", issueRoles, Memo{}, false)
	if err != nil || repeated {
		t.Fatal(repeated, err)
	}
	again, repeated, err := f.again(testPassphrase).NewKey(t.Context(), "issue 2", issueRoles, Memo{}, false)
	if err != nil || !repeated || again.Public != first.Public {
		t.Errorf("key %s, repeated %v, %v", again.Public, repeated, err)
	}
	_, _, err = f.NewKey(t.Context(), "issue 2", keys.RoleLog, Memo{}, false)
	wantReason(t, err, reserve.AlreadyExists)
	if listed := f.listedKeys(); len(listed) != 4 {
		t.Errorf("%d keys", len(listed))
	}
}

// TestReprintOfWhatNoDeviceTakes: the stored code is not shown when its signer is compromised.
func TestReprintOfWhatNoDeviceTakes(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	u := f.newDevice("A1")
	f.authorize(f.request(u, "dna-advantage=1"))
	if _, _, err := f.NewKey(t.Context(), "issue 2", issueRoles, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.CompromiseKey(t.Context(), f.keyNamed(1), Memo{}, false); err != nil {
		t.Fatal(err)
	}
	_, err := f.Reprint(t.Context(), "A1", 0)
	wantReason(t, err, reserve.KeyCompromised)
}

// TestReportOfWhatWasGivenUp: the officer hears that a device says it has installed what it returned.
func TestReportOfWhatWasGivenUp(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	u := f.newDevice("A1")
	held := f.install(u, f.authorize(f.request(u, "dna-advantage=1")))
	f.confirmed(held.Return())
	_, report := reserve.Report(held) // an older state, put back
	got, err := f.receive(report.Code())
	if err != nil || !got.Behind {
		t.Errorf("behind %v, %v", got.Behind, err)
	}
	f.wantPool("dna-advantage", 5, 0, 0)
}

func TestUnprintableNotes(t *testing.T) {
	f := newOffice(t)
	for _, memo := range []Memo{{Reason: "\x1b[2J"}, {Ref: "a\nb"}, {Reason: "\u202e"}, {Ref: "\xff"}} {
		_, _, err := f.NewAccount(t.Context(), mustPath("x"), Settings{}, memo, false)
		wantReason(t, err, reserve.InvalidName)
	}
	_, _, err := f.AddLicense(t.Context(), Purchase{Account: plant, Entitlement: "dna-advantage", Quantity: 1, Order: "\x07"}, Memo{}, false)
	wantReason(t, err, reserve.InvalidName)
}

func TestKeyringOfAnotherIssuer(t *testing.T) {
	f := newOffice(t)
	trust, err := f.Trust(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w := f.world
	w.Rand = labeled.Reader("rival")
	rival := filepath.Join(t.TempDir(), "rival")
	if _, err := Init(rival, Birth{Name: "Rival", Catalog: trust.Catalog().Raw(), Passphrase: []byte("theirs")}, w); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(f.home, keyringFile)); err != nil {
		t.Fatal(err)
	}
	_, _, err = f.RestoreKeys(filepath.Join(rival, keyringFile), []byte("theirs"))
	wantReason(t, err, reserve.UnknownIssuer)
	if _, err := os.Stat(filepath.Join(f.home, keyringFile)); !os.IsNotExist(err) {
		t.Errorf("it was put in place: %v", err)
	}
}

func TestOfficerHidesThePassphrase(t *testing.T) {
	f := newOffice(t)
	secret := fmt.Sprint([]byte(testPassphrase))
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		text := fmt.Sprintf(format, f.Officer)
		if strings.Contains(text, testPassphrase) || strings.Contains(text, strings.Trim(secret, "[]")) ||
			strings.Contains(text, fmt.Sprintf("%x", testPassphrase)) {
			t.Errorf("%s shows it: %s", format, text)
		}
	}
}

// TestKeyringOnAnotherDisk: a link to the keyring stays one, whatever is done to the keyring.
func TestKeyringOnAnotherDisk(t *testing.T) {
	f := newOffice(t)
	here, there := filepath.Join(f.home, keyringFile), filepath.Join(t.TempDir(), "keyring")
	backup := filepath.Join(t.TempDir(), "backup")
	if err := f.BackupKeys(backup); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(here, there); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(there, here); err != nil {
		t.Skip(err)
	}
	isLink := func(after string) {
		t.Helper()
		if to, err := os.Readlink(here); err != nil || to != there {
			t.Fatalf("after %s it is no link any more: %v", after, err)
		}
	}
	if err := f.SetPassphrase([]byte("another")); err != nil {
		t.Fatal(err)
	}
	isLink("a new passphrase")
	if err := os.WriteFile(there, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.RestoreKeys(backup, []byte(testPassphrase)); err != nil {
		t.Fatal(err)
	}
	isLink("a restored copy")
	f.again(testPassphrase)
	if err := os.Remove(there); err != nil { // the disk is not there
		t.Fatal(err)
	}
	if _, _, err := f.RestoreKeys(backup, []byte(testPassphrase)); err == nil {
		t.Error("a copy was put beside the ledger")
	}
	isLink("a copy that was not restored")
}
