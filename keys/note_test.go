package keys

import (
	"errors"
	"strings"
	"testing"
)

// A note is text that people and other tools read; a signature of it is nothing else's.
func TestNotes(t *testing.T) {
	key, other := testKey(0), testKey(1)
	text := []byte("example.com/log\n7\nZoë\n")
	sig, err := key.SignNote(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := key.Public().VerifyNote(sig, text); err != nil {
		t.Error(err)
	}
	for name, verify := range map[string]func() error{
		"another text":      func() error { return key.Public().VerifyNote(sig, append([]byte("x"), text...)) },
		"another key":       func() error { return other.Public().VerifyNote(sig, text) },
		"no key":            func() error { return PublicKey{}.VerifyNote(sig, text) },
		"half a signature":  func() error { return key.Public().VerifyNote(sig[:32], text) },
		"a message's":       func() error { return key.Public().VerifyNote(key.Sign(Entry, text), text) },
		"a note's, labeled": func() error { return key.Public().Verify(Entry, sig, text) },
	} {
		if err := verify(); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	mustPanic(t, "SignNote with the zero key", func() { _, _ = PrivateKey{}.SignNote(text) })
}

// Every message that Sign signs has a zero byte after its label, and no note has one.
func TestTextsThatAreNoNotes(t *testing.T) {
	key := testKey(0)
	const end, control = "keys: a note is UTF-8 text that ends in a line end", "keys: a note has no control characters"
	for text, want := range map[string]string{"": end, "no end": end, "\xff\n": end, "a\x00b\n": control, "\x1b[2J\n": control,
		"a\r\n": control, strings.Repeat("x", 9) + "\t\n": control, string(message(Entry.label, nil)) + "\n": control} {
		if sig, err := key.SignNote([]byte(text)); err == nil || err.Error() != want || sig != nil {
			t.Errorf("signing %q: %v, want %s", text, err, want)
		}
		if err := key.Public().VerifyNote(make([]byte, 64), []byte(text)); err == nil || err.Error() != want {
			t.Errorf("verifying %q: %v, want %s", text, err, want)
		}
	}
}
