package keyring

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tallystick/keys"
)

// testEntry makes the same entry for the same index; its seed reads "secret!!" four times but for
// one byte.
func testEntry(index uint8, roles keys.Role) Entry {
	seed := [keys.SeedSize]byte(bytes.Repeat([]byte("secret!!"), keys.SeedSize/8))
	seed[31] = index
	return Entry{
		Index:   index,
		Roles:   roles,
		Name:    fmt.Sprintf("key of Zoë, %d", index),
		Key:     keys.PrivateKeyFromSeed(seed),
		Created: 2000 + keys.Day(index),
	}
}

func testRing(t testing.TB) Ring {
	t.Helper()
	ring, err := New(testEntry(7, keys.RoleLog), testEntry(0, keys.RoleRoot),
		testEntry(3, keys.RoleIssue|keys.RoleExport))
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func TestRing(t *testing.T) {
	ring := testRing(t)
	var order []uint8
	for _, e := range ring.Entries() {
		order = append(order, e.Index)
	}
	if !bytes.Equal(order, []byte{0, 3, 7}) {
		t.Errorf("order %v", order)
	}
	ring.Entries()[0].Index = 9
	want := testEntry(3, keys.RoleIssue|keys.RoleExport)
	if e, ok := ring.Find(want.Key.Public().Fingerprint()); !ok || !same(e, want) {
		t.Errorf("found %v, %v", e, ok)
	}
	if e, ok := ring.Find(keys.Fingerprint{}); ok {
		t.Errorf("found %v", e)
	}
	for role, n := range map[keys.Role]int{keys.RoleRoot: 1, keys.RoleIssue: 1, keys.RoleExport: 1,
		keys.RoleIssue | keys.RoleExport: 1, keys.RoleIssue | keys.RoleLog: 0,
		keys.RoleWriteOff: 0, 0: 0} {
		if got := ring.ForRole(role); len(got) != n {
			t.Errorf("%d keys for %v, want %d", len(got), role, n)
		}
	}
}

// same compares entries; private keys are compared by their public keys.
func same(a, b Entry) bool {
	return a.Index == b.Index && a.Roles == b.Roles && a.Name == b.Name && a.Created == b.Created &&
		a.Key.Public() == b.Key.Public()
}

func TestNewRefuses(t *testing.T) {
	good := testEntry(0, keys.RoleRoot)
	change := func(f func(*Entry)) Entry {
		e := testEntry(1, keys.RoleIssue)
		f(&e)
		return e
	}
	many := make([]Entry, MaxEntries+1)
	for i := range many {
		many[i] = testEntry(uint8(i), keys.RoleIssue)
	}
	for _, test := range []struct {
		entries []Entry
		want    string
	}{
		{[]Entry{good, good}, "key 0 is there twice or out of order"},
		{[]Entry{good, change(func(e *Entry) { e.Key = good.Key })}, "keys 0 and 1 are the same key"},
		{[]Entry{change(func(e *Entry) { e.Key = keys.PrivateKey{} })}, "key 1 has no private key"},
		{[]Entry{change(func(e *Entry) { e.Roles = 0 })}, `key 1 has the role "none"`},
		{[]Entry{change(func(e *Entry) { e.Roles = 1 << 9 })}, `key 1 has the role "0x200"`},
		{[]Entry{change(func(e *Entry) { e.Name = "" })},
			`key 1 has the name "", not 1 to 64 bytes that print`},
		{[]Entry{change(func(e *Entry) { e.Name = "\x1b[2J" })},
			`key 1 has the name "\x1b[2J", not 1 to 64 bytes that print`},
		{[]Entry{change(func(e *Entry) { e.Name = "\xff" })},
			`key 1 has the name "\xff", not 1 to 64 bytes that print`},
		{many, "65 keys, at most 64"},
	} {
		ring, err := New(test.entries...)
		if !errors.Is(err, ErrEntry) || err.Error() != "invalid keyring entry: "+test.want {
			t.Errorf("%v, want %s", err, test.want)
		}
		if len(ring.Entries()) != 0 {
			t.Errorf("%s: a ring came back", test.want)
		}
	}
}

func TestPrivateKeysAreNeverPrinted(t *testing.T) {
	ring := testRing(t)
	holder := struct{ hidden Ring }{ring}
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%X", "% x", "%s", "%q", "%d", "%t"} {
		for _, value := range []any{ring, &ring, holder, &holder, ring.Entries(), ring.entries[0]} {
			text := strings.ToLower(fmt.Sprintf(verb, value))
			for _, leak := range []string{"secret!!", "736563", "73 65 63", "115 101 99", "0x73, 0x65"} {
				if strings.Contains(text, leak) {
					t.Errorf("%s of %T gives a key away: %q", verb, value, text)
				}
			}
		}
	}
	if got := fmt.Sprint(ring); got != "keyring of 3 keys" {
		t.Errorf("prints %q", got)
	}
}
