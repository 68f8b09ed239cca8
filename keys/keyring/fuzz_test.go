package keyring

import (
	"bytes"
	"errors"
	"io"
	"os"
	"regexp"
	"strconv"
	"testing"

	"filippo.io/age/armor"

	"tallystick/keys"
	"tallystick/testvectors/corpus"
)

// Bytes that the parsers may allocate in all, what they free meanwhile included.
const (
	// plainMemory, for each byte: an Ed25519 key takes several times what is stored of it.
	plainMemory = 32
	// sealedMemory: what scrypt takes for fuzzWork, and the buffers of age.
	sealedMemory = 1<<(fuzzWork+10) + 2<<20
	// fuzzWork is the most work that the target does; MaxWork would take it seconds and 4 GiB.
	fuzzWork = 10
)

// There are no vectors of keyrings: the seeds are the ring that was sealed with the first version.
func FuzzDecode(f *testing.F) {
	seeds := [][]byte{Ring{}.encode(), testRing(f).encode(), goldenPlain(f)}
	for _, s := range seeds {
		if len(s) == 0 {
			f.Fatal("no seed")
		}
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		var ring Ring
		var err error
		corpus.Allocates(t, 16<<10+plainMemory*len(plain), func() { ring, err = decode(plain) })
		switch {
		case err != nil && len(ring.entries) != 0:
			t.Errorf("a ring with the error %v", err)
		case err == nil && !bytes.Equal(ring.encode(), plain):
			t.Errorf("%x encodes as %x", plain, ring.encode())
		}
	})
}

// FuzzOpen opens sealed text as it is, and with a first line that fits it, which anybody can write:
// what is no ring is refused in one of the ways that are told apart.
func FuzzOpen(f *testing.F) {
	skipUnderFIPS(f)
	golden, err := os.ReadFile("testdata/version1.keys")
	if err != nil {
		f.Fatal(err)
	}
	_, sealed, ok := bytes.Cut(golden, []byte("\n"))
	if !ok {
		f.Fatal("the seed has no second part")
	}
	f.Add(golden)
	f.Add(sealed)
	f.Add(bytes.ReplaceAll(sealed, []byte("\n"), []byte("\r\n")))
	f.Add(sealed[:len(sealed)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		forged := append([]byte(firstLine(version, data)+"\n"), data...)
		for _, text := range [][]byte{data, forged} {
			_, rest, _ := bytes.Cut(text, []byte("\n"))
			if workOf(rest) > fuzzWork {
				return
			}
			corpus.Allocates(t, sealedMemory+8*len(data), func() { open(t, text) })
		}
	})
}

func open(t *testing.T, text []byte) {
	ring, err := Open(text, passphrase)
	if err == nil && !bytes.Equal(ring.encode(), goldenPlain(t)) {
		t.Errorf("opened another ring: %v", ring)
	}
	if err != nil && (len(ring.entries) != 0 || !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrPassphrase) &&
		!errors.Is(err, keys.ErrUnsupported)) {
		t.Errorf("%v with the error %v", ring, err)
	}
}

var scryptWork = regexp.MustCompile(`-> scrypt \S+ ([0-9]+)`)

// workOf returns the most work that an armored file asks for, 0 where it names none.
func workOf(sealed []byte) (most int) {
	header, _ := io.ReadAll(io.LimitReader(armor.NewReader(bytes.NewReader(sealed)), 1<<16))
	for _, m := range scryptWork.FindAllSubmatch(header, -1) {
		n, err := strconv.Atoi(string(m[1]))
		if err != nil {
			n = MaxWork + 1
		}
		most = max(most, n)
	}
	return most
}
