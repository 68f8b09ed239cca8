package testvectors_test

import "fmt"

// authorizationBitGroup flips a bit in each field of a good authorization.
func authorizationBitGroup() *vectorGroup {
	m := newAuthorizationMaker("A good authorization with one bit the other way", newWorld(firstRoot().by(1)))
	a := m.world.wish()
	whole := m.world.body(a)
	m.valid("no bit at all", "", fields{{"body", hexed(whole)}}, m.world.output(a, false))
	for _, x := range []struct {
		field       string
		at, bit     int
		err         string
		eachByteFor int
	}{
		{"header, the kind", 0, 0, "code-malformed", 1}, {"header, the version", 0, 4, "code-unsupported", 1},
		{"flags, training", 1, 0, "training-code", 1}, {"flags, export", 1, 1, "bad-signature", 1}, {"flags, reserved", 1, 6, "code-unsupported", 1},
		{"device", 2, 3, "wrong-device", 4}, {"issuer", 6, 3, "unknown-issuer", 4},
		{"root, the high byte", 10, 0, "trust-too-old", 1}, {"root, the low byte: now 0", 11, 0, "bad-signature", 1}, {"root, the low byte: now 3", 11, 1, "trust-too-old", 1},
		{"entry", 12, 0, "bad-signature", 1}, {"entry: now it goes on", 12, 7, "code-malformed", 1},
		{"number: now 0", 13, 0, "code-malformed", 1}, {"number: now 3", 13, 1, "bad-signature", 1},
		{"issued", 14, 1, "bad-signature", 2}, {"grants, the size of the group: now 3", 16, 0, "code-malformed", 1},
		{"grants, the last day", 17, 4, "bad-signature", 2}, {"grants, the entitlement: now 0", 19, 0, "code-malformed", 1},
		{"grants, the entitlement: now 5", 19, 2, "catalog-too-old", 1}, {"grants, the entitlement: now 3, retired", 19, 1, "bad-signature", 1},
		{"grants, the count: now 3", 20, 0, "bad-signature", 1}, {"grants, the count: now 0", 20, 1, "code-malformed", 1},
		{"grants, the second entitlement", 21, 0, "catalog-too-old", 1}, {"grants, the second count", 23, 1, "bad-signature", 1},
		{"grants, their end", 24, 0, "code-malformed", 1}, {"the number of signatures: now 0", 25, 0, "code-malformed", 1},
		{"the number of signatures: now 3", 25, 1, "code-malformed", 1}, {"the number of extensions", 25, 4, "code-malformed", 1},
		{"the index of the key: now 3", 26, 0, "bad-signature", 1}, {"the index of the key: now 0", 26, 1, "bad-signature", 1},
		{"signature, R, first byte", 27, 0, "bad-signature", 1}, {"signature, R, last byte", 58, 7, "bad-signature", 1},
		{"signature, S, first byte", 59, 0, "bad-signature", 1}, {"signature, S, last byte", 90, 0, "bad-signature", 1}, {"signature, S, highest bit", 90, 7, "bad-signature", 1},
	} {
		for n := range x.eachByteFor {
			comment := x.field
			if x.eachByteFor > 1 {
				comment += fmt.Sprintf(", byte %d", n+1)
			}
			m.bad(comment, "FlippedBit", flipped(whole, x.at+n, x.bit), x.err)
		}
	}
	return m.vectorGroup
}

