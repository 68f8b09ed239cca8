package ledger

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"tallystick/cmd/internal/compliance"
	"tallystick/keys"
	"tallystick/reserve"
)

// issue gives a device what draws say.
func issue(t testing.TB, l *Ledger, id DeviceID, draws []reserve.Draw) {
	t.Helper()
	if err := l.Update(context.Background(), func(tx *Tx) error { _, err := acme.issueTo(tx, id, draws); return err }); err != nil {
		t.Fatal(err)
	}
}

// collect returns a stream as text, one element a line.
func collect[T any](t testing.TB, list iter.Seq2[T, error]) string {
	t.Helper()
	var lines []string
	for v, err := range list {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%+v", v))
	}
	return strings.Join(lines, "\n")
}

func TestStocks(t *testing.T) {
	l := newLedger(t)
	update(t, l, func(tx *Tx) error { return tx.AddAccount(plant8, Settings{}) })
	premier := addLot(t, l, "premier", 5, testToday+9)
	addLot(t, l, "ports", 48, 0)
	addLot(t, l, "premier", 7, 0)
	update(t, l, func(tx *Tx) error {
		_, err := tx.AddLot(NewLot{Account: plant8, Tag: "ports", Quantity: reserve.MaxCount, Starts: testToday + 3, Unlimited: true})
		return err
	})
	d := enroll(t, l, newInstance("STOCK"))
	for _, count := range []uint32{4, 1} { // the second is smaller: three come back once it is confirmed
		issue(t, l, d.ID, []reserve.Draw{{Lot: premier, Grant: reserve.Grant{Entitlement: 3, Count: count, Ends: testToday + 9}}})
	}
	lots := map[string][]compliance.Lot{
		"acme/plant-7 ports": {{Number: 2, Starts: testToday, Purchased: 48, Available: 48}},
		"acme/plant-7 premier": {{Number: 1, Starts: testToday, Ends: testToday + 9, Purchased: 5, Reserved: 4, InTransit: 4, ComingBack: 3, Available: 1},
			{Number: 3, Starts: testToday, Purchased: 7, Available: 7}},
		"acme/plant-8 ports": {{Number: 4, Starts: testToday + 3, Purchased: reserve.MaxCount, Available: reserve.MaxCount, Unlimited: true}},
	}
	view(t, l, func(tx *Tx) error {
		for scope, want := range map[Scope][]string{
			{}:                             {"acme/plant-7 ports", "acme/plant-7 premier", "acme/plant-8 ports"},
			{Account: plant8}:              {"acme/plant-8 ports"},
			{Account: Path{"acme"}}:        nil,
			{Path{"acme"}, true}:           {"acme/plant-7 ports", "acme/plant-7 premier", "acme/plant-8 ports"},
			{Account: plant8, Below: true}: {"acme/plant-8 ports"},
		} {
			var got []string
			for s, err := range tx.AllStocks(scope) {
				if err != nil {
					return err
				}
				name := s.Account.String() + " " + s.Tag
				got = append(got, name)
				if !slices.Equal(s.Lots, lots[name]) {
					t.Errorf("%s is %+v, want %+v", name, s.Lots, lots[name])
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%+v has %v, want %v", scope, got, want)
			}
		}
		for _, err := range tx.AllStocks(Scope{Account: Path{"nowhere"}}) {
			if !refusedAs(err, reserve.UnknownAccount) {
				t.Errorf("nowhere: %v", err)
			}
		}
		return nil
	})
	verified(t, l)
}

func TestScope(t *testing.T) {
	for _, c := range []struct {
		scope Scope
		path  string
		want  bool
	}{
		{Scope{}, "acme", true}, {Scope{Account: Path{"acme"}}, "acme", true}, {Scope{Account: Path{"acme"}}, "acme/a", false},
		{Scope{Path{"acme"}, true}, "acme/a/b", true}, {Scope{Path{"acme"}, true}, "acme-2", false}, {Scope{Path{"acme/a"}, true}, "acme", false},
	} {
		if got := c.scope.Has(Path{c.path}); got != c.want {
			t.Errorf("%+v has %q: %v", c.scope, c.path, got)
		}
	}
}

func TestUnsettled(t *testing.T) {
	l := newLedger(t)
	premier, ports := addLot(t, l, "premier", 9, 0), addLot(t, l, "ports", 48, 0)
	more := addLot(t, l, "ports", 48, 0)
	var devices []DeviceID
	for i := range 3 {
		devices = append(devices, enroll(t, l, newInstance(fmt.Sprint("LATE", i))).ID)
	}
	issue(t, l, devices[1], slices.Concat(draw(premier, 3, 3), draw(ports, 4, 20), draw(more, 4, 4)))
	issue(t, l, devices[1], slices.Concat(draw(premier, 3, 1), draw(ports, 4, 20), draw(more, 4, 6)))
	issue(t, l, devices[2], draw(premier, 3, 2))
	first := "{Account:acme/plant-7 Device:C9300-24T:LATE1 Number:2 Signed:2026-11-22 Given:[{Entitlement:premier N:3} {Entitlement:ports N:26}] " +
		"Taken:[{Entitlement:premier N:2}]}"
	second := "{Account:acme/plant-7 Device:C9300-24T:LATE2 Number:1 Signed:2026-11-22 Given:[{Entitlement:premier N:2}] Taken:[]}"
	view(t, l, func(tx *Tx) error {
		for _, c := range []struct {
			scope Scope
			days  keys.Day
			want  string
		}{{Scope{}, 0, ""}, {Scope{}, 1, first + "\n" + second}, {Scope{Account: plant7}, 1, first + "\n" + second}, {Scope{Account: plant8}, 1, ""}} {
			if got := collect(t, tx.Unsettled(c.scope, testToday+c.days, testToday)); got != c.want {
				t.Errorf("%+v, before day %d:\n%s\nwant\n%s", c.scope, c.days, got, c.want)
			}
		}
		for u, err := range tx.Unsettled(Scope{}, testToday+1, testToday) { // one is enough
			if err != nil || u.Device != "C9300-24T:LATE1" {
				t.Errorf("%+v, %v", u, err)
			}
			break
		}
		return nil
	})
	verified(t, l)
}

func TestDevicesThatAreNotAsTheyShouldBe(t *testing.T) {
	l := newLedger(t)
	lot := addLot(t, l, "premier", 9, 0)
	update(t, l, func(tx *Tx) error { return tx.AddAccount(plant8, Settings{}) })
	old := newInstance("ONCE")
	d := enroll(t, l, old)
	issue(t, l, d.ID, draw(lot, 3, 3))
	quiet := enroll(t, l, newInstance("QUIET"))
	twin := must(reserve.NewInstance(must(reserve.NewUDI("C9300-48T", "ONCE")), acme.trust, testRand("twin"), testNow))
	enroll(t, l, twin)
	for _, of := range []Device{d, quiet} {
		reset := must(reserve.NewInstance(of.UDI, acme.trust, testRand("reset "+of.UDI.String()), testNow))
		update(t, l, func(tx *Tx) error {
			if err := tx.SupersedeDevice(of.ID); err != nil {
				return err
			}
			_, _, err := tx.EnrollDevice(reset.Request(), plant7)
			return err
		})
	}
	if _, err := l.conn.ExecContext(context.Background(), "UPDATE device SET suspect = 1, quarantined = (serial = 'QUIET') WHERE superseded = 1"); err != nil {
		t.Fatal(err)
	}
	view(t, l, func(tx *Tx) error {
		where := fmt.Sprintf("{Account:acme/plant-7 Device:C9300-24T:ONCE Fingerprint:%s Since:2026-11-22 Quarantined:false}\n"+
			"{Account:acme/plant-7 Device:C9300-24T:QUIET Fingerprint:%s Since:2026-11-22 Quarantined:true}", d.DID, quiet.DID)
		if got := collect(t, tx.Doubts(Scope{})); got != where {
			t.Errorf("in doubt:\n%s\nwant\n%s", got, where)
		}
		twins := "{Serial:ONCE Account:acme/plant-7 Devices:[C9300-48T:ONCE C9300-24T:ONCE] Since:2026-11-22}"
		if got := collect(t, tx.Twins(Scope{Account: plant7})); got != twins {
			t.Errorf("twins:\n%s\nwant\n%s", got, twins)
		}
		once := "{Account:acme/plant-7 Device:C9300-24T:ONCE Identities:2 Holds:3 Pending:0 Since:2026-11-22}"
		both := once + "\n{Account:acme/plant-7 Device:C9300-24T:QUIET Identities:2 Holds:0 Pending:0 Since:2026-11-22}"
		if got := collect(t, tx.Renewed(Scope{}, testToday, testToday)); got != both {
			t.Errorf("enrolled again:\n%s\nwant\n%s", got, both)
		}
		if got := collect(t, tx.Renewed(Scope{}, testToday+1, testToday)); got != once {
			t.Errorf("enrolled again, later:\n%s\nwant\n%s", got, once)
		}
		other := Scope{Account: plant8}
		if got := collect(t, tx.Doubts(other)) + collect(t, tx.Twins(other)) + collect(t, tx.Renewed(other, 1, 1)); got != "" {
			t.Errorf("of another account: %s", got)
		}
		return nil
	})
}
