package reserve

import (
	"fmt"
	"io/fs"
	"maps"
	"math"
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

// What SPEC.md names has to be what the code has: limits, domain strings, kinds, refusals, sections.

func readSpec(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("SPEC.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestSpecLimits compares the table of limits with the code.
func TestSpecLimits(t *testing.T) {
	text := section(t, "Limits")
	rows := map[string]any{
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
	maps.Copy(rows, journalLimits)
	found := 0
	for _, row := range regexp.MustCompile(`(?m)^\| (.*?) \| ([0-9,]+) [a-z].*\|$`).FindAllStringSubmatch(text, -1) {
		found++
		if want, ok := rows[row[1]]; !ok || strings.ReplaceAll(row[2], ",", "") != fmt.Sprint(want) {
			t.Errorf("%q is %s in SPEC.md and %v in the code", row[1], row[2], want)
		}
	}
	if found != len(rows) {
		t.Errorf("SPEC.md lists %d limits, want %d", found, len(rows))
	}
}

// journalLimits are those of cmd/internal/journal, which can't be imported here; vectors show them.
var journalLimits = map[string]any{
	"number of a journal entry, size and epoch of its tree": uint32(math.MaxUint32),
	"kind of a journal entry":                               64,
	"actor of a journal entry":                              256,
	"subject of a journal entry":                            512,
	"body of a journal entry":                               1 << 20,
	"objects and lists in one another in it":                10_000,
	"checkpoint":                                            4096,
	"signature lines of a checkpoint":                       100,
	"hashes of a proof":                                     32,
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

// TestSpecRefusals asserts that the list of refusals is closed: each is used somewhere, none is used
// that it lacks, and the code knows all.
func TestSpecRefusals(t *testing.T) {
	text, code := readSpec(t), sources(t)
	listed := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllStringSubmatch(section(t, "Refusals"), -1) {
		listed[m[1]] = true
		if !strings.Contains(code, `"`+m[1]+`"`) {
			t.Errorf("SPEC.md lists the refusal %q, which no code has", m[1])
		}
	}
	used := map[string]bool{}
	for _, m := range regexp.MustCompile("→\\s`([a-z-]+)`").FindAllStringSubmatch(text, -1) {
		used[m[1]] = true
	}
	if !maps.Equal(listed, used) {
		t.Errorf("listed: %v\nused: %v", slices.Sorted(maps.Keys(listed)), slices.Sorted(maps.Keys(used)))
	}
}

// TestSpecRegistry compares roles, flags and suites with the code.
func TestSpecRegistry(t *testing.T) {
	text := section(t, "Registry")
	var rows []string
	for bit := 1; keys.Role(bit).Valid(); bit <<= 1 {
		rows = append(rows, fmt.Sprintf("| %s | %d | ", keys.Role(bit), bit))
	}
	for bit := 1; bit < 1<<8; bit <<= 1 {
		row := fmt.Sprintf("| 0x%02x | ", bit)
		if bit&knownFlags == 0 {
			row += "reserved: "
		}
		rows = append(rows, row)
	}
	rows = append(rows, "| 1 | Ed25519 ", fmt.Sprintf("| 0x%02x | training", flagTraining), fmt.Sprintf("| 0x%02x | export", flagExport))
	for _, row := range rows {
		if strings.Count(text, "\n"+row) != 1 {
			t.Errorf("SPEC.md has not one row that begins with %q", row)
		}
	}
	for _, k := range Kinds() {
		if reserved := strings.Contains(text, fmt.Sprintf("| %d | %c | %s | %d | reserved |", k.Number, k.Letter, k.Name, k.Max)); reserved == (Supported(k) || k == RootKind) {
			t.Errorf("%s: reserved in SPEC.md %v", k.Name, reserved)
		}
	}
}

// TestSpecHolds asserts that every link within SPEC.md and THREATS.md leads somewhere, that nothing is
// left to the code, and that no part of the specification is missing.
func TestSpecHolds(t *testing.T) {
	headings := map[string]string{}
	anchors := map[string]bool{}
	for _, file := range []string{"SPEC.md", "THREATS.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(string(text), -1) {
			headings[m[1]] = file
			anchors[file+"#"+strings.NewReplacer(" ", "-", ",", "", "'", "").Replace(strings.ToLower(m[1]))] = true
		}
		for _, m := range regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(string(text), -1) {
			if !anchors[file+"#"+m[1]] {
				t.Errorf("%s links to %q", file, m[1])
			}
		}
		if m := regexp.MustCompile(`(?i)see the code|as the code does|\.go\b`).FindString(string(text)); m != "" {
			t.Errorf("%s says %q", file, m)
		}
	}
	for _, heading := range []string{"Introduction", "A whole life", "Conventions", "Codes", "Typed lines", "Correction", "Joining lines", "Paste form",
		"Reading a text", "UDI", "Catalog", "Trust root", "Trust bundle", "Device identity", "Receipt chain", "Request", "Receipt", "Authorization",
		"Signed message", "Verification", "Status report", "Device", "Rights", "Issuer", "Arithmetic", "Events", "Journal", "Recovery", "Time",
		"Domain strings", "Refusals", "Limits", "Registry", "New versions", "Security notes", "Attacks", "Test vectors", "Known gaps"} {
		if headings[heading] != "SPEC.md" {
			t.Errorf("SPEC.md has no section %q", heading)
		}
	}
}

// TestSpecSearch compares how long the search for a position takes at most: p digests for position p,
// the anchor's included.
func TestSpecSearch(t *testing.T) {
	digests := 0
	for p := 1; p <= int(LastPosition); p++ {
		digests += p
	}
	text, err := os.ReadFile("SPEC.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("at most %d,%03d,%03d digests", digests/1_000_000, digests/1_000%1_000, digests%1_000); !strings.Contains(string(text), want) {
		t.Errorf("SPEC.md does not say %q", want)
	}
}
