package issuer

import (
	"context"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A Renewal asks for later end dates for every device of an account that holds an entitlement.
type Renewal struct {
	Account     ledger.Path
	Entitlement string
	Until       keys.Day    // licenses have to last through this day; 0: the latest end that the account can give each device
	Borrow      []Borrowing // as in a Wish
	Memo        Memo
}

// A RenewalState says what a renewal is to a device.
type RenewalState string

// The states.
const (
	RenewalNew     RenewalState = "renew"   // a new authorization will be signed
	RenewalAgain   RenewalState = "again"   // it was signed before and is not confirmed: the same code
	RenewalNone    RenewalState = "current" // what it holds lasts as long as anything there is
	RenewalRefused RenewalState = "refused"
)

// A RenewalRow is what a renewal comes to for one device.
type RenewalRow struct {
	Device ledger.Device
	Count  uint64   // held, what has ended counted
	Ends   keys.Day // the first end of what it holds; 0: none
	State  RenewalState
	Plan   Plan // where State is RenewalNew or RenewalAgain
	Err    error
	wish   Wish
}

// Until returns the first end of what the device will hold of the entitlement; 0: none.
func (r RenewalRow) Until(tag string) keys.Day {
	for _, l := range r.Plan.Lines {
		if l.Entitlement.Tag == tag {
			return firstEnd(l.Draws)
		}
	}
	return r.Ends
}

// A RenewalPlan is the preview of a renewal: its devices, those whose licenses end first, first.
type RenewalPlan struct {
	Renewal Renewal
	Rows    []RenewalRow
	Later   []reserve.Opening // what the account has that can't be reserved yet
}

// PlanRenewal decides about every device without changing anything. What one device gets is not there
// for the next. Devices that can't be renewed are listed with the reason and stop no other. Refusals:
// UnknownAccount, HoldingAccount, ReservationOff, UnknownEntitlement, OutOfRange.
func (is *Issuer) PlanRenewal(ctx context.Context, r Renewal) (p RenewalPlan, err error) {
	if err := r.Memo.check(); err != nil {
		return p, err
	}
	err = is.ledger.View(ctx, func(tx *ledger.Tx) error {
		p, err = is.planRenewal(tx, r)
		return err
	})
	return p, err
}

func (is *Issuer) planRenewal(tx *ledger.Tx, r Renewal) (RenewalPlan, error) {
	p := RenewalPlan{Renewal: r}
	n, err := is.newRenewing(tx, r)
	if err != nil {
		return p, err
	}
	if p.Rows, err = n.holders(); err != nil {
		return p, err
	}
	for i := range p.Rows {
		if err := n.decide(&p.Rows[i]); err != nil {
			return p, err
		}
	}
	p.Later = n.later()
	return p, nil
}
