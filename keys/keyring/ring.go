package keyring

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tallystick/keys"
)

// MaxEntries is the largest number of keys in a ring.
const MaxEntries = 64

// ErrEntry is matched by every error of New.
var ErrEntry = errors.New("invalid keyring entry")

// An Entry is a private key and what the issuer knows about it. It prints without the key.
type Entry struct {
	Index   uint8     // of the key in the trust root
	Roles   keys.Role // what the key was made for; what it may do is said by the trust root
	Name    string    // what people call the key: 1 to keys.MaxNameSize bytes of printable UTF-8
	Key     keys.PrivateKey
	Created keys.Day // 0 if unknown
}

// A Ring is a set of private keys. The zero Ring is empty.
type Ring struct {
	entries []Entry // by ascending index
}

// New makes a ring of entries in any order. Indices and keys must be different, every entry must
// have a role and a name. The error matches ErrEntry.
func New(entries ...Entry) (Ring, error) {
	sorted := slices.Clone(entries)
	slices.SortFunc(sorted, func(a, b Entry) int { return cmp.Compare(a.Index, b.Index) })
	if err := check(sorted); err != nil {
		return Ring{}, fmt.Errorf("%w: %v", ErrEntry, err)
	}
	return Ring{sorted}, nil
}

// check applies the rules of a ring to entries that must be in order.
func check(entries []Entry) error {
	if len(entries) > MaxEntries {
		return fmt.Errorf("%d keys, at most %d", len(entries), MaxEntries)
	}
	seen := make(map[keys.PublicKey]uint8, len(entries))
	for i, e := range entries {
		if i > 0 && e.Index <= entries[i-1].Index {
			return fmt.Errorf("key %d is there twice or out of order", e.Index)
		}
		switch public := e.Key.Public(); {
		case e.Key.IsZero():
			return fmt.Errorf("key %d has no private key", e.Index)
		case !e.Roles.Valid():
			return fmt.Errorf("key %d has the role %q", e.Index, e.Roles)
		case !printable(e.Name):
			return fmt.Errorf("key %d has the name %q, not 1 to %d bytes that print",
				e.Index, e.Name, keys.MaxNameSize)
		default:
			if other, ok := seen[public]; ok {
				return fmt.Errorf("keys %d and %d are the same key", other, e.Index)
			}
			seen[public] = e.Index
		}
	}
	return nil
}

func printable(name string) bool {
	return name != "" && len(name) <= keys.MaxNameSize && utf8.ValidString(name) &&
		!strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

// Entries returns a copy of the entries, by ascending index.
func (r Ring) Entries() []Entry { return slices.Clone(r.entries) }

// Find returns the entry whose public key has the fingerprint.
func (r Ring) Find(f keys.Fingerprint) (Entry, bool) {
	for _, e := range r.entries {
		if e.Key.Public().Fingerprint() == f {
			return e, true
		}
	}
	return Entry{}, false
}

// ForRole returns the entries that were made for every role of role, by ascending index. Whether
// they may still sign is said by the trust root.
func (r Ring) ForRole(role keys.Role) []Entry {
	var list []Entry
	for _, e := range r.entries {
		if e.Roles.Has(role) {
			list = append(list, e)
		}
	}
	return list
}

// String says how many keys there are.
func (r Ring) String() string { return fmt.Sprintf("keyring of %d keys", len(r.entries)) }
