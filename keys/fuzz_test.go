package keys

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/edwards25519"
)

// readHex returns the files of testdata/roots in order: the three versions of threeVersions. Each
// is lines of hexadecimal.
func readHex(t testing.TB) [][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/roots/*.hex")
	if err != nil || len(names) == 0 {
		t.Fatalf("no trust roots in testdata/roots: %v", err)
	}
	var list [][]byte
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		list = append(list, b)
	}
	return list
}

// TestFormatStaysTheSame: what issuers have published must open for ever, and today's program
// writes it byte for byte.
func TestFormatStaysTheSame(t *testing.T) {
	want := readHex(t)
	if c := mustOpen(t, want...); c.Fingerprint().String() != "HDVE-BPP9-VXFE-DP5N" {
		t.Errorf("fingerprint %v", c.Fingerprint())
	}
	for i, got := range threeVersions(t) {
		if !bytes.Equal(got, want[i]) {
			t.Errorf("version %d is now\n%x", i+1, got)
		}
	}
}

func FuzzOpenRoots(f *testing.F) {
	seeds := readHex(f)
	for i, s := range seeds {
		f.Add(s, seeds[(i+1)%len(seeds)])
		f.Add(seeds[0], s[:len(s)/2])
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		// Most mutations die at a signature, so the parser is also tried on its own.
		for _, signed := range [][]byte{first, second} {
			body, signatures, err := parseRoot(signed)
			if err == nil && !bytes.Equal(join(body.encode(), signatures), signed) {
				t.Errorf("%x encodes as %x", signed, join(body.encode(), signatures))
			}
		}
		c, err := OpenRoots([][]byte{first, second})
		if err != nil {
			if c.Len() != 0 {
				t.Errorf("a chain of %d with the error %v", c.Len(), err)
			}
			return
		}
		if !bytes.Equal(c.First().Raw(), first) || !bytes.Equal(c.Newest().Raw(), second) ||
			c.Newest().CheckThreshold(RoleRoot, nil) == nil {
			t.Errorf("chain of %x and %x", first, second)
		}
	})
}

func FuzzParsePublicKey(f *testing.F) {
	if len(smallOrder) == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range smallOrder {
		b, err := hex.DecodeString(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(testKey(0).Public().Bytes())
	constant := append(edwards25519.NewIdentityPoint().Bytes(), make([]byte, 32)...)
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := ParsePublicKey(Ed25519, b)
		if err != nil {
			if !k.IsZero() {
				t.Errorf("%x: a key with the error %v", b, err)
			}
			return
		}
		if !bytes.Equal(k.Bytes(), b) || k.Verify(Entry, constant, b) == nil {
			t.Errorf("%x accepted", b)
		}
	})
}

func FuzzParseFingerprint(f *testing.F) {
	f.Add(testKey(0).Public().String())
	f.Add("oOlL iI00\u20131111 2222")
	f.Fuzz(func(t *testing.T, text string) {
		short, err := ParseFingerprint(text)
		if err != nil {
			return
		}
		if again, err := ParseFingerprint(short.String()); err != nil || again != short {
			t.Errorf("%q reads as %v, which reads as %v, %v", text, short, again, err)
		}
	})
}
