package issuer

import (
	"context"
	"time"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A standIn signs what is only supposed: an issuer with the same catalog that exists for as long as
// one transaction. No device was ever given its trust, so that what it signs is worth nothing, and the
// ledger takes back the rest.
type standIn struct {
	trust reserve.Trust
	key   keys.PrivateKey
}

func newStandIn(w World, catalog reserve.Catalog) (*standIn, error) {
	ring, err := newRing(w)
	if err != nil {
		return nil, err
	}
	root, err := firstRoot(Birth{Name: "supposed", Training: true}, ring, catalog, keys.DayOf(w.Now()))
	if err != nil {
		return nil, err
	}
	s := &standIn{}
	if s.trust, err = reserve.NewTrust([][]byte{root}, catalog.Raw()); err != nil {
		return nil, err
	}
	for _, e := range ring.Entries() {
		if e.Roles.Has(keys.RoleIssue) {
			s.key = e.Key
		}
	}
	return s, nil
}

// suppose runs f, with an officer who needs no keyring, at a time that may be to come, in a transaction
// that is taken back. What f does goes through the very code of the verbs. Whether the ledger is frozen
// does not matter: nothing is issued.
func (is *Issuer) suppose(ctx context.Context, now time.Time, f func(*Officer, *ledger.Tx, reserve.Trust) error) error {
	then := *is
	then.world.Now = func() time.Time { return now }
	return is.ledger.Suppose(ctx, func(tx *ledger.Tx) error {
		t, err := tx.Trust()
		if err != nil {
			return err
		}
		signs, err := newStandIn(then.world, t.Catalog())
		if err != nil {
			return err
		}
		return f(&Officer{Issuer: &then, standIn: signs}, tx, t)
	})
}
