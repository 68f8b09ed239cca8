package ledger

import (
	"context"
	"fmt"
	"testing"
)

// fillBooks adds devices to a ledger with one device, with accounts, licenses, authorizations and
// what is reserved: rows in their format and in proportion, made in SQL because going through
// requests and signatures would take hours. No Verify would take them.
func fillBooks(t testing.TB, l *Ledger, devices, accounts int) {
	t.Helper()
	d := enroll(t, l, newInstance("FILL"))
	addLot(t, l, "ports", 10, 0) // makes the catalog's entitlements known
	for _, step := range []string{
		"PRAGMA foreign_keys = 0",
		"PRAGMA synchronous = 0",
		dropTriggers(t, l),
		fmt.Sprintf(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			INSERT INTO account (path, parent, reservation, export_control, holding, sequence)
			SELECT printf('acme/site-%%05d', i), 1, 1, 0, 0, 1 FROM n`, accounts),
		`INSERT INTO lot (account, entitlement, unlimited, quantity, starts, ends, reference, sequence)
			SELECT a.id, e.id, 0, 1000000, 100, 4000 + a.id % 1000, 'PO-' || a.id, 1
			FROM account a, (SELECT 1 AS id UNION ALL SELECT 3 UNION ALL SELECT 4) e WHERE a.path LIKE 'acme/site-%'`,
		fmt.Sprintf(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			INSERT INTO device (did, udi, serial, account, label, request, sequence, floor, known, current, standing)
			SELECT CAST(printf('%%032d', i) AS BLOB), printf('C9300-24T:FCW%%08X', i * 2654435761 %% 4294967296), printf('FCW%%08X', i * 2654435761 %% 4294967296),
				(SELECT min(id) FROM account WHERE path LIKE 'acme/site-%%') + i %% %d, 'rack ' || i %% 100, request, 1, 3, 3, 3,
				CASE i %% 4 WHEN 0 THEN 'outstanding' ELSE 'steady' END FROM device, n WHERE id = %d`, devices-1, accounts, d.ID),
		`INSERT INTO charge (device, lot, count, in_transit, coming_back)
			SELECT d.id, l.id, 1 + d.id % 24, 0, 0 FROM device d JOIN lot l ON l.account = d.account`,
		`INSERT INTO authorization (device, number, sequence, day, operation, digest, body)
			SELECT d.id, n.n, 1, 2000 + n.n * 100 + d.id % 100, '', zeroblob(8), randomblob(200)
			FROM device d, (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3) n ORDER BY d.id, n.n`,
		"PRAGMA foreign_keys = 1",
		"PRAGMA wal_checkpoint(TRUNCATE)",
	} {
		if _, err := l.conn.ExecContext(context.Background(), step); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
	}
}

// dropTriggers returns what drops all of them: they make room for rows out of nowhere.
func dropTriggers(t testing.TB, l *Ledger) (script string) {
	t.Helper()
	rows, err := l.conn.QueryContext(context.Background(), "SELECT name FROM sqlite_schema WHERE type = 'trigger'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		script += "DROP TRIGGER " + name + ";"
	}
	return script
}
