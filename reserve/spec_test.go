package reserve

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tallystick/codec"
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

func readSpec(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("SPEC.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
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

// A part is some bytes of a message, in hex, and what they are.
type part struct{ hex, note string }

type parts []part

// cut takes a message apart by the sizes of its fields.
func cut(body []byte, sizes []int, notes ...string) parts {
	var out parts
	for i, n := range sizes {
		out, body = append(out, part{hexOf(body[:n]), notes[i]}), body[n:]
	}
	return out
}

// text prints 16 bytes a line, the note beside the first.
func (p parts) text() string {
	var b strings.Builder
	for _, x := range p {
		first, rest := x.hex, ""
		if len(first) > 32 {
			first, rest = first[:32], first[32:]
		}
		fmt.Fprintf(&b, "%-32s  # %s\n", first, x.note)
		for ; rest != ""; rest = rest[min(32, len(rest)):] {
			b.WriteString(rest[:min(32, len(rest))] + "\n")
		}
	}
	return b.String()
}

// equal is text for parts that are a whole message.
func (p parts) equal(t *testing.T, body []byte) string {
	t.Helper()
	var all string
	for _, x := range p {
		all += x.hex
	}
	if all != hexOf(body) {
		t.Errorf("the parts are %s, the message is %x", all, body)
	}
	return p.text()
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// values prints names and values, in turn.
func values(pairs ...any) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		text, ok := pairs[i+1].(string)
		if !ok {
			text = fmt.Sprintf("%x", pairs[i+1])
			if f, ok := pairs[i+1].(keys.Fingerprint); ok {
				text = hexOf(f[:])
			} else if d, ok := pairs[i+1].(DID); ok {
				text = hexOf(d[:])
			}
		}
		fmt.Fprintf(&b, "%-16s %s\n", pairs[i], text)
	}
	return b.String()
}

// shown prints the typed form and the paste form of a code.
func shown(c codec.Code) string {
	return strings.Join(c.Lines(), "\n") + "\n\n" + strings.Join(c.Wrapped(96), "\n") + "\n"
}

// cutCatalog breaks the one line of a catalog after commas.
func cutCatalog(raw string) string {
	var b strings.Builder
	for len(raw) > 96 {
		at := strings.LastIndexByte(raw[:96], ',') + 1
		b.WriteString(raw[:at] + "\n")
		raw = raw[at:]
	}
	return b.String() + raw + "\n"
}

func (l specLife) rootParts() parts {
	raw := l.trust.Root().Raw()
	key := func(n int) []string {
		return []string{fmt.Sprintf("key %d: index, suite", n), "roles", "from, to", "status", "public key, with its length"}
	}
	policy := []string{"role", "threshold", "suites, classes"}
	notes := []string{"version 1, kind 7", "flags", "version", "previous", "issued 2026-03-02", "expires", "revalidate: 720 hours",
		"name, with its length", "catalog digest", "2 keys"}
	sizes := []int{1, 1, 2, 32, 2, 2, 2, 1 + len(l.trust.Root().Name()), 32, 1}
	for n := range 2 {
		sizes, notes = append(sizes, 2, 2, 4, 1, 33), append(notes, key(n+1)...)
	}
	sizes, notes = append(sizes, 1), append(notes, "3 policies")
	for range 3 {
		sizes, notes = append(sizes, 2, 1, 4), append(notes, policy...)
	}
	sizes, notes = append(sizes, 1, 1, 1, 65), append(notes, "no extensions", "1 signature", "of key 1", "signature, with its length")
	return cut(raw, sizes, notes...)
}

func (l specLife) bundleParts() parts {
	raw, catalog := l.trust.Body(), len(l.catalog.Raw())
	root := len(l.trust.Root().Raw())
	return cut(raw, []int{1, 1, 2, 2, root, 2, catalog}, "version 1, kind 10", "flags", "1 trust root",
		fmt.Sprintf("length %d", root), "the trust root", fmt.Sprintf("length %d", catalog), "the catalog")
}

func (l specLife) requestParts() parts {
	return cut(l.fresh.request.body, []int{1, 1, 1, 32, 16, 2, 2, 1, 13, 1}, "version 1, kind 1", "flags", "suite", "public key", "anchor",
		"trust root version", "catalog version", "18 characters follow", "AC-100:FOC2440A1B7, packed", "no extensions")
}

func (l specLife) authorizationParts() parts {
	return cut(l.authorization.body, []int{1, 1, 4, 4, 2, 1, 1, 2, 1, 2, 2, 3, 2, 1, 1, 1, 64}, "version 1, kind 2", "flags: export",
		"first bytes of the DID", "issuer hint", "trust root version needed", "journal entry 7", "number 1", "signed on 2026-03-02",
		"3 grants with one end day", "2029-03-01", "entitlement 1: 1", "entitlement 2: 200", "entitlement 3: 1", "no more grants",
		"no extensions, 1 signature", "by key 2", "signature")
}

func (l specLife) statusParts() parts {
	return cut(l.status.body, []int{1, 1, 4, 1, 1, 8, 2, 1, 2, 1, 8, 1, 64}, "version 1, kind 4", "flags", "first bytes of the DID",
		"floor 2", "installed: number 1", "digest of its authorization", "latest day 2026-03-04", "running time: 39 hours",
		"trust root version", "statement 1", "digest of the one before", "no extensions", "signature")
}

// signedParts is what an authorization's signature covers.
func (l specLife) signedParts() parts {
	a := l.authorization
	covered := a.terms.encode(1)
	fields := a.terms.signed(l.trust, l.fresh.identity, covered, a.signers)
	p := parts{{hexOf([]byte("TS1/aut\x00")), "label and a zero byte"}, {hexOf(be64(len(fields))), "6 fields"}}
	for i, note := range []string{"DID", "fingerprints of the signers, framed", "role: issue and export",
		"the body up to the signatures", "tags, framed", "UDI, framed"} {
		p = append(p, part{hexOf(be64(len(fields[i]))), fmt.Sprintf("%d bytes", len(fields[i]))}, part{hexOf(fields[i]), note})
	}
	return p
}

func be64(n int) []byte { return append(make([]byte, 6), be16(uint16(n))...) }

// symbolsOf prints a line as symbols, those that are not shown first.
func symbolsOf(t *testing.T, c codec.Code, number int) string {
	t.Helper()
	line := c.Lines()[number-1]
	bits, order := c.Kind().Bits, number
	if bits == 0 {
		bits = min(160, 8*c.Size()-160*(number-1))
	}
	if number == len(c.Lines()) {
		order += 512
	}
	all := symbols(line)
	hidden := []int{int(c.Kind().Number), order, bits}
	if syndromes(append(slices.Clone(hidden), all...)) != [4]int{} {
		t.Errorf("%q with %v is no word of the code", line, hidden)
	}
	return values("not shown", plain(hidden), "data", plain(all[:len(all)-4]), "checks", plain(all[len(all)-4:]), "line", line)
}

// symbols reads the characters of a line as SPEC.md says, without package codec.
func symbols(line string) (out []int) {
	text := strings.ReplaceAll(line, " ", "")
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	for i := 0; i < len(text); i += 2 {
		out = append(out, strings.IndexByte(alphabet, text[i])<<5|strings.IndexByte(alphabet, text[i+1]))
	}
	return out
}

// times multiplies in GF(2^10).
func times(x, y int) (z int) {
	for ; y > 0; y >>= 1 {
		if y&1 != 0 {
			z ^= x
		}
		if x <<= 1; x&0x400 != 0 {
			x ^= 0x409
		}
	}
	return z
}

// powerOf returns a^n.
func powerOf(n int) int {
	v := 1
	for range n {
		v = times(v, 2)
	}
	return v
}

// syndromes returns the values of a word at a, a^2, a^3 and a^4.
func syndromes(word []int) (s [4]int) {
	for j := range s {
		for _, v := range word {
			s[j] = times(s[j], powerOf(j+1)) ^ v
		}
	}
	return s
}

func fieldValues() string {
	generator := []int{1}
	for j := 1; j <= 4; j++ {
		next := append(slices.Clone(generator), 0)
		for i, v := range generator {
			next[i+1] ^= times(v, powerOf(j))
		}
		generator = next
	}
	var powers []int
	for _, n := range []int{9, 10, 11, 100, 1022} {
		powers = append(powers, powerOf(n))
	}
	return values("generator", plain(generator), "a^9, a^10, a^11", plain(powers[:3]), "a^100, a^1022", plain(powers[3:]))
}

// plain prints numbers with spaces between them.
func plain(list []int) string { return strings.Trim(fmt.Sprint(list), "[]") }

// corrected shows how two mistakes in a receipt are found.
func corrected(t *testing.T, c codec.Code) string {
	t.Helper()
	right := c.Lines()[0]
	typed := []byte(right)
	typed[2], typed[16] = 'Z', '7' // the second and the seventh symbol
	hidden := []int{3, 513, 100}
	word := append(slices.Clone(hidden), symbols(string(typed))...)
	s := syndromes(word)
	if syndromes(append(hidden, symbols(right)...)) != [4]int{} {
		t.Error("the arithmetic of SPEC.md does not take a receipt for a word of the code")
	}
	var found []string
	for p := range 14 {
		for q := range p {
			// e*X + f*Y and e*X^2 + f*Y^2 give e and f by Cramer's rule.
			x, y := powerOf(p), powerOf(q)
			det := times(times(x, y), x^y)
			e := divided(times(s[0], times(y, y))^times(s[1], y), det)
			f := divided(times(s[0], times(x, x))^times(s[1], x), det)
			if times(e, powerOf(3*p))^times(f, powerOf(3*q)) == s[2] && times(e, powerOf(4*p))^times(f, powerOf(4*q)) == s[3] {
				found = append(found, fmt.Sprintf("add %d at power %d and %d at power %d", e, p, f, q))
			}
		}
	}
	read, err := codec.ParseLine(string(typed), 1, ReceiptKind)
	if err != nil || len(read) != 1 || read[0].Text != right || len(found) != 1 {
		t.Errorf("%q was read as %v, %v; found %v", typed, read, err, found)
	}
	return values("typed", string(typed), "syndromes", plain(s[:]), "correction", strings.Join(found, ", "), "meant", right)
}

// divided returns x / y.
func divided(x, y int) int {
	for n := range 1023 {
		if times(n, y) == x {
			return n
		}
	}
	return 1023
}

// TestSpecLimits compares the table of limits with the code.
func TestSpecLimits(t *testing.T) {
	text := section(t, "Limits")
	rows := map[string]int{
		"body of a request":                           RequestKind.Max,
		"body of an authorization":                    AuthorizationKind.Max,
		"body of a status report":                     StatusKind.Max,
		"body of a trust bundle":                      BundleKind.Max,
		"trust root":                                  keys.MaxRootSize,
		"trust roots in a bundle":                     maxRoots,
		"version of a trust root":                     keys.MaxRootVersion,
		"signatures of a trust root":                  keys.MaxRootSignatures,
		"signature in a trust root":                   4096, // package keys does not say; vectors show it
		"issuer name":                                 keys.MaxNameSize,
		"public key in a trust root":                  keys.MaxPublicKeySize,
		"catalog, as written and in canonical form":   MaxCatalogSize,
		"entitlements of a catalog, retired included": MaxEntitlements,
		"products of a catalog":                       MaxProducts,
		"terms of a catalog":                          maxTerms,
		"days of evaluation, or of grace":             366, // vectors show it
		"tiers on one another":                        maxTiers,
		"tag":                                         maxTag,
		"text of a catalog":                           maxText,
		"objects and lists in one another":            maxNesting,
		"entitlement ID":                              int(MaxEntitlementID),
		"term":                                        maxMonths,
		"product ID":                                  MaxProductID,
		"serial number":                               MaxSerial,
		"grants of an authorization":                  maxGrants,
		"count of a grant":                            MaxCount,
		"signatures of an authorization":              maxSignatures,
		"extensions of a message":                     maxExtensions,
		"data of an extension":                        maxExtensionSize,
		"number of an authorization":                  int(LastNumber),
		"position in the receipt chain":               int(LastPosition),
		"number above the device's floor":             maxJump,
		"reach of a cancellation above the floor":     maxCancelThrough,
		"payload that is typed":                       codec.MaxTyped,
		"text that is searched for a code":            codec.MaxText,
		"spellings of one text":                       codec.MaxSpellings,
		"clock ahead of the latest day":               maxClockStep,
		"running time counted at once":                int(maxObserved / time.Minute),
		"durable record of a device":                  MaxRecordSize,
	}
	found := 0
	for _, row := range regexp.MustCompile(`(?m)^\| (.*?) \| ([0-9,]+) [a-z].*\|$`).FindAllStringSubmatch(text, -1) {
		found++
		if want, ok := rows[row[1]]; !ok || strings.ReplaceAll(row[2], ",", "") != fmt.Sprint(want) {
			t.Errorf("%q is %s in SPEC.md and %d in the code", row[1], row[2], want)
		}
	}
	if found != len(rows) {
		t.Errorf("SPEC.md lists %d limits, want %d", found, len(rows))
	}
}

// section returns the text of SPEC.md below a heading.
func section(t *testing.T, heading string) string {
	t.Helper()
	_, text, ok := strings.Cut(readSpec(t), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("SPEC.md has no section %q", heading)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}

// sources returns every Go file of the module that is not a test.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// TestSpecNames asserts that SPEC.md lists every domain string and every kind, names no refusal that
// does not exist, and has every section that the code refers to.
func TestSpecNames(t *testing.T) {
	code, text := sources(t), readSpec(t)
	names := func(source, pattern string) map[string]bool {
		out := map[string]bool{}
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(source, -1) {
			out[m[1]] = true
		}
		return out
	}
	used, listed := names(code, `"(TS1/[a-z-]+)[\\"]`), names(section(t, "Domain strings"), "(?m)^\\| `(TS1/[a-z-]+)` \\|")
	if !maps.Equal(used, listed) {
		t.Errorf("domain strings of SPEC.md: %v\nof the code: %v", listed, used)
	}
	known := names(code, `"([a-z]+(?:-[a-z]+)*)"`)
	for id := range names(text, "→ `([a-z-]+)`") {
		if !known[id] {
			t.Errorf("SPEC.md refuses with %q, which no code does", id)
		}
	}
	code = strings.ReplaceAll(code, "\n// ", " ")
	for heading := range names(code, `SPEC\.md, "([^"]+)"`) {
		if !strings.Contains(text, "\n## "+heading+"\n") {
			t.Errorf("the code refers to section %q, which SPEC.md does not have", heading)
		}
	}
	for _, k := range Kinds() {
		row := fmt.Sprintf("| %d | %c | %s |", k.Number, k.Letter, k.Name)
		if !strings.Contains(section(t, "Registry"), row) {
			t.Errorf("SPEC.md has no row %q", row)
		}
	}
}
