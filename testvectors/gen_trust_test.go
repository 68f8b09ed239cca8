package testvectors_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
)

func trustVectors() *vectorFile {
	return &vectorFile{
		name:   "trust",
		about:  "Trust roots one after another, trust bundles, and one bundle in the place of another.",
		source: "reserve/SPEC.md, Signatures, Trust root, Trust bundle",
		groups: []*vectorGroup{rootGroup(), rootChainGroup(), rootFormGroup(), rootKeyGroup(), rootPolicyGroup(), rootSignatureGroup(),
			rootLaterGroup(), rootOrderGroup(), rootSuiteGroup(), bundleGroup(), bundleSizeGroup(), updateGroup()},
	}
}

// A rootMaker adds tests of trust roots.
type rootMaker struct{ *vectorGroup }

func newRootMaker(name string) rootMaker {
	return rootMaker{&vectorGroup{name: name, operation: "roots", context: fields{{"catalog", vectorCatalog}}}}
}

// A signedRoot is a root and its signed bytes.
type signedRoot struct {
	form  rootForm
	bytes []byte
}

// by signs a root with the issuer's keys.
func (r rootForm) by(indices ...int) signedRoot { return signedRoot{r, r.signed(indices...)} }

func rootsInput(list []signedRoot) fields {
	var all []hexed
	for _, r := range list {
		all = append(all, r.bytes)
	}
	return fields{{"roots", all}}
}

func (m rootMaker) good(comment, flags string, list ...signedRoot) {
	first, newest := list[0].form, list[len(list)-1].form
	shown, _ := issuerOf(first)
	var keys []fields
	for _, k := range newest.keys {
		keys = append(keys, fields{{"index", k.index}, {"suite", k.suite}, {"roles", k.roles}, {"status", k.status},
			{"fingerprint", hexed(fingerprintOf(k.suite, k.public))}})
	}
	m.valid(comment, flags, rootsInput(list), fields{{"version", newest.version}, {"training", newest.flags&1 == 1}, {"name", newest.name},
		{"issued", newest.issued}, {"expires", newest.expires}, {"revalidate", newest.revalidate},
		{"digest", hexed(digest("TS1/root", newest.content()))}, {"keys", keys}, {"issuer", shown}})
}

func (m rootMaker) bad(comment, flags, err string, list ...signedRoot) {
	m.invalid(comment, flags, rootsInput(list), err)
}

// changedRoot is firstRoot with a change.
func changedRoot(change func(*rootForm)) rootForm {
	r := firstRoot()
	change(&r)
	return r
}

func rootGroup() *vectorGroup {
	m := newRootMaker("Version 1")
	good := func(comment, flags string, change func(*rootForm), signers ...int) {
		if signers == nil {
			signers = []int{1}
		}
		m.good(comment, flags, changedRoot(change).by(signers...))
	}
	good("as most have it", "", func(*rootForm) {})
	good("for training", "Training", func(r *rootForm) { r.flags = 1 })
	good("one key for everything", "", func(r *rootForm) { r.keys = []keyForm{listedKey(1, 63)}; r.policies = policiesFor(63) })
	good("an end", "", func(r *rootForm) { r.expires = firstDay })
	good("no hours of grace", "", func(r *rootForm) { r.revalidate = 0 })
	good("the longest grace and the last day", "Limit", func(r *rootForm) { r.revalidate, r.expires = 65535, 65535 })
	good("the first day", "Limit", func(r *rootForm) { r.issued = 1 })
	good("a name of one character", "Limit", func(r *rootForm) { r.name = "N" })
	good("a name of 64 bytes", "Limit", func(r *rootForm) { r.name = strings.Repeat("Name ", 12) + "Name" })
	good("a name in another script, with symbols", "", func(r *rootForm) { r.name = "Μέτρο № 7 — 你好 ½€" })
	ends := changedRoot(func(r *rootForm) { r.keys[0].index, r.keys[1].index = 0, 255 })
	m.good("index 0 and index 255", "Limit",
		signedRoot{ends, withSignatures(ends.content(), []signatureForm{{0, issuerKey(1).sign("TS1/root", ends.content())}})})
	good("a key that may sign from a day on", "", func(r *rootForm) { r.keys[1].from = firstDay + 1 })
	good("a key that may sign on one day", "", func(r *rootForm) { r.keys[1].from, r.keys[1].to = firstDay, firstDay })
	good("the days of a root key do not limit the signing of roots", "", func(r *rootForm) { r.keys[0].from, r.keys[0].to = 1, 2 })
	good("classes are ignored", "", func(r *rootForm) { r.policies[1].classes = 65535 })
	addRootKeys(m, good)
	addRootSize(m)
	return m.vectorGroup
}

