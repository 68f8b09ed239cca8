package testvectors_test

import "fmt"

func authorizationVectors() *vectorFile {
	return &vectorFile{
		name:   "authorization",
		about:  "What a device takes and what it refuses: every step of the verification.",
		source: "reserve/SPEC.md, Authorization, Time",
		groups: []*vectorGroup{freshGroup(), authorizationFormGroup(), authorizationSizeGroup(), authorizationBitGroup(), addressGroup(), authorizationSignatureGroup(),
			numberGroup(), repeatGroup(), dayGroup(), signerGroup(), thresholdGroup(), eightGroup(), laterRootGroup(), suiteGroup(), noExportGroup(), trainingGroup()},
	}
}

func freshGroup() *vectorGroup {
	m := newAuthorizationMaker("A fresh device", newWorld(firstRoot().by(1)))
	good := func(comment, flags string, change func(*authorizationForm)) {
		m.installs(comment, flags, func(_ *world, a *authorizationForm) { change(a) })
	}
	good("two grants with one end", "", func(*authorizationForm) {})
	good("one grant without end", "", func(a *authorizationForm) { a.grants = []grantForm{{1, 1, 0}} })
	good("several ends, those without first", "", func(a *authorizationForm) {
		a.grants = []grantForm{{2, 1, 0}, {200, 4, 0}, {1, 1, firstDay + 100}, {200, 3, firstDay + 100}, {1, 9, 65535}}
	})
	good("nothing: it takes everything away", "", func(a *authorizationForm) { a.grants = nil })
	good("the export-controlled entitlement, with the flag", "Export", func(a *authorizationForm) {
		a.flags, a.grants = 2, []grantForm{{1, 2, 0}, {16383, 1, 0}}
	})
	good("the flag export without need", "Export", func(a *authorizationForm) { a.flags = 2 })
	good("a retired entitlement", "Catalog", func(a *authorizationForm) { a.grants = []grantForm{{3, 1, 0}} })
	good("the largest count", "Limit", func(a *authorizationForm) { a.grants = []grantForm{{200, 1<<31 - 1, 0}} })
	good("64 grants, the most there are", "Limit", func(a *authorizationForm) { a.grants = manyGrants(64) })
	good("journal entry 0", "Limit", func(a *authorizationForm) { a.entry = 0 })
	good("the last journal entry", "Limit", func(a *authorizationForm) { a.entry = 1<<32 - 1 })
	good("no version of the trust root is asked for", "", func(a *authorizationForm) { a.root = 0 })
	good("signed before the trust root", "Day", func(a *authorizationForm) { a.issued = 1 })
	good("signed much later", "Day", func(a *authorizationForm) { a.issued = firstDay + 300 })
	good("signed on the last day", "Day Limit", func(a *authorizationForm) { a.issued, a.grants = 65535, []grantForm{{1, 1, 65535}} })
	good("unknown extensions", "Extension", func(a *authorizationForm) { a.extensions = []extensionForm{{1, []byte("abc")}, {127, nil}} })
	good("15 extensions, the most there are", "Extension Limit", func(a *authorizationForm) {
		for n := range 15 {
			a.extensions = append(a.extensions, extensionForm{n, nil})
		}
	})
	good("an extension of 4096 bytes, the most there are", "Extension Limit", func(a *authorizationForm) { a.extensions = []extensionForm{{1, zeros(4096)}} })
	return m.vectorGroup
}

// manyGrants are n grants with as many ends.
func manyGrants(n int) (all []grantForm) {
	for i := range n {
		all = append(all, grantForm{1, 1, firstDay + i})
	}
	return all
}

