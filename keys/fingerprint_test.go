package keys

import (
	"crypto/sha256"
	"strings"
	"testing"
)

func TestFingerprint(t *testing.T) {
	public := testKey(0).Public()
	want := sha256.Sum256(append([]byte{1}, public.Bytes()...))
	f := public.Fingerprint()
	if f != want || public.String() != f.String() || f.Short().String() != f.String() {
		t.Errorf("fingerprint %x, want %x", f, want)
	}
	other := PublicKey{P256, public.bytes}
	if other.Fingerprint() == f {
		t.Error("the fingerprint does not cover the suite")
	}
}

func TestParseFingerprint(t *testing.T) {
	var f Fingerprint
	for i := range f {
		f[i] = byte(i * 41)
	}
	f[0] = 0 // so that there are zeros to mistype
	text := f.String()
	if text != "00MN-4YX4-SQV1-YJ3H" {
		t.Errorf("prints %s", text)
	}
	for _, typed := range []string{
		text,
		strings.ToLower(text),
		strings.ReplaceAll(text, "-", ""),
		strings.ReplaceAll(text, "-", " \u2013 "),
		strings.ReplaceAll(text, "0", "O"),
		strings.ReplaceAll(text, "1", "l"),
		`"` + text + `"`,
	} {
		if got, err := ParseFingerprint(typed); err != nil || got != f.Short() {
			t.Errorf("ParseFingerprint(%q) = %v, %v", typed, got, err)
		}
	}
}

func TestParseFingerprintRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                      `fingerprint "" has 0 characters, not 16`,
		"00MN-4YX4-SQV1":        `fingerprint "00MN-4YX4-SQV1" has 12 characters, not 16`,
		"00MN-4YX4-SQV1-YJ3H-0": `fingerprint "00MN-4YX4-SQV1-YJ3H-0" has 17 characters, not 16`,
		"00MN-4YX4-SQV1-YJ3?": `fingerprint "00MN-4YX4-SQV1-YJ3?": ` +
			`group 4: '?' is not a character of codes`,
		"\x1b[2J":                `fingerprint "\x1b[2J": group 1: '\x1b' is not a character of codes`,
		strings.Repeat("0", 129): "fingerprint of 129 bytes, not 16 characters",
	} {
		f, err := ParseFingerprint(text)
		if err == nil || err.Error() != want || f != (ShortFingerprint{}) {
			t.Errorf("ParseFingerprint(%q) = %v, %v, want %s", text, f, err, want)
		}
	}
}
