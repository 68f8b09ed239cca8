package testvectors_test

import (
	"fmt"
	"strings"
)

// rootFormGroup is about the head of a trust root and its extensions.
func rootFormGroup() *vectorGroup {
	m := newRootMaker("Version 1 that breaks the format")
	bad := func(comment, flags, err string, change func(*rootForm)) {
		m.bad(comment, flags, err, changedRoot(change).by(1))
	}
	const mismatch, unsupported = "trust-mismatch", "code-unsupported"
	for _, v := range []int{0, 2, 15} {
		bad(fmt.Sprintf("format version %d", v), "Header Version", unsupported, func(r *rootForm) { r.header = v<<4 | 7 })
	}
	bad("the header of a bundle", "Header", mismatch, func(r *rootForm) { r.header = 0x1a })
	bad("another version of another kind", "Header Order", mismatch, func(r *rootForm) { r.header = 0x28 })
	for bit := 1; bit < 8; bit++ {
		bad(fmt.Sprintf("flag %#02x", 1<<bit), "Header", unsupported, func(r *rootForm) { r.flags = 1 << bit })
	}
	bad("version 0", "ChainBreak", mismatch, func(r *rootForm) { r.version = 0 })
	bad("version 1025", "ChainBreak Limit", mismatch, func(r *rootForm) { r.version = 1025 })
	bad("version 1 names one before it", "ChainBreak", mismatch, func(r *rootForm) { r.previous = secret("previous") })
	bad("no day of issue", "Day", mismatch, func(r *rootForm) { r.issued = 0 })
	bad("it ends before it begins", "Day", mismatch, func(r *rootForm) { r.expires = firstDay - 1 })
	for _, x := range []struct{ comment, name string }{{"no name", ""}, {"65 bytes of name", strings.Repeat("N", 65)},
		{"a name that is no UTF-8", "N\xff"}, {"a surrogate in UTF-8", "N\xed\xa0\x80"}, {"an overlong encoding", "N\xc0\xaf"},
		{"a control character", "N\x1b[31m"}, {"a line end", "N\nN"}, {"DEL", "N\x7f"}, {"NEL", "N\u0085"}, {"an override of direction", "N\u202eN"},
		{"an isolate of direction", "N\u2066N"}, {"a zero width space", "N\u200bN"}, {"a no-break space", "N\u00a0N"}, {"a soft hyphen", "N\u00adN"},
		{"a line separator", "N\u2028N"}, {"a private character", "N\ue000"}, {"a character that is none", "N\uffff"},
		{"a space first", " N"}, {"a space last", "N "}, {"nothing but a space", " "}} {
		bad(x.comment, "Name", mismatch, func(r *rootForm) { r.name = x.name })
	}
	bad("a critical extension", "Extension", unsupported, func(r *rootForm) { r.extensions = []extensionForm{{0x80, nil}} })
	bad("a critical extension after another", "Extension", unsupported, func(r *rootForm) { r.extensions = []extensionForm{{1, nil}, {255, []byte("abc")}} })
	bad("an extension twice", "Extension NotCanonical", mismatch, func(r *rootForm) { r.extensions = []extensionForm{{1, nil}, {1, nil}} })
	bad("extensions in descending order", "Extension NotCanonical", mismatch, func(r *rootForm) { r.extensions = []extensionForm{{2, nil}, {1, nil}} })
	bad("no key for issue and a critical extension", "Extension Order", mismatch, func(r *rootForm) {
		r.policies, r.extensions = r.policies[:1], []extensionForm{{0x80, nil}}
	})
	bad("an unknown role and no policies", "Order", unsupported, func(r *rootForm) { r.keys[0].roles, r.policies = 64, nil })
	addRawRoots(m)
	return m.vectorGroup
}

