package bigledger

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// make brings the ledger from wherever it is to its end.
func (m *maker) make(ctx context.Context) error {
	head, err := m.look(ctx)
	if err != nil {
		return err
	}
	if head == 1 {
		if err := m.ledger.Update(ctx, m.accountsAndLots); err != nil {
			return err
		}
		head = m.founding()
	}
	next := m.founding() + 1
	prepared := func() ([]life, error) { return nil, nil }
	var todo []span
	for from := 0; from < m.devices; from += wave {
		to := min(from+wave, m.devices)
		spans := m.spans(from, to, next)
		next = spans[len(spans)-1].last + 1
		if next-1 <= head {
			continue
		}
		// The wave before is written while this one is prepared.
		ahead := m.prepare(from, to, spans)
		if err := m.write(ctx, todo, head, prepared); err != nil {
			return err
		}
		todo, prepared = spans, ahead
	}
	return m.write(ctx, todo, head, prepared)
}

// look finds out how far the ledger is.
func (m *maker) look(ctx context.Context) (head uint32, err error) {
	err = m.ledger.View(ctx, func(tx *ledger.Tx) error {
		if m.trust, err = tx.Trust(); err != nil {
			return err
		}
		head, _, err = tx.Head()
		return err
	})
	return head, err
}

// accountsAndLots is the first transaction.
func (m *maker) accountsAndLots(tx *ledger.Tx) error {
	today := keys.DayOf(Begin)
	for a := range m.accounts() {
		path := m.path(a)
		if err := tx.AddAccount(path, ledger.Settings{Reservation: true}); err != nil {
			return err
		}
		if err := m.append(tx, Begin, "account", path.String(), accountEvent{Path: path.String(), Reservation: true, Coterm: keys.Day(0).String()}); err != nil {
			return err
		}
		for place, p := range m.purchases(a) {
			order := fmt.Sprintf("PO-%d-%d", 7000+a, place+1)
			id, err := tx.AddLot(ledger.NewLot{Account: path, Tag: p.tag, Quantity: uint32(p.quantity), Starts: today, Ends: p.ends, Reference: order})
			if err != nil {
				return err
			}
			if id != m.lot(a, place) {
				return fmt.Errorf("bigledger: purchase %d of account %d has number %d", place, a, id)
			}
			if err := m.append(tx, Begin, "license", path.String(), licenseEvent{License: int64(id), Account: path.String(), Entitlement: p.tag,
				Quantity: uint32(p.quantity), Starts: today.String(), Ends: p.ends.String(), Order: order}); err != nil {
				return err
			}
		}
	}
	return nil
}

// append adds an officer's entry.
func (m *maker) append(tx *ledger.Tx, at time.Time, kind, subject string, event any) error {
	_, err := tx.Append(ledger.Event{Time: at, Kind: kind, Actor: actor, Subject: subject, Body: body(event), Signer: m.issue, Log: m.log})
	return err
}

// prepare begins to play the lives of a wave, on all processors, and returns what waits for them.
func (m *maker) prepare(from, to int, spans []span) func() ([]life, error) {
	total := m.total()
	sequences := make([][passes]uint32, to-from)
	times := make([][passes]time.Time, to-from)
	for _, s := range spans {
		at := s.first
		for d := s.from; d < s.to; d++ {
			sequences[d-from][s.pass] = at
			if s.pass == 0 { // after the entry that enrolls it
				sequences[d-from][s.pass]++
			}
			times[d-from][s.pass] = m.moment(s.first, total)
			at += m.entries(d, s.pass)
		}
	}
	lives := make([]life, to-from)
	errs := make([]error, runtime.GOMAXPROCS(0))
	var next atomic.Int64
	var group sync.WaitGroup
	for w := range errs {
		group.Go(func() {
			for errs[w] == nil {
				i := int(next.Add(1)) - 1
				if i >= len(lives) {
					return
				}
				lives[i], errs[w] = m.live(from+i, sequences[i], times[i])
			}
		})
	}
	return func() ([]life, error) {
		group.Wait()
		for _, err := range errs {
			if err != nil {
				return nil, err
			}
		}
		return lives, nil
	}
}

// write writes the transactions of a wave that the ledger doesn't have.
func (m *maker) write(ctx context.Context, spans []span, head uint32, prepared func() ([]life, error)) error {
	lives, err := prepared()
	if err != nil {
		return err
	}
	total := m.total()
	for _, s := range spans {
		if s.last <= head {
			continue
		}
		at := m.moment(s.first, total)
		if err := m.ledger.Update(ctx, func(tx *ledger.Tx) error {
			for _, l := range lives[s.from-spans[0].from : s.to-spans[0].from] {
				if err := m.act(tx, s.pass, at, l); err != nil {
					return fmt.Errorf("device %d: %w", l.device, err)
				}
			}
			return nil
		}); err != nil {
			return err
		}
		if m.progress != nil {
			m.progress(s.last, total)
		}
	}
	return nil
}

// act writes what a pass brings a device.
func (m *maker) act(tx *ledger.Tx, pass int, at time.Time, l life) error {
	id, path := ledger.DeviceID(l.device+1), m.path(m.accountOf(l.device))
	identity := l.request.Identity()
	udi, fingerprint := identity.UDI().String(), identity.DID().String()
	if pass == 0 {
		if err := m.enroll(tx, at, l, path); err != nil {
			return err
		}
	}
	i := l.issued[pass]
	if err := tx.AddAuthorization(id, i.authorization, i.charged, ""); err != nil {
		return err
	}
	if err := tx.SaveBooks(id, i.before, i.after); err != nil {
		return err
	}
	event := authorizeEvent{udi, fingerprint, path.String(), uint16(i.charged.Number), i.authorization.Body(), drawEvents(i.charged.Draws)}
	if err := m.append(tx, at, "authorize", udi, event); err != nil {
		return err
	}
	if pass < passes-1 || l.answer == nil {
		return nil
	}
	r := l.answer
	if err := tx.SaveBooks(id, r.before, r.after); err != nil {
		return err
	}
	if err := tx.AddReceived(id, r.received); err != nil {
		return err
	}
	_, err := tx.Append(ledger.Event{Time: at, Kind: "receive", Actor: actor, Subject: udi, Body: body(receiveEvent{
		udi, fingerprint, string(r.received.Kind), r.received.Body, uint16(r.received.Position)})})
	return err
}

func (m *maker) enroll(tx *ledger.Tx, at time.Time, l life, path ledger.Path) error {
	d, _, err := tx.EnrollDevice(l.request, path)
	if err != nil {
		return err
	}
	if d.ID != ledger.DeviceID(l.device+1) {
		return fmt.Errorf("bigledger: it has number %d in the books", d.ID)
	}
	if label := labelOf(l.device); label != "" {
		if err := tx.SetLabel(d.ID, label); err != nil {
			return err
		}
	}
	return m.append(tx, at, "enroll", d.UDI.String(), enrollEvent{d.UDI.String(), d.DID.String(), path.String(), l.request.Body()})
}

func drawEvents(draws []reserve.Draw) []drawEvent {
	out := make([]drawEvent, 0, len(draws))
	for _, d := range draws {
		out = append(out, drawEvent{int64(d.Lot), uint16(d.Grant.Entitlement), d.Grant.Count, d.Grant.Ends.String()})
	}
	return out
}
