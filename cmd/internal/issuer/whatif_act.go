package issuer

import (
	"fmt"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// newDevice authorizes a device that is not there yet.
func (r *whatIf) newDevice(s Supposition, n uint64) error {
	request, err := r.request(s.product, fmt.Sprintf("WHAT-IF-%d-%d", s.Line, n+1))
	if err != nil {
		return err
	}
	w := Wish{Request: &request, Account: s.account, Changes: s.grants}
	c, err := r.consider(r.tx, w)
	if err == nil {
		_, err = r.commit(r.tx, w, c)
	}
	return err
}

// replace is the RMA of a device.
func (r *whatIf) replace(s *Supposed) error {
	failed, err := r.tx.FindDevice(s.device)
	if err != nil {
		return err
	}
	product := s.product
	if product == "" {
		product = failed.UDI.Product()
	}
	request, err := r.request(product, fmt.Sprintf("WHAT-IF-%d", s.Line))
	if err != nil {
		return err
	}
	rma := RMA{Failed: s.device, Request: &request, Map: s.mapped, Changes: s.grants, Account: s.account}
	c, err := r.considerRMA(r.tx, rma)
	if err == nil {
		s.LeftOut = c.plan.LeftOut
		_, err = r.commitRMA(r.tx, rma, c)
	}
	return err
}

// writeOff gives a device up.
func (r *whatIf) writeOff(s Supposition) error {
	d, err := r.tx.FindDevice(s.device)
	if err != nil {
		return err
	}
	c, err := r.considerLoss(r.tx, d, nil)
	if err == nil && c.loss.Repeated {
		err = reserve.Refuse(reserve.OutOfRange, "%s is written off already", d.UDI)
	}
	if err != nil {
		return err
	}
	return r.commitLoss(r.tx, c, eventWriteOff, nil, writeOffEvent{})
}

// request is that of a device that nobody has. The refusal is UnknownProduct.
func (r *whatIf) request(product, serial string) (reserve.Request, error) {
	udi, err := reserve.NewUDI(product, serial)
	if err != nil {
		return reserve.Request{}, err
	}
	i, err := reserve.NewInstance(udi, r.trust, r.world.Rand, r.world.Now())
	if err != nil {
		return reserve.Request{}, err
	}
	return i.Request(), nil
}

// moveTo gives a device, all devices of an account, or licenses to another account.
func (r *whatIf) moveTo(s Supposition) error {
	if s.license != 0 {
		out, err := r.moveLicense(r.tx, r.trust, LicenseMove{License: s.license, To: s.to, Quantity: s.quantity}, Memo{})
		if err == nil && out.Repeated {
			err = reserve.Refuse(reserve.OutOfRange, "nothing of license %d (%s) is left to be moved", s.license, out.From.Tag)
		}
		return err
	}
	if err := mayBelong(r.tx, s.to); err != nil {
		return err
	}
	devices := []string{s.device}
	if s.device == "" {
		var err error
		if devices, err = r.devicesOf(s.account); err != nil {
			return err
		}
	}
	for _, name := range devices {
		m, err := r.moveDevice(r.tx, r.trust, name, s.to, Memo{})
		if err == nil && m.Repeated {
			err = reserve.Refuse(reserve.OutOfRange, "%s belongs to account %q already", m.Device.UDI, s.to)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// devicesOf returns the devices of an account that can go elsewhere: what was written off stays, and what
// it could be holding.
func (r *whatIf) devicesOf(account ledger.Path) (names []string, err error) {
	if _, err := r.tx.Account(account); err != nil {
		return nil, err
	}
	for d, err := range r.tx.Devices(ledger.DeviceFilter{Account: account}) {
		if err != nil {
			return nil, err
		}
		if !d.WrittenOff {
			names = append(names, d.UDI.String())
		}
	}
	switch {
	case len(names) == 0:
		return nil, reserve.Refuse(reserve.OutOfRange, "account %q has no devices that could go elsewhere", account)
	case len(names) > MaxMoved:
		return nil, reserve.Refuse(reserve.OutOfRange, "account %q has %d devices, at most %d move at once", account, len(names), MaxMoved)
	}
	return names, nil
}

// endOn notes that licenses end on another day. There is no verb for it, since a license keeps the days
// that it was bought with: the books stay as they are, and the answer counts with that day.
func (r *whatIf) endOn(s Supposition) error {
	lots, err := r.named(s)
	if err != nil {
		return err
	}
	some := false
	for _, l := range lots {
		switch {
		case l.Quantity == 0 || l.Ends != 0 && l.Ends < r.day || s.entitlement != "" && l.Tag != s.entitlement || r.imagined[int64(l.ID)]:
			continue
		case s.end < r.day:
			return reserve.Refuse(reserve.OutOfRange, "%s is before %s, the day that this is about", s.end, r.day)
		case s.end < l.Starts:
			return reserve.Refuse(reserve.OutOfRange, "license %d (%s) begins on %s and can't end on %s", l.ID, l.Tag, l.Starts, s.end)
		}
		r.ends[int64(l.ID)], some = s.end, true
	}
	if !some {
		return reserve.Refuse(reserve.OutOfRange, "no license that runs on %s is named by it", r.day)
	}
	return nil
}

// named returns the licenses that a row is about.
func (r *whatIf) named(s Supposition) ([]ledger.Lot, error) {
	if s.license != 0 {
		l, err := license(r.tx, s.license)
		return []ledger.Lot{l}, err
	}
	if s.entitlement != "" {
		if _, err := r.tx.EntitlementTag(s.entitlement); err != nil {
			return nil, err
		}
	}
	return r.tx.Lots(s.account)
}

// imagine gives the account of a row more than it can ever take of everything that its device may
// have. Licenses without end are drawn on last, and of these the newest: so what is drawn of them is
// what is missing.
func (r *whatIf) imagine(s *Supposed) error {
	account, product, err := r.wants(s.Supposition)
	if err != nil {
		return err
	}
	p, err := r.trust.Catalog().Product(product)
	if err != nil {
		return err
	}
	for _, tag := range p.Entitlements {
		if r.lent[lender{account, tag}] {
			continue
		}
		r.lent[lender{account, tag}] = true
		l, _, err := r.addLicense(r.tx, r.trust, Purchase{Account: account, Entitlement: tag, Quantity: reserve.MaxCount}, Memo{})
		if err != nil {
			return err
		}
		r.imagined[int64(l.ID)] = true
	}
	return nil
}

// wants returns the account that a row takes licenses from, and the product ID of what they are for.
func (r *whatIf) wants(s Supposition) (account ledger.Path, product string, err error) {
	account, product = s.account, s.product
	if s.device != "" {
		d, err := r.tx.FindDevice(s.device)
		if err != nil {
			return account, "", err
		}
		if account.IsZero() {
			account = d.Account
		}
		if product == "" {
			product = d.UDI.Product()
		}
	}
	udi, err := reserve.NewUDI(product, "1") // brings the product ID into its form
	return account, udi.Product(), err
}
