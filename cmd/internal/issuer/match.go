package issuer

import (
	"errors"
	"maps"
	"reflect"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
)

// match finds the device whose chain or signature fits a code. The look-up hint in a code names
// nearly always one device, but of a million devices two; every one it may mean is tried, with every
// spelling the typed line may stand for.
func (is *Issuer) match(tx *ledger.Tx, code codec.Reading) (match, error) {
	if code.Kind.Number == reserve.StatusKind.Number {
		return firstMatch(tx, code, matchStatus)
	}
	// To find out that a receipt is none of a device takes half a second, unless it is an expected
	// one of another device.
	m, err := firstMatch(tx, code, matchExpected)
	if isRefusal(err) {
		m, err = firstMatch(tx, code, matchReceipt)
	}
	return m, err
}

// firstMatch tries the spellings of a code.
func firstMatch(tx *ledger.Tx, code codec.Reading, try func(*ledger.Tx, []byte) (match, error)) (match, error) {
	var first error
	for _, body := range code.Spellings {
		m, err := try(tx, body)
		if err == nil {
			return m, nil
		}
		if !isRefusal(err) {
			return match{}, err
		}
		if first == nil || reasonOf(first) == reserve.UnknownDevice {
			first = err
		}
	}
	return match{}, first
}

func matchReceipt(tx *ledger.Tx, body []byte) (match, error) {
	return matchBooks(tx, body, func(reserve.Books, reserve.Receipt) bool { return true })
}

func matchExpected(tx *ledger.Tx, body []byte) (match, error) {
	return matchBooks(tx, body, reserve.Books.Expects)
}

// matchBooks tries a receipt on the books it may be of, as far as they are worth a try.
func matchBooks(tx *ledger.Tx, body []byte, worth func(reserve.Books, reserve.Receipt) bool) (match, error) {
	receipt, err := reserve.ParseReceipt(body)
	if err != nil {
		return match{}, err
	}
	devices, err := tx.DevicesByLocator(receipt.Locator())
	if err != nil {
		return match{}, err
	}
	refusal := reserve.Refuse(reserve.UnknownDevice, "no device on these books could have made this code")
	for _, d := range devices {
		m := match{device: d, body: body}
		if m.before, err = tx.Books(d.ID); err != nil {
			return match{}, err
		}
		if !worth(m.before, receipt) {
			continue
		}
		if m.after, m.outcome, err = m.before.Receive(receipt); reasonOf(err) == reserve.ReceiptMismatch {
			refusal = err
			continue
		}
		if m.finding = finding(err); err != nil && m.finding == nil {
			return match{}, err
		}
		m.position = m.outcome.Position
		m.kind, m.number = KindConfirmation, m.outcome.Confirms()
		if m.position%2 == 1 {
			m.kind, m.number = KindReturn, m.position.Floor()-1
		}
		return m, nil
	}
	return match{}, refusal
}

func matchStatus(tx *ledger.Tx, body []byte) (match, error) {
	prefix, err := reserve.StatusDevice(body)
	if err != nil {
		return match{}, err
	}
	devices, err := tx.DevicesByPrefix(prefix)
	if err != nil {
		return match{}, err
	}
	refusal := reserve.Refuse(reserve.UnknownDevice, "no device on these books could have made this status report")
	for _, d := range devices {
		m := match{device: d, body: body, kind: KindStatus}
		if m.before, err = tx.Books(d.ID); err != nil {
			return match{}, err
		}
		status, err := reserve.OpenStatus(body, m.before.Identity)
		if reasonOf(err) == reserve.BadSignature {
			refusal = err
			continue
		}
		if err != nil {
			return match{}, err
		}
		m.after, m.outcome, err = m.before.Report(status)
		if m.finding = finding(err); err != nil && m.finding == nil {
			return match{}, err
		}
		m.number, _ = status.Installed()
		return m, nil
	}
	return match{}, refusal
}

