package issuer

import (
	"fmt"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// onKeys reports whether a device still runs on an option key.
func (r *reckoning) onKeys(u *unit, today keys.Day) bool {
	return slices.ContainsFunc(r.keys, func(k ledger.OptionKey) bool {
		return k.UDI == u.identity.UDI() && !k.Removed && k.Converted < k.Quantity && (k.Ends == 0 || k.Ends >= today)
	})
}

// key returns the key at an index of a device, nil when there is none.
func (r *reckoning) key(u reserve.UDI, index uint16) *ledger.OptionKey {
	for i := range r.keys {
		if k := &r.keys[i]; k.UDI == u && k.Index == index && !k.Removed {
			return k
		}
	}
	return nil
}

// drawKey makes up a key of a device that is there, or of one that nobody ever enrolls.
func (m *model) drawKey() ledger.OptionKey {
	u := pick(m, "device", m.units).identity.UDI()
	if m.draw("of another device", 0, 2) > 0 { // a device on option keys reserves nothing
		u = mustUDI("C9300-24T", "K1")
	}
	k := ledger.OptionKey{UDI: u, Index: uint16(m.draw("index", 1, 3)), Option: "feature", Tag: pick(m, "tag", modelTags), Quantity: uint32(m.draw("quantity", 1, 3))}
	if m.draw("ends", 0, 1) == 1 {
		k.Ends = m.today() + keys.Day(m.draw("in", 1, 40))
	}
	k.Whole = m.seldom("whole", 3)
	if m.seldom("ineligible", 8) {
		k.Ineligible = "bound to the hardware"
	}
	return k
}

func mustUDI(product, serial string) reserve.UDI {
	u, err := reserve.NewUDI(product, serial)
	if err != nil {
		panic(err)
	}
	return u
}

// registerKeys registers one or two keys, new ones and some that are there.
func (m *model) registerKeys() {
	if len(m.books.keys) > 8 {
		m.Skip("there are enough")
	}
	list := []ledger.OptionKey{m.drawKey()}
	if len(m.books.keys) > 0 && m.seldom("one that is there", 3) {
		list[0] = pick(m, "key", m.books.keys)
		list[0].Converted, list[0].Removed = 0, false
	}
	if m.seldom("two", 3) {
		list = append(list, m.drawKey())
	}
	want, fresh := m.registers(list)
	var added int
	var err error
	if m.perform(func() { added, err = m.office.AddOptionKeys(ctx, list, Memo{}, false) }) == undone {
		return
	}
	m.wantRefusal("registering keys", err, want)
	if want == reserve.AlreadyConverted {
		m.happened["a converted key came back"]++
	}
	if err == nil && added != len(fresh) {
		m.fail("%d keys were added, expected %d", added, len(fresh))
	}
	if err == nil {
		m.books.keys = append(m.books.keys, fresh...)
	}
}

// registers is what has to come of a registration.
func (m *model) registers(list []ledger.OptionKey) (want reserve.Reason, fresh []ledger.OptionKey) {
	after := reckoning{keys: slices.Clone(m.books.keys)}
	for _, k := range list {
		there := after.key(k.UDI, k.Index)
		if there != nil {
			same := *there
			if same.Converted = 0; same == k {
				continue
			}
		}
		if u := m.target(k.UDI.String()); u != nil && u.identity.UDI() == k.UDI && (m.books.entry(u).newest() != nil || m.books.entry(u).writtenOff) {
			return reserve.LicensingMode, nil
		}
		if there != nil {
			return reserve.AlreadyExists, nil
		}
		if k.Ineligible == "" && after.convertedBefore(k) {
			return reserve.AlreadyConverted, nil
		}
		fresh, after.keys = append(fresh, k), append(after.keys, k)
	}
	return "", fresh
}

// convertedBefore reports whether licenses were made of a key like k that was taken off its place.
func (r *reckoning) convertedBefore(k ledger.OptionKey) bool {
	return slices.ContainsFunc(r.keys, func(old ledger.OptionKey) bool {
		return old.Removed && old.Converted > 0 && old.UDI == k.UDI && old.Index == k.Index && old.Option == k.Option && old.Tag == k.Tag
	})
}

// aKey draws a key, mostly one that is there.
func (m *model) aKey() (reserve.UDI, uint16) {
	if len(m.books.keys) == 0 {
		m.Skip("there are none")
	}
	k := pick(m, "key", m.books.keys) // that may have been taken off its device
	return k.UDI, k.Index
}

// convertKey makes licenses of a key, whole or in part, and now and then more of it.
func (m *model) convertKey() {
	u, index := m.aKey()
	for range m.draw("times", 1, 3) {
		m.convert(Converting{UDI: u, Index: index, Quantity: uint32(m.draw("quantity", 0, 2)), Account: m.anAccount("account")})
	}
}

func (m *model) convert(w Converting) {
	want, n := m.converts(w)
	var lot ledger.Lot
	convert := command{m.drawOp(), fmt.Sprintf("convert %+v", w), func(op string) (repeated bool, err error) {
		same := w
		same.Op = op
		lot, _, repeated, err = m.office.Convert(ctx, same, Memo{}, false)
		return repeated, err
	}}
	if !m.command("converting", convert, want, false) {
		return
	}
	k := m.books.key(w.UDI, w.Index)
	k.Converted += n
	m.bought(lot, w.Account, n)
	if at := m.books.lot(lot.ID); at.Tag != k.Tag || at.Ends != k.Ends || at.Starts != m.today() {
		m.fail("key %+v became %+v", *k, at)
	}
	m.happened["converted: "+string(k.State())]++
	m.did(acted{verb: "convert", lot: lot.ID, n: n, to: w.Account, key: w})
}

// converts is what has to come of a conversion, and how many licenses.
func (m *model) converts(w Converting) (reserve.Reason, uint32) {
	k := m.books.key(w.UDI, w.Index)
	if k == nil {
		return reserve.UnknownOptionKey, 0
	}
	left := k.Quantity - k.Converted
	n := w.Quantity
	if n == 0 {
		n = left
	}
	switch {
	case k.Ineligible != "", m.ended(k.Ends):
		return reserve.NotEligible, 0
	case left == 0:
		return reserve.AlreadyConverted, 0
	case n > left, k.Whole && n < k.Quantity:
		return reserve.OutOfRange, 0
	}
	return m.books.open(w.Account), n
}

// removeKey notes that a key was taken off its device.
func (m *model) removeKey() {
	u, index := m.aKey()
	k := m.books.key(u, index)
	want := reserve.Reason("")
	if k == nil {
		want = reserve.UnknownOptionKey
	}
	remove := command{m.drawOp(), fmt.Sprintf("remove key %d of %s", index, u), func(op string) (repeated bool, err error) {
		_, repeated, err = m.office.RemoveOptionKey(ctx, OptionKeyRemoval{UDI: u, Index: index, Op: op}, Memo{}, false)
		return repeated, err
	}}
	if m.command("removing a key", remove, want, false) {
		k.Removed = true
	}
}

// checkKeys checks that of every key as much is converted as was made licenses of it, and never more
// than it has; checkPurchases, that there are so many licenses.
func (m *model) checkKeys() {
	m.view(func(tx *ledger.Tx) error {
		at := 0
		for k, err := range tx.OptionKeys() {
			if err != nil {
				return err
			}
			k.ID, k.Sequence = 0, 0
			if at >= len(m.books.keys) || k != m.books.keys[at] {
				m.fail("option key %+v, expected number %d of %+v", k, at, m.books.keys)
			}
			if k.Converted > k.Quantity {
				m.fail("of option key %+v more are converted than it has (I3)", k)
			}
			at++
		}
		if at != len(m.books.keys) {
			m.fail("%d option keys, expected %d", at, len(m.books.keys))
		}
		return nil
	})
}