// addressGroup is about codes that are not for this device, or not for what it knows.
func addressGroup() *vectorGroup {
	m := newAuthorizationMaker("Who the authorization is for", newWorld(firstRoot().by(1)))
	const flag = "Address"
	other := m.world
	other.device = newDevice(secret("another device"), "AC-100:FOC2440A1B8")
	foreign := other.wish()
	m.bad("another device", flag, other.body(foreign), "wrong-device")
	foreign.device = m.world.device.did[:4]
	m.bad("another device, the device field changed", flag, other.body(foreign), "bad-signature")
	clone := m.world
	clone.device = newDevice(secret("another seed"), exampleUDI)
	m.bad("a device with the same UDI and another seed", flag, clone.body(clone.wish()), "wrong-device")
	stranger := newWorld(changedRoot(func(r *rootForm) { r.name = "Another Issuer" }).by(1))
	m.bad("another issuer with the same keys", flag, stranger.body(stranger.wish()), "unknown-issuer")
	_, hint := issuerOf(m.world.first)
	renamed := stranger.body(stranger.wish())
	copy(renamed[6:10], hint)
	m.bad("another issuer with the same keys, the hint changed", flag, renamed, "bad-signature")
	trainer := newWorld(changedRoot(func(r *rootForm) { r.flags = 1 }).by(1))
	m.bad("an issuer for training", flag+" Training", trainer.body(trainer.wish()), "training-code")
	bad := func(comment, flags, err string, change func(*authorizationForm)) {
		m.refuses(comment, flags, err, func(_ *world, a *authorizationForm) { change(a) })
	}
	bad("the flag training", flag+" Training", "training-code", func(a *authorizationForm) { a.flags |= 1 })
	bad("a newer trust root", flag, "trust-too-old", func(a *authorizationForm) { a.root = 2 })
	bad("the newest trust root there can be", flag+" Limit", "trust-too-old", func(a *authorizationForm) { a.root = 65535 })
	bad("an entitlement that the catalog does not have", flag+" Catalog", "catalog-too-old", func(a *authorizationForm) { a.grants = []grantForm{{4, 1, 0}} })
	bad("another such entitlement among those it has", flag+" Catalog", "catalog-too-old", func(a *authorizationForm) {
		a.grants = []grantForm{{1, 1, 0}, {16382, 1, 0}}
	})
	bad("a wrong device and a newer trust root", "Order", "wrong-device", func(a *authorizationForm) { a.device, a.root = zeros(4), 2 })
	bad("a wrong issuer and a wrong device", "Order", "unknown-issuer", func(a *authorizationForm) { a.issuer, a.device = zeros(4), zeros(4) })
	bad("a wrong issuer and the flag training", "Order Training", "training-code", func(a *authorizationForm) { a.issuer, a.flags = zeros(4), 1 })
	bad("the flag training and a wrong device", "Order Training", "training-code", func(a *authorizationForm) { a.device, a.flags = zeros(4), 1 })
	bad("a newer trust root and an unknown entitlement", "Order", "trust-too-old", func(a *authorizationForm) { a.root, a.grants = 2, []grantForm{{4, 1, 0}} })
	bad("an unknown entitlement and a key that is not listed", "Order", "catalog-too-old", func(a *authorizationForm) {
		a.grants, a.signers = []grantForm{{4, 1, 0}}, []int{9}
	})
	return m.vectorGroup
}

// trainingGroup is about a device that trusts an issuer for training.
func trainingGroup() *vectorGroup {
	m := newAuthorizationMaker("A device with a trust root for training", newWorld(changedRoot(func(r *rootForm) { r.flags = 1 }).by(1)))
	m.installs("its own issuer", "Training", func(*world, *authorizationForm) {})
	m.refuses("without the flag training", "Training", "training-code", func(_ *world, a *authorizationForm) { a.flags = 0 })
	production := newWorld(firstRoot().by(1))
	m.bad("an issuer for production", "Training", production.body(production.wish()), "unknown-issuer")
	another := newWorld(changedRoot(func(r *rootForm) { r.flags, r.name = 1, "Another Issuer" }).by(1))
	m.bad("another issuer for training", "Training", another.body(another.wish()), "unknown-issuer")
	return m.vectorGroup
}

