package keys

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"tallystick/testvectors/corpus"
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

// TestVectorsOfCheckpoints: the signatures that the vectors have of checkpoints are those of notes.
func TestVectorsOfCheckpoints(t *testing.T) {
	verified := 0
	for _, v := range corpus.Vectors(t, "journal", "checkpoint") {
		if !v.Valid {
			continue
		}
		text, lines, _ := strings.Cut(v.Input.Text(t, "text"), "\n\n")
		text += "\n"
		for line := range strings.Lines(lines) {
			encoded := line[strings.LastIndexByte(line, ' ')+1 : len(line)-1]
			sig, err := base64.StdEncoding.Strict().DecodeString(encoded)
			if err != nil {
				t.Fatalf("%s: %v", v.Comment, err)
			}
			for _, k := range listedIn(t, v.Context.Bytes(t, "bundle")) {
				if k.VerifyNote(sig[4:], []byte(text)) == nil {
					verified++
				}
				if k.VerifyNote(sig[4:], []byte(text+text)) == nil || k.Verify(Entry, sig[4:], []byte(text)) == nil {
					t.Errorf("%s: the signature is one of something else", v.Comment)
				}
			}
		}
	}
	if verified < 15 {
		t.Errorf("%d signatures verify", verified)
	}
}

// listedIn returns the keys of the newest root in a trust bundle, of the suite that there is.
func listedIn(t *testing.T, bundle []byte) (all []PublicKey) {
	t.Helper()
	var roots [][]byte
	at := 4
	for range int(bundle[2])<<8 | int(bundle[3]) {
		n, size := binary.Uvarint(bundle[at:])
		at += size
		roots = append(roots, bundle[at:at+int(n)])
		at += int(n)
	}
	for _, k := range mustOpen(t, roots...).Newest().Keys() {
		if k.Public.Suite() == Ed25519 {
			all = append(all, k.Public)
		}
	}
	return all
}
