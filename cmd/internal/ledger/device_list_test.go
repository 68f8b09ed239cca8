package ledger

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tallystick/reserve"
)

// all reads a whole stream.
func all[T any](list iter.Seq2[T, error]) []T {
	var out []T
	for v, err := range list {
		out = append(out, must(v, err))
	}
	return out
}

// checkListed checks that lists say of a device what its books say.
func checkListed(t interface{ Fatalf(string, ...any) }, tx *Tx, id DeviceID, books reserve.Books) {
	d := must(tx.Device(id))
	list := all(tx.DeviceList(DeviceQuery{DeviceFilter: DeviceFilter{Contains: d.UDI.String()}, Enrolled: true, Last: true, Holdings: true}))
	if len(list) != 1 {
		t.Fatalf("%d devices %s are listed", len(list), d.UDI)
	}
	e := list[0]
	confirmed, _ := books.Confirmed()
	if e.Device != d || e.Confirmed != confirmed.Number || e.Last != books.Last() || (e.Last > 0) != (e.LastDay == testToday) || !e.Enrolled.Equal(testNow) {
		t.Fatalf("listed %+v, the device is %+v, its books say %+v", e, d, books)
	}
	if want := held(tx, books); !reflect.DeepEqual(e.Holdings, want) {
		t.Fatalf("listed with %+v, its books say %+v", e.Holdings, want)
	}
	var authorizations []AuthorizationEntry
	for x, err := range tx.AuthorizationList(AuthorizationQuery{}) {
		if must(x, err); x.UDI == d.UDI {
			authorizations = append(authorizations, x)
		}
	}
	stored := must(tx.Authorizations(id))
	if len(authorizations) != len(stored) {
		t.Fatalf("%d authorizations are listed of %d", len(authorizations), len(stored))
	}
	alive := books.Alive()
	for i, x := range authorizations {
		s := stored[i]
		over := !slices.ContainsFunc(alive, func(a reserve.Issued) bool { return a.Number == s.Number })
		if x.Number != s.Number || x.Day != s.Day || x.Sequence != s.Sequence || x.Confirmed != (s.Number == confirmed.Number) || x.Over != over {
			t.Fatalf("listed %+v, stored is %+v, confirmed %d, over %v", x, s, confirmed.Number, over)
		}
		counts := map[string]uint64{}
		for _, draw := range s.Draws {
			counts[must(tx.mustLot(draw.Lot)).Tag] += uint64(draw.Grant.Count)
		}
		for _, g := range x.Grants {
			if counts[g.Tag] != g.Reserved || g.Reserved == 0 {
				t.Fatalf("listed with %+v, drawn is %v", x.Grants, counts)
			}
		}
		if len(counts) != len(x.Grants) {
			t.Fatalf("listed with %+v, drawn is %v", x.Grants, counts)
		}
	}
}

// held is what Holdings must be for books.
func held(tx *Tx, b reserve.Books) []Holding {
	var list holdings
	for _, c := range chargesOf(b) {
		list.add(Holding{Tag: must(tx.mustLot(c.Lot)).Tag, Reserved: uint64(c.Count), InTransit: uint64(c.InTransit), ComingBack: uint64(c.ComingBack)})
	}
	for _, x := range exposureOf(b) {
		list.add(Holding{Tag: must(tx.mustLot(x.Lot)).Tag, Pending: uint64(x.Count)})
	}
	return list.sorted()
}

// A filter selects the same devices everywhere.
func TestDeviceFilters(t *testing.T) {
	l := manyDevices(t)
	lot := addLot(t, l, "ports", 100, testToday+30)
	forever := addLot(t, l, "premier", 100, 0)
	for i, d := range []string{"MANY0002", "MANY0004"} {
		update(t, l, func(tx *Tx) error {
			draws := [][]reserve.Draw{draw(lot, 4, 3), draw(forever, 3, 3)}[i]
			draws[0].Grant.Ends = must(tx.mustLot(draws[0].Lot)).Ends
			_, err := acme.issueTo(tx, must(tx.FindDevice(d)).ID, draws)
			return err
		})
	}
	for name, c := range map[string]struct {
		filter DeviceFilter
		want   int
	}{
		"all":                  {DeviceFilter{}, many},
		"account":              {DeviceFilter{Account: plant7}, many/2 - 1},
		"below":                {DeviceFilter{Account: plant7, Below: true}, many - 1},
		"label":                {DeviceFilter{Label: "SWITCH"}, 1},
		"label, not UDI":       {DeviceFilter{Label: "MANY"}, 0},
		"entitlement":          {DeviceFilter{Entitlement: "ports"}, 1},
		"another entitlement":  {DeviceFilter{Entitlement: "premier", Account: plant7}, 1},
		"elsewhere":            {DeviceFilter{Entitlement: "premier", Account: Path{"acme/plant-70"}}, 0},
		"ends":                 {DeviceFilter{EndsBefore: testToday + 31}, 1},
		"ends later":           {DeviceFilter{EndsBefore: testToday + 30}, 0},
		"perpetual never ends": {DeviceFilter{EndsBefore: 65535}, 1},
		"ends, entitlement":    {DeviceFilter{Entitlement: "ports", EndsBefore: testToday + 31}, 1},
		"ends, another":        {DeviceFilter{Entitlement: "premier", EndsBefore: testToday + 31}, 0},
		"everything": {DeviceFilter{Account: plant7, Below: true, Standing: reserve.Outstanding, Contains: "many0002", Entitlement: "ports",
			EndsBefore: testToday + 31}, 1},
		"hostile": {DeviceFilter{Contains: "' OR 1=1 --", Label: "%", Entitlement: "\"; DROP TABLE device"}, 0},
	} {
		view(t, l, func(tx *Tx) error {
			listed, streamed := all(tx.DeviceList(DeviceQuery{DeviceFilter: c.filter})), all(tx.Devices(c.filter))
			if n := must(tx.CountDevices(c.filter)); len(listed) != c.want || len(streamed) != c.want || n != int64(c.want) {
				t.Errorf("%s: %d listed, %d streamed, %d counted, want %d", name, len(listed), len(streamed), n, c.want)
			}
			for i, e := range listed {
				if e.Device != streamed[i] {
					t.Errorf("%s: listed %+v, streamed %+v", name, e.Device, streamed[i])
				}
			}
			return nil
		})
	}
}