// finding returns err when it is told and kept rather than undone.
func finding(err error) error {
	if r := reasonOf(err); r == reserve.Suspect || r == reserve.Quarantined {
		return err
	}
	return nil
}

func reasonOf(err error) reserve.Reason {
	var r *reserve.Refusal
	if errors.As(err, &r) {
		return r.Reason
	}
	return ""
}

func isRefusal(err error) bool { return reasonOf(err) != "" }

// sameBooks reports whether nothing changed that has to be kept.
func sameBooks(a, b reserve.Books) bool { return reflect.DeepEqual(a, b) }

// keep stores what a code changed: the books, the code itself and a journal entry.
func (is *Issuer) keep(tx *ledger.Tx, m match) (uint32, error) {
	if err := tx.SaveBooks(m.device.ID, m.before, m.after); err != nil {
		return 0, err
	}
	event := receiveEvent{Device: m.device.UDI.String(), Fingerprint: m.device.DID.String(), Kind: m.kind,
		Code: m.body, Position: uint16(m.position)}
	if m.finding != nil {
		event.Finding = string(reasonOf(m.finding))
	}
	if m.outcome.Lives {
		event.Alarm = AlarmAlive
	}
	received := ledger.Received{Kind: ledger.CodeKind(m.kind), Position: m.position, Body: m.body}
	if err := tx.AddReceived(m.device.ID, received); err != nil {
		return 0, err
	}
	entry, err := tx.Append(ledger.Event{Time: is.world.Now(), Kind: eventReceive, Subject: event.Device, Actor: is.world.Actor, Body: body(event)})
	return entry.Sequence, err
}

// Ended returns which lots that a device's authorizations draw on have ended: they count nowhere any
// more, nor does what they keep for it.
func Ended(b reserve.Books, today keys.Day) map[reserve.LotID]bool {
	out := map[reserve.LotID]bool{}
	for _, i := range b.Issued {
		for _, d := range i.Draws {
			out[d.Lot] = d.Grant.Ends != 0 && d.Grant.Ends < today
		}
	}
	return out
}

// credits tells per entitlement what a code changed.
func (is *Issuer) credits(tx *ledger.Tx, m match) ([]Credit, error) {
	t, err := tx.Trust()
	if err != nil {
		return nil, err
	}
	entitlement := map[reserve.LotID]reserve.EntitlementID{}
	if err := entitlementsOf(tx, m.before, entitlement); err != nil {
		return nil, err
	}
	ended := Ended(m.before, is.today())
	sum := func(by map[reserve.LotID]uint32) map[reserve.EntitlementID]uint64 {
		out := map[reserve.EntitlementID]uint64{}
		for lot, n := range by {
			if !ended[lot] {
				out[entitlement[lot]] += uint64(n)
			}
		}
		return out
	}
	before, after, transit := sum(m.before.Charge()), sum(m.after.Charge()), sum(m.after.InTransit())
	pendingBefore, pending := sum(m.before.Exposure()), sum(m.after.Exposure())
	now := map[reserve.EntitlementID]ledger.Pool{}
	pools, err := tx.Pools(m.device.Account, is.today())
	if err != nil {
		return nil, err
	}
	for _, p := range pools {
		now[p.Entitlement] = p
	}
	var out []Credit
	for _, e := range listed(t.Catalog(), slices.Concat(slices.Collect(maps.Keys(before)), slices.Collect(maps.Keys(pendingBefore)), slices.Collect(maps.Keys(pending)))) {
		if before[e.ID]+after[e.ID]+pendingBefore[e.ID]+pending[e.ID] > 0 {
			out = append(out, Credit{Entitlement: e, Before: before[e.ID], After: after[e.ID], InTransit: transit[e.ID],
				PendingBefore: pendingBefore[e.ID], Pending: pending[e.ID], Available: now[e.ID].Available, Unlimited: now[e.ID].Unlimited})
		}
	}
	return out, nil
}
