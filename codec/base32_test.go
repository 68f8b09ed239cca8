package codec

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

func TestBase32(t *testing.T) {
	tests := []struct{ bytes, text string }{
		{"", ""},
		{"\x00", "00"},
		{"\xff", "ZW"},
		{"f", "CR"},
		{"fo", "CSQG"},
		{"foo", "CSQPY"},
		{"foob", "CSQPYRG"},
		{"fooba", "CSQPYRK1"},
		{"foobar", "CSQPYRK1E8"},
	}
	for _, test := range tests {
		if got := Base32([]byte(test.bytes)); got != test.text {
			t.Errorf("Base32(%q) = %q, want %q", test.bytes, got, test.text)
		}
		got, err := ParseBase32(test.text)
		if err != nil || string(got) != test.bytes {
			t.Errorf("ParseBase32(%q) = %q, %v, want %q", test.text, got, err, test.bytes)
		}
	}
}

func TestParseBase32IsStrict(t *testing.T) {
	for _, text := range []string{"cr", "C R", "CU", "0O", "I1", "L1", "0", "000", "01", "ZX", "CSQPYRK1E9",
		"CR=", "Ä0"} {
		if got, err := ParseBase32(text); err == nil {
			t.Errorf("ParseBase32(%q) = %q, want an error", text, got)
		}
	}
}

func TestBase32RoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "bytes")
		got, err := ParseBase32(Base32(b))
		if err != nil || !bytes.Equal(got, b) {
			t.Fatalf("%x became %x, %v", b, got, err)
		}
		text := rapid.StringMatching(`[0-9A-HJKMNP-TV-Z]{0,9}`).Draw(t, "text")
		if b, err := ParseBase32(text); err == nil && Base32(b) != text {
			t.Fatalf("%q was accepted and printed as %q", text, Base32(b))
		}
	})
}