// addRootKeys adds roots with other keys and policies.
func addRootKeys(m rootMaker, good func(comment, flags string, change func(*rootForm), signers ...int)) {
	good("two of two root keys", "Threshold", func(r *rootForm) { r.keys = append(r.keys, listedKey(3, roleRoot)); r.policies[0].threshold = 2 }, 1, 3)
	good("two signatures where one is needed", "Threshold", func(r *rootForm) { r.keys = append(r.keys, listedKey(3, roleRoot)) }, 1, 3)
	good("8 signatures, the most there are", "Limit", func(r *rootForm) {
		for i := 3; i <= 9; i++ {
			r.keys = append(r.keys, listedKey(i, roleRoot))
		}
	}, 1, 3, 4, 5, 6, 7, 8, 9)
	good("a policy that names suite 1", "Suite", func(r *rootForm) { r.policies[0].suites = 1 })
	good("a retired and a compromised key", "", func(r *rootForm) {
		r.keys = append(r.keys, listedKey(3, roleRoot), listedKey(4, roleIssue))
		r.keys[2].status, r.keys[3].status = retired, compromised
	})
	good("a role of a retired key needs no policy", "Policy", func(r *rootForm) {
		r.keys = append(r.keys, listedKey(3, 32))
		r.keys[2].status = retired
	})
	for _, suite := range []int{2, 3, 16, 17, 255} {
		good(fmt.Sprintf("a key of suite %d is listed", suite), "Suite", func(r *rootForm) {
			r.keys = append(r.keys, keyForm{index: 3, suite: suite, roles: roleIssue, status: active, public: secret("suite")})
		})
	}
	good("a public key of 2048 bytes", "Suite Limit", func(r *rootForm) {
		r.keys = append(r.keys, keyForm{index: 3, suite: 3, roles: roleIssue, status: active, public: zeros(2048)})
	})
	good("unknown extensions", "Extension", func(r *rootForm) { r.extensions = []extensionForm{{0, nil}, {127, []byte("abc")}} })
}

// addRootSize adds the largest root, and one that is a byte too large.
func addRootSize(m rootMaker) {
	sized := func(size int) signedRoot {
		r := firstRoot()
		r.extensions = []extensionForm{{1, zeros(32000)}}
		r.extensions[0].data = zeros(32000 + size - len(r.signed(1)))
		return r.by(1)
	}
	m.good("32768 bytes, the most there are", "Limit", sized(32768))
	m.bad("32769 bytes", "Limit", "trust-mismatch", sized(32769))
}

func policiesFor(roles int) (list []policyForm) {
	for bit := 1; bit < 1<<16; bit <<= 1 {
		if roles&bit != 0 {
			list = append(list, policyForm{role: bit, threshold: 1})
		}
	}
	return list
}

