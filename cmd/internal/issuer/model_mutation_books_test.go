package issuer

import (
	"slices"

	"tallystick/cmd/internal/compliance"
	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// booksMutations are wrong rules of the officer's books: what an act would do besides, or instead.
var booksMutations = []mutation{
	{"a device that moves takes along what is available as well", misrules{also: takeMoreAlong, only: []string{"as usual", "move devices"}}, "(I3)"},
	{"a device that moves leaves its licenses behind", misrules{also: leaveBehind, only: []string{"as usual", "move devices", "receive"}}, "the books of|is charged|(I3)|(I7)"},
	{"licenses that are moved stay as well", misrules{also: staysAsWell, only: []string{"move licenses"}}, "(I3)"},
	{"licenses that are removed can be had", misrules{also: stillThere, only: []string{"remove licenses"}}, "(I3)"},
	{"an account that is renamed is opened once more", misrules{also: twoAccounts, only: []string{"rename an account"}}, "account"},
	{"an account with licenses is closed", misrules{closing: 2, only: []string{"close an account", "move licenses"}}, "closing an account"},
	{"a key that is converted counts twice", misrules{also: twiceConverted, only: []string{"register option keys", "convert an option key"}}, "(I3)"},
	{"a key that is converted is the device's still", misrules{also: registeredAgain, only: []string{"register option keys", "convert an option key"}}, "option key"},
	{"licenses that begin later are reserved today", misrules{ahead: 4, only: []string{"as usual", "buy", "authorize"}}, "draws|planning"},
	{"a higher tier is borrowed from unasked", misrules{asks: borrowAnyway, only: []string{"as usual", "authorize", "buy"}}, "unasked|planning|draws"},
	{"an announcement that is taken back stands", misrules{also: announceAgain, only: []string{"expect devices", "authorize"}}, "expecting|the new device"},
	{"what a recovery takes in is not paid for", misrules{also: takeInForNothing, only: []string{"as usual", "keep ledger", "recover"}}, "the books of|draws"},
	{"a recovered device belongs elsewhere", misrules{also: elsewhere, only: []string{"as usual", "keep ledger", "recover"}}, "is in account|add them again"},
	{"the same operation is done twice", misrules{forgetful: true, only: []string{"buy", "remove licenses", "command again"}}, "once more"},
	{"what ended is available still", misrules{stocks: endless0, only: []string{"as usual", "days pass"}}, "(I3)"},
	{"what devices hold of what ended is not missing", misrules{stocks: notHeld, only: []string{"as usual", "days pass"}}, "(I3)"},
	{"what begins later is available today", misrules{stocks: beginsNow, only: []string{"buy"}}, "(I3)"},
}

// besides does an act of the office that nobody asked for.
func (m *model) besides(act func() error) { m.must(act()) }

func takeMoreAlong(m *model, a acted) {
	for _, l := range m.books.lots {
		n := l.Quantity - m.books.taken(l.ID)
		if a.verb != "move a device" || l.Account != a.from || n == 0 || m.ended(l.Ends) {
			continue
		}
		m.besides(func() error {
			_, err := m.office.MoveLicense(ctx, LicenseMove{License: l.ID, To: a.to, Quantity: n}, Memo{}, false)
			return err
		})
		return
	}
}

// leaveBehind moves the device on, so that it is where it was and its books are elsewhere.
func leaveBehind(m *model, a acted) {
	if a.verb == "move a device" && len(a.charge) > 0 {
		m.besides(func() error {
			_, err := m.office.MoveDevices(ctx, []string{a.unit.identity.UDI().String()}, a.from, Memo{}, false)
			return err
		})
		m.books.entry(a.unit).account = a.from
	}
}

func (m *model) buyBesides(account ledger.Path, l ledger.Lot, n uint32) {
	m.besides(func() error {
		_, _, err := m.office.AddLicense(ctx, Purchase{Account: account, Entitlement: l.Tag, Quantity: n}, Memo{}, false)
		return err
	})
}

func staysAsWell(m *model, a acted) {
	if a.verb == "move licenses" {
		m.buyBesides(a.from, m.books.lot(a.lot), a.n)
	}
}

func stillThere(m *model, a acted) {
	if a.verb == "remove licenses" && m.books.open(a.from) == "" {
		m.buyBesides(a.from, m.books.lot(a.lot), a.n)
	}
}

func twoAccounts(m *model, a acted) {
	if a.verb == "rename" {
		m.besides(func() error { _, _, err := m.office.NewAccount(ctx, a.from, Settings{}, Memo{}, false); return err })
	}
}

func twiceConverted(m *model, a acted) {
	if a.verb == "convert" {
		m.buyBesides(a.to, m.books.lot(a.lot), a.n)
	}
}

func registeredAgain(m *model, a acted) {
	if k := m.books.key(a.key.UDI, a.key.Index); a.verb == "convert" {
		m.besides(func() error {
			again := *k
			again.Index, again.Converted = k.Index+10, 0
			_, err := m.office.AddOptionKeys(ctx, []ledger.OptionKey{again}, Memo{}, false)
			return err
		})
	}
}

func borrowAnyway(w *Wish) {
	if slices.ContainsFunc(w.Changes, func(c Change) bool { return c.Tag == "network-essentials" }) {
		w.Borrow = []Borrowing{{"network-essentials", "network-advantage"}}
	}
}

func announceAgain(m *model, a acted) {
	if a.verb == "expect" && a.withdrawn && m.books.open(a.expected.Account) != reserve.AccountClosed {
		m.besides(func() error {
			_, err := m.office.Expect(ctx, []ledger.Expected{a.expected}, false, Memo{}, false)
			return err
		})
	}
}

func takeInForNothing(m *model, a acted) {
	if a.verb == "take in" {
		m.letGo(a.unit, a.grant.number+1)
	}
}

func elsewhere(m *model, a acted) {
	if a.verb == "recover a device" && a.to != store {
		m.besides(func() error {
			_, err := m.office.MoveDevices(ctx, []string{a.unit.identity.UDI().String()}, store, Memo{}, false)
			return err
		})
	}
}

func endless0(lots []compliance.Lot) {
	for i := range lots {
		lots[i].Ends = 0
	}
}

func notHeld(lots []compliance.Lot) {
	for i := range lots {
		lots[i].ComingBack = lots[i].Reserved
	}
}

func beginsNow(lots []compliance.Lot) {
	for i := range lots {
		lots[i].Starts = 0
	}
}