// addRawRoots adds what is wrong with the bytes.
func addRawRoots(m rootMaker) {
	const mismatch = "trust-mismatch"
	form := firstRoot()
	content, whole := form.content(), form.signed(1)
	raw := func(comment, flags string, b []byte) { m.bad(comment, flags, mismatch, signedRoot{form, b}) }
	raw("nothing", "Truncated", nil)
	raw("the header alone", "Truncated", whole[:1])
	raw("the head alone", "Truncated", whole[:42])
	raw("it ends in the name", "Truncated", whole[:50])
	raw("it ends in the first key", "Truncated", whole[:110])
	raw("it ends before the extensions", "Truncated", content[:len(content)-1])
	raw("it ends before the signatures", "Truncated", content)
	raw("it ends in the signature", "Truncated", whole[:len(whole)-1])
	raw("a byte after it", "Trailing", cat(whole, 0))
	name := 2 + 2 + 32 + 2 + 2 + 2
	raw("the length of the name in two bytes", "NotCanonical", signedContent(cat(content[:name], 0x80|content[name:][0], 0, content[name+1:]), 1))
	key := name + 1 + len(form.name) + 32 + 1
	long := content[key+9]
	raw("the length of a key in two bytes", "NotCanonical", signedContent(cat(content[:key+9], []byte{0x80 | long, 0}, content[key+10:]), 1))
	raw("more keys than there are", "Truncated", signedContent(cat(content[:key-1], 3, content[key:]), 1))
	signature := issuerKey(1).sign("TS1/root", content)
	raw("the length of a signature in two bytes", "NotCanonical", cat(content, 1, 1, 0x80|64, 0, signature))
	raw("a signature of 4097 bytes", "Limit", cat(content, 1, 1, bs(zeros(4097))))
	raw("9 signatures", "Limit", cat(content, 9))
}

// rootKeyGroup is about the list of keys.
func rootKeyGroup() *vectorGroup {
	m := newRootMaker("The keys of a trust root")
	const mismatch, unsupported = "trust-mismatch", "code-unsupported"
	bad := func(comment, flags, err string, change func(*rootForm)) {
		m.bad(comment, flags, err, changedRoot(change).by(1))
	}
	bad("no keys", "KeyList", mismatch, func(r *rootForm) { r.keys = nil })
	bad("keys in descending order", "KeyList NotCanonical", mismatch, func(r *rootForm) { r.keys[0], r.keys[1] = r.keys[1], r.keys[0] })
	bad("an index twice", "KeyList", mismatch, func(r *rootForm) { r.keys[1].index = 1 })
	bad("a key under two indices", "KeyList", mismatch, func(r *rootForm) { k := r.keys[0]; k.index = 3; r.keys = append(r.keys, k) })
	bad("suite 0", "Suite", mismatch, func(r *rootForm) { r.keys[1].suite = 0 })
	bad("no role", "KeyList", mismatch, func(r *rootForm) { r.keys = append(r.keys, listedKey(3, 0)) })
	for _, bit := range []int{6, 15} {
		bad(fmt.Sprintf("role bit %d", bit), "KeyList", unsupported, func(r *rootForm) { r.keys[1].roles |= 1 << bit })
	}
	bad("no status", "KeyList", mismatch, func(r *rootForm) { r.keys[1].status = 0 })
	bad("status 4", "KeyList", unsupported, func(r *rootForm) { r.keys[1].status = 4 })
	bad("a last day before the first", "Day", mismatch, func(r *rootForm) { r.keys[1].from, r.keys[1].to = 10, 9 })
	bad("no public key", "WeakKey", mismatch, func(r *rootForm) { r.keys[1].public = nil })
	bad("a public key of 31 bytes", "WeakKey", mismatch, func(r *rootForm) { r.keys[1].public = r.keys[1].public[:31] })
	bad("a public key of 33 bytes", "WeakKey", mismatch, func(r *rootForm) { r.keys[1].public = cat(r.keys[1].public, 0) })
	bad("a public key of no bytes of suite 2", "Suite", mismatch, func(r *rootForm) {
		r.keys = append(r.keys, keyForm{index: 3, suite: 2, roles: roleIssue, status: active})
	})
	bad("a public key of 2049 bytes of suite 3", "Suite Limit", mismatch, func(r *rootForm) {
		r.keys = append(r.keys, keyForm{index: 3, suite: 3, roles: roleIssue, status: active, public: zeros(2049)})
	})
	for _, p := range smallOrder() {
		bad("small order: "+p.name, "WeakKey", mismatch, func(r *rootForm) { r.keys[1].public = p.bytes })
	}
	for _, p := range notCanonical()[:4] {
		bad("not canonical: "+p.name, "WeakKey", mismatch, func(r *rootForm) { r.keys[1].public = p.bytes })
	}
	bad("no point of the curve", "WeakKey", mismatch, func(r *rootForm) { r.keys[1].public = cat(2, zeros(31)) })
	bad("a weak key that is retired", "WeakKey", mismatch, func(r *rootForm) {
		r.keys = append(r.keys, keyForm{index: 3, suite: 1, roles: roleIssue, status: retired, public: zeros(32)})
	})
	return m.vectorGroup
}

