package issuer

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
)

// edition imports the catalog with its text changed, as the next version.
func (f *office) edition(change func(string) string) {
	f.t.Helper()
	trust, err := f.Trust(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	text := change(strings.Replace(string(trust.Catalog().Raw()), `"version":1`, `"version":2`, 1))
	if _, _, err := f.ImportCatalog(f.t.Context(), []byte(text), Memo{}, false); err != nil {
		f.t.Fatal(err)
	}
}

// opens reports how a device would judge an authorization today.
func (f *office) opens(i Issuance) error {
	f.t.Helper()
	trust, err := f.Trust(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	_, err = reserve.OpenAuthorization(i.Authorization, trust, i.Plan.Device)
	return err
}

// TestCompromisedKeySignedItAnew: what a compromised key signed is signed anew when the same is
// asked for again; the stored code would be refused by every device.
func TestCompromisedKeySignedItAnew(t *testing.T) {
	for _, installed := range []bool{false, true} {
		f := newOffice(t)
		f.buy("dna-advantage", 5, 0)
		u := f.newDevice("A1")
		first := f.authorize(f.request(u, "dna-advantage=1"))
		if installed {
			f.confirmed(f.install(u, first))
		}
		old := f.keyNamed(1)
		if _, _, err := f.NewKey(t.Context(), "issue 2", issueRoles, Memo{}, false); err != nil {
			t.Fatal(err)
		}
		if _, _, err := f.CompromiseKey(t.Context(), old, Memo{}, false); err != nil {
			t.Fatal(err)
		}
		wantReason(t, f.opens(first), reserve.KeyCompromised)
		again := f.authorize(f.request(u, "dna-advantage=1"))
		if again.Repeated || again.Number != 2 || f.opens(again) != nil {
			t.Errorf("installed %v: number %d, repeated %v, %v", installed, again.Number, again.Repeated, f.opens(again))
		}
		if third := f.authorize(f.push("A1", "dna-advantage=1")); !third.Repeated {
			t.Errorf("installed %v: signed a third time", installed)
		}
		if pool := f.pool("dna-advantage"); pool[1] != 1 {
			t.Errorf("installed %v: %v, want one reserved", installed, pool)
		}
	}
}

// TestRetiredKey: what is installed stays as good as it was; what is still on its way is signed anew.
func TestRetiredKey(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	held, waits := f.newDevice("A1"), f.newDevice("A2")
	f.confirmed(f.install(held, f.authorize(f.request(held, "dna-advantage=1"))))
	f.authorize(f.request(waits, "dna-advantage=1"))
	old := f.keyNamed(1)
	if _, _, err := f.NewKey(t.Context(), "issue 2", issueRoles, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.RetireKey(t.Context(), old, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	if i := f.authorize(f.push("A1", "dna-advantage=1")); !i.Repeated {
		t.Errorf("what is installed was signed anew, as number %d", i.Number)
	}
	if i := f.authorize(f.push("A2", "dna-advantage=1")); i.Repeated || f.opens(i) != nil {
		t.Errorf("repeated %v, %v", i.Repeated, f.opens(i))
	}
}

// TestClassChanged: an entitlement that became export-controlled needs a code that says so.
func TestClassChanged(t *testing.T) {
	f := newOffice(t)
	f.buy("identity-access", 5, 0)
	u := f.newDevice("A1")
	w := f.request(u, "identity-access=1")
	first := f.authorize(w)
	f.edition(func(s string) string {
		at := strings.Index(s, `"tag":"identity-access"`)
		return s[:at] + strings.Replace(s[at:], `"class":"enforced"`, `"class":"export-controlled"`, 1)
	})
	wantReason(t, f.opens(first), reserve.ThresholdNotMet)
	_, err := f.tryAuthorize(w)
	wantReason(t, err, reserve.ExportOff)
	on := true
	if _, _, err := f.SetAccount(t.Context(), plant, Settings{ExportControl: &on}, Memo{}, false); err != nil {
		t.Fatal(err)
	}
	if i := f.authorize(w); i.Repeated || !i.Plan.Export || f.opens(i) != nil {
		t.Errorf("repeated %v, %v", i.Repeated, f.opens(i))
	}
}

// retire has the catalog offer an entitlement no longer.
func retire(text, tag string, id int) string {
	at := strings.Index(text, fmt.Sprintf(`{"id":%d,"tag":%q`, id, tag))
	end := at + strings.Index(text[at:], "}") + 1
	text = text[:at-1] + text[end:] // with the comma before it
	text = strings.ReplaceAll(text, fmt.Sprintf(`,%q`, tag), "")
	return strings.TrimSuffix(text, "}") + fmt.Sprintf(`,"retired":[{"id":%d,"tag":%q}]}`, id, tag)
}

// TestRetiredEntitlement: what a device holds of it is kept, and so it is shown before it is signed,
// and can be given up by name.
func TestRetiredEntitlement(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	f.buy("flow-telemetry", 5, 0)
	u := f.newDevice("A1")
	r := f.install(u, f.authorize(f.request(u, "dna-advantage=1", "flow-telemetry=3")))
	f.confirmed(r)
	f.edition(func(s string) string { return retire(s, "flow-telemetry", 10) })
	kept, err := f.Plan(t.Context(), f.push("A1", "dna-advantage=2"))
	if err != nil {
		t.Fatal(err)
	}
	last := kept.Lines[len(kept.Lines)-1]
	if last.Entitlement.Tag != "flow-telemetry" || last.Before != 3 || last.After != 3 || last.ReservedThen != 3 || last.PoolAfter != 2 {
		t.Errorf("the last line is %+v", last)
	}
	_, err = f.tryAuthorize(f.push("A1", "flow-telemetry=4"))
	wantReason(t, err, reserve.NotEntitled)
	given := f.authorize(f.push("A1", "flow-telemetry=0"))
	if n := len(given.Plan.draws); n != 1 {
		t.Errorf("%d draws left, want that of dna-advantage", n)
	}
	trust, err := f.Trust(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	obedient, _, err := reserve.Obey(r, trust)
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.receive(f.install(obedient, given).Receipt().Code())
	if err != nil {
		t.Fatal(err)
	}
	if credit := got.Lines[len(got.Lines)-1]; credit.Entitlement.Tag != "flow-telemetry" || credit.Before != 3 || credit.After != 0 {
		t.Errorf("the last credit is %+v", credit)
	}
	_, err = f.tryAuthorize(f.push("A1", "flow-telemetry=0")) // not held any more, and not known
	wantReason(t, err, reserve.UnknownEntitlement)
}

func TestPreviewNamesWhatIsReplaced(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	first, second := f.newDevice("A1"), f.newDevice("A1")
	w := f.request(second, "dna-advantage=1")
	p, err := f.Plan(t.Context(), w)
	if err != nil || p.Replaces != "" {
		t.Fatalf("replaces %q, %v", p.Replaces, err)
	}
	f.confirmed(f.install(first, f.authorize(f.request(first, "dna-advantage=1"))).Return()) // meanwhile
	_, err = f.Officer.Authorize(t.Context(), w, p)
	wantReason(t, err, reserve.Busy)
	if i := f.authorize(w); i.Plan.Replaces != first.Identity().DID().String() {
		t.Errorf("replaces %q", i.Plan.Replaces)
	}
}

func TestPreviewRefusesWhatCannotBeSigned(t *testing.T) {
	f := newOffice(t)
	for i := range 65 {
		f.buy("dna-advantage", 1, f.today()+keys.Day(i))
	}
	_, err := f.Plan(t.Context(), f.request(f.newDevice("A1"), "dna-advantage=65"))
	wantReason(t, err, reserve.OutOfRange)
	if _, err = f.tryAuthorize(f.request(f.newDevice("A1"), "dna-advantage=64")); err != nil {
		t.Error(err)
	}
}

func TestPreviewOfAVastPool(t *testing.T) {
	f := newOffice(t)
	for range 3 {
		f.buy("dna-advantage", reserve.MaxCount, 0)
	}
	i := f.authorize(f.request(f.newDevice("A1"), "dna-advantage=1"))
	if l := i.Plan.Lines[0]; l.PoolBefore != 3*reserve.MaxCount || l.PoolAfter != l.PoolBefore-1 {
		t.Errorf("%d available, then %d", l.PoolBefore, l.PoolAfter)
	}
}

// TestOperationThatFoundItDone: an operation whose wish was met already is an operation all the same.
func TestOperationThatFoundItDone(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 10, 0)
	u := f.newDevice("A1")
	f.authorize(f.request(u, "dna-advantage=2"))
	w := f.push("A1", "dna-advantage=2")
	w.Op = "ticket 1"
	if i := f.authorize(w); !i.Repeated || i.Number != 1 {
		t.Fatalf("number %d, repeated %v", i.Number, i.Repeated)
	}
	f.authorize(f.push("A1", "dna-advantage=5"))
	if i := f.authorize(w); !i.Repeated || i.Number != 1 {
		t.Errorf("asked again: number %d, repeated %v", i.Number, i.Repeated)
	}
	f.wantPool("dna-advantage", 10, 5, 5)
	other := f.push("A1", "dna-advantage=7")
	other.Op = w.Op
	_, err := f.tryAuthorize(other)
	wantReason(t, err, reserve.OperationReused)
	trust, err := f.Trust(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.ledger.Verify(t.Context(), trust, nil); err != nil {
		t.Error(err)
	}
}

// TestInspectTakesTheLikeliestSpelling: only one that can be verified takes its place.
func TestInspectTakesTheLikeliestSpelling(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	u := f.newDevice("A1")
	good := f.install(u, f.authorize(f.request(u, "dna-advantage=1"))).Receipt().Body()
	first, last := bytes.Clone(good), bytes.Clone(good)
	first[0] ^= 0x80
	last[0] ^= 0x40
	for _, c := range []struct {
		name      string
		spellings [][]byte
		want      []byte
	}{{"none verifies", [][]byte{first, last}, first}, {"one does", [][]byte{first, good, last}, good}} {
		x, _, err := f.Inspect(t.Context(), codec.Reading{Kind: reserve.ReceiptKind, Body: first, Spellings: c.spellings})
		want, _ := reserve.ParseReceipt(c.want)
		if err != nil || x.Locator != want.Locator() || x.Verified != bytes.Equal(c.want, good) {
			t.Errorf("%s: %x, verified %v, %v; want %x", c.name, x.Locator, x.Verified, err, want.Locator())
		}
	}
}

// TestProductThatIsGone: what a device holds can be kept, cut and given up when the catalog lists its
// product no longer; nothing more can be granted.
func TestProductThatIsGone(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 5, 0)
	f.buy("network-advantage", 5, 0)
	u := f.newDevice("A1")
	f.confirmed(f.install(u, f.authorize(f.request(u, "dna-advantage=3"))))
	late := f.newDevice("A2")
	f.edition(func(s string) string { return strings.Replace(s, `"C9300-24T",`, "", 1) })
	_, err := f.tryAuthorize(f.request(late, "dna-advantage=1"))
	wantReason(t, err, reserve.UnknownProduct)
	for _, more := range []string{"dna-advantage=4", "dna-advantage=+1", "network-advantage=1"} {
		_, err = f.tryAuthorize(f.push("A1", more))
		wantReason(t, err, reserve.UnknownProduct)
	}
	if i := f.authorize(f.push("A1", "dna-advantage=+0")); !i.Repeated {
		t.Errorf("kept: number %d", i.Number)
	}
	if i := f.authorize(f.push("A1", "dna-advantage=2")); i.Number != 2 {
		t.Errorf("cut: number %d", i.Number)
	}
	if i := f.authorize(Wish{Device: "A1", Only: true}); i.Number != 3 {
		t.Errorf("given up: number %d", i.Number)
	}
}