// authorizationSignatureGroup is about what the signature is over, and by whom.
func authorizationSignatureGroup() *vectorGroup {
	m := newAuthorizationMaker("The signature", newWorld(firstRoot().by(1)))
	w, a := m.world, m.world.wish()
	signed := func(comment string, change func(*signedMessage)) {
		message := w.message(a, a.content(1))
		change(&message)
		m.bad(comment, "Signature", w.bodyBy(a, message), "bad-signature")
	}
	for _, label := range []string{"TS1/sta", "TS1/root", "TS1/req", "TS1/grant", "TS1/leaf", "TS2/aut", "TS1/aut\x00", "ts1/aut"} {
		signed(fmt.Sprintf("the label %q", label), func(m *signedMessage) { m.label = label })
	}
	signed("for another DID with the same first bytes", func(m *signedMessage) { m.did = flipped(m.did, 31, 0) })
	signed("for another UDI", func(m *signedMessage) { m.udi = []byte("AC-100:FOC2440A1B8") })
	signed("for the UDI in lower case", func(m *signedMessage) { m.udi = []byte("ac-100:foc2440a1b7") })
	signed("for another signer", func(m *signedMessage) { m.fingerprints[0] = fingerprintOf(1, issuerKey(3).public) })
	signed("for no signer", func(m *signedMessage) { m.fingerprints = nil })
	signed("for a signer of another suite", func(m *signedMessage) { m.fingerprints[0] = fingerprintOf(2, issuerKey(2).public) })
	signed("in the roles issue and export", func(m *signedMessage) { m.role = 6 })
	signed("in the role export", func(m *signedMessage) { m.role = 4 })
	signed("in the role root", func(m *signedMessage) { m.role = 1 })
	signed("for another tag: the catalogs differ", func(m *signedMessage) { m.tags[0] = []byte("basis") })
	signed("for tags in another order", func(m *signedMessage) { m.tags[0], m.tags[1] = m.tags[1], m.tags[0] })
	signed("for tags that are joined", func(m *signedMessage) { m.tags = [][]byte{[]byte("baseports")} })
	signed("for no tags", func(m *signedMessage) { m.tags = nil })
	addMessages(m, a)
	addSignatureValues(m, a)
	m.refuses("of a key that is not listed", "Signature", "bad-signature", func(_ *world, a *authorizationForm) { a.signers = []int{9} })
	m.refuses("of the root key", "Signature", "bad-signature", func(_ *world, a *authorizationForm) { a.signers = []int{1} })
	return m.vectorGroup
}

// addMessages adds signatures over other framings of the same fields.
func addMessages(m authorizationMaker, a authorizationForm) {
	w := m.world
	over := func(comment string, message []byte) {
		m.bad(comment, "Signature", cat(a.content(1), 2, plainSignature(issuerKey(2), message)), "bad-signature")
	}
	full := w.message(a, a.content(1))
	over("over the content alone", a.content(1))
	over("over the content without the counts", labeled("TS1/aut", w.message(a, a.content(1)[:25]).fields()...))
	over("over the content with no signature counted", labeled("TS1/aut", w.message(a, a.content(0)).fields()...))
	over("without the label", pae(full.fields()...))
	over("without the zero byte", cat("TS1/aut", pae(full.fields()...)))
	over("over five fields", labeled("TS1/aut", full.fields()[:5]...))
	over("over seven fields", labeled("TS1/aut", append(full.fields(), nil)...))
	over("over little-endian framing", cat("TS1/aut", 0, littleEndianPAE(full.fields())))
}

// addSignatureValues adds signatures that are none, or not in their one encoding.
func addSignatureValues(m authorizationMaker, a authorizationForm) {
	w := m.world
	full := w.message(a, a.content(1))
	values := func(comment string, signature []byte) {
		m.bad(comment, "Signature", cat(a.content(1), 2, signature), "bad-signature")
	}
	good := issuerKey(2).sign(full.label, full.fields()...)
	values("zeros", zeros(64))
	values("S and the group order added up", withOrder(good))
	values("that of another number", issuerKey(2).sign("TS1/aut", w.message(w.wish(), func() []byte { b := w.wish(); b.number = 2; return b.content(1) }()).fields()...))
	values("R and S exchanged", cat(good[32:], good[:32]))
	values("R with a part of small order, which multiplying by the cofactor hides", cofactorSignature(secret("issuer key 2"), labeled(full.label, full.fields()...)))
	values("R in an encoding that is not canonical", identitySignature(secret("issuer key 2"), labeled(full.label, full.fields()...), notCanonical()[1].bytes))
	m.bad("of another key under its index", "Signature", cat(a.content(1), 2, issuerKey(3).sign(full.label, full.fields()...)), "bad-signature")
}

