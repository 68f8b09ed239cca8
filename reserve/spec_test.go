package reserve

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tallystick/keys"
)

var updateSpec = flag.Bool("update", false, "rewrite the example values in SPEC.md")

// specBlock finds the blocks of SPEC.md whose content comes from the code: ```text example:NAME.
var specBlock = regexp.MustCompile("(?m)^```text example:([a-z0-9-]+)\n((?:[^`].*\n|\n)*)```$")

// TestSpecExamples works the life in SPEC.md through and compares every value that is printed there.
func TestSpecExamples(t *testing.T) {
	text := readSpec(t)
	want := newSpecLife(t).blocks(t)
	seen := map[string]bool{}
	updated := specBlock.ReplaceAllStringFunc(text, func(block string) string {
		m := specBlock.FindStringSubmatch(block)
		value, ok := want[m[1]]
		if !ok {
			t.Errorf("SPEC.md has a block %q, which nothing derives", m[1])
			return block
		}
		if seen[m[1]] = true; m[2] != value && !*updateSpec {
			t.Errorf("block %q of SPEC.md is\n%s\nand should be\n%s", m[1], m[2], value)
		}
		return "```text example:" + m[1] + "\n" + value + "```"
	})
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !seen[name] {
			t.Errorf("SPEC.md does not print %q:\n%s", name, want[name])
		}
	}
	// A value outside the blocks would go unchecked.
	rest := specBlock.ReplaceAllString(text, "")
	if stray := regexp.MustCompile(`\b[0-9a-f]{16,}\b|\b(?:[0-9A-HJKMNP-TV-Z]{4}[ -]){3}`).FindString(rest); stray != "" {
		t.Errorf("SPEC.md prints %q where nothing checks it", stray)
	}
	if *updateSpec && updated != text {
		if err := os.WriteFile("SPEC.md", []byte(updated), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// fromLabel returns the 32 bytes that the example takes for random ones.
func fromLabel(label string) [32]byte { return sha256.Sum256([]byte("tallystick example: " + label)) }

// A specLife is the example: one issuer, one device, one authorization.
type specLife struct {
	root, issue   keys.PrivateKey
	catalog       Catalog
	trust         Trust
	fresh         Unreserved
	authorization Authorization
	held          Reserved
	status        Status
	returned      Unreserved
}

const specCatalog = `{"schema": "tallystick/catalog/1", "name": "Example routers", "version": 1, "evaluation_days": 60,
	"terms": ["1y", "3y"], "products": [{"name": "Branch router", "product_ids": ["AC-100"],
	"entitlements": ["advantage", "throughput", "strong-encryption"]}], "entitlements": [
	{"id": 1, "tag": "advantage", "name": "Advantage", "metric": "device", "unit": "device", "class": "enforced", "grace_days": 90},
	{"id": 2, "tag": "throughput", "name": "Throughput", "metric": "capacity", "unit": "Mbit/s", "class": "enforced", "grace_days": 90},
	{"id": 3, "tag": "strong-encryption", "name": "Strong encryption", "metric": "device", "unit": "device", "class": "export-controlled"}]}`

func newSpecLife(t *testing.T) specLife {
	t.Helper()
	l := specLife{root: keys.PrivateKeyFromSeed(fromLabel("root key")), issue: keys.PrivateKeyFromSeed(fromLabel("issue key")),
		catalog: mustReadCatalog(t, []byte(specCatalog))}
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	signed, err := keys.RootTemplate{
		Name: "Example Networks", Issued: keys.DayOf(now), RevalidateHours: 720, CatalogDigest: l.catalog.Digest(),
		Keys: []keys.Key{
			{Index: 1, Public: l.root.Public(), Roles: keys.RoleRoot, Status: keys.Active},
			{Index: 2, Public: l.issue.Public(), Roles: keys.RoleIssue | keys.RoleExport, Status: keys.Active}},
		Policies: []keys.Policy{{Role: keys.RoleRoot, Threshold: 1}, {Role: keys.RoleIssue, Threshold: 1}, {Role: keys.RoleExport, Threshold: 1}},
	}.Sign(nil, l.root)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(err)
	l.trust, err = NewTrust([][]byte{signed}, l.catalog.Raw())
	check(err)
	udi, err := NewUDI("AC-100", "FOC2440A1B7")
	check(err)
	seed := fromLabel("device seed")
	l.fresh, err = NewInstance(udi, l.trust, bytes.NewReader(seed[:]), now)
	check(err)
	term, err := ParseTerm("3y")
	check(err)
	end := term.Ends(keys.DayOf(now))
	l.authorization, err = SignAuthorization(l.trust, l.fresh.Identity(), Draft{Number: 1, Sequence: 7, Issued: keys.DayOf(now),
		Grants: []Grant{{1, 1, end}, {2, 200, end}, {3, 1, end}}}, l.issue)
	check(err)
	l.held, _, err = Install(l.fresh, l.authorization.Body(), now)
	check(err)
	var later Instance = l.held
	for hour := range 40 {
		later = Observe(later, now.Add(time.Duration(hour)*time.Hour), time.Duration(hour)*time.Hour, false)
	}
	later, l.status = Report(later)
	l.returned = later.(Reserved).Return()
	return l
}

// blocks returns every value of the example by its name in SPEC.md.
func (l specLife) blocks(t *testing.T) map[string]string {
	id, seed := l.fresh.identity, l.fresh.seed
	key, end := seed.derive("TS1/seed-key"), seed.chainEnd()
	s2, s3 := seed.secret(id, 2), seed.secret(id, 3)
	issuer := l.trust.Issuer()
	aut, sta := l.authorizationParts(), l.statusParts()
	out := map[string]string{
		"seeds": values("root key seed", fromLabel("root key"), "issue key seed", fromLabel("issue key"), "device seed", seed.b),
		"issuer-keys": values("root key", l.root.Public().Bytes(), "its fingerprint", l.root.Public().Fingerprint(),
			"issue key", l.issue.Public().Bytes(), "its fingerprint", l.issue.Public().Fingerprint()),
		"catalog":        cutCatalog(string(l.catalog.Raw())),
		"catalog-digest": values("SHA-256", l.catalog.Digest()),
		"root":           l.rootParts().equal(t, l.trust.Root().Raw()),
		"root-digest": values("TS1/root digest", l.trust.Root().Digest(), "fingerprint", l.trust.Fingerprint().String(),
			"issuer hint", issuer[:]),
		"bundle":       l.bundleParts().equal(t, l.trust.Body()),
		"bundle-paste": strings.Join(l.trust.Code().Wrapped(76), "\n") + "\n",
		"identity": values("signing seed", key, "public key", id.public.Bytes(), "key digest", keyPrefix(id.public),
			"salt", id.salt, "x[2048]", end, "x[2047]", seed.secret(id, 2047), "x[2046]", seed.secret(id, 2046), "x[3]", s3, "x[2]", s2,
			"x[1]", seed.secret(id, 1), "anchor", id.anchor, "DID", id.did, "fingerprint", id.did.String(),
			"locator", fmt.Sprintf("%05x", id.did.Locator())),
		"request":             l.requestParts().equal(t, l.fresh.request.body),
		"request-code":        shown(l.fresh.request.Code()),
		"request-symbols":     symbolsOf(t, l.fresh.request.Code(), 4),
		"authorization":       aut.equal(t, l.authorization.Body()),
		"authorization-sign":  l.signedParts().text(),
		"authorization-sum":   values("TS1/body digest", l.authorization.Digest()),
		"authorization-code":  shown(l.authorization.Code()),
		"confirmation":        parts{{hexOf(l.held.Receipt().Body()), "5 digits of locator, 20 of x[2], 4 zero bits"}}.text(),
		"confirmation-code":   shown(l.held.Receipt().Code()),
		"confirmation-symbol": symbolsOf(t, l.held.Receipt().Code(), 1),
		"generator":           fieldValues(),
		"correction":          corrected(t, l.held.Receipt().Code()),
		"status":              sta.equal(t, l.status.Body()),
		"status-sum":          values("TS1/body digest", l.status.digest),
		"status-code":         shown(l.status.Code()),
		"return":              parts{{hexOf(l.returned.Receipt().Body()), "5 digits of locator, 20 of x[3], 4 zero bits"}}.text(),
		"return-code":         shown(l.returned.Receipt().Code()),
	}
	return out
}