// Lists are sorted as asked, and their pages make the whole, without gaps and overlaps.
func TestDevicePages(t *testing.T) {
	l := manyDevices(t)
	text := map[string]func(DeviceEntry) string{
		"udi": func(e DeviceEntry) string { return e.UDI.String() }, "serial": func(e DeviceEntry) string { return e.UDI.Serial() },
		"account": func(e DeviceEntry) string { return e.Account.text }, "state": func(e DeviceEntry) string { return string(e.Standing) },
		"label": func(e DeviceEntry) string { return e.Label }, "fingerprint": func(e DeviceEntry) string { return string(e.DID[:]) },
		"enrolled": func(e DeviceEntry) string { return fmt.Sprintf("%09d", e.ID) },
	}
	for _, by := range DeviceSorts {
		for _, down := range []bool{false, true} {
			view(t, l, func(tx *Tx) error {
				sort := []Sort{{by, down}}
				whole := all(tx.DeviceList(DeviceQuery{Page: Page{Sort: sort}}))
				inOrder := func(a, b DeviceEntry) int {
					order := cmp.Or(cmp.Compare(text[by](a), text[by](b)), cmp.Compare(a.ID, b.ID))
					if down {
						return -order
					}
					return order
				}
				if len(whole) != many || !slices.IsSortedFunc(whole, inOrder) {
					t.Errorf("%d devices, not by %s, down %v", len(whole), by, down)
				}
				var pages []DeviceEntry
				for offset := int64(0); ; offset += 200 {
					page := all(tx.DeviceList(DeviceQuery{Page: Page{Sort: sort, Offset: offset, Limit: 200}}))
					pages = append(pages, page...)
					if len(page) < 200 {
						break
					}
				}
				if !reflect.DeepEqual(pages, whole) {
					t.Errorf("by %s, down %v: the pages have %d devices", by, down, len(pages))
				}
				if rest := all(tx.DeviceList(DeviceQuery{Page: Page{Sort: sort, Offset: many - 3}})); !reflect.DeepEqual(rest, whole[many-3:]) {
					t.Errorf("by %s, down %v: the rest has %d devices", by, down, len(rest))
				}
				return nil
			})
		}
	}
	view(t, l, func(tx *Tx) error {
		list := all(tx.DeviceList(DeviceQuery{Page: Page{Sort: []Sort{{"account", true}, {"udi", false}}, Limit: 3}}))
		if list[0].Account.text != "acme/plant-70" || list[1].UDI.Serial() != "MANY0001" || list[2].UDI.Serial() != "MANY0003" {
			t.Errorf("by account down and UDI up: %+v", list)
		}
		for _, err := range tx.DeviceList(DeviceQuery{Page: Page{Sort: []Sort{{By: "d.id; DROP TABLE device"}}}}) {
			if err == nil || !strings.Contains(err.Error(), "known are account, ") {
				t.Errorf("an unknown order: %v", err)
			}
		}
		return nil
	})
}

// While a list streams, the ledger answers other questions, and a reader that stops leaves it in
// order.
func TestListsStream(t *testing.T) {
	l := manyDevices(t)
	view(t, l, func(tx *Tx) error {
		for range 2 {
			n := 0
			for e := range tx.DeviceList(DeviceQuery{}) {
				if must(tx.Device(e.ID)) != e.Device {
					t.Error("another device")
				}
				if n++; n == 10 {
					break
				}
			}
		}
		return nil
	})
	ctx, cancel := context.WithCancel(context.Background())
	err := l.View(ctx, func(tx *Tx) error {
		for _, err := range tx.DeviceList(DeviceQuery{}) {
			if err != nil {
				return err
			}
			cancel()
		}
		return nil
	})
	if err != context.Canceled {
		t.Errorf("a canceled list: %v", err)
	}
}

// Each mark of a device is listed as itself, whatever other marks it has.
func TestMarksAreListed(t *testing.T) {
	l := newLedger(t)
	lot := addLot(t, l, "premier", 8, 0)
	for marks := range 8 {
		d := enroll(t, l, newInstance(fmt.Sprint("MARK", marks)))
		if err := l.Update(context.Background(), func(tx *Tx) error { _, err := acme.issueTo(tx, d.ID, draw(lot, 3, 1)); return err }); err != nil {
			t.Fatal(err)
		}
		update(t, l, func(tx *Tx) error {
			_, err := tx.exec("UPDATE device SET superseded = $1, suspect = $2, quarantined = $3, current = 1 WHERE id = $4", marks&1, marks>>1&1, marks>>2&1, d.ID)
			return err
		})
	}
	view(t, l, func(tx *Tx) error {
		for marks, e := range all(tx.DeviceList(DeviceQuery{DeviceFilter: DeviceFilter{Superseded: true}})) {
			confirmed := reserve.Number(1)
			if marks&2 != 0 {
				confirmed = 0
			}
			if e.Superseded != (marks&1 != 0) || e.Suspect != (marks&2 != 0) || e.Quarantined != (marks&4 != 0) || e.Confirmed != confirmed {
				t.Errorf("marks %03b are listed as %+v", marks, e)
			}
		}
		return nil
	})
}
