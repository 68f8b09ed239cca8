package issuer

import (
	"bytes"
	"fmt"
	"slices"

	"tallystick/keys"
	"tallystick/reserve"
)

// opens is what a device that obeys t makes of an authorization before it looks at the number:
// whether it is for the device, the trust root new enough, and the key still good (I8, I11).
func opens(t reserve.Trust, u *unit, g *grant) reserve.Reason {
	if g.unit != u {
		return reserve.WrongDevice
	}
	root := t.Root()
	if g.root > root.Version() {
		return reserve.TrustTooOld
	}
	key, ok := root.Key(g.signer.Index)
	switch {
	case !ok || key.Public != g.signer.Public:
		return reserve.BadSignature
	case key.Status == keys.Compromised:
		return reserve.KeyCompromised
	case key.Status != keys.Active:
		return reserve.KeyRetired
	}
	return ""
}

// continues reports whether every version of the older trust root is one of the newer's.
func continues(newer, older reserve.Trust) bool {
	a, b := older.Roots().Roots(), newer.Roots().Roots()
	return len(a) <= len(b) && slices.EqualFunc(a, b[:len(a)], func(x, y keys.Root) bool { return bytes.Equal(x.Raw(), y.Raw()) })
}

// usable reports whether a device would still take the newest authorization, or has it.
func (m *model) usable(e *entry, newest *grant) bool {
	switch opens(m.trust(), newest.unit, newest) {
	case "":
		return true
	case reserve.KeyRetired:
		return e.confirmed() == newest
	}
	return false
}

// trust is the office's newest bundle, which is kept as codes are.
func (m *model) trust() reserve.Trust { return m.bundles[len(m.bundles)-1] }

// readTrust takes the bundle that the office has now.
func (m *model) readTrust() {
	t, err := m.office.Trust(ctx)
	m.must(err)
	m.bundles = slices.DeleteFunc(m.bundles, func(b reserve.Trust) bool { return bytes.Equal(b.Body(), t.Body()) })
	m.bundles = append(m.bundles, t)
}

// maxRoots keeps a life from being about keys alone.
const maxRoots = 6

// newKey adds a key for issuing, in the next version of the trust root.
func (m *model) newKey() {
	before := m.trust().Root().Version()
	if before >= maxRoots {
		m.Skip("there are enough")
	}
	name := fmt.Sprintf("issue %d", before+1)
	fate := m.perform(func() {
		_, _, err := m.office.NewKey(ctx, name, issueRoles, Memo{}, false)
		m.must(err)
	})
	m.wantRoot(before, fate)
}

// endKey retires an issuing key or marks it compromised, as long as another is left.
func (m *model) endKey() {
	root := m.trust().Root()
	var active []keys.Key
	for _, k := range root.Keys() {
		if k.Status == keys.Active && k.Roles.Has(keys.RoleIssue) {
			active = append(active, k)
		}
	}
	if len(active) < 2 {
		m.Skip("it is the last one")
	}
	end := m.office.RetireKey
	if m.draw("compromised", 0, 1) == 1 {
		end = m.office.CompromiseKey
	}
	name := active[0].Public.Fingerprint().String()
	fate := m.perform(func() {
		_, _, err := end(ctx, name, Memo{}, false)
		m.must(err)
	})
	m.wantRoot(root.Version(), fate)
	if m.draw("somebody learns of it", 0, 1) == 1 {
		m.obey(m.living(), m.trust())
	}
}

// lateDelivery ends the key that signed an authorization before that reaches its device.
func (m *model) lateDelivery() {
	d := m.drawDemand()
	if m.foresee(d).refused != "" {
		m.Skip("it would be refused")
	}
	m.authorize(d)
	m.newKey()
	m.endKey()
	m.obey(d.unit, m.trust())
	m.installOf(d.unit)
}

// wantRoot checks that the trust root has a version more, unless nothing happened.
func (m *model) wantRoot(before uint16, fate fate) {
	if fate != undone {
		before++
	}
	m.readTrust()
	if got := m.trust().Root().Version(); got != before {
		m.fail("the trust root has version %d, expected %d", got, before)
	}
}
