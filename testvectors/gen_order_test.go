package testvectors_test

// What decides when several things about a trust root are wrong.

// rootOrderGroup is about the steps in which a trust root is checked, and the rules of step 4.
func rootOrderGroup() *vectorGroup {
	m := newRootMaker("Trust roots with several faults")
	const mismatch, unsupported = "trust-mismatch", "code-unsupported"
	bad := func(comment, err string, change func(*rootForm)) {
		m.bad(comment, "Order", err, changedRoot(change).by(1))
	}
	unknownRole := func(r *rootForm, key int) { r.keys[key].roles |= 64 }
	status4 := func(r *rootForm, key int) { r.keys[key].status = 4 }
	bad("an unknown flag, and no name", unsupported, func(r *rootForm) { r.flags, r.name = 2, "" })
	bad("no name, and an unknown role", mismatch, func(r *rootForm) { r.name = ""; unknownRole(r, 0) })
	bad("an unknown status, and a weak key after it", mismatch, func(r *rootForm) { status4(r, 0); r.keys[1].public = zeros(32) })
	bad("an unknown role, and the key after it out of order", unsupported, func(r *rootForm) { unknownRole(r, 0); r.keys[1].index = 0 })
	bad("a key out of order, and its role unknown", mismatch, func(r *rootForm) { r.keys[1].index = 1; unknownRole(r, 1) })
	bad("suite 0, and an unknown role", mismatch, func(r *rootForm) { r.keys[1].suite = 0; unknownRole(r, 1) })
	bad("an unknown role, and no status", unsupported, func(r *rootForm) { unknownRole(r, 1); r.keys[1].status = 0 })
	bad("an unknown status, and a last day before the first", unsupported, func(r *rootForm) { status4(r, 1); r.keys[1].from, r.keys[1].to = 10, 9 })
	bad("an unknown status, and the same key as before", unsupported, func(r *rootForm) { status4(r, 1); r.keys[1].public = r.keys[0].public })
	bad("the same key twice, and an unknown role after it", mismatch, func(r *rootForm) {
		r.keys = append(r.keys, listedKey(3, roleIssue|64))
		r.keys[1].public = r.keys[0].public
	})
	bad("a policy for an unknown role and another one", unsupported, func(r *rootForm) { r.policies = append(r.policies, policyForm{64 | 8, 1, 0, 0}) })
	bad("a policy for an unknown role, out of order", unsupported, func(r *rootForm) {
		r.policies = append([]policyForm{{64, 1, 0, 0}}, r.policies...)
	})
	bad("a threshold of 0, and a policy for an unknown role after it", mismatch, func(r *rootForm) {
		r.policies[0].threshold = 0
		r.policies = append(r.policies, policyForm{64, 1, 0, 0})
	})
	bad("a policy for an unknown role, and one that is missing", unsupported, func(r *rootForm) {
		r.policies = append(r.policies[:2], policyForm{64, 1, 0, 0})
	})
	bad("a critical extension, and one out of order after it", unsupported, func(r *rootForm) { r.extensions = []extensionForm{{0x80, nil}, {1, nil}} })
	bad("an extension twice, and a critical one after it", mismatch, func(r *rootForm) {
		r.extensions = []extensionForm{{0x7f, nil}, {0x7f, nil}, {0x80, nil}}
	})
	unsigned := changedRoot(func(r *rootForm) { status4(r, 1) })
	m.bad("an unknown status, and no signature", "Order", unsupported, signedRoot{unsigned, unsigned.content()})
	m.bad("an unknown status in version 2, without version 1", "Order", unsupported, func() signedRoot {
		r := firstRoot().nextRoot()
		status4(&r, 1)
		return r.by(1)
	}())
	return m.vectorGroup
}

// otherSuite is a key of a suite that is not known here, with bytes that may be another's.
func otherSuite(index, suite, roles int, label string) keyForm {
	return keyForm{index: index, suite: suite, roles: roles, status: active, public: secret(label)}
}

// rootSuiteGroup is about keys of suites that this version does not know, in several versions.
func rootSuiteGroup() *vectorGroup {
	m := newRootMaker("Keys of unknown suites")
	const flag = "Suite"
	with := func(list ...keyForm) rootForm {
		return changedRoot(func(r *rootForm) { r.keys = append(r.keys, list...) })
	}
	m.good("the same bytes under two suites are two keys", flag, with(otherSuite(3, 2, roleIssue, "same"), otherSuite(4, 3, roleIssue, "same")).by(1))
	m.bad("the same bytes twice under one suite", flag, "trust-mismatch", with(otherSuite(3, 2, roleIssue, "same"), otherSuite(4, 2, roleIssue, "same")).by(1))
	signed := func(r rootForm, verified ...int) signedRoot {
		list := []signatureForm{}
		for _, i := range verified {
			list = append(list, signatureForm{i, issuerKey(i).sign("TS1/root", r.content())})
		}
		return signedRoot{r, withSignatures(r.content(), append(list, signatureForm{4, zeros(71)}))}
	}
	// Two of three root keys have to sign version 2; one of the two is of suite 2.
	first := func(roles, status int) signedRoot {
		r := with(listedKey(3, roleRoot), otherSuite(4, 2, roles, "suite 2"))
		r.keys[3].status = status
		r.policies[0].threshold = 2
		return r.by(1, 3)
	}
	second := func(one signedRoot) signedRoot {
		r := one.form.nextRoot()
		r.keys[3].roles, r.keys[3].status, r.policies[0].threshold = roleRoot, active, 1
		return signed(r, 1)
	}
	for _, x := range []struct {
		comment       string
		roles, status int
		err           string
	}{{"too few signed, one of them of an unknown suite", roleRoot, active, "code-unsupported"},
		{"too few signed; one of an unknown suite, which has the role now, had not", roleIssue, active, "trust-mismatch"},
		{"too few signed; one of an unknown suite, which is active now, was not", roleRoot, retired, "trust-mismatch"}} {
		one := first(x.roles, x.status)
		m.bad(x.comment, flag, x.err, one, second(one))
	}
	one := first(roleIssue, active)
	m.bad("a signature of an unknown suite, of a key that has the role in neither", flag, "trust-mismatch", one, func() signedRoot {
		r := one.form.nextRoot()
		return signed(r, 1, 3)
	}())
	one = first(roleRoot, active)
	m.good("enough signed, and one of an unknown suite, which loses the role", flag, one, func() signedRoot {
		r := one.form.nextRoot()
		r.keys[3].roles = roleIssue
		return signed(r, 1, 3)
	}())
	m.bad("a signature of an unknown suite, of a key that is not listed", flag, "trust-mismatch", signed(changedRoot(func(*rootForm) {}), 1))
	return m.vectorGroup
}
