package issuer

import (
	"fmt"

	"tallystick/cmd/internal/ledger"
)

// renameFailed renames an account with devices that were written off and may be holding something, or one
// above it, so that other policies count for them; then something else happens to failed devices there.
func (m *model) renameFailed() {
	var list []*unit
	for _, u := range m.units {
		if len(m.exposedNow(m.books.entry(u))) > 0 {
			list = append(list, u)
		}
	}
	if len(list) == 0 {
		m.writeOff([]*unit{m.holder()})
		return
	}
	u := pick(m, "failed", list)
	from := m.books.entry(u).account
	if above := from.Parent(); !above.IsZero() && m.seldom("all that is above", 3) {
		from = above
	}
	to := pick(m, "path", modelPaths)
	if m.seldom("below another", 3) {
		to = mustPath(pick(m, "above", m.books.accounts).path.String() + "/" + pick(m, "name", []string{"east", "west"}))
	}
	if m.renameTo(from, to); m.books.account(to) != nil && isBelow(m.books.entry(u).account, to) {
		m.happened["an account was renamed with failed devices"]++
	}
	m.checkStands()
	switch m.draw("then", 0, 4) {
	case 0:
		m.writeOffSome()
	case 1:
		m.settle(u)
	case 2:
		m.replaceAgain()
	case 3:
		m.receiveOf(u)
	case 4:
		m.renameTo(to, from)
	}
	m.checkStands()
}

// leaves is what the accounts above one don't count any more when it is renamed.
func (m *model) leaves(from, to ledger.Path) string {
	if above := from.Parent(); above.IsZero() || isBelow(to, above) || m.books.account(from) == nil {
		return standText(ledger.FailedStand{})
	}
	return m.standText(from)
}

// checkStands checks where every account stands against its policy.
func (m *model) checkStands() {
	m.view(func(tx *ledger.Tx) error {
		for _, a := range m.books.accounts {
			list, err := tx.FailedStands(a.path, m.today())
			if err != nil {
				return err
			}
			at := a.path
			for i := len(list) - 1; i >= 0; i-- {
				if got, want := standText(list[i]), m.standText(at); got != want {
					m.fail("%s stands at %s, expected %s", at, got, want)
				}
				at = at.Parent()
			}
			if !at.IsZero() {
				m.fail("where %s stands is left out", at)
			}
		}
		return nil
	})
}

func standText(s ledger.FailedStand) string {
	licenses := map[string]uint64{}
	for _, c := range s.Licenses {
		licenses[c.Tag] += c.N
	}
	return fmt.Sprintf("%s: %d open, %d in a year, %v pending; %+v", s.Account, s.Open, s.Year, licenses, s.Policy)
}

// standText is what an account has to stand at.
func (m *model) standText(at ledger.Path) string {
	s := m.stand(at)
	return fmt.Sprintf("%s: %d open, %d in a year, %v pending; %+v", at, s.open, s.year, s.licenses, m.policy(at))
}

// policy is what counts for an account: at the top with the defaults.
func (m *model) policy(at ledger.Path) ledger.FailedPolicy {
	p := m.books.account(at).failed
	if at.Parent().IsZero() {
		for _, l := range []struct{ own, standard *ledger.Limit }{{&p.Open, &ledger.DefaultFailedPolicy.Open},
			{&p.Licenses, &ledger.DefaultFailedPolicy.Licenses}, {&p.Year, &ledger.DefaultFailedPolicy.Year}} {
			if !l.own.Set {
				*l.own = *l.standard
			}
		}
	}
	return p
}
