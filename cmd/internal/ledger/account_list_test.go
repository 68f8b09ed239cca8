package ledger

import (
	"slices"
	"testing"
)

func TestAccountLists(t *testing.T) {
	l := manyDevices(t)
	addLot(t, l, "ports", 5, 0)
	update(t, l, func(tx *Tx) error { return tx.AddAccount(Path{"gone"}, Settings{Coterm: testToday}) })
	update(t, l, func(tx *Tx) error { return tx.CloseAccount(Path{"gone"}, testToday) })
	view(t, l, func(tx *Tx) error {
		for name, c := range map[string]struct {
			query AccountQuery
			want  []string
		}{
			"open":      {AccountQuery{}, []string{"acme", "acme/plant-7", "acme/plant-7/line-1", "acme/plant-70"}},
			"all":       {AccountQuery{Closed: true, Page: Page{Sort: []Sort{{"account", true}}, Limit: 2}}, []string{"gone", "acme/plant-70"}},
			"by coterm": {AccountQuery{Closed: true, Page: Page{Sort: []Sort{{By: "coterm"}}, Limit: 1}}, []string{"gone"}},
			"below":     {AccountQuery{Scope: Scope{plant7, true}}, []string{"acme/plant-7", "acme/plant-7/line-1"}},
			"search":    {AccountQuery{Contains: "LINE"}, []string{"acme/plant-7/line-1"}},
		} {
			var got []string
			for _, a := range all(tx.AccountList(c.query)) {
				got = append(got, a.Path.text)
				if a.Account != must(tx.Account(a.Path)) || a.Devices != 0 {
					t.Errorf("%s: %+v", name, a)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
			if n := must(tx.CountAccounts(c.query)); c.query.Limit == 0 && n != int64(len(c.want)) {
				t.Errorf("%s: %d counted", name, n)
			}
		}
		list := all(tx.AccountList(AccountQuery{Devices: true, Licenses: true}))
		if list[1].Devices != many/2-1 || list[1].Licenses != 1 || list[3].Devices != 1 || list[3].Licenses != 0 {
			t.Errorf("%+v", list)
		}
		return nil
	})
}
