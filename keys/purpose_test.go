package keys

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
)

var everyPurpose = []Purpose{
	Authorization, rootPurpose, StatusReport, Request, Usage, Ack, Grant, Sync, Entry,
}

// testKey returns the same private key for the same number.
func testKey(n byte) PrivateKey {
	return PrivateKeyFromSeed([SeedSize]byte(bytes.Repeat([]byte{n + 1}, SeedSize)))
}

func TestSignatureOfOnePurposeNeverVerifiesForAnother(t *testing.T) {
	key := testKey(0)
	fields := [][]byte{[]byte("device"), []byte("body")}
	for _, made := range everyPurpose {
		sig := key.Sign(made, fields...)
		for _, asked := range everyPurpose {
			err := key.Public().Verify(asked, sig, fields...)
			if asked == made && err != nil {
				t.Errorf("%v: own signature: %v", made, err)
			}
			if asked != made && !errors.Is(err, ErrSignature) {
				t.Errorf("signed as %v, verified as %v: %v", made, asked, err)
			}
		}
	}
}

func TestLabelsAreDifferentAndNoneBeginsAnother(t *testing.T) {
	for i, a := range everyPurpose {
		for _, b := range everyPurpose[i+1:] {
			// With the zero byte after the label, equal labels are the only way to collide.
			if a.label == b.label || a.label == "" {
				t.Errorf("labels %q and %q", a, b)
			}
		}
	}
}

// What SPEC.md names in its list of labels.
func TestPurposeText(t *testing.T) {
	for p, want := range map[Purpose]string{Authorization: "TS1/aut", StatusReport: "TS1/sta", Entry: "TS1/leaf", rootPurpose: "TS1/root"} {
		if p.String() != want {
			t.Errorf("%v, want %s", p, want)
		}
	}
}

func TestZeroPurpose(t *testing.T) {
	key := testKey(0)
	if err := key.Public().Verify(Purpose{}, key.Sign(Entry)); !errors.Is(err, ErrSignature) {
		t.Errorf("Verify for the zero purpose: %v", err)
	}
	mustPanic(t, "Sign for the zero purpose", func() { key.Sign(Purpose{}) })
	mustPanic(t, "Sign with the zero key", func() { PrivateKey{}.Sign(Entry) })
	mustPanic(t, "Digest without a domain", func() { Digest("") })
	mustPanic(t, "Digest with a zero byte in its domain", func() { Digest("TS1\x00") })
}

func mustPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s did not panic", what)
		}
	}()
	f()
}

func TestPAE(t *testing.T) {
	for _, test := range []struct {
		fields []string
		want   string
	}{
		{nil, "0000000000000000"},
		{[]string{""}, "0000000000000001" + "0000000000000000"},
		{[]string{"ab", "c"}, "0000000000000002" + "0000000000000002" + "6162" +
			"0000000000000001" + "63"},
		{[]string{"a", "bc"}, "0000000000000002" + "0000000000000001" + "61" +
			"0000000000000002" + "6263"},
	} {
		var fields [][]byte
		for _, f := range test.fields {
			fields = append(fields, []byte(f))
		}
		if got := fmt.Sprintf("%x", PAE(fields...)); got != test.want {
			t.Errorf("PAE(%q) = %s, want %s", test.fields, got, test.want)
		}
	}
}

func TestDigestCoversDomainAndEveryBoundary(t *testing.T) {
	seen := map[[32]byte]string{}
	for name, d := range map[string][32]byte{
		"ab,c":         Digest("TS1/leaf", []byte("ab"), []byte("c")),
		"a,bc":         Digest("TS1/leaf", []byte("a"), []byte("bc")),
		"abc":          Digest("TS1/leaf", []byte("abc")),
		"abc,empty":    Digest("TS1/leaf", []byte("abc"), nil),
		"other domain": Digest("TS1/root", []byte("abc")),
	} {
		if other, ok := seen[d]; ok {
			t.Errorf("%q and %q have the same digest", name, other)
		}
		seen[d] = name
	}
	// From sha256sum(1) over: TS1/leaf, a zero byte, the count 1, the length 3, abc.
	const want = "fcf6d43524aaea461f72e2405462fad5dcba247e3f5adc0c43ccd15389ec938b"
	if got := fmt.Sprintf("%x", Digest("TS1/leaf", []byte("abc"))); got != want {
		t.Errorf("Digest = %s, want %s", got, want)
	}
}
