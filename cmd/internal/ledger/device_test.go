package ledger

import (
	"context"
	"encoding/hex"
	"fmt"
	"testing"

	"tallystick/reserve"
)

func TestEnroll(t *testing.T) {
	l := newLedger(t)
	old := newInstance("FOC1")
	d := enroll(t, l, old)
	if d.UDI.String() != "C9300-24T:FOC1" || d.Account != plant7 || d.Standing != reserve.Enrolled || d.DID != old.Identity().DID() {
		t.Errorf("enrolled as %+v", d)
	}
	reset := must(reserve.NewInstance(old.Identity().UDI(), acme.trust, testRand("after a reset"), testNow))
	update(t, l, func(tx *Tx) error {
		if again, repeated, err := tx.EnrollDevice(old.Request(), Path{"acme"}); err != nil || !repeated || again != d {
			t.Errorf("again: %+v, %v, %v", again, repeated, err)
		}
		if _, _, err := tx.EnrollDevice(reset.Request(), plant7); !refusedAs(err, reserve.DuplicateDevice) {
			t.Errorf("another identity: %v", err)
		}
		if _, _, err := tx.EnrollDevice(newInstance("FOC2").Request(), Path{"nowhere"}); !refusedAs(err, reserve.UnknownAccount) {
			t.Errorf("another account: %v", err)
		}
		return nil
	})
}

func TestSupersede(t *testing.T) {
	l := newLedger(t)
	old := newInstance("FOC1")
	d := enroll(t, l, old)
	reset := must(reserve.NewInstance(old.Identity().UDI(), acme.trust, testRand("after a reset"), testNow))
	var next Device
	update(t, l, func(tx *Tx) (err error) {
		if err := tx.SupersedeDevice(d.ID); err != nil {
			return err
		}
		next, _, err = tx.EnrollDevice(reset.Request(), plant7)
		return err
	})
	view(t, l, func(tx *Tx) error {
		if now := must(tx.DeviceByUDI(d.UDI)); now.ID != next.ID {
			t.Errorf("the current identity is %d, want %d", now.ID, next.ID)
		}
		if was := must(tx.DeviceByDID(d.DID)); was.ID != d.ID || !was.Superseded {
			t.Errorf("the old identity is %+v", was)
		}
		if all := must(tx.Identities(d.UDI)); len(all) != 2 || all[0].ID != d.ID || all[1].ID != next.ID {
			t.Errorf("identities are %+v", all)
		}
		if q, err := tx.Request(d.ID); err != nil || q.Identity() != old.Identity() {
			t.Errorf("request is of %v, %v", q.Identity().UDI(), err)
		}
		return nil
	})
	verified(t, l)
}

func TestFindDevice(t *testing.T) {
	l := newLedger(t)
	one := enroll(t, l, newInstance("FOC1"))
	enroll(t, l, newInstance("FOC2"))
	other := must(reserve.NewInstance(must(reserve.NewUDI("C9300-48T", "FOC2")), acme.trust, testRand("other"), testNow))
	enroll(t, l, other)
	view(t, l, func(tx *Tx) error {
		for _, name := range []string{"foc1", " FOC1", "c9300-24t:foc1"} {
			if d, err := tx.FindDevice(name); err != nil || d.ID != one.ID {
				t.Errorf("%q: %+v, %v", name, d, err)
			}
		}
		for name, reason := range map[string]reserve.Reason{
			"FOC2": reserve.UnknownDevice, "FOC3": reserve.UnknownDevice, "C9300-48T:FOC1": reserve.UnknownDevice,
			"": reserve.InvalidName, "a b": reserve.InvalidName, ":": reserve.InvalidName, "\x1b:x": reserve.InvalidName,
		} {
			if _, err := tx.FindDevice(name); !refusedAs(err, reason) {
				t.Errorf("%q: %v", name, err)
			}
		}
		if _, err := tx.Device(99); !refusedAs(err, reserve.UnknownDevice) {
			t.Errorf("by number: %v", err)
		}
		return nil
	})
}

func TestLookUpByBits(t *testing.T) {
	l := newLedger(t)
	var all []Device
	for i := range 40 {
		all = append(all, enroll(t, l, newInstance(fmt.Sprint("BITS", i))))
	}
	view(t, l, func(tx *Tx) error {
		for _, d := range all {
			if found := must(tx.DevicesByLocator(d.DID.Locator())); len(found) != 1 || found[0] != d {
				t.Errorf("by locator %05x: %+v", d.DID.Locator(), found)
			}
			if found := must(tx.DevicesByPrefix(d.DID.Prefix())); len(found) != 1 || found[0] != d {
				t.Errorf("by prefix %x: %+v", d.DID.Prefix(), found)
			}
		}
		for _, locator := range []uint32{0, 1<<20 - 1} {
			if found := must(tx.DevicesByLocator(locator)); len(found) != 0 {
				t.Errorf("by locator %05x: %+v", locator, found)
			}
		}
		return nil
	})
}