func littleEndianPAE(list [][]byte) (b []byte) {
	turned := func(n int) []byte {
		return []byte{byte(n), byte(n >> 8), 0, 0, 0, 0, 0, 0}
	}
	b = turned(len(list))
	for _, f := range list {
		b = cat(b, turned(len(f)), f)
	}
	return b
}

// numberGroup is about numbers and the floor.
func numberGroup() *vectorGroup {
	m := newAuthorizationMaker("Numbers and the floor", newWorld(firstRoot().by(1)))
	at := func(floor, number int) func(*world, *authorizationForm) {
		return func(w *world, a *authorizationForm) { w.floor, a.number = floor, number }
	}
	for _, x := range [][2]int{{1, 2}, {1, 129}, {2, 2}, {2, 130}, {500, 500}, {500, 628}, {895, 1023}, {1000, 1023}, {1023, 1023}} {
		m.installs(fmt.Sprintf("floor %d, number %d", x[0], x[1]), "Number", at(x[0], x[1]))
	}
	for _, x := range [][2]int{{2, 1}, {500, 499}, {500, 1}, {1023, 1022}, {1024, 1023}, {1024, 1}} {
		m.refuses(fmt.Sprintf("floor %d, number %d", x[0], x[1]), "Number", "superseded", at(x[0], x[1]))
	}
	for _, x := range [][2]int{{1, 130}, {1, 1023}, {500, 629}, {894, 1023}} {
		m.refuses(fmt.Sprintf("floor %d, number %d", x[0], x[1]), "Number Limit", "out-of-range", at(x[0], x[1]))
	}
	m.refuses("a number below the floor, all ended", "Order", "superseded", func(w *world, a *authorizationForm) {
		w.floor, w.clock = 2, firstDay+366
	})
	return m.vectorGroup
}

// dayGroup is about last days and the day by which they are judged.
func dayGroup() *vectorGroup {
	m := newAuthorizationMaker("Last days", newWorld(firstRoot().by(1)))
	const d = firstDay
	with := func(latest, clock, issued int, ends ...int) func(*world, *authorizationForm) {
		return func(w *world, a *authorizationForm) {
			w.latest, w.clock, a.issued, a.grants = latest, clock, issued, nil
			for i, end := range ends {
				a.grants = append(a.grants, grantForm{[]int{1, 2, 200}[i], 1, end})
			}
		}
	}
	good := func(comment string, change func(*world, *authorizationForm)) { m.installs(comment, "Day", change) }
	bad := func(comment string, change func(*world, *authorizationForm)) {
		m.refuses(comment, "Day", "authorization-expired", change)
	}
	good("it ends today", with(d, d, d, d))
	bad("it ended yesterday", with(d, d, d-9, d-1))
	good("one of two has ended", with(d, d, d-9, d-1, d))
	good("one has ended, one has no end", with(d, d, d-9, 0, d-1))
	bad("all of three have ended", with(d, d, d-9, d-3, d-2, d-1))
	good("nothing is granted, years later", with(d, d+2000, d))
	good("the latest day decides where the clock is behind", with(d+10, d, d, d+10))
	bad("the clock is behind, and the end before the latest day", with(d+10, d, d, d+9))
	good("the clock decides where it is ahead", with(d, d+10, d, d+10))
	bad("the clock is past the end", with(d, d+10, d, d+9))
	bad("the clock is further ahead than is stored, and counts all the same", with(d, d+60, d, d+59))
	good("the clock is further ahead than is stored, and the end later", with(d, d+60, d, d+60))
	good("it was signed later than the device knows", with(d, d, d+20, d+20))
	bad("it was signed later than it ends", with(d, d, d+20, d+19))
	good("the clock is at day 1", with(d, 1, d, d))
	return m.vectorGroup
}
