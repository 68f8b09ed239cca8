package keyring

import "testing"

// BenchmarkOpen opens a ring of three keys with the work that issuers use.
func BenchmarkOpen(b *testing.B) {
	skipUnderFIPS(b)
	sealed, err := testRing(b).Seal(passphrase, DefaultWork)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Open(sealed, passphrase); err != nil {
			b.Fatal(err)
		}
	}
}