// Identities at both ends of a locator's range are found by it and not by its neighbors.
func TestLocatorRange(t *testing.T) {
	l := newLedger(t)
	d := enroll(t, l, newInstance("RANGE"))
	copyWith := `PRAGMA foreign_keys = 0; INSERT INTO device (did, udi, serial, account, request, sequence, superseded)
		SELECT x'%s', udi, serial, account, request, (SELECT sequence FROM next), 1 FROM device WHERE id = %d`
	for _, did := range []string{"abcde0", "abcdef", "abcdf0", "abcdd0", "ffffff", "000000"} {
		fill := "00"
		if did == "abcdef" || did == "ffffff" {
			fill = "ff"
		}
		for len(did) < 64 {
			did += fill
		}
		if _, err := l.conn.ExecContext(context.Background(), fmt.Sprintf(copyWith, did, d.ID)); err != nil {
			t.Fatal(err)
		}
	}
	view(t, l, func(tx *Tx) error {
		for locator, want := range map[uint32]int{0xabcde: 2, 0xabcdf: 1, 0xabcdd: 1, 0xfffff: 1, 0: 1, 1: 0} {
			if found := must(tx.DevicesByLocator(locator)); len(found) != want {
				t.Errorf("%05x: %d devices, want %d", locator, len(found), want)
			}
		}
		prefix, _ := hex.DecodeString("abcdefff")
		if found := must(tx.DevicesByPrefix([4]byte(prefix))); len(found) != 1 {
			t.Errorf("by prefix: %d devices", len(found))
		}
		return nil
	})
}

const many = devicePage + 20

// manyDevices makes a ledger with more devices than fit a page, by turns in two accounts.
func manyDevices(t *testing.T) *Ledger {
	l := newLedger(t)
	below := Path{"acme/plant-7/line-1"}
	update(t, l, func(tx *Tx) error { return tx.AddAccount(below, Settings{}) })
	update(t, l, func(tx *Tx) error { return tx.AddAccount(Path{"acme/plant-70"}, Settings{}) })
	update(t, l, func(tx *Tx) error {
		for i := range many {
			account := plant7
			if i%2 == 1 {
				account = below
			}
			if _, _, err := tx.EnrollDevice(newInstance(fmt.Sprintf("MANY%04d", i)).Request(), account); err != nil {
				return err
			}
		}
		return nil
	})
	update(t, l, func(tx *Tx) error {
		first, err := tx.FindDevice("MANY0000")
		if err != nil {
			return err
		}
		if err := tx.MoveDevice(first.ID, Path{"acme/plant-70"}); err != nil {
			return err
		}
		return tx.SetLabel(first.ID, "Lobby Switch")
	})
	return l
}

func TestDevices(t *testing.T) {
	l := manyDevices(t)
	for name, c := range map[string]struct {
		filter DeviceFilter
		want   int
	}{
		"all":         {DeviceFilter{}, many},
		"account":     {DeviceFilter{Account: plant7}, many/2 - 1},
		"below":       {DeviceFilter{Account: plant7, Below: true}, many - 1},
		"below all":   {DeviceFilter{Account: Path{"acme"}, Below: true}, many},
		"serial":      {DeviceFilter{Contains: "many001"}, 10},
		"label":       {DeviceFilter{Contains: "lobby"}, 1},
		"not a label": {DeviceFilter{Contains: "%"}, 0},
		"standing":    {DeviceFilter{Standing: reserve.Steady}, 0},
		"enrolled":    {DeviceFilter{Standing: reserve.Enrolled, Account: plant7}, many/2 - 1},
		"flagged":     {DeviceFilter{Flagged: true}, 0},
	} {
		view(t, l, func(tx *Tx) error {
			n := 0
			for d, err := range tx.Devices(c.filter) {
				if err != nil {
					return err
				}
				if _, err := tx.Charges(d.ID); err != nil { // reading on while it streams
					return err
				}
				n++
			}
			if count := must(tx.CountDevices(c.filter)); n != c.want || count != int64(n) {
				t.Errorf("%s: %d devices, counted %d, want %d", name, n, count, c.want)
			}
			return nil
		})
	}
}
