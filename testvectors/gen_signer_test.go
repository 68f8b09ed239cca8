package testvectors_test

import (
	"fmt"
	"slices"
)

// repeatGroup is about a device that holds something: number 4, of which the bytes come once more.
func repeatGroup() *vectorGroup {
	two := changedRoot(func(r *rootForm) { r.keys = append(r.keys, listedKey(3, roleIssue|roleExport)) })
	w := newWorld(two.by(1))
	held := w.wish()
	held.number = 4
	w.floor, w.installed = 5, w.body(held)
	m := newAuthorizationMaker("A device that holds number 4", w)
	const flag = "Repeated"
	m.repeats("the same bytes", flag, w, held, w.installed)
	later := w
	later.clock = firstDay + 4000
	m.repeats("the same bytes, long after it ended", flag+" Day", later, held, w.installed)
	later = w
	later.floor = 9
	m.repeats("the same bytes, later numbers were canceled", flag, later, held, w.installed)
	other := held
	other.signers = []int{3}
	m.repeats("the same content signed by another", flag, w, other, w.body(other))
	both := held
	both.signers = []int{2, 3}
	m.repeats("the same content signed by two", flag, w, both, w.body(both))
	refuse := func(comment, err string, body []byte) { m.bad(comment, flag, body, err) }
	refuse("a bit of the signature is wrong", "bad-signature", flipped(w.installed, len(w.installed)-9, 0))
	wrong := w.body(both)
	refuse("the same content, a second signature that is wrong", "bad-signature", flipped(wrong, len(wrong)-9, 0))
	change := func(comment, err string, change func(*authorizationForm)) {
		a := held
		a.grants = slices.Clone(a.grants)
		change(&a)
		refuse(comment, err, w.body(a))
	}
	change("number 4 with another count", "superseded", func(a *authorizationForm) { a.grants[0].count++ })
	change("number 4 of another journal entry", "superseded", func(a *authorizationForm) { a.entry++ })
	change("number 4 with an extension", "superseded", func(a *authorizationForm) { a.extensions = []extensionForm{{1, nil}} })
	change("number 3", "superseded", func(a *authorizationForm) { a.number = 3 })
	change("number 1", "superseded", func(a *authorizationForm) { a.number = 1 })
	change("number 134", "out-of-range", func(a *authorizationForm) { a.number = 134 })
	next := held
	next.number = 5
	m.valid("number 5 with the same grants", flag, fields{{"body", hexed(w.body(next))}}, w.output(next, false))
	next.number, next.grants = 133, nil
	m.valid("number 133, which takes everything away", flag, fields{{"body", hexed(w.body(next))}}, w.output(next, false))
	next.grants, next.issued = []grantForm{{1, 1, firstDay + 1}}, firstDay+2
	m.bad("number 133, all ended", flag, w.body(next), "authorization-expired")
	return m.vectorGroup
}

// statusRoot lists keys of every status, and with days.
func statusRoot() rootForm {
	return changedRoot(func(r *rootForm) {
		const all = roleIssue | roleExport
		for i := 3; i <= 8; i++ {
			r.keys = append(r.keys, listedKey(i, all))
		}
		r.keys[2].status = retired
		r.keys[3].status = compromised
		r.keys[4].from = firstDay + 1
		r.keys[5].to = firstDay - 1
		r.keys[6].from, r.keys[6].to = firstDay, firstDay
		r.keys[7].roles = roleRoot | 8 | 16 | 32
		r.policies = policiesFor(63)
	})
}

// signerGroup is about the status, the days and the roles of keys.
func signerGroup() *vectorGroup {
	m := newAuthorizationMaker("Keys that may not sign, or not on that day", newWorld(statusRoot().by(1)))
	by := func(signers ...int) func(*world, *authorizationForm) {
		return func(_ *world, a *authorizationForm) { a.signers = signers }
	}
	const flag = "Signer"
	m.installs("active", flag, by(2))
	m.installs("active, on its one day", flag, by(7))
	m.installs("two that are active", flag, by(2, 7))
	m.refuses("retired", flag, "key-retired", by(3))
	m.refuses("compromised", flag, "key-compromised", by(4))
	m.refuses("a day before its first", flag, "key-retired", by(5))
	m.refuses("a day after its last", flag, "key-retired", by(6))
	m.refuses("with other roles", flag, "bad-signature", by(8))
	m.refuses("active, and one that is retired", flag, "key-retired", by(2, 3))
	m.refuses("active, and one that is compromised", flag, "key-compromised", by(2, 4))
	m.refuses("retired, and one that is compromised: in order", flag+" Order", "key-retired", by(3, 4))
	m.refuses("active, and one with other roles", flag, "bad-signature", by(2, 8))
	m.refuses("compromised, and one with other roles", flag+" Order", "bad-signature", by(4, 8))
	day := func(issued int, signers ...int) func(*world, *authorizationForm) {
		return func(_ *world, a *authorizationForm) { a.issued, a.signers = issued, signers }
	}
	m.installs("on its first day", flag+" Day", day(firstDay+1, 5))
	m.installs("on its last day", flag+" Day", day(firstDay-1, 6))
	m.refuses("compromised, signed long ago", flag+" Day", "key-compromised", day(1, 4))
	m.refuses("retired, signed long ago", flag+" Day", "key-retired", day(1, 3))
	w := m.world
	a := w.wish()
	a.signers = []int{3}
	body := w.body(a)
	m.bad("retired, and its signature is wrong", flag+" Order", flipped(body, len(body)-9, 0), "bad-signature")
	for _, index := range []int{3, 4, 5, 6} {
		held := w.wish()
		held.number, held.signers = 4, []int{index}
		state := w
		state.floor, state.installed = 5, w.body(held)
		m.repeats(fmt.Sprintf("what is installed, once more, by key %d", index), "Repeated Signer", state, held, state.installed)
	}
	return m.vectorGroup
}

