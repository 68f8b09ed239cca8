package keys

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"filippo.io/edwards25519"

	"tallystick/keys/internal/seed"
)

// smallOrder lists every 32-byte string that decodes to a point of small order: 8 points in their
// canonical encodings, then the other spellings (y + p, or the sign of x = 0 set).
var smallOrder = []string{
	"0100000000000000000000000000000000000000000000000000000000000000", // order 1
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // order 2
	"0000000000000000000000000000000000000000000000000000000000000000", // order 4
	"0000000000000000000000000000000000000000000000000000000000000080",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", // order 8
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	"0100000000000000000000000000000000000000000000000000000000000080",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
}

// TestConstantSignature is the attack that ParsePublicKey prevents. For a key of small order the
// signature R = the point 0, S = 0 fits every message, or every message whose hash is a multiple
// of the order. No private key is involved: the owner of such a key can deny any statement, and
// so could a device whose request enrolled it.
func TestConstantSignature(t *testing.T) {
	constant := edwards25519.NewIdentityPoint().Bytes() // R
	constant = append(constant, make([]byte, 32)...)    // S
	for _, encoded := range smallOrder {
		key, err := hex.DecodeString(encoded)
		if err != nil {
			t.Fatal(err)
		}
		fits := 0
		for i := range 256 {
			if ed25519.Verify(key, fmt.Appendf(nil, "return %d licenses", i), constant) {
				fits++
			}
		}
		if fits == 0 {
			t.Errorf("%s: crypto/ed25519 has become strict; is the refusal still needed?", encoded)
		}
		if k, err := ParsePublicKey(Ed25519, key); !errors.Is(err, ErrPublicKey) || !k.IsZero() {
			t.Errorf("%s, one signature for %d of 256 messages: accepted (%v)", encoded, fits, err)
		}
	}
}

