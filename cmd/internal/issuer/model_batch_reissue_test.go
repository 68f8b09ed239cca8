package issuer

import (
	"slices"

	"tallystick/keys"
	"tallystick/reserve"
)

// reissueFile signs anew what devices hold, those that are named or those that a key signed something
// for, mostly after a key ended.
func (m *model) reissueFile() {
	if m.draw("a key ends", 0, 1) == 1 && m.trust().Root().Version()+2 <= maxRoots {
		m.newKey()
		m.endKey()
	}
	names, read := m.namedFile()
	if m.seldom("chosen", 3) {
		names, read = m.chosenFile()
	}
	if len(names) == 0 {
		m.Skip("nothing was chosen")
	}
	m.actAll(file{what: "batch reissue", names: names, read: read,
		acts: func() Acts { return m.office.Reissuing(Memo{}) },
		want: func(i int) expected {
			_, want := m.reissued(names[i])
			return want.expected()
		},
		enter: func(i int, got BatchRow, shown bool) {
			d, want := m.reissued(names[i])
			g := m.record(d, want, Issuance{Authorization: got.Authorization, Number: got.Number, Repeated: want.repeated})
			if key := m.issueKey(); g.signer.Public != key {
				m.fail("number %d of %s is signed with %s, expected %s", g.number, d.unit.identity.UDI(), g.signer.Public.Fingerprint(), key.Fingerprint())
			}
			if shown {
				m.show(g)
			}
		},
		end: func() {}})
}

func (m *model) namedFile() (names []string, read func() []BatchRow) {
	for range m.draw("rows", 1, 4) {
		names = append(names, m.aName(m.onTheBooks()))
	}
	return names, func() []BatchRow { return NamedDevices(names) }
}

// chosenFile is of all devices of an account, and below it, that may hold what a key signed.
func (m *model) chosenFile() (names []string, read func() []BatchRow) {
	account, below := m.anAccount("of"), m.draw("below", 0, 1) == 1
	signer := ""
	if roots := m.trust().Roots().Roots(); m.draw("signed by", 0, 1) == 1 {
		list := roots[len(roots)-1].Keys()
		signer = pick(m, "key", list).Public.Fingerprint().String()
	}
	rows, err := m.office.Holders(ctx, account, below, signer)
	m.must(err)
	for _, row := range rows {
		names = append(names, row.Name)
	}
	var want []string
	for _, u := range m.units {
		e := m.books.entry(u)
		if !e.enrolled || e.superseded || e.writtenOff || e.account != account && (!below || !isBelow(e.account, account)) {
			continue
		}
		newest := e.newest()
		by := func(g *grant) bool {
			return e.alive(g) && (signer == "" || g.signer.Public.Fingerprint().String() == signer)
		}
		if newest != nil && len(e.drawn[newest].of) > 0 && slices.ContainsFunc(e.issued, by) {
			want = append(want, u.identity.UDI().String())
		}
	}
	if got := slices.Sorted(slices.Values(names)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		m.fail("signed by %q in %s, below %v: %v, expected %v", signer, account, below, got, want)
	}
	return names, func() []BatchRow { return NamedDevices(names) }
}

// reissued is what has to come of signing anew what a device holds.
func (m *model) reissued(name string) (demand, foreseen) {
	d := demand{unit: m.target(name), Wish: Wish{Device: name}}
	want := m.foresee(d)
	if want.refused != "" || !want.repeated {
		return d, want
	}
	e := m.books.entry(d.unit)
	if e.newest().signer.Public == m.issueKey() {
		return d, want
	}
	if want.repeated, want.number = false, e.next(); e.tooFar(want.number) {
		return d, refuse(reserve.OutOfRange)
	}
	return d, want
}

// issueKey is the key that authorizations are signed with: the first that may.
func (m *model) issueKey() keys.PublicKey {
	for _, k := range m.trust().Root().Keys() {
		if k.Status == keys.Active && k.Roles.Has(keys.RoleIssue) {
			return k.Public
		}
	}
	m.fail("there is no key to issue with")
	return keys.PublicKey{}
}

// expected is what has to come of a row that is a wish.
func (f foreseen) expected() expected {
	out := expected{refused: f.refused, state: BatchSigned, number: f.number}
	if f.repeated {
		out.state = BatchAgain
	}
	return out
}
