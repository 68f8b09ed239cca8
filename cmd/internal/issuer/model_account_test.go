package issuer

import (
	"slices"
	"strings"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// An account is what the books should say of one.
type account struct {
	path        ledger.Path
	reservation bool
	closed      bool
	had         []ledger.Path // the paths that it had before
	failed      ledger.FailedPolicy
}

// The accounts of the beginning: devices reserve from the first and the last, and licenses are parked
// in the second. The one above them is made with them.
var (
	store  = mustPath("acme/store")
	branch = mustPath("acme/branch")
	annex  = mustPath("beta/annex")

	modelAccounts = []account{{path: plant, reservation: true}, {path: store}, {path: branch, reservation: true}, {path: plant.Parent()}}
)

// modelPaths are what accounts are called.
var modelPaths = []ledger.Path{plant, store, branch, annex, mustPath("acme/store/annex"), mustPath("gamma")}

func (r *reckoning) account(p ledger.Path) *account {
	at := slices.IndexFunc(r.accounts, func(a account) bool { return a.path == p })
	if at < 0 {
		return nil
	}
	return &r.accounts[at]
}

// open is why nothing may come to an account, "" if it may.
func (r *reckoning) open(p ledger.Path) reserve.Reason {
	switch a := r.account(p); {
	case a == nil:
		return reserve.UnknownAccount
	case a.closed:
		return reserve.AccountClosed
	}
	return ""
}

// mayReserve is why nothing may be reserved from an account, "" if it may.
func (r *reckoning) mayReserve(p ledger.Path) reserve.Reason {
	if why := r.open(p); why != "" {
		return why
	}
	if !r.account(p).reservation {
		return reserve.ReservationOff
	}
	return ""
}

// anAccount draws an account, mostly the first.
func (m *model) anAccount(label string) ledger.Path {
	if m.seldom(label+" another", 3) {
		return pick(m, label, m.books.accounts).path
	}
	return m.books.accounts[0].path
}

// accountOf is the account that a request is put in for: the one that the device belongs to or, for a
// new device, any.
func (m *model) accountOf(u *unit) ledger.Path {
	if e := m.books.entry(u); e.enrolled && !m.seldom("as if new", 8) {
		return e.account
	}
	return m.anAccount("account")
}

// isBelow reports whether a path is that of an account or of one below it.
func isBelow(p, above ledger.Path) bool {
	return p == above || strings.HasPrefix(p.String(), above.String()+"/")
}

// renameAccount gives an account, with those below it, another path.
func (m *model) renameAccount() {
	from, to := pick(m, "account", m.books.accounts).path, pick(m, "path", modelPaths)
	if m.seldom("again", 4) { // as one does that saw no answer
		from, to = pick(m, "path before", modelPaths), from
	}
	m.renameTo(from, to)
}

func (m *model) renameTo(from, to ledger.Path) {
	want, repeated := m.books.renames(from, to)
	leaves := m.leaves(from, to)
	var out Renamed
	var again bool
	var err error
	fate := m.perform(func() { out, again, err = m.office.RenameAccount(ctx, from, to, Memo{}, false) })
	if fate == undone {
		return
	}
	m.wantRefusal("renaming an account", err, want)
	if again != repeated {
		m.fail("renaming %s to %s: repeated %v", from, to, again)
	}
	if err == nil && !repeated {
		if standText(out.Failed) != leaves {
			m.fail("renaming %s to %s takes %s out of what is above, expected %s", from, to, standText(out.Failed), leaves)
		}
		m.books.rename(from, to)
		m.did(acted{verb: "rename", from: from, to: to})
	}
}

// renames is what has to come of a renaming.
func (r *reckoning) renames(from, to ledger.Path) (want reserve.Reason, repeated bool) {
	there := r.account(to)
	switch {
	case r.account(from) == nil && there != nil && slices.Contains(there.had, from):
		return "", true
	case r.account(from) == nil:
		return reserve.UnknownAccount, false
	case isBelow(to, from):
		return reserve.OutOfRange, false
	case there != nil:
		return reserve.AlreadyExists, false
	}
	return r.hasRoom(to), false
}

// hasRoom is why no account can be made at a path: one above it may be closed.
func (r *reckoning) hasRoom(p ledger.Path) reserve.Reason {
	for above := p.Parent(); !above.IsZero(); above = above.Parent() {
		if why := r.open(above); why != reserve.UnknownAccount {
			return why
		}
	}
	return ""
}

func (r *reckoning) rename(from, to ledger.Path) {
	r.makeAbove(to)
	renamed := func(p ledger.Path) ledger.Path {
		if p.IsZero() || !isBelow(p, from) {
			return p
		}
		return mustPath(to.String() + strings.TrimPrefix(p.String(), from.String()))
	}
	for i := range r.accounts {
		a := &r.accounts[i]
		if now := renamed(a.path); now != a.path {
			a.path, a.had = now, append(slices.Clip(a.had), a.path)
		}
	}
	for i := range r.lots {
		r.lots[i].Account = renamed(r.lots[i].Account)
	}
	for name, p := range r.expected {
		r.expected[name] = renamed(p)
	}
	for _, e := range r.entries {
		e.account = renamed(e.account)
	}
}

// makeAbove makes the accounts above one that don't exist.
func (r *reckoning) makeAbove(p ledger.Path) {
	for above := p.Parent(); !above.IsZero(); above = above.Parent() {
		if r.account(above) == nil {
			r.accounts = append(r.accounts, account{path: above})
		}
	}
}

// openAccount opens an account, or opens one again.
func (m *model) openAccount() {
	p := pick(m, "path", modelPaths)
	if len(m.books.accounts) > 8 {
		p = pick(m, "account", m.books.accounts).path
	}
	m.openAgain(p)
}

func (m *model) openAgain(p ledger.Path) {
	before := m.books.account(p)
	want := m.books.hasRoom(p)
	if before != nil && !before.closed {
		want = ""
	}
	var repeated bool
	var err error
	fate := m.perform(func() { _, repeated, err = m.office.NewAccount(ctx, p, Settings{}, Memo{}, false) })
	if fate == undone {
		return
	}
	m.wantRefusal("opening an account", err, want)
	if repeated != (before != nil && !before.closed) {
		m.fail("opening %s: repeated %v", p, repeated)
	}
	switch {
	case err != nil || repeated:
	case before != nil:
		m.happened["an account was opened again"]++
		before.closed = false
	default:
		m.books.makeAbove(p)
		m.books.accounts = append(m.books.accounts, account{path: p})
	}
}

// closeAccount closes an account, which has to be empty.
func (m *model) closeAccount() {
	a := m.books.account(pick(m, "account", m.books.accounts).path)
	if m.seldom("emptied", 3) {
		m.empty(a.path)
	}
	want := m.books.closes(m, a)
	today := m.now
	m.now = m.now.AddDate(m.closing, 0, 0)
	var repeated bool
	var err error
	fate := m.perform(func() { _, repeated, err = m.office.CloseAccount(ctx, a.path, Memo{}, false) })
	m.now = today
	if fate == undone {
		return
	}
	m.wantRefusal("closing an account", err, want)
	if repeated != a.closed {
		m.fail("closing %s: repeated %v", a.path, repeated)
	}
	if a.closed = a.closed || err == nil; a.closed && m.draw("open it again", 0, 1) == 1 {
		m.openAgain(a.path)
	}
}

// empty moves what can be moved out of an account.
func (m *model) empty(from ledger.Path) {
	to := pick(m, "into", m.books.accounts).path
	if from == to {
		return
	}
	for _, u := range m.units {
		if e := m.books.entry(u); e.enrolled && !e.superseded && !e.writtenOff && e.account == from {
			m.moveUnits([]*unit{u}, to)
		}
	}
	for _, l := range slices.Clone(m.books.lots) {
		if l.Account == from && l.Quantity > 0 && !m.ended(l.Ends) {
			m.moveLot(l, to, 0)
		}
	}
}

// closes is why an account can't be closed.
func (r *reckoning) closes(m *model, a *account) reserve.Reason {
	holds := false
	for _, e := range r.entries {
		holds = holds || e.enrolled && !e.superseded && e.account == a.path && (!e.writtenOff || len(e.exposure()) > 0)
	}
	for _, l := range r.lots {
		holds = holds || l.Account == a.path && l.Quantity > 0 && !m.ended(l.Ends)
	}
	for _, b := range r.accounts {
		holds = holds || b.path.Parent() == a.path && !b.closed
	}
	if holds && !a.closed {
		return reserve.NotEmpty
	}
	return ""
}

// checkAccounts checks what accounts there are, and that nothing is open below one that is closed.
func (m *model) checkAccounts() {
	m.view(func(tx *ledger.Tx) error {
		list, err := tx.Accounts()
		for _, a := range list {
			want := m.books.account(a.Path)
			if want == nil || a.Reservation != want.reservation || a.Closed != want.closed || a.Failed != want.failed {
				m.fail("account %+v, expected %+v", a, want)
			}
			if above := m.books.account(a.Path.Parent()); above != nil && above.closed && !a.Closed {
				m.fail("account %s is open below %s, which is closed", a.Path, above.path)
			}
		}
		if err == nil && len(list) != len(m.books.accounts) {
			m.fail("%d accounts, expected %d", len(list), len(m.books.accounts))
		}
		return err
	})
}
