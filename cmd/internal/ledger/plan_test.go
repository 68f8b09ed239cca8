package ledger

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every look-up that is made for one device or account goes through an index.
func TestLookUpsUseIndexes(t *testing.T) {
	l := newLedger(t)
	account := DeviceFilter{Account: plant7}.conditions(0)
	for query, index := range map[string]string{
		selectDevice + " WHERE d.udi = $1 AND d.superseded = 0":                 "device_current",
		selectDevice + " WHERE d.udi = $1 ORDER BY d.id":                        "device_udi",
		selectDevice + " WHERE d.serial = $1 AND d.superseded = 0":              "device_serial",
		selectDevice + " WHERE d.did = $1":                                      "sqlite_autoindex_device_1",
		selectDevice + " WHERE d.did >= $1 AND d.did <= $2":                     "sqlite_autoindex_device_1",
		selectLot + " WHERE b.account = $1 ORDER BY b.id":                       "lot_account",
		"SELECT lot FROM charge WHERE device = $1":                              "PRIMARY KEY",
		"SELECT device FROM charge WHERE lot = $1":                              "charge_lot",
		"SELECT id FROM received WHERE device = $1 ORDER BY id":                 "received_device",
		selectDevice + account.text + " ORDER BY d.id":                          "device_account",
		selectEntry + " WHERE subject <> '' AND subject = $1 AND sequence > $2": "journal_subject",
	} {
		if plan := planOf(t, l, query); !strings.Contains(plan, index) || strings.Contains(plan, "SCAN") {
			t.Errorf("%s\nis done by %s", query, plan)
		}
	}
}

// So is what belongs to a journal entry, which is read whenever one is written.
func TestRecordsUseIndexes(t *testing.T) {
	l := newLedger(t)
	for _, r := range records {
		if plan := planOf(t, l, r.query()); strings.Contains(plan, "SCAN") {
			t.Errorf("%s\nis done by %s", r.query(), plan)
		}
	}
}

// Reports on everything read the index that has just what they need, and sort no more than they
// list: their cost grows with what there is to tell. Serial numbers are the exception: to find two
// that are the same, one reads the index on them once.
func TestReportsUseIndexes(t *testing.T) {
	l := newLedger(t)
	for query, want := range map[string][]string{
		selectStock:       {"SEARCH lot USING INDEX lot_account (account=?)"},
		selectUnsettled:   {"SCAN d USING INDEX device_outstanding", "SEARCH c USING PRIMARY KEY (device=?)"},
		selectDoubts:      {"SCAN d USING INDEX device_flagged"},
		selectTwins:       {"SCAN device USING COVERING INDEX device_serial", "SEARCH d USING INDEX device_serial (serial=?)"},
		selectRenewed:     {"SCAN o USING COVERING INDEX device_superseded", "SEARCH d USING INDEX device_current (udi=?)"},
		selectUnannounced: {"SEARCH d USING INDEX device_sequence (sequence>?)", "SEARCH e USING PRIMARY KEY (serial=?", "SEARCH o USING COVERING INDEX device_superseded (udi=?)"},
	} {
		plan := planOf(t, l, query)
		left := plan
		for _, step := range want {
			if !strings.Contains(plan, step) {
				t.Errorf("%s\nis done by %s\nnot by %s", query, plan, step)
			}
			left = strings.Replace(left, step, "", 1)
		}
		found := strings.NewReplacer("SCAN t;", "", "SCAN r;", "").Replace(left) // what a subquery found
		if strings.Contains(found, "SCAN") || strings.Contains(plan, "B-TREE") && found == left {
			t.Errorf("%s\nis done by %s", query, plan)
		}
	}
}

// Lists begin with the account that was named, whatever else is asked, and need no sorting where an
// index has the order.
func TestListsUseIndexes(t *testing.T) {
	l := newLedger(t)
	devices := func(q DeviceQuery) string { return first2(q.build(&deviceReader{})) }
	lots := func(q LotQuery) string { return first2(q.build()) }
	account := DeviceFilter{Account: plant7}
	below := DeviceFilter{Account: plant7, Below: true}
	by := func(name string, down bool) Page { return Page{Sort: []Sort{{name, down}}} }
	for _, c := range []struct {
		query string
		want  string
		sorts bool
	}{
		{devices(DeviceQuery{}), "SEARCH d USING INTEGER PRIMARY KEY", false},
		{devices(DeviceQuery{Page: by("enrolled", true)}), "SEARCH d USING INTEGER PRIMARY KEY", false},
		{devices(DeviceQuery{DeviceFilter: DeviceFilter{Flagged: true}}), "SEARCH d USING INDEX device_flagged", false},
		{devices(DeviceQuery{DeviceFilter: account}), "SEARCH a USING COVERING INDEX sqlite_autoindex_account_1 (path=?); SEARCH d USING INDEX device_account", false},
		{devices(DeviceQuery{DeviceFilter: below}), "SEARCH d USING INDEX device_account", true},
		{devices(DeviceQuery{DeviceFilter: account, Page: by("label", false)}), "SEARCH d USING INDEX device_account", true},
		{devices(DeviceQuery{DeviceFilter: account, Page: by("udi", false)}), "SEARCH d USING INDEX device_account", true},
		{devices(DeviceQuery{Page: by("udi", false)}), "SCAN d USING INDEX device_", false},
		{devices(DeviceQuery{Page: by("udi", true)}), "SCAN d USING INDEX device_", false},
		{devices(DeviceQuery{Page: by("serial", true)}), "SCAN d USING INDEX device_serial", false},
		{devices(DeviceQuery{Page: by("fingerprint", false)}), "SCAN d USING INDEX sqlite_autoindex_device_1", false},
		{devices(DeviceQuery{Page: by("account", false)}), "SEARCH d USING INDEX device_account", false},
		{lots(LotQuery{LotFilter: LotFilter{Scope: Scope{plant7, true}}}), "SEARCH l USING INDEX lot_account", true},
	} {
		plan := planOf(t, l, c.query)
		if !strings.Contains(plan, c.want) || strings.Contains(plan, "TEMP B-TREE") != c.sorts {
			t.Errorf("%s\nis done by %s\nnot by %s, sorting %v", c.query, plan, c.want, c.sorts)
		}
	}
}

func first2(query string, _ []any, err error) string { return must(query, err) }

// planOf is how a query is done.
func planOf(t *testing.T, l *Ledger, query string) string {
	places := regexp.MustCompile(`\$\d+`).FindAllString(query, -1)
	slices.Sort(places)
	args := slices.Repeat([]any{"x"}, len(slices.Compact(places)))
	rows, err := l.conn.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	return strings.Join(plan, "; ")
}

// SQLite goes through every table with a deferred reference to the journal whenever an entry is
// written. Without an index that takes the longer, the more there is.
func TestReferencesToTheJournalHaveIndexes(t *testing.T) {
	l := newLedger(t)
	rows, err := l.conn.QueryContext(context.Background(), `SELECT m.name, f."from",
		EXISTS (SELECT 1 FROM pragma_index_list(m.name) i JOIN pragma_index_info(i.name) c WHERE c.seqno = 0 AND c.name = f."from")
		FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE f."table" = 'journal'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := 0
	for rows.Next() {
		var table, column string
		var indexed bool
		if err := rows.Scan(&table, &column, &indexed); err != nil {
			t.Fatal(err)
		}
		if !indexed {
			t.Errorf("%s.%s has no index", table, column)
		}
		found++
	}
	if found < 7 || rows.Err() != nil {
		t.Errorf("%d references found, %v", found, rows.Err())
	}
}
