package device_test

import (
	"testing"

	"tallystick/reserve"
	"tallystick/reserve/device"
)

// licensedDevice returns a device that holds an advantage license and 24 ports.
func licensedDevice(t testing.TB, dir string) *device.Device {
	t.Helper()
	is := newIssuer("Example")
	d := create(t, dir, is)
	a := is.authorize(d.Identity(), 1, reserve.Grant{Entitlement: advantage, Count: 1}, reserve.Grant{Entitlement: ports, Count: 24})
	if _, err := d.Install(a.Body()); err != nil {
		t.Fatal(err)
	}
	return d
}

func BenchmarkLicensed(b *testing.B) {
	d := licensedDevice(b, b.TempDir())
	b.ReportAllocs()
	for b.Loop() {
		if !d.Licensed("essentials", 1) {
			b.Fatal("not licensed")
		}
	}
}

func BenchmarkLicensedParallel(b *testing.B) {
	d := licensedDevice(b, b.TempDir())
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if !d.Licensed("ports", 24) {
				b.Error("not licensed")
			}
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	licensedDevice(b, dir)
	for b.Loop() {
		if _, err := device.Open(dir); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRefresh(b *testing.B) {
	d := licensedDevice(b, b.TempDir())
	for b.Loop() {
		if err := d.Refresh(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReturn(b *testing.B) {
	d := licensedDevice(b, b.TempDir())
	for b.Loop() {
		if _, err := d.Return(); err != nil { // asked again each time
			b.Fatal(err)
		}
	}
}
