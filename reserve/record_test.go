package reserve

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

// A device's record that was changed in one place, by a bad disk or by hand. There is no checksum in
// it; package device puts one around it.
type damagedRecord struct {
	name string
	data []byte
	want Reason
	says string // part of the text; for the officer, whom the operator calls
	// rights: that part isn't looked at where only the rights are read.
	rights bool
}

func damagedRecords(t *testing.T) []damagedRecord {
	is, other := newTestIssuer(t, "Example", false), newTestIssuer(t, "Other", false)
	dev, twin := testDevice(t, is, "A1"), testDevice(t, is, "B2")
	first := is.authorize(t, dev.Identity(), 1, Grant{2, 5, 0})
	reported, _ := Report(install(t, dev, first))
	held := reported.(Reserved)
	good := Encode(held)
	change := func(f func(*Reserved)) []byte {
		h := held
		f(&h)
		return Encode(h)
	}
	// The byte that says whether anything was ever held is the one that differs.
	never := change(func(h *Reserved) { h.held = false })
	two := bytes.Clone(good)
	for i := range two {
		if two[i] != never[i] {
			two[i] = 2
		}
	}
	return []damagedRecord{
		{"a newer version", append([]byte{2}, good[1:]...), Unsupported, "device state of version 2; this program knows version 1", false},
		{"empty", nil, StateDamaged, "1 byte expected", false},
		{"cut short", good[:len(good)-1], StateDamaged, "bytes expected", false},
		{"one byte more", append(bytes.Clone(good), 0), StateDamaged, "1 bytes too many", false},
		{"a trust bundle that is none", change(func(h *Reserved) { h.trust.body = []byte{1, 2} }), StateDamaged, "trust bundle", false},
		{"another issuer's bundle", change(func(h *Reserved) { h.trust = other.trust }), StateDamaged, "issuer", false},
		{"a request that is none", change(func(h *Reserved) { h.request.body = nil }), StateDamaged, "request code", false},
		{"another device's request", change(func(h *Reserved) { h.request = twin.request }), StateDamaged, "the code is for device", false},
		{"no number", change(func(h *Reserved) { h.floor = 0 }), StateDamaged, "out of range", false},
		{"a number past the last", change(func(h *Reserved) { h.floor = LastNumber + 2 }), StateDamaged, "out of range", false},
		{"an act that is none", change(func(h *Reserved) { h.act = 9 }), StateDamaged, "out of range", false},
		{"what is installed could be again", change(func(h *Reserved) { h.floor = 1 }), StateDamaged,
			"authorization 1 is installed, though 1 could still be", false},
		{"an authorization that is none", change(func(h *Reserved) { h.current.body = []byte{1} }), StateDamaged, "authorization code", false},
		{"an authorization nobody signed", change(func(h *Reserved) {
			h.current.body = bytes.Clone(h.current.body)
			h.current.body[len(h.current.body)-1] ^= 1
		}), StateDamaged, "the signature by key", false},
		{"another secret", change(func(h *Reserved) { h.seed.b[0] ^= 1 }), StateDamaged, "the request is not of this identity", true},
		{"a report nobody signed", change(func(h *Reserved) {
			h.report = bytes.Clone(h.report)
			h.report[len(h.report)-1] ^= 1
		}), StateDamaged, "is not signed by", true},
		{"a report more", change(func(h *Reserved) { h.statements++ }), StateDamaged, "the last status report does not fit its count", true},
		{"neither yes nor no", two, StateDamaged, "not in canonical form", true},
	}
}

func TestDamagedRecords(t *testing.T) {
	for _, c := range damagedRecords(t) {
		i, err := ParseInstance(c.data)
		if !errors.Is(err, &Refusal{Reason: c.want}) || !strings.Contains(err.Error(), c.says) || i != nil {
			t.Errorf("%s: %v, want %s: …%s…", c.name, err, c.want, c.says)
		}
		_, _, enough, err := ParseRights(c.data, testNow, 0)
		if !c.rights && (!errors.Is(err, &Refusal{Reason: c.want}) || !strings.Contains(err.Error(), c.says) || enough) {
			t.Errorf("%s, for the rights alone: %v, want %s: …%s…", c.name, err, c.want, c.says)
		}
	}
}

// A bundle that was opened once is read again without the catalog's rules. That its newest root
// names something that is no catalog only the issuer can bring about, and it must not stop a device.
func TestRightsOfARecordWithoutACatalog(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	junk := mustReadCatalog(t, []byte(testCatalogText))
	junk.raw = []byte("no catalog")
	signed, err := testTemplate(is, "Example", false, junk).Sign(nil, is.root)
	if err != nil {
		t.Fatal(err)
	}
	trust, err := newTrust([][]byte{signed}, junk.raw, func([]byte) (Catalog, error) { return junk, nil })
	if err != nil {
		t.Fatal(err)
	}
	dev.trust = trust
	_, _, _, err = ParseRights(Encode(dev), testNow, 0)
	wantReason(t, err, StateDamaged)
	_, err = ParseInstance(Encode(dev))
	wantReason(t, err, StateDamaged)
}

// The short way to the rights is enough for a device that holds licenses, until time is due to be
// stored.
func TestRightsOfARecord(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	held := install(t, dev, is.authorize(t, dev.Identity(), 1, Grant{2, 5, 0}))
	for _, c := range []struct {
		name     string
		instance Instance
		now      time.Time
		uptime   time.Duration
		enough   bool
		licensed bool
	}{
		{"held", held, testNow, time.Minute, true, true},
		{"held, on the next day", held, testNow.AddDate(0, 0, 1), time.Minute, false, true},
		{"held, after an hour", held, testNow, time.Hour, false, true},
		{"held, with the clock set back", held, testNow.AddDate(-1, 0, 0), time.Minute, true, true},
		{"in evaluation", dev, testNow, time.Minute, false, true},
		{"returned", held.Return(), testNow, time.Minute, false, false},
	} {
		rights, today, enough, err := ParseRights(Encode(c.instance), c.now, c.uptime)
		if err != nil || enough != c.enough || today < testToday || rights.Licensed("advantage", 5, today) != c.licensed {
			t.Errorf("%s: enough %v on %s, %v", c.name, enough, today, err)
		}
	}
}
