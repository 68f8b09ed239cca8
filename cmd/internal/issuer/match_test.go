package issuer

import (
	"testing"

	"tallystick/codec"
	"tallystick/reserve"
	"tallystick/testvectors/labeled"
)

// Of a million devices every receipt may be of two by its hint. These two are such a pair.
func neighbors(f *office) [2]reserve.Unreserved {
	f.t.Helper()
	trust, err := f.Trust(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	var pair [2]reserve.Unreserved
	for i, serial := range []string{"NEIGHBOR28", "NEIGHBOR1731"} {
		udi, err := reserve.NewUDI("C9300-24T", serial)
		if err != nil {
			f.t.Fatal(err)
		}
		if pair[i], err = reserve.NewInstance(udi, trust, labeled.Reader(udi.String()), f.now); err != nil {
			f.t.Fatal(err)
		}
	}
	if pair[0].Identity().DID().Locator() != pair[1].Identity().DID().Locator() {
		f.t.Fatal("they are not a pair any more: look for another one")
	}
	return pair
}

func TestReceiptsOfNeighbors(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 10, 0)
	pair := neighbors(f)
	var held [2]reserve.Reserved
	for i, u := range pair {
		held[i] = f.install(u, f.authorize(f.request(u, "dna-advantage=2")))
	}
	for i, h := range held {
		got, err := f.receive(h.Receipt().Code())
		if err != nil || got.Device.UDI != pair[i].Identity().UDI() || got.Number != 1 {
			t.Errorf("confirmation of %s: %+v, %v", pair[i].Identity().UDI(), got, err)
		}
	}
	// What was never issued is found all the same.
	later, err := held[1].Return().Cancel(5)
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.receive(later.Receipt().Code())
	if err != nil || got.Device.UDI != pair[1].Identity().UDI() || got.Kind != KindReturn || got.Number != 5 {
		t.Errorf("cancellation of %s: %+v, %v", pair[1].Identity().UDI(), got, err)
	}
	if _, err := f.receive(held[0].Return().Receipt().Code()); err != nil {
		t.Error(err)
	}
}

// A receipt that is expected of one device must not be looked for on the whole chain of another, which
// takes half a second. Each position looked at allocates, which is easier to tell than time.
func TestReceiptsOfNeighborsAreFoundAtOnce(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 10, 0)
	pair := neighbors(f)
	var codes []codec.Reading
	for _, u := range []reserve.Unreserved{pair[0], pair[1], f.newDevice("ALONE")} {
		held := f.install(u, f.authorize(f.request(u, "dna-advantage=2")))
		reading, err := codec.Decode(held.Receipt().Code().Paste(), reserve.Kinds()...)
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, reading)
	}
	cost := func(code codec.Reading) float64 {
		return testing.AllocsPerRun(3, func() {
			if _, err := f.Receive(t.Context(), code, "", true); err != nil {
				t.Fatal(err)
			}
		})
	}
	alone := cost(codes[2])
	for i, code := range codes[:2] {
		if n := cost(code); n > 2*alone {
			t.Errorf("device %d of the pair: %.0f allocations; a device without a neighbor: %.0f", i, n, alone)
		}
	}
}
