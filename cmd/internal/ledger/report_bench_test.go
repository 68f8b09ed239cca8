package ledger

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"testing"

	"tallystick/cmd/internal/compliance"
)

var reportDevices = flag.Int("report.devices", 0, "also measure reports on a ledger of so many `devices`, such as 1000000")

// fillReport makes rows in their format and in proportion, without what proves them: 500 devices an
// account, twelve purchases an account that end around testToday, three authorizations and three
// charges a device, every tenth device unconfirmed.
func fillReport(b *testing.B, l *Ledger, devices int) (accounts int) {
	accounts = max(devices/500, 1)
	d := enroll(b, l, newInstance("FILL"))
	addLot(b, l, "ports", 10, 0)
	series := func(n int) string {
		return fmt.Sprintf("WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) ", n-1)
	}
	drop, restore := triggers(b, l)
	for _, step := range []string{
		"PRAGMA foreign_keys = 0; PRAGMA synchronous = 0", drop,
		series(accounts) + `INSERT INTO account (id, path, parent, reservation, export_control, holding, sequence)
			SELECT 100 + i, printf('acme/site-%05d', i), 1, 1, 0, 0, 1 FROM n`,
		series(accounts*12) + fmt.Sprintf(`INSERT INTO lot (id, account, entitlement, quantity, starts, ends, reference, sequence)
			SELECT 100 + i, 100 + i / 12, CASE i %% 3 WHEN 0 THEN 1 WHEN 1 THEN 3 ELSE 4 END, 20000, 100, %d + (i * 7) %% 600, 'PO-' || i, 1 FROM n`, testToday-60),
		series(devices) + fmt.Sprintf(`INSERT INTO device (id, did, udi, serial, account, request, sequence, floor, known, current, standing)
			SELECT 100 + i, CAST(printf('%%032d', i) AS BLOB), 'C9300-24T:S' || i, 'S' || i, 100 + i %% %d, request, 1, 3, 3, 3,
				CASE i %% 10 WHEN 0 THEN 'outstanding' ELSE 'steady' END FROM device, n WHERE id = %d`, accounts, d.ID),
		series(devices*3) + fmt.Sprintf(`INSERT INTO charge (device, lot, count, in_transit, coming_back)
			SELECT 100 + i / 3, 100 + 12 * (i / 3 %% %d) + i %% 3 + 3 * (i / 3 / %d %% 4), 1 + i %% 24, i / 3 %% 10 = 0, 0 FROM n`, accounts, accounts),
		`UPDATE lot SET reserved = (SELECT coalesce(sum(count), 0) FROM charge WHERE lot = lot.id),
			in_transit = (SELECT coalesce(sum(in_transit), 0) FROM charge WHERE lot = lot.id)`,
		series(devices*3) + fmt.Sprintf(`INSERT INTO authorization (device, number, sequence, day, operation, digest, body)
			SELECT 100 + i / 3, 1 + i %% 3, 1, %d, '', zeroblob(8), randomblob(200) FROM n`, testToday-20),
		restore, "PRAGMA foreign_keys = 1",
	} {
		if _, err := l.conn.ExecContext(context.Background(), step); err != nil {
			b.Fatalf("%s: %v", step, err)
		}
	}
	return accounts
}

// triggers returns what drops all of them, to make room for rows out of nowhere, and what brings
// them back.
func triggers(b *testing.B, l *Ledger) (drop, restore string) {
	rows, err := l.conn.QueryContext(context.Background(), "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			b.Fatal(err)
		}
		drop += "DROP TRIGGER " + name + ";"
		restore += text + ";"
	}
	return drop, restore
}

// What the reports cost, and how that grows with the devices on the books.
func BenchmarkReport(b *testing.B) {
	sizes := []int{1_000, 10_000, 100_000}
	if *reportDevices > 0 {
		sizes = append(sizes, *reportDevices)
	}
	for _, size := range sizes {
		l := newLedger(b)
		accounts := fillReport(b, l, size)
		middle := Path{fmt.Sprintf("acme/site-%05d", accounts/2)}
		query := AlertQuery{Day: testToday, AtLeast: compliance.Info, Policy: compliance.DefaultPolicy}
		counted := listed(b, l, query)
		for _, report := range []struct {
			name string
			run  func(*testing.B, *Tx)
		}{
			{"pools of one account", func(b *testing.B, tx *Tx) {
				if pools := must(tx.Pools(middle, testToday)); len(pools) != 3 {
					b.Fatalf("pools %+v", pools)
				}
			}},
			{"compliance", func(b *testing.B, tx *Tx) { complianceOf(b, tx, accounts) }},
			{"forecast", func(b *testing.B, tx *Tx) { forecastOf(b, tx) }},
			{"count of alerts", func(b *testing.B, tx *Tx) {
				if n := must(tx.CountAlerts(query)); !maps.Equal(n, counted) {
					b.Fatalf("alerts %v, listed are %v", n, counted)
				}
			}},
			{"alerts", func(b *testing.B, tx *Tx) {
				n := 0
				for _, err := range tx.Alerts(query) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
				b.ReportMetric(float64(n), "alerts")
			}},
		} {
			b.Run(fmt.Sprintf("%s/%d", report.name, size), func(b *testing.B) {
				view(b, l, func(tx *Tx) error {
					for b.Loop() {
						report.run(b, tx)
					}
					return nil
				})
			})
		}
	}
}

// complianceOf does what the report on compliance does for every account.
func complianceOf(b *testing.B, tx *Tx, accounts int) {
	lines, short := 0, 0
	for s, err := range tx.AllStocks(Scope{}) {
		if err != nil {
			b.Fatal(err)
		}
		line := compliance.On(s.Lots, testToday)
		if line.Purchased != line.Reserved+line.Available {
			b.Fatalf("%+v", line)
		}
		for _, days := range []int{30, 60, 90} {
			_ = compliance.ExpiringWithin(s.Lots, testToday, days)
		}
		if compliance.FirstShortage(s.Lots, testToday, testToday+365).Count > 0 {
			short++
		}
		lines++
	}
	if lines < 3*accounts {
		b.Fatalf("%d lines", lines)
	}
	b.ReportMetric(float64(lines), "lines")
	b.ReportMetric(float64(short), "short")
}

func forecastOf(b *testing.B, tx *Tx) {
	total := compliance.NewForecast(compliance.Months(testToday, 12))
	for s, err := range tx.AllStocks(Scope{}) {
		if err != nil {
			b.Fatal(err)
		}
		total.Add(s.Lots)
	}
	if !slices.ContainsFunc(total.Periods(), func(p compliance.Period) bool { return p.Ending > 0 }) {
		b.Fatal("nothing ends")
	}
}

// listed counts the alerts that are listed, and wants some about devices that are not confirmed.
func listed(b *testing.B, l *Ledger, q AlertQuery) map[compliance.Severity]uint64 {
	counted := map[compliance.Severity]uint64{}
	view(b, l, func(tx *Tx) error {
		for a, err := range tx.Alerts(q) {
			if err != nil {
				return err
			}
			counted[a.Severity]++
		}
		return nil
	})
	if counted[compliance.Warning] == 0 {
		b.Fatal("no warnings")
	}
	return counted
}