// rootPolicyGroup is about the list of policies.
func rootPolicyGroup() *vectorGroup {
	m := newRootMaker("The policies of a trust root")
	const mismatch, unsupported, flag = "trust-mismatch", "code-unsupported", "Policy"
	bad := func(comment, flags, err string, change func(*rootForm)) {
		m.bad(comment, flags, err, changedRoot(change).by(1))
	}
	bad("none", flag, mismatch, func(r *rootForm) { r.policies = nil })
	bad("none for root", flag, mismatch, func(r *rootForm) { r.policies = r.policies[1:] })
	bad("none for issue, though no key has it", flag, mismatch, func(r *rootForm) {
		r.keys, r.policies = r.keys[:1], r.policies[:1]
	})
	bad("none for export, which a key has", flag, mismatch, func(r *rootForm) { r.policies = r.policies[:2] })
	bad("in descending order", flag+" NotCanonical", mismatch, func(r *rootForm) { r.policies[0], r.policies[1] = r.policies[1], r.policies[0] })
	bad("two for root", flag, mismatch, func(r *rootForm) { r.policies = append(r.policies[:1:1], r.policies...) })
	bad("role 0", flag, mismatch, func(r *rootForm) { r.policies = append([]policyForm{{0, 1, 0, 0}}, r.policies...) })
	bad("one for two roles", flag, mismatch, func(r *rootForm) { r.policies[1].role, r.policies = 6, r.policies[:2] })
	bad("an unknown role", flag, unsupported, func(r *rootForm) { r.policies = append(r.policies, policyForm{64, 1, 0, 0}) })
	bad("a threshold of 0", flag+" Threshold", mismatch, func(r *rootForm) { r.policies[0].threshold = 0 })
	bad("more signatures than keys", flag+" Threshold", mismatch, func(r *rootForm) { r.policies[1].threshold = 2 })
	bad("more signatures than active keys", flag+" Threshold", mismatch, func(r *rootForm) {
		r.keys = append(r.keys, listedKey(3, roleIssue))
		r.keys[2].status, r.policies[1].threshold = retired, 2
	})
	bad("one for a role that no key has", flag+" Threshold", mismatch, func(r *rootForm) { r.policies = append(r.policies, policyForm{32, 1, 0, 0}) })
	bad("a suite that no key has", flag+" Suite", mismatch, func(r *rootForm) { r.policies[1].suites = 2 })
	bad("suite 1, and one that no key has", flag+" Suite", mismatch, func(r *rootForm) { r.policies[1].suites = 3 })
	other := keyForm{index: 3, suite: 2, roles: roleRoot, status: active, public: secret("suite 2")}
	bad("a suite for roots that is not known here", flag+" Suite", unsupported, func(r *rootForm) { r.keys = append(r.keys, other); r.policies[0].suites = 2 })
	bad("a suite besides for roots that is not known here", flag+" Suite", unsupported, func(r *rootForm) {
		r.keys = append(r.keys, other)
		r.policies[0].suites = 3
	})
	issues := other
	issues.roles = roleIssue
	m.good("a suite for authorizations that is not known here", flag+" Suite", changedRoot(func(r *rootForm) {
		r.keys = append(r.keys, issues)
		r.policies[1].suites = 2
	}).by(1))
	m.good("keys of an unknown suite make a threshold reachable", flag+" Suite", changedRoot(func(r *rootForm) {
		r.keys = append(r.keys, issues)
		r.policies[1].threshold = 2
	}).by(1))
	return m.vectorGroup
}

