// Package bigledger makes homes of issuers with as many devices as wanted, for benchmarks. Only tests
// import it.
//
// Nothing in such a home is made up: an issuer with keys of its own signed every authorization for a
// device that has an identity and a receipt chain, every code that came back proves itself, and all
// of it went through the same methods of a ledger.Tx that package issuer calls, so that an audit finds
// nothing. What is random comes from a label: a home with as many devices is the same each time, down
// to the root of its journal's tree.
//
// Of every 1,000 devices there are two virtual accounts with five purchases each, at least two, and
// the years pass while devices come. Each device gets three authorizations; the last one is confirmed
// by most devices, some gave everything back, and some never answered. The devices come in waves, so
// that what belongs to one device is not all in one place of the file.
package bigledger

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/keys/keyring"
	"tallystick/reserve"
	"tallystick/testvectors"
	"tallystick/testvectors/labeled"
)

// Passphrase unlocks the keyring of every home.
const Passphrase = "a passphrase for benchmarks alone"

// Begin and Today are when the first device came and what day it is to be taken for.
var (
	Begin = time.Date(2024, time.December, 2, 8, 0, 0, 0, time.UTC)
	Today = time.Date(2026, time.November, 22, 9, 0, 0, 0, time.UTC)
)

// A Home is where an issuer's home is, and the anchor that belongs to it.
type Home struct {
	Dir     string // holds both
	Devices int
}

// Path returns the issuer's home directory.
func (h Home) Path() string { return filepath.Join(h.Dir, "home") }

// Ledger returns the file with the books.
func (h Home) Ledger() string { return filepath.Join(h.Path(), "ledger.db") }

// State returns what XDG_STATE_HOME has to be for a process that works on the home.
func (h Home) State() string { return filepath.Join(h.Dir, "state") }

// World is what an issuer of the home takes from outside.
func (h Home) World() issuer.World {
	return issuer.World{Now: func() time.Time { return Today }, Rand: labeled.Reader("bigledger"), WorkFactor: 8, Actor: actor,
		AnchorDir: filepath.Join(h.State(), "tallystick")}
}

const actor = "officer"

// UDI returns the name of device i, counted from 0. Every tenth has a label as well.
func (h Home) UDI(i int) reserve.UDI { return udiOf(i) }

// Account returns a virtual account by its number, counted from 0.
func (h Home) Account(i int) ledger.Path { return shape{h.Devices}.path(i) }

// Accounts returns how many virtual accounts there are.
func (h Home) Accounts() int { return shape{h.Devices}.accounts() }

// Make makes a home with so many devices in a directory, or goes on with one that an earlier call
// left unfinished. One without devices has no accounts either. progress, if not nil, is told how many
// of how many journal entries are written.
func Make(ctx context.Context, h Home, progress func(done, total uint32)) error {
	w := h.World()
	w.Now = func() time.Time { return Begin }
	if _, err := os.Stat(h.Path()); err != nil {
		if err := h.found(w); err != nil {
			return err
		}
	}
	if h.Devices == 0 {
		return nil
	}
	m, err := open(h, progress)
	if err != nil {
		return err
	}
	if err := m.make(ctx); err != nil {
		m.ledger.Close()
		return err
	}
	if err := m.ledger.Close(); err != nil {
		return err
	}
	return h.anchor(ctx)
}

// found makes the empty home.
func (h Home) found(w issuer.World) error {
	catalog, err := testvectors.Catalog(testvectors.NetworkSwitch)
	if err != nil {
		return err
	}
	_, err = issuer.Init(h.Path(), issuer.Birth{Name: "Big Books Ltd", Catalog: catalog, Passphrase: []byte(Passphrase)}, w)
	return err
}

// anchor lets an officer do one more thing, as only that brings the anchor to where the books are.
func (h Home) anchor(ctx context.Context) error {
	is, err := issuer.Open(h.Path(), h.World())
	if err != nil {
		return err
	}
	defer is.Close()
	o, err := is.Unlock([]byte(Passphrase))
	if err != nil {
		return err
	}
	path, err := ledger.ParsePath("spare")
	if err != nil {
		return err
	}
	_, _, err = o.NewAccount(ctx, path, issuer.Settings{}, issuer.Memo{Reason: "parts without a customer"}, false)
	return err
}

// A maker writes a home.
type maker struct {
	shape
	ledger   *ledger.Ledger
	trust    reserve.Trust
	issue    keys.PrivateKey
	log      keys.PrivateKey
	progress func(done, total uint32)
}

func open(h Home, progress func(done, total uint32)) (*maker, error) {
	sealed, err := os.ReadFile(filepath.Join(h.Path(), "keyring.age"))
	if err != nil {
		return nil, err
	}
	ring, err := keyring.Open(sealed, []byte(Passphrase))
	if err != nil {
		return nil, err
	}
	m := &maker{shape: shape{h.Devices}, progress: progress}
	for role, key := range map[keys.Role]*keys.PrivateKey{keys.RoleIssue: &m.issue, keys.RoleLog: &m.log} {
		held := ring.ForRole(role)
		if len(held) != 1 {
			return nil, fmt.Errorf("bigledger: %d keys with role %s", len(held), role)
		}
		*key = held[0].Key
	}
	m.ledger, err = ledger.Open(h.Ledger())
	return m, err
}