// rootChainGroup is about versions that follow one another.
func rootChainGroup() *vectorGroup {
	m := newRootMaker("Later versions")
	one := firstRoot().by(1)
	next := func(change func(*rootForm)) rootForm {
		r := one.form.nextRoot()
		change(&r)
		return r
	}
	two := next(func(*rootForm) {})
	m.good("nothing changes", "", one, two.by(1))
	m.good("version 3", "", one, two.by(1), two.nextRoot().by(1))
	m.good("another name and an end", "", one, next(func(r *rootForm) { r.name, r.expires = "Other Name", firstDay+100 }).by(1))
	m.good("the first one had ended", "", changedRoot(func(r *rootForm) { r.expires = firstDay }).by(1), func() signedRoot {
		r := changedRoot(func(r *rootForm) { r.expires = firstDay }).nextRoot()
		r.issued, r.expires = firstDay+10, 0
		return r.by(1)
	}())
	m.good("it was issued before the one before it", "", one, next(func(r *rootForm) { r.issued-- }).by(1))
	m.good("a new key", "", one, next(func(r *rootForm) { r.keys = append(r.keys, listedKey(3, roleIssue)) }).by(1))
	m.good("the root key is replaced: both sign", "Threshold", one, next(func(r *rootForm) {
		r.keys[0].status = retired
		r.keys = append(r.keys, listedKey(3, roleRoot))
	}).by(1, 3))
	m.good("the root key loses its role: both sign", "Threshold", one, next(func(r *rootForm) {
		r.keys[0].roles = roleIssue
		r.keys = append(r.keys, listedKey(3, roleRoot))
	}).by(1, 3))
	m.good("a key is retired", "", one, next(func(r *rootForm) {
		r.keys = append(r.keys, listedKey(3, roleIssue|roleExport))
		r.keys[1].status = retired
	}).by(1))
	m.good("a key is compromised", "", one, next(func(r *rootForm) {
		r.keys = append(r.keys, listedKey(3, roleIssue|roleExport))
		r.keys[1].status = compromised
	}).by(1))
	m.good("a root key is compromised and signs its own end", "Threshold", one, next(func(r *rootForm) {
		r.keys[0].status = compromised
		r.keys = append(r.keys, listedKey(3, roleRoot))
	}).by(1, 3))
	retiredKey := changedRoot(func(r *rootForm) { r.keys = append(r.keys, listedKey(3, roleIssue)); r.keys[2].status = retired })
	again := retiredKey.nextRoot()
	again.keys[2].status = active
	m.good("a retired key is active again", "", retiredKey.by(1), again.by(1))
	m.good("a key gets other roles and days", "", one, next(func(r *rootForm) { r.keys[1].from = firstDay; r.keys[1].roles = roleIssue; r.policies = r.policies[:2] }).by(1))
	training := changedRoot(func(r *rootForm) { r.flags = 1 })
	m.good("for training, too", "Training", training.by(1), training.nextRoot().by(1))
	addChainThresholds(m, one)
	return m.vectorGroup
}

// twoOfThree is version 1 of an issuer whose roots two of three keys have to sign.
func twoOfThree() rootForm {
	return changedRoot(func(r *rootForm) {
		r.keys = append(r.keys, listedKey(3, roleRoot), listedKey(4, roleRoot))
		r.policies[0].threshold = 2
	})
}

// raisedThreshold is version 2, which two keys have to sign.
func raisedThreshold() rootForm {
	r := firstRoot().nextRoot()
	r.keys = append(r.keys, listedKey(3, roleRoot))
	r.policies[0].threshold = 2
	return r
}

func addChainThresholds(m rootMaker, one signedRoot) {
	m.good("two of three", "Threshold", twoOfThree().by(1, 4), twoOfThree().nextRoot().by(3, 4))
	m.good("from one to two of two", "Threshold", one, raisedThreshold().by(1, 3))
}

