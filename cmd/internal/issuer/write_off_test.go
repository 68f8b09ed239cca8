package issuer

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/keys/keyring"
	"tallystick/reserve"
)

func (f *office) tryWriteOff(devices ...string) ([]Loss, error) {
	w := WriteOff{Devices: devices, Memo: Memo{Reason: "lost"}}
	p, err := f.PlanWriteOff(f.t.Context(), w)
	if err != nil {
		return nil, err
	}
	return f.Officer.WriteOff(f.t.Context(), w, p)
}

func (f *office) pendingOf(tag string) (n uint64) {
	f.t.Helper()
	err := f.View(f.t.Context(), func(tx *ledger.Tx) error {
		pools, err := tx.Pools(plant, f.today())
		for _, p := range pools {
			if p.Tag == tag {
				n = p.PendingReturn
			}
		}
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return n
}

// wantPending checks the pool, what is pending return, and that the books verify.
func (f *office) wantPending(tag string, purchased, reserved, pending uint64) {
	f.t.Helper()
	if got := f.pool(tag); got[0] != purchased || got[1] != reserved || f.pendingOf(tag) != pending {
		f.t.Errorf("%s: purchased, reserved %v, pending return %d, want %d %d, %d", tag, got[:2], f.pendingOf(tag), purchased, reserved, pending)
	}
	f.wantVerified()
}

// dead is a device that holds something and gives no code any more.
func (f *office) dead(serial string, words ...string) reserve.Reserved {
	f.t.Helper()
	u := f.newDevice(serial)
	r := f.install(u, f.authorize(f.request(u, words...)))
	f.confirmed(r)
	return r
}

// What was confirmed late, or printed before, is no evidence that a device lives; a report of what it
// holds is, and the confirmation of the empty authorization.
func TestDeadDeviceAlive(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 9, 0)
	u := f.newDevice("DEAD")
	first := f.install(u, f.authorize(f.request(u, "dna-advantage=5")))
	if _, err := f.tryWriteOff("DEAD"); err != nil {
		t.Fatal(err)
	}
	if got, err := f.receive(first.Receipt().Code()); err != nil || got.Alarm != "" {
		t.Errorf("a late confirmation: %+v, %v", got, err)
	}
	_, err := f.tryAuthorize(f.push("DEAD", "dna-advantage=1"))
	wantReason(t, err, reserve.DeviceWrittenOff)
	_, err = f.Reprint(t.Context(), "DEAD", 0)
	wantReason(t, err, reserve.DeviceWrittenOff)
	if _, err := f.Settle(t.Context(), Settlement{Device: "DEAD", Evidence: exhibits()}, false); err != nil {
		t.Fatal(err)
	}
	f.wantPending("dna-advantage", 9, 0, 0)
	reported, report := reserve.Report(first)
	got, err := f.receive(report.Code())
	if err != nil || got.Alarm != AlarmAlive || got.Standing != reserve.ReturnPending {
		t.Errorf("a report: %+v, %v", got, err)
	}
	f.wantPending("dna-advantage", 9, 0, 5)
	w := f.push("DEAD")
	w.Only = true
	empty := f.authorize(w)
	if again := f.authorize(w); !again.Repeated {
		t.Error("the empty authorization was signed twice")
	}
	f.wantPending("dna-advantage", 9, 0, 5)
	got, err = f.receive(f.install(reported, empty).Receipt().Code())
	if err != nil || got.Alarm != AlarmAlive || got.Standing != reserve.WrittenOff {
		t.Errorf("its confirmation: %+v, %v", got, err)
	}
	f.wantPending("dna-advantage", 9, 0, 0)
}

func exhibits() []ledger.Exhibit {
	return []ledger.Exhibit{{Name: "certificate.pdf", Size: 4, Digest: keys.Digest("certificate")}}
}

func TestPolicyOnFailedDevices(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 100, 0)
	limit := ledger.AtMost(2)
	if _, _, err := f.SetAccount(t.Context(), mustPath("acme"), Settings{FailedOpen: &limit}, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	var dead []reserve.Reserved
	for i := range 4 {
		dead = append(dead, f.dead(fmt.Sprint("DEAD", i), "dna-advantage=10"))
	}
	_, err := f.tryWriteOff("DEAD0", "DEAD1", "DEAD2")
	wantReason(t, err, reserve.PolicyThreshold)
	if _, err := f.tryWriteOff("DEAD0", "DEAD1"); err != nil {
		t.Fatal(err)
	}
	_, err = f.tryWriteOff("DEAD2")
	wantReason(t, err, reserve.PolicyThreshold)
	want := `account "acme" lets 2 failed devices be pending return, and has 2; with C9300-24T:DEAD2 they would be 3 (failed-open); ` +
		"pending are C9300-24T:DEAD0 (10, since 2026-11-22), C9300-24T:DEAD1 (10, since 2026-11-22): a return code of one, or evidence about it, makes room"
	if err != nil && err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	f.confirmed(dead[0].Return())
	if _, err := f.tryWriteOff("DEAD2"); err != nil {
		t.Error(err)
	}
	limit = ledger.AtMost(29)
	set := func(p ledger.Path, s Settings) {
		if _, _, err := f.SetAccount(t.Context(), p, s, Memo{}, false); err != nil {
			t.Fatal(err)
		}
	}
	more := ledger.AtMost(100)
	set(mustPath("acme"), Settings{FailedOpen: &more})
	set(plant, Settings{FailedLicenses: &limit})
	_, err = f.tryWriteOff("DEAD3")
	wantReason(t, err, reserve.PolicyThreshold)
	set(plant, Settings{FailedLicenses: &ledger.Limit{}, FailedYear: &ledger.Limit{Set: true, N: 3}})
	_, err = f.tryWriteOff("DEAD3")
	wantReason(t, err, reserve.PolicyThreshold)
	f.now = f.now.AddDate(0, 0, ledger.YearDays)
	if _, err := f.tryWriteOff("DEAD3"); err != nil {
		t.Error(err)
	}
	f.wantVerified()
}

func TestSettleByEvidence(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 4, 0)
	f.dead("DEAD", "dna-advantage=4")
	_, err := f.Settle(t.Context(), Settlement{Device: "DEAD", Evidence: exhibits()}, false)
	wantReason(t, err, reserve.NothingIssued)
	if _, err := f.tryWriteOff("DEAD"); err != nil {
		t.Fatal(err)
	}
	_, err = f.Settle(t.Context(), Settlement{Device: "DEAD"}, false)
	wantReason(t, err, reserve.OutOfRange)
	got, err := f.Settle(t.Context(), Settlement{Device: "DEAD", Evidence: exhibits()}, false)
	if err != nil || got.Repeated || got.Lines[0].Pending != 4 || got.Device.Standing != reserve.WrittenOff {
		t.Errorf("%+v, %v", got, err)
	}
	if again, err := f.Settle(t.Context(), Settlement{Device: "DEAD", Evidence: exhibits()}, false); err != nil || !again.Repeated {
		t.Errorf("%+v, %v", again, err)
	}
	f.wantPending("dna-advantage", 4, 0, 0)
}

