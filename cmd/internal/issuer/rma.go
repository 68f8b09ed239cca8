package issuer

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// An RMA replaces a device that failed: it is written off, and another one, or the same with a new
// identity, gets what its newest authorization grants.
type RMA struct {
	Failed   string           // PID:SN, or a serial number that is unique
	Request  *reserve.Request // of the replacement; enrolls it if it is new
	Map      []Mapping        // where the replacement's product calls an entitlement otherwise
	Changes  []Change         // counts that are to be other than carried over; absolute
	Account  ledger.Path      // of a new replacement; zero: that of the failed device
	Op       string           // repeating the same operation gives the same answer
	Evidence []ledger.Exhibit
	Memo     Memo
}

// A Mapping lets one entitlement stand for another.
type Mapping struct{ Old, New string }

// ParseMapping reads OLD=NEW.
func ParseMapping(s string) (Mapping, error) {
	old, new, ok := strings.Cut(s, "=")
	if !ok || old == "" || new == "" || old == new {
		return Mapping{}, reserve.Refuse(reserve.OutOfRange, "%q: expected OLD=NEW, such as dna-premier=dna-advantage", clip(s))
	}
	return Mapping{old, new}, nil
}

// A RMAPlan is what an RMA would do.
type RMAPlan struct {
	Loss     Loss
	Plan     Plan // of the replacement; its pools are those after the write-off
	LeftOut  []LeftOut
	Reimaged bool // the replacement is the failed device with a new identity
	Repeated bool // it was done before: the stored bytes are the answer
}

// A LeftOut is what is not carried over.
type LeftOut struct {
	Entitlement reserve.Entitlement
	Count       uint64
	Why         string // LeftExport or LeftEnded
}

// Why something is not carried over.
const (
	LeftExport = "export-controlled" // it takes the role for it: to be named
	LeftEnded  = "ended"             // its license is over
)

// A Replacement is a committed RMA, or what was stored of it.
type Replacement struct {
	RMAPlan
	Issued Issuance
}

// consideredRMA is a plan with what is needed to carry it out.
type consideredRMA struct {
	plan RMAPlan
	loss consideredLoss
	next considered // about the replacement
}

// PlanRMA decides about an RMA without changing anything.
func (is *Issuer) PlanRMA(ctx context.Context, r RMA) (p RMAPlan, err error) {
	err = is.ledger.View(ctx, func(tx *ledger.Tx) error {
		if err := is.Frozen(tx); err != nil {
			return err
		}
		c, err := is.considerRMA(tx, r)
		p = c.plan
		return err
	})
	return p, err
}

// RMA writes the failed device off, enrolls the replacement and authorizes it, in one transaction;
// previewed is the plan that the officer agreed to. When the books changed in between so that another
// plan results, nothing is done and the refusal is Busy. The same again, and the same operation ID, give
// the stored bytes. Refusals besides: those of WriteOff and of Authorize, ReplacementHolds, and
// AlreadyExists when the failed device was replaced by another one.
func (o *Officer) RMA(ctx context.Context, r RMA, previewed RMAPlan) (out Replacement, err error) {
	err = o.issue(ctx, false, func(tx *ledger.Tx) error {
		c, err := o.considerRMA(tx, r)
		if err != nil {
			return err
		}
		if !c.plan.same(previewed) {
			return changedSince()
		}
		issued, err := o.commitRMA(tx, r, c)
		out = Replacement{c.plan, issued}
		return err
	})
	if err != nil { // the commit itself may have failed: nobody gets to see what was signed
		return Replacement{}, err
	}
	return out, nil
}

func (p RMAPlan) same(q RMAPlan) bool {
	equal := func(a, b LeftOut) bool {
		return a.Entitlement.ID == b.Entitlement.ID && a.Count == b.Count && a.Why == b.Why
	}
	return p.Repeated == q.Repeated && p.Loss.same(q.Loss) && slices.EqualFunc(p.LeftOut, q.LeftOut, equal) && p.Plan.same(q.Plan)
}

