package issuer

import (
	"context"
	"encoding/json"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// An Issuance is a committed authorization, or the stored one that already says what was wished.
type Issuance struct {
	Plan          Plan
	Authorization []byte // the body of the code
	Number        reserve.Number
	Repeated      bool // these bytes were stored before
}

// Plan decides about a wish without changing anything.
func (is *Issuer) Plan(ctx context.Context, w Wish) (p Plan, err error) {
	err = is.ledger.View(ctx, func(tx *ledger.Tx) error {
		if err := is.Frozen(tx); err != nil { // told before anybody agrees to it
			return err
		}
		c, err := is.consider(tx, w)
		p = c.plan
		return err
	})
	return p, err
}

// Authorize commits the wish, signs, and returns the authorization; previewed is the plan that the
// officer agreed to. When the books changed in between so that another plan results, nothing is
// done and the refusal is Busy. The same operation ID gives the same answer again; with another
// wish it is refused as OperationReused. Refusals besides: those of the plan (PoolExhausted,
// ReservationOff, ExportOff, HoldingAccount, NotEntitled, DuplicateDevice, Suspect, Quarantined,
// UnknownAccount, UnknownDevice, …) and RoleMissing.
func (o *Officer) Authorize(ctx context.Context, w Wish, previewed Plan) (out Issuance, err error) {
	if err := w.Memo.check(); err != nil {
		return Issuance{}, err
	}
	err = o.issue(ctx, false, func(tx *ledger.Tx) error {
		c, err := o.consider(tx, w)
		if err != nil {
			return err
		}
		if !c.plan.same(previewed) {
			return reserve.Refuse(reserve.Busy, "the books changed since the preview; look at the new one before signing")
		}
		out, err = o.commit(tx, w, c)
		return err
	})
	if err != nil { // the commit itself may have failed: nobody gets to see what was signed
		return Issuance{}, err
	}
	return out, nil
}

// considered is a plan with what is needed to carry it out.
type considered struct {
	plan    Plan
	trust   reserve.Trust
	account ledger.Account
	device  ledger.Device // when new: the older identity that makes room, if there is one
	books   reserve.Books
	today   keys.Day
	done    bool     // an operation with this ID did it before
	verb    string   // of the operation
	wish    [32]byte // that it stands for

	replaces ledger.Device // that was written off, when this one replaces it
	seed     holding       // … and what is carried over
	from     ledger.Path   // … and the account of a new device, unless one is named
}

// consider gathers what the books say about a wish and decides.
func (is *Issuer) consider(tx *ledger.Tx, w Wish) (considered, error) {
	c := considered{today: is.today()} // asked for once: the day may change meanwhile
	var err error
	if c.trust, err = tx.Trust(); err != nil {
		return c, err
	}
	if err = is.findDevice(tx, w, &c); err != nil {
		return c, err
	}
	c.verb, c.wish = eventAuthorize, w.digest(c.books.Identity)
	if c.done, err = is.operation(tx, w, &c); err != nil || c.done {
		return c, err
	}
	if err := w.mayReach(c.books); err != nil {
		return c, err
	}
	if err := is.permit(tx, w, &c); err != nil {
		return c, err
	}
	lots, err := tx.Allocatable(c.account.Path, c.today)
	if err != nil {
		return c, err
	}
	return is.resolve(tx, w, c, w.lots(lots, c.books))
}

// resolve decides about a wish of a device that may have it, from lots of its account.
func (is *Issuer) resolve(tx *ledger.Tx, w Wish, c considered, lots []reserve.Lot) (considered, error) {
	product, err := c.trust.Catalog().Product(c.books.Identity.UDI().Product())
	if err != nil && len(c.books.Alive()) == 0 { // else what it holds can still be kept or cut
		return c, err
	}
	s, err := newSituation(tx, c.trust.Catalog(), c.account.Path, c.books, lots, c.today)
	if err != nil {
		return c, err
	}
	s.product, s.seed = product, c.seed
	if err := s.checkChoices(tx, w); err != nil {
		return c, err
	}
	if s.usable, err = usable(tx, c); err != nil {
		return c, err
	}
	isNew, replaces := c.plan.New, c.plan.Replaces
	if c.plan, err = s.decide(w); err != nil {
		return c, err
	}
	c.plan.New, c.plan.Replaces = isNew, replaces
	if isNew {
		if c.plan.Arrival, c.plan.Announced, err = arrival(tx, c.books.Identity.UDI(), c.account.Path); err != nil {
			return c, err
		}
	}
	c.plan.Issuer, c.plan.Root = c.trust.Fingerprint().String(), c.trust.Root().Version()
	if w.Request != nil {
		c.plan.KnownRoot = w.Request.RootVersion()
	}
	if c.plan.Export && !c.account.ExportControl {
		return c, reserve.Refuse(reserve.ExportOff, "account %q may not reserve export-controlled entitlements", c.account.Path)
	}
	return c, nil
}

// usable reports whether the newest authorization can still be installed, or is: what a key signed
// that was marked compromised, or a class that was changed since, has to be signed anew though it
// says the same. A retired key takes nothing away that is known to be installed.
func usable(tx *ledger.Tx, c considered) (bool, error) {
	newest, ok := c.books.Newest()
	if !ok {
		return false, nil
	}
	stored, err := tx.Authorization(c.device.ID, newest.Number)
	if err != nil {
		return false, err
	}
	_, err = reserve.OpenAuthorization(stored.Body, c.trust, c.books.Identity)
	if reasonOf(err) == reserve.KeyRetired {
		confirmed, ok := c.books.Confirmed()
		return ok && confirmed.Number == newest.Number, nil
	}
	if err != nil && !isRefusal(err) {
		return false, err
	}
	return err == nil, nil
}

// operation looks for an earlier act with the same ID and the same wish; its answer is the plan.
func (is *Issuer) operation(tx *ledger.Tx, w Wish, c *considered) (bool, error) {
	if w.Op == "" {
		return false, nil
	}
	op, found, err := tx.Operation(w.Op, c.verb, c.wish)
	if err != nil || !found {
		return false, err
	}
	c.plan = Plan{Account: c.device.Account, Device: c.books.Identity, Repeated: true}
	if err := json.Unmarshal(op.Result, &c.plan.Number); err != nil {
		return false, err
	}
	if err := repeatable(c.books, c.plan.Number); err != nil { // told before anybody agrees to it
		return false, err
	}
	return true, is.describe(tx, c)
}

// describe fills in the lines of a plan whose answer is stored: what it grants, and how the pools
// stand today.
func (is *Issuer) describe(tx *ledger.Tx, c *considered) error {
	catalog, err := tx.Catalog()
	if err != nil {
		return err
	}
	stored, ok := c.books.Find(c.plan.Number)
	if !ok {
		return nil
	}
	lots, err := tx.Allocatable(c.device.Account, is.today())
	if err != nil {
		return err
	}
	s, err := newSituation(tx, catalog, c.device.Account, c.books, lots, is.today())
	if err != nil {
		return err
	}
	granted := holding{}
	for _, d := range stored.Draws {
		granted[d.Grant.Entitlement] = append(granted[d.Grant.Entitlement], d)
	}
	c.plan.draws = stored.Draws
	s.lines(&c.plan, granted)
	return nil
}
