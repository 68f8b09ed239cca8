package ledger

import (
	"time"

	"tallystick/keys"
)

// A Genesis is what a ledger begins with.
type Genesis struct {
	ID      [16]byte // random; names the ledger
	Created time.Time
	Roots   [][]byte        // signed trust roots, version 1 first
	Catalog []byte          // canonical, the one the newest root names
	Actor   string          // who made it
	Body    []byte          // JSON of the first journal entry, whose kind is "create"
	Signer  keys.PrivateKey // of the first journal entry; may be zero
}

// Create makes a ledger at path, readable for its owner alone. The file appears whole or not at
// all. Refusals are AlreadyInit, when anything is at path or a leftover of another ledger beside it,
// and those of reserve.NewTrust.
func Create(path string, g Genesis) error {
	panic("unimplemented")
}
