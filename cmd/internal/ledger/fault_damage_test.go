package ledger

import (
	"strings"
	"testing"

	"tallystick/reserve"
)

// SQLite believes the description of its tables, and the types of values that it finds in them.
func TestDamageThatSQLiteBelieves(t *testing.T) {
	l := newLedger(t)
	addLot(t, l, "premier", 5, 0)
	path := copyLedger(t, l)
	tamper(t, path, "PRAGMA writable_schema = 1",
		"UPDATE sqlite_schema SET sql = replace(sql, 'quantity', 'quanTity_') WHERE name = 'lot'")
	damaged := reopen(t, path)
	if err := damaged.View(t.Context(), func(tx *Tx) error { _, err := tx.Lots(plant7); return err }); !refusedAs(err, reserve.LedgerDamaged) {
		t.Errorf("a column with another name: %v", err)
	}
	err := l.View(t.Context(), func(tx *Tx) error {
		var n uint16
		_, err := tx.one("SELECT reference FROM lot", nil, &n)
		return err
	})
	if !refusedAs(err, reserve.LedgerDamaged) || !strings.Contains(err.Error(), `a value in "lot"`) {
		t.Errorf("a value of another type: %v", err)
	}
}