func TestParsePublicKeyRefuses(t *testing.T) {
	good := testKey(0).Public().Bytes()
	for _, test := range []struct {
		name  string
		suite Suite
		key   []byte
		want  string
	}{
		{"empty", Ed25519, nil, "invalid public key: 0 bytes where Ed25519 has 32"},
		{"short", Ed25519, good[:31], "invalid public key: 31 bytes where Ed25519 has 32"},
		{"long", Ed25519, append(good, 0), "invalid public key: 33 bytes where Ed25519 has 32"},
		{"off the curve", Ed25519, append([]byte{2}, make([]byte, 31)...),
			"invalid public key: not a point of the curve"},
		{"other spelling of y = 3", Ed25519, unhex(t, "f0"+strings.Repeat("ff", 30)+"7f"),
			"invalid public key: not the canonical encoding of its point"},
		{"small order", Ed25519, unhex(t, smallOrder[4]),
			"invalid public key: point of small order, under which one signature fits any message"},
		{"P-256", P256, make([]byte, 33),
			"unsupported signature suite P-256: needs newer software"},
		{"suite 0", 0, good, "unsupported signature suite suite 0: needs newer software"},
	} {
		k, err := ParsePublicKey(test.suite, test.key)
		if err == nil || err.Error() != test.want || !k.IsZero() {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
		if got := errors.Is(err, ErrUnsupportedSuite); got != (test.suite != Ed25519) {
			t.Errorf("%s: unsupported suite: %v", test.name, got)
		}
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryGeneratedKeyParses(t *testing.T) {
	for range 200 {
		private, err := NewPrivateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		public, err := ParsePublicKey(Ed25519, private.Public().Bytes())
		if err != nil || public != private.Public() {
			t.Fatalf("%x: %v", private.Public().Bytes(), err)
		}
	}
}

func TestSignatureIsPlainEd25519(t *testing.T) {
	seed := [SeedSize]byte(bytes.Repeat([]byte{7}, SeedSize))
	sig := PrivateKeyFromSeed(seed).Sign(Authorization, []byte("device"), []byte("body"))
	message := append([]byte("TS1/aut\x00"), PAE([]byte("device"), []byte("body"))...)
	if !bytes.Equal(sig, ed25519.Sign(ed25519.NewKeyFromSeed(seed[:]), message)) {
		t.Error("anybody with an Ed25519 implementation must be able to make the same signature")
	}
}

func TestVerifyRefuses(t *testing.T) {
	key := testKey(0)
	sig := key.Sign(Authorization, []byte("ab"), []byte("c"))
	verify := func(sig []byte, fields ...string) error {
		var b [][]byte
		for _, f := range fields {
			b = append(b, []byte(f))
		}
		return key.Public().Verify(Authorization, sig, b...)
	}
	if err := verify(sig, "ab", "c"); err != nil {
		t.Fatal(err)
	}
	for _, fields := range [][]string{{"a", "bc"}, {"abc"}, {"ab", "c", ""}, {"c", "ab"}, nil} {
		if err := verify(sig, fields...); !errors.Is(err, ErrSignature) {
			t.Errorf("fields %q: %v", fields, err)
		}
	}
	for bit := range 8 * len(sig) {
		bad := bytes.Clone(sig)
		bad[bit/8] ^= 1 << (bit % 8)
		if err := verify(bad, "ab", "c"); !errors.Is(err, ErrSignature) {
			t.Errorf("bit %d flipped: %v", bit, err)
		}
	}
	for _, bad := range [][]byte{nil, sig[:63], append(bytes.Clone(sig), 0), malleated(t, sig)} {
		if err := verify(bad, "ab", "c"); !errors.Is(err, ErrSignature) {
			t.Errorf("signature %x: %v", bad, err)
		}
	}
	if err := testKey(1).Public().Verify(Authorization, sig); !errors.Is(err, ErrSignature) {
		t.Errorf("another key: %v", err)
	}
	if err := (PublicKey{}).Verify(Authorization, sig); !errors.Is(err, ErrUnsupportedSuite) {
		t.Errorf("zero key: %v", err)
	}
}

// malleated adds the group order to S, which lax verifiers accept as a second signature.
func malleated(t *testing.T, sig []byte) []byte {
	order := unhex(t, "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
	bad, carry := bytes.Clone(sig), 0
	for i := range 32 {
		sum := int(bad[32+i]) + int(order[i]) + carry
		bad[32+i], carry = byte(sum), sum>>8
	}
	return bad
}

func TestPrivateKeyIsNeverPrinted(t *testing.T) {
	seed := [SeedSize]byte(bytes.Repeat([]byte("secret!!"), SeedSize/8))
	key := PrivateKeyFromSeed(seed)
	type holder struct {
		Open   PrivateKey
		hidden PrivateKey
		list   []PrivateKey
	}
	h := holder{key, key, []PrivateKey{key}}
	var shown []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%X", "% x", "%s", "%q", "%d", "%t"} {
		for _, value := range []any{key, &key, h, &h, map[string]PrivateKey{"k": key}} {
			shown = append(shown, fmt.Sprintf(verb, value))
		}
		if got := fmt.Sprintf(verb, key); got != "keys.PrivateKey(redacted)" {
			t.Errorf("%s prints %q", verb, got)
		}
	}
	encoded, err := json.Marshal(map[string]any{"key": key})
	if err != nil {
		t.Fatal(err)
	}
	shown = append(shown, key.String(), key.GoString(), string(encoded))
	for _, text := range shown {
		// "secret" as it is, in hexadecimal, and as the list of numbers %v and %d print.
		for _, leak := range []string{"secret!!", "736563", "73 65 63", "115 101 99", "0x73, 0x65"} {
			if strings.Contains(strings.ToLower(text), leak) {
				t.Errorf("%q gives the key away", text)
			}
		}
	}
}

func TestNewPrivateKeyNeedsEnoughRandomness(t *testing.T) {
	short := bytes.NewReader(make([]byte, SeedSize-1))
	if k, err := NewPrivateKey(short); !errors.Is(err, io.ErrUnexpectedEOF) || !k.IsZero() {
		t.Errorf("31 random bytes: %v", err)
	}
}

// TestSeedIsForTheKeyringAlone: type inference can name what an import may not, so the value it
// comes up with must be worth nothing.
func TestSeedIsForTheKeyringAlone(t *testing.T) {
	mustPanic(t, "Seed without a permit", func() { callWithZero(testKey(0).Seed) })
	mustPanic(t, "Seed of the zero key", func() { PrivateKey{}.Seed(seed.Grant()) })
	key := testKey(0)
	if again := PrivateKeyFromSeed(key.Seed(seed.Grant())); again.Public() != key.Public() {
		t.Error("a key made of what the keyring sealed is another")
	}
}

func callWithZero[T, R any](f func(T) R) R {
	var zero T
	return f(zero)
}
