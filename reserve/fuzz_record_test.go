package reserve

import (
	"testing"
	"time"

	"tallystick/keys"
	"tallystick/testvectors/corpus"
)

// records are durable records in every state: of the devices of the vectors, and of one that lived
// a little longer.
func records(t testing.TB) (all [][]byte) {
	t.Helper()
	devices := addressees(t)
	for _, i := range devices {
		all = append(all, Encode(i))
	}
	held := 0
	for _, v := range corpus.Vectors(t, "authorization", "authorization") {
		if next, _, err := Install(devices[0], v.Input.Bytes(t, "body"), testNow); err == nil && held < 8 {
			held++
			all = append(all, Encode(next))
		}
	}
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	i := install(t, dev, is.authorize(t, dev.Identity(), 1, grants(testToday+900)...))
	reported, _ := Report(i)
	canceled, err := dev.Cancel(3)
	if held == 0 || err != nil {
		t.Fatalf("%d of the vectors can be installed, %v", held, err)
	}
	return append(all, Encode(reported), Encode(i.Return()), Encode(canceled))
}

// FuzzParseInstance feeds the durable record of a device: what reads is what is written.
func FuzzParseInstance(f *testing.F) {
	for _, record := range records(f) {
		f.Add(record)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		i, ok := bounded(t, recordMemory(len(data)), func() (Instance, error) { return ParseInstance(data) })
		if ok == (i == nil) {
			t.Fatalf("the record %v, read %v", i, ok)
		}
		if ok {
			mustEqual(t, "record", Encode(i), data)
		}
	})
}

// FuzzParseRights: the short way to the rights leads where the long one does.
func FuzzParseRights(f *testing.F) {
	for _, record := range records(f) {
		f.Add(record)
	}
	type reading struct {
		rights Rights
		today  keys.Day
		enough bool
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		const uptime = time.Minute
		got, ok := bounded(t, recordMemory(len(data)), func() (reading, error) {
			r, today, enough, err := ParseRights(data, testNow, uptime)
			return reading{r, today, enough}, err
		})
		i, err := ParseInstance(data)
		if err != nil {
			return // ParseRights leaves out what it doesn't need
		}
		if !ok {
			t.Fatal("a record that reads has no rights")
		}
		if got.today != Today(i, testNow) {
			t.Errorf("today is %v, not %v", got.today, Today(i, testNow))
		}
		if _, reserved := i.(Reserved); got.enough && (!reserved || TimeDue(i, testNow, uptime)) {
			t.Error("the short way is taken where the record has to be written")
		}
		want := NewRights(i)
		for _, e := range i.Trust().Catalog().Entitlements() {
			for _, n := range []int{0, 1, 24, 25} {
				if a, b := got.rights.Ask(e.Tag, n, got.today), want.Ask(e.Tag, n, got.today); a != b {
					t.Errorf("%d of %s: %+v, want %+v", n, e.Tag, a, b)
				}
			}
		}
	})
}