// Writing off takes a key with the role for it.
func TestWriteOffNeedsItsRole(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 4, 0)
	f.dead("DEAD", "dna-advantage=4")
	if _, _, err := f.NewKey(t.Context(), "issue 2", keys.RoleIssue|keys.RoleExport, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	lacking := slices.DeleteFunc(f.ring.Entries(), func(e keyring.Entry) bool { return e.Roles.Has(keys.RoleWriteOff) })
	var err error
	if f.ring, err = keyring.New(lacking...); err != nil {
		t.Fatal(err)
	}
	_, err = f.tryWriteOff("DEAD")
	wantReason(t, err, reserve.RoleMissing)
	_, err = f.tryRMA(f.replacing("DEAD", f.newDevice("FRESH")))
	wantReason(t, err, reserve.RoleMissing)
	f.wantPending("dna-advantage", 4, 4, 0)
}

// A threshold of two signatures is one that this program can't reach, and says so.
func TestWriteOffThreshold(t *testing.T) {
	f := newOffice(t)
	if _, _, err := f.NewKey(t.Context(), "issue 2", issueRoles, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	trust, err := f.Trust(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := mayWriteOff(trust); err != nil {
		t.Error(err)
	}
	root, template := trust.Root(), trust.Root().Template()
	for i := range template.Policies {
		if template.Policies[i].Role == keys.RoleWriteOff {
			template.Policies[i].Threshold = 2
		}
	}
	rootKey, err := f.signer(trust, keys.RoleRoot)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := template.Sign(&root, rootKey)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	for _, r := range trust.Roots().Roots() {
		all = append(all, r.Raw())
	}
	if trust, err = reserve.NewTrust(append(all, signed), trust.Catalog().Raw()); err != nil {
		t.Fatal(err)
	}
	wantReason(t, mayWriteOff(trust), reserve.ThresholdNotMet)
}

// What has no end is no evidence.
func TestEvidenceIsAFile(t *testing.T) {
	for _, path := range []string{os.DevNull, t.TempDir(), filepath.Join(t.TempDir(), "none")} {
		if e, err := ReadExhibit(path); err == nil {
			t.Errorf("%s: %+v", path, e)
		}
	}
}