// authorizationFormGroup is about bytes that are no authorization, though signed.
func authorizationFormGroup() *vectorGroup {
	m := newAuthorizationMaker("Authorizations that break the format", newWorld(firstRoot().by(1)))
	const malformed = "code-malformed"
	w := m.world
	addHeaders(m.vectorGroup, 2, 0, func(header, flags int) []byte {
		a := w.wish()
		a.header, a.flags = header, flags
		return w.body(a)
	})
	for bit := 2; bit < 8; bit++ {
		m.refuses(fmt.Sprintf("flag %#02x", 1<<bit), "Header", "code-unsupported", func(_ *world, a *authorizationForm) { a.flags |= 1 << bit })
	}
	bad := func(comment, flags string, change func(*authorizationForm)) {
		m.refuses(comment, flags, malformed, func(_ *world, a *authorizationForm) { change(a) })
	}
	bad("number 0", "Limit", func(a *authorizationForm) { a.number = 0 })
	bad("number 1024", "Limit", func(a *authorizationForm) { a.number = 1024 })
	bad("no day of signing", "Day", func(a *authorizationForm) { a.issued = 0 })
	bad("a count of 0", "Grants", func(a *authorizationForm) { a.grants[0].count = 0 })
	bad("a count of 2147483648", "Grants Limit", func(a *authorizationForm) { a.grants[0].count = 1 << 31 })
	bad("a count of 4294967295", "Grants Limit", func(a *authorizationForm) { a.grants[0].count = 1<<32 - 1 })
	bad("entitlement 0", "Grants Limit", func(a *authorizationForm) { a.grants[0].id = 0 })
	bad("entitlement 16384", "Grants Limit", func(a *authorizationForm) { a.grants[1].id = 16384 })
	bad("65 grants", "Grants Limit", func(a *authorizationForm) { a.grants = manyGrants(65) })
	bad("an entitlement twice with one end", "Grants NotCanonical", func(a *authorizationForm) { a.grants[1].id = 1 })
	bad("entitlements in descending order", "Grants NotCanonical", func(a *authorizationForm) { a.grants[0], a.grants[1] = a.grants[1], a.grants[0] })
	bad("ends in descending order", "Grants NotCanonical", func(a *authorizationForm) { a.grants = []grantForm{{1, 1, firstDay + 9}, {2, 1, firstDay + 8}} })
	bad("no end after an end", "Grants NotCanonical", func(a *authorizationForm) { a.grants = []grantForm{{1, 1, firstDay + 9}, {2, 1, 0}} })
	bad("an extension twice", "Extension NotCanonical", func(a *authorizationForm) { a.extensions = []extensionForm{{1, nil}, {1, nil}} })
	bad("extensions in descending order", "Extension NotCanonical", func(a *authorizationForm) { a.extensions = []extensionForm{{2, nil}, {1, nil}} })
	bad("an extension of 4097 bytes", "Extension Limit", func(a *authorizationForm) { a.extensions = []extensionForm{{1, zeros(4097)}} })
	bad("number 0 and a wrong device", "Order", func(a *authorizationForm) { a.number, a.device = 0, zeros(4) })
	unsupported := func(comment, flags string, change func(*authorizationForm)) {
		m.refuses(comment, flags, "code-unsupported", func(_ *world, a *authorizationForm) { change(a) })
	}
	unsupported("a critical extension", "Extension", func(a *authorizationForm) { a.extensions = []extensionForm{{0x80, nil}} })
	unsupported("a critical extension after another", "Extension", func(a *authorizationForm) { a.extensions = []extensionForm{{1, nil}, {0xff, []byte("abc")}} })
	unsupported("a critical extension and number 0", "Order", func(a *authorizationForm) { a.extensions, a.number = []extensionForm{{0x80, nil}}, 0 })
	addAuthorizationBytes(m)
	return m.vectorGroup
}

// addAuthorizationBytes adds what is wrong with the bytes, signed as they are.
func addAuthorizationBytes(m authorizationMaker) {
	w, a := m.world, m.world.wish()
	raw := func(comment, flags string, parts ...any) {
		m.bad(comment, flags, w.bodyOf(a, cat(parts...)), "code-malformed")
	}
	tail, end := a.tail(1), u16(firstDay+365)
	short := func(entry, number []byte) []byte {
		return cat(a.header, a.flags, a.device, a.issuer, u16(a.root), entry, number, u16(a.issued))
	}
	raw("the journal entry in two bytes", "NotCanonical", short([]byte{0x87, 0}, uv(1)), grantBytes(a.grants), tail)
	raw("the journal entry in six bytes", "NotCanonical", short([]byte{0x87, 0x80, 0x80, 0x80, 0x80, 0}, uv(1)), grantBytes(a.grants), tail)
	raw("journal entry 2^32", "NotCanonical Limit", short(uv(1<<32), uv(1)), grantBytes(a.grants), tail)
	raw("the number in two bytes", "NotCanonical", short(uv(7), []byte{0x81, 0}), grantBytes(a.grants), tail)
	raw("an entitlement in two bytes", "NotCanonical", a.head(), 1, end, 0x81, 0, 2, 0, tail)
	raw("a count in two bytes", "NotCanonical", a.head(), 1, end, 1, 0x82, 0, 0, tail)
	raw("a group that is split in two", "NotCanonical", a.head(), 1, end, 1, 2, 1, end, uv(200), 5, 0, tail)
	raw("two empty lists", "NotCanonical", a.head(), 0, 0, tail)
	raw("16 signatures counted as 0", "Limit", a.head(), grantBytes(a.grants), 0)
	m.bad("no signature", "Signature", a.content(0), "code-malformed")
	nine := w.wish()
	nine.signers = []int{1, 2, 3, 4, 5, 6, 7, 8, 9}
	m.bad("9 signatures", "Signature Limit", w.body(nine), "code-malformed")
	twice := w.wish()
	twice.signers = []int{2, 2}
	m.bad("a key signs twice", "Signature NotCanonical", w.body(twice), "code-malformed")
	turned := w.wish()
	turned.signers = []int{3, 2}
	m.bad("signatures in descending order", "Signature NotCanonical", w.body(turned), "code-malformed")
	whole := w.body(a)
	for _, x := range []struct {
		name string
		size int
	}{{"nothing", 0}, {"the header", 1}, {"the flags", 2}, {"the device", 6}, {"the issuer", 10}, {"the root", 12}, {"the entry", 13},
		{"the number", 14}, {"half the day", 15}, {"the day", 16}, {"the size of a group", 17}, {"the end of a group", 19}, {"an entitlement", 20},
		{"a group", 24}, {"the list of groups", 25}, {"the counts", 26}, {"the index of a key", 27}, {"half the signature", 59}, {"all but a byte", len(whole) - 1}} {
		m.bad("it ends after "+x.name, "Truncated", whole[:x.size], "code-malformed")
	}
	m.bad("a byte after it", "Trailing", cat(whole, 0), "code-malformed")
	m.bad("a second signature that is not counted", "Trailing", cat(whole, 3, zeros(64)), "code-malformed")
}