// thresholdGroup is about how many have to sign.
func thresholdGroup() *vectorGroup {
	root := changedRoot(func(r *rootForm) {
		r.keys = append(r.keys, listedKey(3, roleIssue|roleExport), listedKey(4, roleIssue), listedKey(5, roleIssue))
		r.policies = []policyForm{{role: roleRoot, threshold: 1}, {role: roleIssue, threshold: 2}, {role: roleExport, threshold: 2}}
	})
	m := newAuthorizationMaker("Two have to sign, and two with the role export where it is needed", newWorld(root.by(1)))
	by := func(flags int, grants []grantForm, signers ...int) func(*world, *authorizationForm) {
		return func(_ *world, a *authorizationForm) {
			a.signers, a.flags = signers, flags
			if grants != nil {
				a.grants = grants
			}
		}
	}
	const flag = "Threshold"
	crypto := []grantForm{{16383, 1, 0}}
	m.installs("two", flag, by(0, nil, 2, 4))
	m.installs("three", flag, by(0, nil, 2, 4, 5))
	m.installs("two without the role export, which is not needed", flag, by(0, nil, 4, 5))
	m.installs("two with the role export", flag+" Export", by(2, crypto, 2, 3))
	m.installs("three, two of them with the role export", flag+" Export", by(2, crypto, 2, 3, 5))
	m.refuses("one", flag, "threshold-not-met", by(0, nil, 2))
	m.refuses("one with the role export", flag+" Export", "threshold-not-met", by(2, crypto, 2))
	m.refuses("two, one of them with the role export", flag+" Export", "threshold-not-met", by(2, crypto, 2, 4))
	m.refuses("two without the role export", flag+" Export", "threshold-not-met", by(2, crypto, 4, 5))
	m.refuses("export-controlled without the flag, by two with the role", flag+" Export", "threshold-not-met", by(0, crypto, 2, 3))
	m.refuses("the flag without need, by two without the role", flag+" Export", "threshold-not-met", by(2, nil, 4, 5))
	w := m.world
	a := w.wish()
	a.signers = []int{2, 4}
	body := w.body(a)
	const entry = 65
	swapped := cat(a.content(2), 2, body[len(body)-64:], 4, body[len(body)-entry-64:len(body)-entry])
	m.bad("two signatures exchanged", flag+" Signature", swapped, "bad-signature")
	m.bad("the first is wrong", flag+" Signature", flipped(body, len(body)-entry-9, 0), "bad-signature")
	m.bad("the second is wrong", flag+" Signature", flipped(body, len(body)-9, 0), "bad-signature")
	alone := w.wish()
	m.bad("one signed for itself, the other for both", flag+" Signature",
		cat(a.content(2), 2, issuerKey(2).sign("TS1/aut", w.message(alone, a.content(2)).fields()...), 4, body[len(body)-64:]), "bad-signature")
	three := w.wish()
	three.signers = []int{2, 4, 5}
	full := w.body(three)
	m.bad("two that suffice, and a wrong one", flag+" Signature", flipped(full, len(full)-9, 0), "bad-signature")
	m.bad("a third signature taken off, its count too", flag+" Signature", cat(a.content(2), full[len(three.content(3)):len(full)-entry]), "bad-signature")
	return m.vectorGroup
}

// eightGroup is about the most signatures that there are.
func eightGroup() *vectorGroup {
	root := changedRoot(func(r *rootForm) {
		for i := 3; i <= 9; i++ {
			r.keys = append(r.keys, listedKey(i, roleIssue))
		}
		r.policies[1].threshold = 8
	})
	m := newAuthorizationMaker("Eight have to sign", newWorld(root.by(1)))
	m.installs("eight, the most there are", "Threshold Limit", func(_ *world, a *authorizationForm) { a.signers = []int{2, 3, 4, 5, 6, 7, 8, 9} })
	m.refuses("seven", "Threshold", "threshold-not-met", func(_ *world, a *authorizationForm) { a.signers = []int{3, 4, 5, 6, 7, 8, 9} })
	return m.vectorGroup
}