// rootLaterGroup is about what a later version must not do.
func rootLaterGroup() *vectorGroup {
	m := newRootMaker("Later versions that break the chain")
	one := firstRoot().by(1)
	bad := func(comment, flags string, change func(*rootForm), signers ...int) {
		r := one.form.nextRoot()
		change(&r)
		m.bad(comment, flags, "trust-mismatch", one, r.by(signers...))
	}
	const chain = "ChainBreak"
	two := one.form.nextRoot()
	m.bad("version 2 alone", chain, "trust-mismatch", two.by(1))
	m.bad("version 1 twice", chain, "trust-mismatch", one, one)
	m.bad("version 2 before version 1", chain, "trust-mismatch", two.by(1), one)
	m.bad("version 2 is missing", chain, "trust-mismatch", one, two.nextRoot().by(1))
	bad("version 3 after version 1", chain, func(r *rootForm) { r.version = 3 }, 1)
	bad("version 0 after version 1", chain, func(r *rootForm) { r.version = 0 }, 1)
	bad("a previous digest of zeros", chain, func(r *rootForm) { r.previous = zeros(32) }, 1)
	bad("a bit of the previous digest is wrong", chain, func(r *rootForm) { r.previous = flipped(r.previous, 31, 0) }, 1)
	bad("the previous digest covers the signatures", chain, func(r *rootForm) { r.previous = digest("TS1/root", one.bytes) }, 1)
	fork := changedRoot(func(r *rootForm) { r.name = "Another Name" })
	m.bad("version 2 of another version 1", chain, "trust-mismatch", one, fork.nextRoot().by(1))
	bad("it becomes one for training", "Training", func(r *rootForm) { r.flags = 1 }, 1)
	training := changedRoot(func(r *rootForm) { r.flags = 1 })
	production := training.nextRoot()
	production.flags = 0
	m.bad("it was one for training", "Training", "trust-mismatch", training.by(1), production.by(1))
	bad("a key is dropped", "KeyHistory", func(r *rootForm) { r.keys = []keyForm{listedKey(1, 7)} }, 1)
	bad("an index is given to another key", "KeyHistory", func(r *rootForm) { r.keys[1].public = issuerKey(3).public }, 1)
	bad("an index is given to a key of another suite", "KeyHistory", func(r *rootForm) {
		r.keys[1].suite = 2
		r.keys = append(r.keys, listedKey(3, roleIssue|roleExport))
	}, 1)
	for _, status := range []int{active, retired} {
		gone := changedRoot(func(r *rootForm) { r.keys = append(r.keys, listedKey(3, roleIssue)); r.keys[2].status = compromised })
		back := gone.nextRoot()
		back.keys[2].status = status
		m.bad(fmt.Sprintf("a compromised key has status %d again", status), "KeyHistory", "trust-mismatch", gone.by(1), back.by(1))
	}
	addLaterThresholds(m, one, bad)
	m.bad("the second of three is wrong", chain, "trust-mismatch", one, changedRoot(func(r *rootForm) { r.version = 2 }).by(1), two.nextRoot().by(1))
	return m.vectorGroup
}

// addLaterThresholds adds versions that too few have signed.
func addLaterThresholds(m rootMaker, one signedRoot, bad func(comment, flags string, change func(*rootForm), signers ...int)) {
	replaced := func(r *rootForm) { r.keys[0].status = retired; r.keys = append(r.keys, listedKey(3, roleRoot)) }
	bad("the root key is replaced: the old one alone signs", "Threshold", replaced, 1)
	bad("the root key is replaced: the new one alone signs", "Threshold", replaced, 3)
	bad("somebody else's root key", "Threshold", func(r *rootForm) { r.keys = append(r.keys, listedKey(3, roleRoot)) }, 3)
	three := twoOfThree()
	m.bad("one of two", "Threshold", "trust-mismatch", three.by(1, 4), three.nextRoot().by(3))
	lowered := three.nextRoot()
	lowered.policies[0].threshold = 1
	m.bad("the threshold is lowered with one signature", "Threshold", "trust-mismatch", three.by(1, 4), lowered.by(1))
	m.bad("the threshold is raised with one signature", "Threshold", "trust-mismatch", one, raisedThreshold().by(1))
}

// flipped returns a copy with one bit of one byte the other way.
func flipped(b []byte, at, bit int) []byte {
	b = slices.Clone(b)
	b[at] ^= 1 << bit
	return b
}

func catalogSum(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}
