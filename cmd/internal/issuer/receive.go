package issuer

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/codec"
	"tallystick/reserve"
)

// The kinds of device codes, as they are reported.
const (
	KindConfirmation = "confirmation"
	KindReturn       = "return"
	KindStatus       = "status"
)

// AlarmAlive is the alarm that a device which was written off runs, or ran after that: what it holds may
// be in use twice.
const AlarmAlive = "dead-device-alive"

// A Received tells what a device's code was and what it changed.
type Received struct {
	Device   ledger.Device
	Kind     string         // KindConfirmation, KindReturn or KindStatus
	Number   reserve.Number // confirmed, returned through, or installed as reported
	Repeated bool
	Cleared  bool   // a suspect device proved that it holds nothing
	Behind   bool   // it reports as installed what it gave up before: a late report, or a device rolled back
	Alarm    string // AlarmAlive, or nothing
	Lines    []Credit
	Standing reserve.Standing
	Out      []reserve.Number // authorizations still out, not confirmed
	Sequence uint32           // of the journal entry; 0 when nothing changed
}

// A Credit is what an entitlement's reservation for the device was and is.
type Credit struct {
	Entitlement   reserve.Entitlement
	Before, After uint64 // reserved for the device
	InTransit     uint64 // of that, not confirmed
	PendingBefore uint64 // what it could be holding, of a device that was written off …
	Pending       uint64 // … and now
	Available     uint64 // in the account now, unless it is Unlimited
	Unlimited     bool
}

// Receive takes a confirmation, return, cancellation or status report. want is one of the kinds,
// or "" for any. It needs no key: the device's receipt chain or signature proves what it says.
// Repeating it changes nothing. Refusals: WrongKind, UnknownDevice, ReceiptMismatch, BadSignature,
// Suspect and Quarantined; the last two are recorded.
func (is *Issuer) Receive(ctx context.Context, code codec.Reading, want string, dry bool) (Received, error) {
	if code.Kind.Number != reserve.ReceiptKind.Number && code.Kind.Number != reserve.StatusKind.Number {
		return Received{}, reserve.Refuse(reserve.WrongKind, "this is a %s; a confirmation, return or status code of a device was expected", code.Kind.Name)
	}
	var got Received
	var finding error
	err := is.run(ctx, dry, func(tx *ledger.Tx) (err error) {
		got, finding, err = is.receive(tx, code, want)
		return err
	})
	if err != nil {
		return Received{}, err
	}
	return got, finding
}

// match is a device whose chain or signature fits a code.
type match struct {
	device   ledger.Device
	before   reserve.Books
	after    reserve.Books
	outcome  reserve.Outcome
	finding  error // Suspect or Quarantined: the books changed, nothing is credited
	kind     string
	number   reserve.Number
	body     []byte
	position reserve.Position
}

// receive returns what was received and, apart from an error that undoes everything, a finding
// that has to be kept in the books and told.
func (is *Issuer) receive(tx *ledger.Tx, code codec.Reading, want string) (Received, error, error) {
	m, err := is.match(tx, code)
	if err != nil {
		return Received{}, nil, err
	}
	if want != "" && m.kind != want {
		return Received{}, nil, reserve.Refuse(reserve.WrongKind, "this is a %s code of %s, not a %s code", m.kind, m.device.UDI, want)
	}
	got := Received{Device: m.device, Kind: m.kind, Number: m.number, Repeated: m.outcome.Repeated, Cleared: m.outcome.Cleared, Behind: m.outcome.Behind}
	if !sameBooks(m.before, m.after) {
		if got.Sequence, err = is.keep(tx, m); err != nil {
			return Received{}, nil, err
		}
	}
	if got.Alarm, err = is.alarm(tx, m); err != nil {
		return Received{}, nil, err
	}
	got.Standing = m.after.StandingOn(is.today())
	for _, i := range m.after.Alive() {
		if c, ok := m.after.Confirmed(); !ok || c.Number != i.Number {
			got.Out = append(got.Out, i.Number)
		}
	}
	got.Lines, err = is.credits(tx, m)
	return got, m.finding, err
}

// alarm returns the alarm that a code raises, or raised when it came first: a call that is repeated
// because its answer was lost gets the same answer.
func (is *Issuer) alarm(tx *ledger.Tx, m match) (string, error) {
	if m.outcome.Lives {
		return AlarmAlive, nil
	}
	if !m.outcome.Repeated || !m.before.Lives {
		return "", nil
	}
	list, err := tx.Received(m.device.ID)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(list, func(r ledger.Received) bool { return bytes.Equal(r.Body, m.body) })
	if at < 0 {
		return "", nil
	}
	entry, _, err := tx.Entry(list[at].Sequence)
	if err != nil {
		return "", err
	}
	var event receiveEvent
	err = json.Unmarshal(entry.Body, &event)
	return event.Alarm, err
}