// laterRootGroup is about a device whose trust root has moved on.
func laterRootGroup() *vectorGroup {
	one := firstRoot()
	two := one.nextRoot()
	two.issued, two.expires = firstDay+10, firstDay+20
	two.keys[1].roles = 32 // it loses its role
	two.keys = append(two.keys, listedKey(3, roleIssue), listedKey(4, roleIssue))
	two.keys[3].status = retired
	two.policies = []policyForm{{role: roleRoot, threshold: 1}, {role: roleIssue, threshold: 1}, {role: 32, threshold: 1}}
	w := newWorld(one.by(1), two.by(1))
	m := newAuthorizationMaker("Version 2 ends on a day, and key 2 has lost its role", w)
	const flag = "LaterRoot"
	by := func(issued int, signers ...int) func(*world, *authorizationForm) {
		return func(_ *world, a *authorizationForm) { a.issued, a.signers = issued, signers }
	}
	m.installs("signed before its end", flag, by(firstDay, 3))
	m.installs("signed on its last day", flag, by(firstDay+20, 3))
	m.installs("asking for version 1 only", flag, func(_ *world, a *authorizationForm) { a.root, a.signers = 1, []int{3} })
	m.refuses("signed after its end", flag, "trust-too-old", by(firstDay+21, 3))
	m.refuses("signed after its end, by a retired key", flag+" Order", "trust-too-old", by(firstDay+21, 4))
	m.refuses("by the key that lost its role", flag, "bad-signature", by(firstDay, 2))
	m.refuses("asking for version 3", flag, "trust-too-old", func(_ *world, a *authorizationForm) { a.root, a.signers = 3, []int{3} })
	m.installs("the clock is past its end", flag+" Day", func(w *world, a *authorizationForm) { w.clock, a.signers = firstDay+30, []int{3} })
	for _, x := range []struct {
		name           string
		signer, issued int
	}{{"the key has lost its role since", 2, firstDay}, {"it was signed after the end", 3, firstDay + 30}, {"the key was retired since", 4, firstDay}} {
		held := w.wish()
		held.number, held.signers, held.issued, held.root = 4, []int{x.signer}, x.issued, 1
		state := w
		state.floor, state.installed, state.latest = 5, w.body(held), firstDay+30
		m.repeats("what is installed, once more: "+x.name, flag+" Repeated", state, held, state.installed)
	}
	return m.vectorGroup
}

// suiteGroup is about keys of a suite that a device does not know.
func suiteGroup() *vectorGroup {
	root := changedRoot(func(r *rootForm) {
		other := keyForm{index: 3, suite: 2, roles: roleIssue | roleExport, status: active, public: secret("suite 2")}
		r.keys = append(r.keys, other)
		r.policies[2].suites = 3 // for export, suites 1 and 2
	})
	w := newWorld(root.by(1))
	m := newAuthorizationMaker("Key 3 is of suite 2, which export asks for", w)
	m.installs("by suite 1", "Suite", func(*world, *authorizationForm) {})
	m.refuses("by suite 2", "Suite", "code-unsupported", func(_ *world, a *authorizationForm) { a.signers = []int{3} })
	m.refuses("by both", "Suite", "code-unsupported", func(_ *world, a *authorizationForm) { a.signers = []int{2, 3} })
	m.refuses("export, by suite 1", "Suite Export", "code-unsupported", func(_ *world, a *authorizationForm) { a.flags = 2 })
	return m.vectorGroup
}

// noExportGroup is about an issuer that has no key for export.
func noExportGroup() *vectorGroup {
	root := changedRoot(func(r *rootForm) { r.keys[1].roles, r.policies = roleIssue, r.policies[:2] })
	m := newAuthorizationMaker("Nobody has the role export", newWorld(root.by(1)))
	m.installs("without need", "Export", func(*world, *authorizationForm) {})
	m.refuses("the flag export", "Export", "threshold-not-met", func(_ *world, a *authorizationForm) { a.flags = 2 })
	m.refuses("export-controlled, with the flag", "Export", "threshold-not-met", func(_ *world, a *authorizationForm) {
		a.flags, a.grants = 2, []grantForm{{16383, 1, 0}}
	})
	m.refuses("export-controlled, without the flag", "Export", "threshold-not-met", func(_ *world, a *authorizationForm) {
		a.grants = []grantForm{{16383, 1, 0}}
	})
	return m.vectorGroup
}
