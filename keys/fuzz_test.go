package keys

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"filippo.io/edwards25519"

	"tallystick/testvectors/corpus"
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

// vectorRoots returns the roots of the vectors, each with the one after it, or itself.
func vectorRoots(t testing.TB) (pairs [][2][]byte) {
	t.Helper()
	for _, v := range corpus.Vectors(t, "trust", "roots") {
		roots := v.Input.List(t, "roots")
		// Some vectors have hundreds of roots, of which one is much like the other.
		for i := range min(len(roots), 4) {
			pairs = append(pairs, [2][]byte{roots[i], roots[min(i+1, len(roots)-1)]})
		}
	}
	return pairs
}

// rootMemory is what opening roots of so many bytes may allocate in all: each is copied a few times,
// and a key takes four times what is transmitted.
func rootMemory(size int) int { return 16<<10 + 24*size }

func FuzzOpenRoots(f *testing.F) {
	seeds := readHex(f)
	for i, s := range seeds {
		f.Add(s, seeds[(i+1)%len(seeds)])
		f.Add(seeds[0], s[:len(s)/2])
	}
	for _, pair := range vectorRoots(f) {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		// Most mutations die at a signature, so the parser is also tried on its own.
		for _, signed := range [][]byte{first, second} {
			body, signatures, err := parseRoot(signed)
			if err == nil && !bytes.Equal(join(body.encode(), signatures), signed) {
				t.Errorf("%x encodes as %x", signed, join(body.encode(), signatures))
			}
		}
		var c Chain
		var err error
		corpus.Allocates(t, rootMemory(len(first)+len(second)), func() { c, err = OpenRoots([][]byte{first, second}) })
		if err != nil {
			checkPrintable(t, err)
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

// checkPrintable fails when an error could do anything on a terminal but be read.
func checkPrintable(t *testing.T, err error) {
	t.Helper()
	if strings.ContainsFunc(err.Error(), func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("the message is %q", err)
	}
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
	for _, v := range corpus.Vectors(f, "request", "request") {
		if body := v.Input.Bytes(f, "body"); len(body) > 35 {
			f.Add(body[3:35]) // after the header and the suite
		}
	}
	constant := append(edwards25519.NewIdentityPoint().Bytes(), make([]byte, 32)...)
	f.Fuzz(func(t *testing.T, b []byte) {
		var k PublicKey
		var err error
		corpus.Allocates(t, 4<<10, func() { k, err = ParsePublicKey(Ed25519, b) })
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

// textMemory is what reading a text of so many bytes may allocate in all: the message quotes it,
// with up to four characters a byte, and again where it wraps another.
func textMemory(size int) int { return 8<<10 + 32*size }

func FuzzParseFingerprint(f *testing.F) {
	f.Add(testKey(0).Public().String())
	f.Add("oOlL iI00\u20131111 2222")
	for _, v := range corpus.Vectors(f, "request", "identity") {
		f.Add(v.Output.Text(f, "fingerprint"))
	}
	f.Fuzz(func(t *testing.T, text string) {
		var short ShortFingerprint
		var err error
		corpus.Allocates(t, textMemory(len(text)), func() { short, err = ParseFingerprint(text) })
		if err != nil {
			checkPrintable(t, err)
			return
		}
		if again, err := ParseFingerprint(short.String()); err != nil || again != short {
			t.Errorf("%q reads as %v, which reads as %v, %v", text, short, again, err)
		}
	})
}

// FuzzParseDay: a day is read from the one text that it prints.
func FuzzParseDay(f *testing.F) {
	for _, v := range corpus.Vectors(f, "trust", "roots") {
		if v.Valid {
			f.Add(Day(v.Output.Int(f, "issued")).String())
		}
	}
	for _, text := range []string{"never", "2020-01-01", "2199-06-06", "2199-06-07", "2028-02-29", "2029-2-3", "+2029-11-21"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var d Day
		var err error
		corpus.Allocates(t, textMemory(len(text)), func() { d, err = ParseDay(text) })
		if err != nil {
			checkPrintable(t, err)
		}
		if err == nil && d.String() != text || err != nil && d != 0 {
			t.Errorf("%q reads as %v, %v", text, d, err)
		}
	})
}

// FuzzParseRole: roles may be named in any order, and what is read prints in one.
func FuzzParseRole(f *testing.F) {
	for _, r := range []Role{RoleRoot, RoleIssue | RoleExport, allRoles, 1 << 9, 0} {
		f.Add(r.String())
	}
	f.Add("log,issue")
	f.Add("issue, export,,issue")
	f.Fuzz(func(t *testing.T, text string) {
		var r Role
		var err error
		corpus.Allocates(t, textMemory(len(text)), func() { r, err = ParseRole(text) })
		if err != nil {
			checkPrintable(t, err)
			if r != 0 {
				t.Errorf("%q reads as %v, %v", text, r, err)
			}
			return
		}
		again, err := ParseRole(r.String())
		if err != nil || again != r || !r.Valid() || len(r.String()) != len(text) {
			t.Errorf("%q reads as %v, which reads as %v, %v", text, r, again, err)
		}
	})
}
