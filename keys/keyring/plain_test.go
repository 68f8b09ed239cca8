package keyring

import (
	"bytes"
	"errors"
	"testing"

	"tallystick/keys"
)

func TestPlainReadsBack(t *testing.T) {
	ring := testRing(t)
	got, err := decode(ring.encode())
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range got.Entries() {
		if !same(e, ring.entries[i]) {
			t.Errorf("entry %v, want %v", e, ring.entries[i])
		}
		// Not only the public key: what it signs must be the same.
		sig := e.Key.Sign(keys.Entry, []byte("x"))
		if err := ring.entries[i].Key.Public().Verify(keys.Entry, sig, []byte("x")); err != nil {
			t.Error(err)
		}
	}
	if empty, err := decode(Ring{}.encode()); err != nil || len(empty.Entries()) != 0 {
		t.Errorf("empty ring: %v", err)
	}
}

func TestFullRingFits(t *testing.T) {
	entries := make([]Entry, MaxEntries)
	for i := range entries {
		entries[i] = testEntry(uint8(255-i), keys.RoleIssue)
		entries[i].Name = string(bytes.Repeat([]byte("x"), keys.MaxNameSize))
	}
	ring, err := New(entries...)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(ring.encode()); n != maxPlain {
		t.Errorf("%d bytes, want %d", n, maxPlain)
	}
}

func TestDecodeRefuses(t *testing.T) {
	one, err := New(testEntry(0, keys.RoleRoot))
	if err != nil {
		t.Fatal(err)
	}
	plain := one.encode()
	set := func(at int, to byte) []byte {
		b := bytes.Clone(plain)
		b[at] = to
		return b
	}
	swapped := testRing(t)
	swapped.entries[0], swapped.entries[1] = swapped.entries[1], swapped.entries[0]
	for _, test := range []struct {
		name  string
		plain []byte
		kind  error
		want  string
	}{
		{"empty", nil, ErrDamaged, "keyring is damaged: codec: offset 0: 1 byte expected, 0 left"},
		{"version", set(0, 2), keys.ErrUnsupported,
			"sealed content of version 2: needs newer software"},
		{"count", set(1, 65), ErrDamaged, "keyring is damaged: 65 keys, at most 64"},
		{"suite", set(3, 2), keys.ErrUnsupportedSuite,
			"key 0: unsupported signature suite P-256: needs newer software"},
		{"role", set(4, 2), ErrDamaged, `keyring is damaged: key 0 has the role "root,0x200"`},
		{"name", set(9, 7), ErrDamaged, `keyring is damaged: key 0 has the name ` +
			`"\aey of Zoë, 0", not 1 to 64 bytes that print`},
		{"public key", set(len(plain)-64, 7), ErrDamaged,
			"keyring is damaged: key 0 is not the one that was sealed"},
		{"seed", set(len(plain)-1, 7), ErrDamaged,
			"keyring is damaged: key 0 is not the one that was sealed"},
		{"rest", append(bytes.Clone(plain), 0), ErrDamaged,
			"keyring is damaged: codec: offset 87: 1 bytes too many"},
		{"order", swapped.encode(), ErrDamaged,
			"keyring is damaged: key 0 is there twice or out of order"},
	} {
		ring, err := decode(test.plain)
		if !errors.Is(err, test.kind) || err.Error() != test.want || len(ring.entries) != 0 {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
	for i := range plain {
		if _, err := decode(plain[:i]); !errors.Is(err, ErrDamaged) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
}
