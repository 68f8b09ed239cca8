package reserve

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"maps"
	"slices"
	"testing"

	"tallystick/keys"
)

func TestEveryPositionIsFound(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	books := Books{Identity: dev.Identity()}
	for _, p := range []Position{1, 2, 3, 200, 1025, LastPosition - 1, LastPosition} {
		secret := dev.seed.secret(dev.identity, p)
		if got, ok := books.find(secret); !ok || got != p {
			t.Errorf("position %d: found %d, %v", p, got, ok)
		}
		known := books
		known.Known, known.KnownSecret = LastPosition, dev.seed.secret(dev.identity, LastPosition)
		if got, ok := known.find(secret); !ok || got != p {
			t.Errorf("position %d below the last: found %d, %v", p, got, ok)
		}
	}
	if _, ok := books.find(Secret{1}); ok {
		t.Error("a made-up secret was found")
	}
	if _, err := dev.Cancel(LastNumber); err == nil {
		t.Error("canceled out of reach")
	}
	last := dev
	last.floor = LastNumber
	last, err := last.Cancel(LastNumber)
	if err != nil || last.Position() != LastPosition {
		t.Fatalf("the last number: position %d, %v", last.Position(), err)
	}
	_, err = last.Cancel(LastNumber)
	wantReason(t, err, NumbersExhausted)
	books, _, err = books.Receive(last.Receipt())
	if err != nil {
		t.Fatal(err)
	}
	_, err = books.Next()
	wantReason(t, err, NumbersExhausted)
}

func TestUDI(t *testing.T) {
	for _, s := range []string{"A:1", "C9300-24T:FCW2149L0KK", "PWR-C1-350WAC=:X", "X:550E8400-E29B-41D4-A716-446655440000",
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345:" + fmt.Sprintf("%064d", 7)} {
		u, err := ParseUDI(s)
		if err != nil || u.String() != s {
			t.Errorf("%q: %q, %v", s, u, err)
		}
	}
	if u, err := ParseUDI(" c9300-24t:fcw2149l0kk "); err != nil || u.String() != "C9300-24T:FCW2149L0KK" {
		t.Errorf("lower case: %q, %v", u, err)
	}
	for _, s := range []string{"", ":", "A", "A:", ":1", "A:1:2", "-A:1", "A:.1", "A B:1", "A:\x1b[2J", "Ä:1", "A:1\n",
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456:1", "A:" + fmt.Sprintf("%065d", 7)} {
		if u, err := ParseUDI(s); err == nil && s != "A:1\n" {
			t.Errorf("%q was read as %q", s, u)
		}
	}
}

func BenchmarkLicensed(b *testing.B) {
	t := &testing.T{}
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	r, _, _ := Install(dev, is.authorize(t, dev.Identity(), 1, grants(0)...).Body(), testNow)
	rights := NewRights(r)
	b.ReportAllocs()
	for b.Loop() {
		if !rights.Licensed("essentials", 1, testToday) {
			b.Fatal("not licensed")
		}
	}
}

// BenchmarkAuthorization measures signing and opening beside the bare signature over as many bytes.
func BenchmarkAuthorization(b *testing.B) {
	t := &testing.T{}
	is := newTestIssuer(t, "Example", false)
	id := testDevice(t, is, "A1").Identity()
	draft := Draft{Number: 1, Sequence: 7, Issued: testToday, Grants: grants(testToday + 1000)}
	a, err := SignAuthorization(is.trust, id, draft, is.issue)
	if err != nil {
		b.Fatal(err)
	}
	u, err := ParseAuthorization(a.Body())
	if err != nil {
		b.Fatal(err)
	}
	fields := u.terms.signed(is.trust, id, u.covered, a.signers)
	message := append([]byte("TS1/aut\x00"), keys.PAE(fields...)...)
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	public, signature := private.Public().(ed25519.PublicKey), ed25519.Sign(private, message)
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, err := OpenAuthorization(a.Body(), is.trust, id); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare-verify", func(b *testing.B) {
		for b.Loop() {
			if !ed25519.Verify(public, message, signature) {
				b.Fatal("does not verify")
			}
		}
	})
	b.Run("sign", func(b *testing.B) {
		for b.Loop() {
			if _, err := SignAuthorization(is.trust, id, draft, is.issue); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare-sign", func(b *testing.B) {
		for b.Loop() {
			ed25519.Sign(private, message)
		}
	})
}

