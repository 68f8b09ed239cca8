package ledger

import (
	"strings"
	"testing"

	"tallystick/reserve"
)

// SQLite believes what the file says of its tables, and reads a trigger when it fires.
func TestDamagedTables(t *testing.T) {
	whole := newLedger(t)
	for name, change := range map[string]string{
		`table "lot"`:             "UPDATE sqlite_schema SET sql = replace(sql, 'quantity', 'quanTity_') WHERE name = 'lot'",
		`trigger "journal_chain"`: "UPDATE sqlite_schema SET sql = replace(sql, 'coalesce', 'coalesxe') WHERE name = 'journal_chain'",
		`index "lot_account"`:     "UPDATE sqlite_schema SET sql = replace(sql, 'entitlement', 'entitlemenT') WHERE name = 'lot_account'",
	} {
		path := copyLedger(t, whole)
		tamper(t, path, "PRAGMA writable_schema = 1", change)
		l, err := Open(path)
		if !refusedAs(err, reserve.LedgerDamaged) || !strings.Contains(err.Error(), name+" is not as it was made") {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			l.Close()
		}
	}
}

// What no version of this program wrote is damage, wherever it shows.
func TestDamageInTheMiddle(t *testing.T) {
	l := newLedger(t)
	addLot(t, l, "premier", 5, 0)
	for query, want := range map[string]string{
		"SELECT reference FROM lot": `a value in "lot"`, // which is no number
		"SELECT nothing FROM lot":   "its tables are not those of a ledger",
	} {
		var n uint16
		err := l.View(t.Context(), func(tx *Tx) error { _, err := tx.one(query, nil, &n); return err })
		if !refusedAs(err, reserve.LedgerDamaged) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", query, err)
		}
	}
}