// rootSignatureGroup is about who signed version 1, and what.
func rootSignatureGroup() *vectorGroup {
	m := newRootMaker("The signatures of a trust root")
	const mismatch, unsupported, flag = "trust-mismatch", "code-unsupported", "Signature"
	form := firstRoot()
	content := form.content()
	signature := issuerKey(1).sign("TS1/root", content)
	with := func(comment, flags, err string, r rootForm, list ...signatureForm) {
		m.bad(comment, flags, err, signedRoot{r, withSignatures(r.content(), list)})
	}
	bad := func(comment string, list ...signatureForm) { with(comment, flag, mismatch, form, list...) }
	bad("none")
	for _, at := range []int{0, 31, 32, 63} {
		bad(fmt.Sprintf("a bit of byte %d is wrong", at), signatureForm{1, flipped(signature, at, 3)})
	}
	bad("S and the group order added up", signatureForm{1, withOrder(signature)})
	bad("all zeros", signatureForm{1, zeros(64)})
	bad("63 bytes", signatureForm{1, signature[:63]})
	bad("65 bytes", signatureForm{1, cat(signature, 0)})
	bad("no bytes", signatureForm{1, nil})
	bad("by another key under its index", signatureForm{1, issuerKey(2).sign("TS1/root", content)})
	bad("by a key that is not listed", signatureForm{9, issuerKey(9).sign("TS1/root", content)})
	bad("by a key without the role", signatureForm{2, issuerKey(2).sign("TS1/root", content)})
	bad("a good one, and one without the role", signatureForm{1, signature}, signatureForm{2, issuerKey(2).sign("TS1/root", content)})
	bad("the same one twice", signatureForm{1, signature}, signatureForm{1, signature})
	bad("for an authorization", signatureForm{1, issuerKey(1).sign("TS1/aut", content)})
	bad("over the content alone, without label and framing", signatureForm{1, plainSignature(issuerKey(1), content)})
	bad("over two fields", signatureForm{1, issuerKey(1).sign("TS1/root", content, nil)})
	bad("over the signed root", signatureForm{1, issuerKey(1).sign("TS1/root", form.signed(1))})
	two := changedRoot(func(r *rootForm) { r.keys = append(r.keys, listedKey(3, roleRoot)); r.policies[0].threshold = 2 })
	m.bad("one of two", flag+" Threshold", mismatch, two.by(1))
	m.bad("in descending order", flag+" NotCanonical", mismatch, two.by(3, 1))
	m.bad("one twice in the place of two", flag+" Threshold", mismatch, two.by(1, 1))
	spare := changedRoot(func(r *rootForm) { r.keys = append(r.keys, listedKey(3, roleRoot)) })
	with("one that suffices, and a wrong one", flag, mismatch, spare, signatureForm{1, issuerKey(1).sign("TS1/root", spare.content())},
		signatureForm{3, zeros(64)})
	for status := retired; status <= compromised; status++ {
		r := changedRoot(func(r *rootForm) { r.keys = append(r.keys, listedKey(3, roleRoot)); r.keys[2].status = status })
		m.bad(fmt.Sprintf("one more by a key with status %d", status), flag, mismatch, r.by(1, 3))
	}
	addSuiteSignatures(m)
	return m.vectorGroup
}

// addSuiteSignatures is about signatures that this version can't verify.
func addSuiteSignatures(m rootMaker) {
	r := changedRoot(func(r *rootForm) {
		r.keys = append(r.keys, keyForm{index: 3, suite: 2, roles: roleRoot, status: active, public: secret("suite 2")})
	})
	one := signatureForm{1, issuerKey(1).sign("TS1/root", r.content())}
	m.good("one that suffices, and one of an unknown suite", "Signature Suite", signedRoot{r, withSignatures(r.content(), []signatureForm{one, {3, zeros(71)}})})
	m.good("a signature of 4096 bytes of suite 2", "Signature Limit", signedRoot{r, withSignatures(r.content(), []signatureForm{one, {3, zeros(4096)}})})
	m.good("one that suffices, and an empty one of an unknown suite", "Signature Suite", signedRoot{r, withSignatures(r.content(), []signatureForm{one, {3, nil}})})
	m.bad("one of an unknown suite alone", "Signature Suite", "code-unsupported", signedRoot{r, withSignatures(r.content(), []signatureForm{{3, zeros(71)}})})
	r.policies[0].threshold = 2
	one.signature = issuerKey(1).sign("TS1/root", r.content())
	m.bad("two are needed, one is of an unknown suite", "Signature Suite", "code-unsupported",
		signedRoot{r, withSignatures(r.content(), []signatureForm{one, {3, zeros(71)}})})
	m.bad("two are needed, the one of an unknown suite has not signed", "Signature Suite Threshold", "trust-mismatch",
		signedRoot{r, withSignatures(r.content(), []signatureForm{one})})
}
