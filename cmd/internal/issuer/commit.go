package issuer

import (
	"tallystick/cmd/internal/ledger"
	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
)

// Code returns the authorization ready to be shown.
func (i Issuance) Code() (codec.Code, error) {
	return codec.Encode(reserve.AuthorizationKind, i.Authorization)
}

// commit carries a plan out: charge, journal, signature and stored bytes in one transaction, so
// that what is shown afterwards is already paid for.
func (o *Officer) commit(tx *ledger.Tx, w Wish, c considered) (Issuance, error) {
	if c.plan.Repeated {
		return o.repeat(tx, w, c)
	}
	if c.plan.New {
		var err error
		if c.device, err = o.enroll(tx, w, c); err != nil {
			return Issuance{}, err
		}
	}
	a, err := o.sign(tx, c)
	if err != nil {
		return Issuance{}, err
	}
	if err := charge(tx, w, c, a); err != nil {
		return Issuance{}, err
	}
	replaces, err := rememberReplacement(tx, c, a.Number())
	if err != nil {
		return Issuance{}, err
	}
	udi := c.books.Identity.UDI().String()
	entry, err := o.append(tx, c.trust, eventAuthorize, udi, authorizeEvent{
		Device: udi, Fingerprint: c.books.Identity.DID().String(), Account: c.account.Path.String(),
		Number: uint16(a.Number()), Authorization: a.Body(), Draws: c.plan.drawEvents(), Replaces: replaces, Op: w.Op, Memo: w.Memo,
	})
	if err != nil {
		return Issuance{}, err
	}
	if entry.Sequence != a.Sequence() {
		panic("issuer: an authorization was signed with another journal number than its entry's")
	}
	return Issuance{Plan: c.plan, Authorization: a.Body(), Number: a.Number()}, nil
}

// charge stores what was signed, and the books with it.
func charge(tx *ledger.Tx, w Wish, c considered, a reserve.Authorization) error {
	issued := reserve.Issued{Number: c.plan.Number, Draws: c.plan.draws, Digest: a.Digest()}
	after, err := c.books.Issue(issued)
	if err != nil {
		return err
	}
	if err := tx.AddAuthorization(c.device.ID, a, issued, w.Op); err != nil {
		return err
	}
	if err := tx.SaveBooks(c.device.ID, c.books, after); err != nil {
		return err
	}
	return rememberOperation(tx, w, c)
}

// rememberReplacement stores which device this one replaces, if any, and returns its name.
func rememberReplacement(tx *ledger.Tx, c considered, n reserve.Number) (string, error) {
	if c.replaces.ID == 0 {
		return "", nil
	}
	return c.replaces.UDI.String(), tx.AddReplacement(ledger.Replacement{Device: c.replaces.ID, By: c.device.ID, Number: n})
}

// repeat returns the stored bytes. An operation that comes to just these is written down as any
// other: asked again after more happened, it must not be taken for a new one.
func (o *Officer) repeat(tx *ledger.Tx, w Wish, c considered) (Issuance, error) {
	out, err := o.stored(tx, c)
	if err != nil || w.Op == "" || c.done {
		return out, err
	}
	if err := rememberOperation(tx, w, c); err != nil {
		return Issuance{}, err
	}
	udi := c.books.Identity.UDI().String()
	_, err = o.append(tx, c.trust, eventReprint, udi, reprintEvent{Device: udi, Number: uint16(out.Number), Op: w.Op, Memo: w.Memo})
	return out, err
}

func rememberOperation(tx *ledger.Tx, w Wish, c considered) error {
	if w.Op == "" {
		return nil
	}
	return tx.AddOperation(ledger.Operation{ID: w.Op, Verb: c.verb, Wish: c.wish, Result: body(c.plan.Number)})
}

func (o *Officer) sign(tx *ledger.Tx, c considered) (reserve.Authorization, error) {
	trust, key, err := o.issueKey(c.trust)
	if err != nil {
		return reserve.Authorization{}, err
	}
	sequence, err := tx.NextSequence()
	if err != nil {
		return reserve.Authorization{}, err
	}
	grants, err := reserve.GrantsOf(c.plan.draws)
	if err != nil {
		return reserve.Authorization{}, err
	}
	draft := reserve.Draft{Number: c.plan.Number, Sequence: sequence, Issued: c.today, Grants: grants}
	return reserve.SignAuthorization(trust, c.books.Identity, draft, key)
}

// issueKey returns the key that signs authorizations, and the trust that lists it.
func (o *Officer) issueKey(t reserve.Trust) (reserve.Trust, keys.PrivateKey, error) {
	if o.standIn != nil {
		return o.standIn.trust, o.standIn.key, nil
	}
	key, err := o.signer(t, keys.RoleIssue)
	return t, key, err
}

func (o *Officer) enroll(tx *ledger.Tx, w Wish, c considered) (ledger.Device, error) {
	if c.plan.Replaces != "" {
		if err := tx.SupersedeDevice(c.device.ID); err != nil {
			return ledger.Device{}, err
		}
	}
	device, _, err := tx.EnrollDevice(*w.Request, c.account.Path)
	if err != nil {
		return ledger.Device{}, err
	}
	id := w.Request.Identity()
	_, err = o.append(tx, c.trust, eventEnroll, id.UDI().String(), enrollEvent{
		Device: id.UDI().String(), Fingerprint: id.DID().String(), Account: c.account.Path.String(),
		Request: w.Request.Body(), Replaces: c.plan.Replaces, Memo: w.Memo,
	})
	return device, err
}

// stored returns the bytes that were signed before, unless the device has put them behind itself:
// a dead number is never shown again (SPEC.md, Arithmetic).
func (is *Issuer) stored(tx *ledger.Tx, c considered) (Issuance, error) {
	if err := alive(c.books, c.plan.Number); err != nil {
		return Issuance{}, err
	}
	stored, err := tx.Authorization(c.device.ID, c.plan.Number)
	if err == nil && c.books.WrittenOff && len(stored.Draws) > 0 { // it would hold again what others may
		err = writtenOff(c.books)
	}
	if err != nil {
		return Issuance{}, err
	}
	t, err := tx.Trust()
	if err != nil {
		return Issuance{}, err
	}
	if _, err := reserve.ReopenAuthorization(stored.Body, t, c.books.Identity); err != nil {
		return Issuance{}, reserve.Refuse(reserve.LedgerDamaged, "the ledger is damaged: what it keeps as authorization %d of %s is not what was signed: %v",
			c.plan.Number, c.books.Identity.UDI(), err)
	}
	return Issuance{Plan: c.plan, Authorization: stored.Body, Number: c.plan.Number, Repeated: true}, nil
}

// repeatable refuses to show an authorization that was issued before: one that is dead, or that would
// have a device which was written off hold again what others may.
func repeatable(b reserve.Books, n reserve.Number) error {
	if err := alive(b, n); err != nil {
		return err
	}
	if i, _ := b.Find(n); b.WrittenOff && len(i.Draws) > 0 {
		return writtenOff(b)
	}
	return nil
}

func alive(b reserve.Books, n reserve.Number) error {
	for _, i := range b.Alive() {
		if i.Number == n {
			return nil
		}
	}
	if _, ok := b.Find(n); !ok {
		return reserve.Refuse(reserve.NothingIssued, "authorization %d was never issued to %s", n, b.Identity.UDI())
	}
	return supersededNumber(n, b.Identity.UDI())
}

func supersededNumber(n reserve.Number, u reserve.UDI) error {
	return reserve.Refuse(reserve.Superseded, "authorization %d of %s was superseded, returned or canceled; it is not shown again", n, u)
}