func TestNormalGrants(t *testing.T) {
	got, err := NormalGrants([]Grant{{4, 8, 900}, {2, 1, 0}, {4, 16, 900}, {1, 5, 900}})
	if want := []Grant{{2, 1, 0}, {1, 5, 900}, {4, 24, 900}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	for _, bad := range [][]Grant{{{0, 1, 0}}, {{1, 0, 0}}, {{MaxEntitlementID + 1, 1, 0}}, {{1, MaxCount + 1, 0}},
		{{1, MaxCount, 0}, {1, 1, 0}}, {{1, 1<<32 - 1, 0}, {1, 1<<32 - 1, 0}}} {
		if got, err := NormalGrants(bad); err == nil {
			t.Errorf("%v became %v", bad, got)
		}
	}
	many := make([]Grant, maxGrants+1)
	for i := range many {
		many[i] = Grant{EntitlementID(i + 1), 1, 0}
	}
	if _, err := NormalGrants(many); err == nil {
		t.Error("too many entitlements")
	}
}

// BenchmarkReceipt measures finding a receipt's position: the next one, as nearly always; one far
// away, as after many cancellations; and a code that is none of this device's.
func BenchmarkReceipt(b *testing.B) {
	t := &testing.T{}
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	books := Books{Identity: dev.Identity(), Issued: []Issued{{Number: 1}}}
	for _, c := range []struct {
		name   string
		secret Secret
		found  bool
	}{
		{"next", dev.seed.secret(dev.identity, 2), true},
		{"far", dev.seed.secret(dev.identity, 500), true},
		{"none", Secret{1}, false},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, found := books.find(c.secret); found != c.found {
					b.Fatal("found ", found)
				}
			}
		})
	}
}

// What comes back is what the newest authorization no longer grants, of everything charged.
func TestComingBack(t *testing.T) {
	steps := []struct {
		issued []Issued
		floor  Number
		want   map[LotID]uint32
	}{
		{nil, 0, map[LotID]uint32{}},
		{[]Issued{issued(1, 5, 4)}, 0, map[LotID]uint32{}},
		{[]Issued{issued(1, 5, 4), issued(2, 8, 2)}, 0, map[LotID]uint32{2: 2}},
		{[]Issued{issued(1, 5, 4), issued(2, 8, 2), issued(3, 0, 3)}, 0, map[LotID]uint32{1: 8, 2: 1}},
		{[]Issued{issued(1, 5, 4), issued(2, 8, 2), issued(3, 0, 3)}, 3, map[LotID]uint32{}},
		{[]Issued{issued(1, 5, 4), issued(2, 8, 2)}, 3, map[LotID]uint32{}},
	}
	for _, s := range steps {
		if got := (Books{Issued: s.issued, Floor: s.floor}).ComingBack(); !maps.Equal(got, s.want) {
			t.Errorf("%d authorizations, floor %d: %v, want %v", len(s.issued), s.floor, got, s.want)
		}
	}
}

// issued returns an authorization that takes counts from lots 1, 2, ….
func issued(n Number, counts ...uint32) Issued {
	i := Issued{Number: n}
	for k, count := range counts {
		if count > 0 {
			i.Draws = append(i.Draws, Draw{LotID(k + 1), Grant{4, count, 0}})
		}
	}
	return i
}

func TestExpects(t *testing.T) {
	is := newTestIssuer(t, "Example", false)
	dev, other := testDevice(t, is, "A1"), testDevice(t, is, "A2")
	a := is.authorize(t, dev.Identity(), 1, grants(0)...)
	books, err := Books{Identity: dev.Identity()}.Issue(Issued{Number: 1, Digest: a.Digest()})
	if err != nil {
		t.Fatal(err)
	}
	held, _, err := Install(dev, a.Body(), testNow)
	if err != nil {
		t.Fatal(err)
	}
	canceled, err := held.Return().Cancel(4)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		receipt Receipt
		want    bool
	}{
		"confirmation":             {held.Receipt(), true},
		"return":                   {held.Return().Receipt(), true},
		"cancellation of more":     {canceled.Receipt(), false},
		"of another device":        {other.Receipt(), false},
		"with the hint of another": {Receipt{other.Identity().DID().Locator(), held.Receipt().secret}, false},
	} {
		if got := books.Expects(c.receipt); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
	after, _, err := books.Receive(canceled.Receipt())
	if err != nil {
		t.Fatal(err)
	}
	if !after.Expects(canceled.Receipt()) || !after.Expects(held.Receipt()) {
		t.Error("what is known already is not expected")
	}
}
