package ledger

import (
	"context"
	"fmt"
	"testing"

	"tallystick/reserve"
)

// One authorization in a transaction of its own, durable when it returns: books, signature (made
// and verified), debit, journal entry (signed), commit.
func BenchmarkAuthorize(b *testing.B) {
	l := newLedger(b)
	lot := addLot(b, l, "ports", reserve.MaxCount, 0)
	var d Device
	n := 0
	for b.Loop() {
		if n%20 == 0 {
			b.StopTimer()
			d = enroll(b, l, newInstance(fmt.Sprint("BENCH", n)))
			b.StartTimer()
		}
		if err := l.Update(context.Background(), func(tx *Tx) error {
			_, err := acme.issueTo(tx, d.ID, draw(lot, 4, 1))
			return err
		}); err != nil {
			b.Fatal(err)
		}
		n++
	}
}

// The same, 1,000 in a transaction: per authorization.
func BenchmarkAuthorizeBatch(b *testing.B) {
	l := newLedger(b)
	lot := addLot(b, l, "ports", reserve.MaxCount, 0)
	var ids []DeviceID
	for i := range 1000 {
		ids = append(ids, enroll(b, l, newInstance(fmt.Sprint("BATCH", i))).ID)
	}
	b.ResetTimer()
	for n := 0; n < b.N; {
		if err := l.Update(context.Background(), func(tx *Tx) error {
			for range min(1000, b.N-n) {
				if _, err := acme.issueTo(tx, ids[n%1000], draw(lot, 4, 1)); err != nil {
					return err
				}
				n++
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
}

// fillDevices adds rows without going through requests, to make a large ledger quickly.
func fillDevices(b *testing.B, l *Ledger, n int) {
	d := enroll(b, l, newInstance("FILL"))
	_, err := l.conn.ExecContext(context.Background(), fmt.Sprintf(`PRAGMA foreign_keys = 0; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO device (did, udi, serial, account, request, sequence)
		SELECT randomblob(32), 'C9300-24T:S' || i, 'S' || i, account, request, (SELECT sequence FROM next) FROM device, n WHERE id = %d`, n, d.ID))
	if err != nil {
		b.Fatal(err)
	}
}

func BenchmarkLookUp(b *testing.B) {
	for _, size := range []int{1_000, 1_000_000} {
		l := newLedger(b)
		fillDevices(b, l, size)
		udi := must(reserve.ParseUDI("C9300-24T:S777"))
		for name, look := range map[string]func(*Tx) error{
			"udi":     func(tx *Tx) error { _, err := tx.DeviceByUDI(udi); return err },
			"serial":  func(tx *Tx) error { _, err := tx.FindDevice("S777"); return err },
			"locator": func(tx *Tx) error { _, err := tx.DevicesByLocator(0x12345); return err },
		} {
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				if err := l.View(context.Background(), func(tx *Tx) error {
					for b.Loop() {
						if err := look(tx); err != nil {
							return err
						}
					}
					return nil
				}); err != nil {
					b.Fatal(err)
				}
			})
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	l := newLedger(b)
	for b.Loop() {
		again, err := Open(l.Path())
		if err != nil {
			b.Fatal(err)
		}
		again.Close()
	}
}