// commitRMA carries an RMA out inside a transaction.
func (o *Officer) commitRMA(tx *ledger.Tx, r RMA, c consideredRMA) (Issuance, error) {
	w := Wish{Request: r.Request, Op: r.Op, Memo: r.Memo}
	if c.plan.Repeated {
		return o.repeat(tx, w, c.next)
	}
	id := r.Request.Identity()
	event := writeOffEvent{Replacement: id.UDI().String(), Identity: id.DID().String(), Number: uint16(c.plan.Plan.Number), Op: r.Op, Memo: r.Memo}
	for _, m := range r.Map {
		event.Mapped = append(event.Mapped, m.Old+"="+m.New)
	}
	for _, l := range c.plan.LeftOut {
		event.LeftOut = append(event.LeftOut, l.Entitlement.Tag)
	}
	if err := o.commitLoss(tx, c.loss, eventRMA, r.Evidence, event); err != nil {
		return Issuance{}, err
	}
	return o.commit(tx, w, c.next)
}

// considerRMA gathers what the books say about an RMA and decides. It writes nothing.
func (is *Issuer) considerRMA(tx *ledger.Tx, r RMA) (c consideredRMA, err error) {
	if err := r.check(); err != nil {
		return c, err
	}
	failed, err := is.failedDevice(tx, r)
	if err != nil {
		return c, err
	}
	c.next = considered{today: is.today(), verb: eventRMA, wish: r.digest(failed.UDI), replaces: failed}
	if c.next.trust, err = tx.Trust(); err != nil {
		return c, err
	}
	done, err := is.doneRMA(tx, r, failed, &c)
	if err != nil || done {
		return c, err
	}
	if c.loss, err = is.considerLoss(tx, failed, nil); err != nil {
		return c, err
	}
	c.plan.Loss = c.loss.loss
	if err := is.findReplacement(tx, r, &c); err != nil {
		return c, err
	}
	if err := is.permit(tx, Wish{Account: r.Account}, &c.next); err != nil {
		return c, err
	}
	return c, is.carry(tx, r, &c)
}

func (r RMA) check() error {
	if err := r.Memo.check(); err != nil {
		return err
	}
	if r.Request == nil {
		return reserve.Refuse(reserve.OutOfRange, "a replacement is known by its request, and there is none")
	}
	if len(r.Evidence) > ledger.MaxExhibits {
		return reserve.Refuse(reserve.OutOfRange, "%d pieces of evidence, at most %d", len(r.Evidence), ledger.MaxExhibits)
	}
	for i, m := range r.Map {
		if slices.ContainsFunc(r.Map[:i], func(o Mapping) bool { return o.Old == m.Old }) {
			return reserve.Refuse(reserve.OutOfRange, "entitlement %q is mapped twice", clip(m.Old))
		}
		if slices.ContainsFunc(r.Changes, func(c Change) bool { return c.Tag == m.Old }) {
			return reserve.Refuse(reserve.OutOfRange, "entitlement %q is mapped and granted", clip(m.Old))
		}
	}
	for _, c := range r.Changes {
		if c.Relative {
			return reserve.Refuse(reserve.OutOfRange, "entitlement %q: a replacement is granted a count, not a difference", clip(c.Tag))
		}
	}
	return nil
}

// failedDevice finds the identity that failed: the one that is enrolled or, where the replacement is the
// same device with a new identity and is enrolled already, the one before.
func (is *Issuer) failedDevice(tx *ledger.Tx, r RMA) (ledger.Device, error) {
	d, err := tx.FindDevice(r.Failed)
	if err != nil || d.DID != r.Request.Identity().DID() {
		return d, err
	}
	all, err := tx.Identities(d.UDI)
	if err != nil {
		return d, err
	}
	for _, old := range all {
		by, found, err := tx.ReplacementOf(old.ID)
		if err != nil || (found && by.By == d.ID) {
			return old, err
		}
	}
	return d, reserve.Refuse(reserve.OutOfRange, "the request is of %s itself, as it is enrolled: it can't replace itself", d.UDI)
}

