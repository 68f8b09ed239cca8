package issuer

import (
	"fmt"

	"tallystick/cmd/internal/compliance"
	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// checkCompliance checks what the reports say of today and of days to come: each purchase comes and
// goes with what is reserved of it, whatever the others do, and what devices hold after its end is
// short of what is available.
func (m *model) checkCompliance() {
	m.view(func(tx *ledger.Tx) error {
		for s, err := range tx.AllStocks(ledger.Scope{}) {
			if err != nil {
				return err
			}
			if m.stocks != nil {
				m.stocks(s.Lots)
			}
			for _, days := range []keys.Day{0, 1, 30, 400} {
				day := m.today() + days
				if got, want := lineText(compliance.On(s.Lots, day)), m.books.line(s.Account, s.Tag, day); got != want {
					m.fail("%s of %s will be %s on %s; expected %s (I3)", s.Tag, s.Account, got, day, want)
				}
			}
		}
		return nil
	})
}

func lineText(b compliance.Line) string {
	return fmt.Sprintf("%d = %d + %d, in transit %d, coming back %d, pending %d, expired %d, short %d",
		b.Purchased, b.Reserved, b.Available, b.InTransit, b.ComingBack, b.PendingReturn, b.Expired, b.Short())
}

// line is what is to be reported of an account and an entitlement on a day.
func (r *reckoning) line(account ledger.Path, tag string, day keys.Day) string {
	var purchased, reserved, transit, back, pending, expired uint32
	for _, l := range r.lots {
		if l.Tag != tag || l.Account != account || l.Starts > day {
			continue
		}
		taken, held, installed := r.reserved(l.ID)
		if l.Ends != 0 && l.Ends < day {
			expired += held
			continue
		}
		purchased, reserved = purchased+l.Quantity, reserved+taken
		transit, back, pending = transit+taken-installed, back+taken-held, pending+r.pending(l.ID)
	}
	available := purchased - reserved
	return fmt.Sprintf("%d = %d + %d, in transit %d, coming back %d, pending %d, expired %d, short %d",
		purchased, reserved, available, transit, back, pending, expired, max(expired, available)-available)
}

// reserved returns what all identities are charged of a lot, how many of these their newest
// authorizations grant, and how many their confirmed ones do.
func (r *reckoning) reserved(lot reserve.LotID) (taken, held, installed uint32) {
	for _, e := range r.entries {
		if e.writtenOff {
			continue
		}
		n := e.charge()[lot]
		taken += n
		if g := e.newest(); g != nil {
			held += e.drawn[g].lots[lot]
		}
		if g := e.confirmed(); g != nil {
			installed += e.drawn[g].lots[lot]
		}
	}
	return taken, held, installed
}
