package keyring

import (
	"bytes"
	"crypto/fips140"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"

	"tallystick/keys"
)

const lowWork = 1

var passphrase = []byte("correct horse battery staple")

func skipUnderFIPS(t testing.TB) {
	t.Helper()
	if fips140.Enforced() {
		t.Skip("age is not approved for GODEBUG=fips140=only")
	}
}

func mustSeal(t testing.TB) []byte {
	t.Helper()
	skipUnderFIPS(t)
	sealed, err := testRing(t).Seal(passphrase, lowWork)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestSealedRingOpens(t *testing.T) {
	sealed := mustSeal(t)
	ring, err := Open(sealed, passphrase)
	if err != nil || !bytes.Equal(ring.encode(), testRing(t).encode()) {
		t.Fatalf("%v, %v", ring, err)
	}
	if again := mustSeal(t); bytes.Equal(again, sealed) {
		t.Error("sealed twice alike: salt and key must be new each time")
	}
	for i, b := range sealed {
		if b != '\n' && (b < ' ' || b > '~') {
			t.Errorf("byte %d is %#x: a keyring is plain text", i, b)
		}
	}
}

func TestWrongPassphrase(t *testing.T) {
	sealed := mustSeal(t)
	for _, wrong := range []string{"x", string(passphrase) + "\n", string(passphrase[1:])} {
		ring, err := Open(sealed, []byte(wrong))
		if !errors.Is(err, ErrPassphrase) || errors.Is(err, ErrDamaged) ||
			err.Error() != "opening keyring: wrong passphrase" || len(ring.entries) != 0 {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestEmptyPassphrase(t *testing.T) {
	sealed := mustSeal(t)
	if _, err := Open(sealed, nil); !errors.Is(err, ErrNoPassphrase) {
		t.Errorf("Open: %v", err)
	}
	if b, err := testRing(t).Seal([]byte{}, lowWork); !errors.Is(err, ErrNoPassphrase) || b != nil {
		t.Errorf("Seal: %v", err)
	}
}

// TestEveryFlippedByteIsDamage: with the right passphrase and with a wrong one, so that nobody
// retypes a passphrase that was right.
func TestEveryFlippedByteIsDamage(t *testing.T) {
	sealed := mustSeal(t)
	for i := range sealed {
		for _, flip := range []byte{0x01, 0x02, 0x20, 0x80, 0xff} {
			bad := bytes.Clone(sealed)
			bad[i] ^= flip
			for _, p := range [][]byte{passphrase, []byte("wrong")} {
				ring, err := Open(bad, p)
				if !errors.Is(err, ErrDamaged) || errors.Is(err, ErrPassphrase) ||
					errors.Is(err, keys.ErrUnsupported) || len(ring.entries) != 0 {
					t.Fatalf("byte %d changed by %#x: %v", i, flip, err)
				}
			}
		}
		if _, err := Open(sealed[:i], passphrase); !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
}

// TestForgedChecksum: who changes the file on purpose makes the checksum right again. Then age
// must find it.
func TestForgedChecksum(t *testing.T) {
	_, sealed, _ := bytes.Cut(mustSeal(t), []byte("\n"))
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		forged := append([]byte(firstLine(version, bad)+"\n"), bad...)
		if ring, err := Open(forged, passphrase); err == nil || len(ring.entries) != 0 {
			t.Fatalf("byte %d changed: opened", i)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	skipUnderFIPS(t)
	frame := func(v string, sealed []byte) []byte {
		return append([]byte(firstLine(v, sealed)+"\n"), sealed...)
	}
	huge, err := encrypt(make([]byte, maxPlain+1), passphrase, lowWork)
	if err != nil {
		t.Fatal(err)
	}
	later, err := encrypt([]byte{2}, passphrase, lowWork)
	if err != nil {
		t.Fatal(err)
	}
	work := strings.Join([]string{"age-encryption.org/v1", "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 23",
		strings.Repeat("A", 43), "--- " + strings.Repeat("A", 43), ""}, "\n")
	for _, test := range []struct {
		name string
		data []byte
		kind error
		want string
	}{
		{"empty", nil, ErrDamaged,
			`keyring is damaged: it does not begin with "tallystick keyring "`},
		{"something else", []byte("-----BEGIN AGE ENCRYPTED FILE-----\n"), ErrDamaged,
			`keyring is damaged: it does not begin with "tallystick keyring "`},
		{"too large", make([]byte, MaxSize+1), ErrDamaged,
			"keyring is damaged: 1048577 bytes, at most 1048576"},
		{"later version", frame("2", []byte("anything")), keys.ErrUnsupported,
			`version "2": needs newer software`},
		{"later content", frame("1", later), keys.ErrUnsupported,
			"sealed content of version 2: needs newer software"},
		{"too much content", frame("1", huge), ErrDamaged,
			"keyring is damaged: more than 8642 bytes of content"},
		{"too much work", frame("1", armored(t, work)), ErrDamaged, "keyring is damaged: " +
			"scrypt work factor too large: 23"},
		{"for a recipient", frame("1", forRecipient(t)), ErrDamaged, "keyring is damaged: " +
			"identity did not match any of the recipients: " +
			"incorrect identity for recipient block: file is not passphrase-encrypted"},
	} {
		ring, err := Open(test.data, passphrase)
		if !errors.Is(err, test.kind) || errors.Is(err, ErrPassphrase) ||
			err.Error() != "opening keyring: "+test.want || len(ring.entries) != 0 {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
}

func armored(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := armor.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func forRecipient(t *testing.T) []byte {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := age.Encrypt(&b, identity.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return armored(t, b.String())
}

func TestSealRefusesWork(t *testing.T) {
	for _, logN := range []int{-1, 0, MaxWork + 1} {
		if b, err := testRing(t).Seal(passphrase, logN); err == nil || b != nil {
			t.Errorf("work factor %d: %v", logN, err)
		}
	}
}

func TestUnderFIPS(t *testing.T) {
	if !fips140.Enforced() {
		t.Skip("for GODEBUG=fips140=only")
	}
	_, sealed := testRing(t).Seal(passphrase, lowWork)
	_, opened := Open([]byte("tallystick keyring 1 x\n"), passphrase)
	if !errors.Is(sealed, ErrNotApproved) || !errors.Is(opened, ErrNotApproved) {
		t.Errorf("%v, %v", sealed, opened)
	}
}

// TestKeyringsStayReadable opens a ring that was sealed long ago, and opens it with the age
// package alone as the package comment promises of the stock tool.
func TestKeyringsStayReadable(t *testing.T) {
	skipUnderFIPS(t)
	data, err := os.ReadFile("testdata/version1.keys")
	if err != nil {
		t.Fatal(err)
	}
	ring, err := Open(data, passphrase)
	if err != nil || !bytes.Equal(ring.encode(), testRing(t).encode()) {
		t.Fatalf("%v, %v", ring, err)
	}

	identity, err := age.NewScryptIdentity(string(passphrase))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(data, []byte("\n"))
	r, err := age.Decrypt(armor.NewReader(bytes.NewReader(rest)), identity)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(r); err != nil || !bytes.Equal(plain, goldenPlain(t)) {
		t.Errorf("age gives %x, %v", plain, err)
	}
}

// goldenPlain is the content of testdata/version1.keys.
func goldenPlain(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/version1.hex")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil || len(plain) == 0 {
		t.Fatalf("testdata/version1.hex: %v", err)
	}
	return plain
}
