package issuer

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// imported deposits a file.
func (f *office) imported(im LicenseImport) (LicenseImportPlan, error) {
	f.t.Helper()
	plan, err := f.PlanLicenses(f.t.Context(), im)
	if err != nil {
		f.t.Fatal(err)
	}
	return f.ImportLicenses(f.t.Context(), im, plan, Memo{Reason: "orders"}, false)
}

func rowsOf(t *testing.T, text string) []LicenseRow {
	t.Helper()
	rows, wrong, err := ParseLicenses([]byte(text))
	if err != nil || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	return rows
}

// Every row is an entry of the journal of its own, signed, that says nothing of the other rows.
func TestImportedRowsAreEntries(t *testing.T) {
	f := newOffice(t)
	im := LicenseImport{Create: true, Rows: rowsOf(t, "account,entitlement,quantity,term,order\nacme/plant-7,dna-advantage,5,1y,PO-1\nbeta,dna-advantage,6,3y,PO-2\n")}
	if _, err := f.imported(im); err != nil {
		t.Fatal(err)
	}
	again, err := f.imported(im)
	if err != nil || !again.Repeated || again.Rows[1].License != 2 {
		t.Errorf("again: %+v, %v", again, err)
	}
	var got []string
	err = f.View(t.Context(), func(tx *ledger.Tx) error {
		for e, err := range tx.Entries(ledger.EntryFilter{}) {
			if err != nil {
				return err
			}
			var body licenseEvent
			if err := json.Unmarshal(e.Body, &body); err == nil && e.Kind == eventLicense && e.Signed() {
				got = append(got, fmt.Sprint(e.Subject, " ", body.Line, " ", body.Quantity, " ", body.Order, " ", body.Reason))
			}
		}
		return nil
	})
	if text := strings.Join(got, "|"); err != nil || text != "acme/plant-7 2 5 PO-1 orders|beta 3 6 PO-2 orders" {
		t.Errorf("the journal has %q, %v", text, err)
	}
	f.verify()
}

// A row that is wrong at the last moment takes everything back.
func TestImportIsWhole(t *testing.T) {
	f := newOffice(t)
	f.coterm(f.today() + 100)
	im := LicenseImport{Rows: rowsOf(t, "account,entitlement,quantity,term,coterm\nacme/plant-7,dna-advantage,5,1y,\nacme/plant-7,dna-premier,6,,yes\n")}
	plan, err := f.PlanLicenses(t.Context(), im)
	if err != nil || len(plan.Wrong) > 0 {
		t.Fatal(plan.Wrong, err)
	}
	f.coterm(0)
	_, err = f.ImportLicenses(t.Context(), im, plan, Memo{}, false)
	wantReason(t, err, reserve.OutOfRange)
	f.wantPool("dna-advantage", 0, 0, 0)
	f.coterm(f.today() + 200) // what was agreed to would end on another day now
	_, err = f.ImportLicenses(t.Context(), im, plan, Memo{}, false)
	wantReason(t, err, reserve.Busy)
	f.wantPool("dna-advantage", 0, 0, 0)
	if _, err := f.imported(im); err != nil {
		t.Fatal(err)
	}
	f.wantPool("dna-advantage", 5, 0, 0)
	f.wantPool("dna-premier", 6, 0, 0)
	f.verify()
}

// coterm keeps the account's co-termination date.
func (f *office) coterm(day keys.Day) {
	f.t.Helper()
	if _, _, err := f.SetAccount(f.t.Context(), plant, Settings{Coterm: &day}, Memo{}, false); err != nil {
		f.t.Fatal(err)
	}
}

// verify checks the whole ledger.
func (f *office) verify() {
	f.t.Helper()
	trust, err := f.Trust(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	if err := f.ledger.Verify(f.t.Context(), trust, nil); err != nil {
		f.t.Error(err)
	}
}