// doneRMA looks for the same RMA done before, under its operation ID or without one.
func (is *Issuer) doneRMA(tx *ledger.Tx, r RMA, failed ledger.Device, c *consideredRMA) (bool, error) {
	by, found, err := tx.ReplacementOf(failed.ID)
	if err != nil {
		return false, err
	}
	if r.Op != "" {
		op, done, err := tx.Operation(r.Op, eventRMA, c.next.wish)
		if err != nil {
			return false, err
		}
		if c.next.done = done; done {
			if err := json.Unmarshal(op.Result, &by.Number); err != nil {
				return false, err
			}
			if failed, by, err = is.replacedAs(tx, r, failed, by.Number); err != nil {
				return false, err
			}
		}
	}
	if !found && !c.next.done {
		return false, nil
	}
	if c.next.device, err = tx.Device(by.By); err != nil {
		return false, err
	}
	if c.next.device.DID != r.Request.Identity().DID() {
		return false, reserve.Refuse(reserve.AlreadyExists, "%s was replaced by %s already, with its authorization %d", failed.UDI, c.next.device.UDI, by.Number)
	}
	c.plan.Repeated, c.plan.Reimaged = true, failed.UDI == c.next.device.UDI
	if c.next.books, err = tx.Books(c.next.device.ID); err != nil {
		return false, err
	}
	if !c.next.done {
		if err := r.wasGranted(failed.UDI, c.next.books, by.Number, c.next.trust.Catalog()); err != nil {
			return false, err
		}
	}
	return true, is.toldRMA(tx, failed, by, c)
}

// replacedAs finds what an operation was about: a device that failed may be enrolled with another
// identity by now.
func (is *Issuer) replacedAs(tx *ledger.Tx, r RMA, failed ledger.Device, n reserve.Number) (ledger.Device, ledger.Replacement, error) {
	d, err := tx.DeviceByDID(r.Request.Identity().DID())
	if err != nil {
		return failed, ledger.Replacement{}, err
	}
	all, err := tx.Identities(failed.UDI)
	if err != nil {
		return failed, ledger.Replacement{}, err
	}
	for _, old := range all {
		by, found, err := tx.ReplacementOf(old.ID)
		if err != nil || found && by.By == d.ID && by.Number == n {
			return old, by, err
		}
	}
	return failed, ledger.Replacement{Device: failed.ID, By: d.ID, Number: n}, nil
}

// toldRMA fills in a plan whose answer is stored.
func (is *Issuer) toldRMA(tx *ledger.Tx, failed ledger.Device, by ledger.Replacement, c *consideredRMA) (err error) {
	if c.loss, err = is.considerLoss(tx, failed, nil); err != nil {
		return err
	}
	c.plan.Loss = c.loss.loss
	c.next.plan = Plan{Account: c.next.device.Account, Device: c.next.books.Identity, Number: by.Number, Repeated: true}
	if err := repeatable(c.next.books, by.Number); err != nil { // told before anybody agrees to it
		return err
	}
	err = is.describe(tx, &c.next)
	c.plan.Plan = c.next.plan
	return err
}

// digest stands for what is wished, for telling a repetition from another RMA.
func (r RMA) digest(failed reserve.UDI) [32]byte {
	did := r.Request.Identity().DID()
	text, err := json.Marshal(struct {
		Failed, Account string
		Map             []Mapping
		Changes         []Change
	}{failed.String(), r.Account.String(), r.Map, r.Changes})
	if err != nil {
		panic("issuer: " + err.Error())
	}
	return keys.Digest("TS1/wish", did[:], text)
}
