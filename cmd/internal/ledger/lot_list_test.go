package ledger

import (
	"slices"
	"testing"

	"tallystick/reserve"
)

func TestLotLists(t *testing.T) {
	l := newLedger(t)
	below := Path{"acme/plant-7/line-1"}
	update(t, l, func(tx *Tx) error { return tx.AddAccount(below, Settings{}) })
	update(t, l, func(tx *Tx) error { return tx.AddAccount(Path{"other"}, Settings{}) })
	for i, n := range []NewLot{
		{plant7, "ports", 30, testToday - 100, testToday - 1, "=PO\x1b", false},
		{plant7, "ports", 10, testToday, testToday + 10, "po-2", false},
		{below, "premier", 20, testToday + 5, 0, "PO-3", false},
		{below, "essentials", reserve.MaxCount, testToday, 0, "PO-4", true},
		{Path{"other"}, "premier", 5, testToday - 1, testToday, "PO-5", false},
	} {
		update(t, l, func(tx *Tx) error {
			id, err := tx.AddLot(n)
			if err == nil && id != reserve.LotID(i+1) {
				t.Errorf("license %d is number %d", i+1, id)
			}
			return err
		})
	}
	view(t, l, func(tx *Tx) error {
		for i, e := range all(tx.LotList(LotQuery{})) {
			if want := must(tx.mustLot(reserve.LotID(i + 1))); e.Lot != want {
				t.Errorf("listed %+v, it is %+v", e, want)
			}
		}
		for name, c := range map[string]struct {
			query LotQuery
			want  []reserve.LotID
		}{
			"all":         {LotQuery{}, []reserve.LotID{1, 2, 3, 4, 5}},
			"account":     {LotQuery{LotFilter: LotFilter{Scope: Scope{Account: plant7}}}, []reserve.LotID{1, 2}},
			"below":       {LotQuery{LotFilter: LotFilter{Scope: Scope{plant7, true}}}, []reserve.LotID{1, 2, 3, 4}},
			"entitlement": {LotQuery{LotFilter: LotFilter{Entitlement: "premier"}}, []reserve.LotID{3, 5}},
			"ends":        {LotQuery{LotFilter: LotFilter{EndsBefore: testToday + 10}}, []reserve.LotID{1, 5}},
			"valid":       {LotQuery{LotFilter: LotFilter{State: LotValid, Day: testToday}}, []reserve.LotID{2, 4, 5}},
			"ended":       {LotQuery{LotFilter: LotFilter{State: LotEnded, Day: testToday}}, []reserve.LotID{1}},
			"not begun":   {LotQuery{LotFilter: LotFilter{State: LotNotBegun, Day: testToday}}, []reserve.LotID{3}},
			"reference":   {LotQuery{LotFilter: LotFilter{Contains: "PO-2"}}, []reserve.LotID{2}},
			"tag":         {LotQuery{LotFilter: LotFilter{Contains: "prem"}}, []reserve.LotID{3, 5}},
			"by end":      {LotQuery{Page: Page{Sort: []Sort{{By: "ends"}}}}, []reserve.LotID{1, 5, 2, 3, 4}},
			"by quantity": {LotQuery{Page: Page{Sort: []Sort{{"quantity", true}}, Limit: 2}}, []reserve.LotID{4, 1}},
			"page":        {LotQuery{Page: Page{Sort: []Sort{{By: "account"}, {"license", true}}, Offset: 1, Limit: 3}}, []reserve.LotID{1, 4, 3}},
			"by order":    {LotQuery{Page: Page{Sort: []Sort{{By: "order"}}}}, []reserve.LotID{1, 3, 4, 5, 2}},
		} {
			var got []reserve.LotID
			for _, e := range all(tx.LotList(c.query)) {
				got = append(got, e.ID)
				if c.query.State != "" && e.State(testToday) != c.query.State {
					t.Errorf("%s: license %d is %s", name, e.ID, e.State(testToday))
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
			if n := must(tx.CountLots(c.query.LotFilter)); c.query.Limit == 0 && n != int64(len(c.want)) {
				t.Errorf("%s: %d counted", name, n)
			}
		}
		for _, by := range LotSorts { // each is something that SQLite knows
			if n := len(all(tx.LotList(LotQuery{Page: Page{Sort: []Sort{{by, true}}}}))); n != 5 {
				t.Errorf("by %s: %d", by, n)
			}
		}
		if id, err := tx.EntitlementTag("premier"); id != 3 || err != nil {
			t.Error(id, err)
		}
		if _, err := tx.EntitlementTag("x\x1b"); !refusedAs(err, reserve.UnknownEntitlement) {
			t.Error(err)
		}
		return nil
	})
}
