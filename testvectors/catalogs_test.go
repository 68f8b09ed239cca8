package testvectors_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/testvectors"
)

var names = []string{testvectors.CollaborationGateway, testvectors.NetworkSwitch}

func read(t *testing.T, name string) reserve.Catalog {
	t.Helper()
	data, err := testvectors.Catalog(name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := reserve.ReadCatalog(data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return c
}

func TestEveryEmbeddedFileIsNamed(t *testing.T) {
	files, err := fs.Glob(testvectors.Catalogs, "catalogs/*")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, name := range names {
		want = append(want, "catalogs/"+name+".json")
	}
	if !slices.Equal(files, want) {
		t.Errorf("embedded %q, want %q", files, want)
	}
	if _, err := testvectors.Catalog("no-such"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a name that is not there: %v", err)
	}
}

func TestCatalogs(t *testing.T) {
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			c := read(t, name)
			if c.Version() != 1 || c.EvaluationBudget() != 90*24*time.Hour {
				t.Errorf("version %d, evaluation %v", c.Version(), c.EvaluationBudget())
			}
			if got := fmt.Sprint(c.Terms()); got != "[1m 1y 3y 5y 7y]" {
				t.Errorf("terms %s", got)
			}
			ids, tags := map[reserve.EntitlementID]bool{}, map[string]bool{}
			classes := map[reserve.Class]int{}
			for _, e := range c.Entitlements() {
				if ids[e.ID] || tags[e.Tag] {
					t.Errorf("%d %s: id or tag is used twice", e.ID, e.Tag)
				}
				ids[e.ID], tags[e.Tag] = true, true
				classes[e.Class]++
				wantGrace := uint16(0)
				if e.Class == reserve.Enforced {
					wantGrace = 90
				}
				if e.GraceDays != wantGrace {
					t.Errorf("%s: grace of %d days, class %s", e.Tag, e.GraceDays, e.Class)
				}
			}
			if classes[reserve.ExportControlled] != 1 || classes[reserve.Unenforced] != 1 || classes[reserve.Enforced] == 0 {
				t.Errorf("classes %v: want one export-controlled, one unenforced, the others enforced", classes)
			}
			checkProducts(t, c)
		})
	}
}

// checkProducts asks for every product ID and expects every entitlement on some product.
func checkProducts(t *testing.T, c reserve.Catalog) {
	t.Helper()
	offered := map[string]bool{}
	for _, p := range c.Products() {
		for _, pid := range p.ProductIDs {
			got, err := c.Product(pid)
			if err != nil || got.Name != p.Name {
				t.Errorf("product ID %s: %q, %v", pid, got.Name, err)
			}
			if _, err := reserve.NewUDI(pid, "SN1"); err != nil {
				t.Error(err)
			}
		}
		for _, tag := range p.Entitlements {
			offered[tag] = true
			if _, err := c.Entitlement(tag); err != nil {
				t.Error(err)
			}
		}
	}
	for _, e := range c.Entitlements() {
		if !offered[e.Tag] {
			t.Errorf("%s is offered on no product", e.Tag)
		}
	}
}

func TestTiers(t *testing.T) {
	c := read(t, testvectors.NetworkSwitch)
	for tag, want := range map[string]string{
		"network-essentials": "network-essentials network-advantage",
		"network-advantage":  "network-advantage",
		"dna-essentials":     "dna-essentials dna-advantage dna-premier",
		"dna-advantage":      "dna-advantage dna-premier",
		"dna-premier":        "dna-premier",
		"strong-encryption":  "strong-encryption",
	} {
		e, err := c.Entitlement(tag)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, id := range c.Covers(e.ID) {
			covering, _ := c.Tag(id)
			got = append(got, covering)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s is covered by %q, want %q", tag, got, want)
		}
	}
}

func TestNetworkSwitchServesTheExampleDevice(t *testing.T) {
	c := read(t, testvectors.NetworkSwitch)
	p, err := c.Product("C9300-24T")
	if err != nil || !slices.Contains(p.Entitlements, "dna-advantage") || !slices.Contains(p.Entitlements, "strong-encryption") {
		t.Fatalf("%v, %v", p, err)
	}
	metrics := map[reserve.Metric]bool{}
	for _, e := range c.Entitlements() {
		metrics[e.Metric] = true
	}
	if len(metrics) != 3 {
		t.Errorf("metrics %v, want all three", metrics)
	}
	other, err := c.Product("C9300L-24T-4G") // for tests of what a product can't hold
	if err != nil || slices.Contains(other.Entitlements, "multigigabit-ports") {
		t.Errorf("%v, %v", other, err)
	}
}

// Room and desktop licenses never stand in for one another, and what is retired keeps its ID.
func TestCollaborationGateway(t *testing.T) {
	c := read(t, testvectors.CollaborationGateway)
	for _, tag := range []string{"room-systems", "desktop-systems"} {
		e, err := c.Entitlement(tag)
		if err != nil || len(c.Covers(e.ID)) != 1 || e.Metric != reserve.PerDevice {
			t.Errorf("%s: %+v, %v", tag, e, err)
		}
	}
	if tag, ok := c.Tag(12); !ok || tag != "turn-relays" {
		t.Errorf("ID 12 is %q", tag)
	}
	_, err := c.Entitlement("turn-relays")
	if !errors.Is(err, &reserve.Refusal{Reason: reserve.UnknownEntitlement}) {
		t.Errorf("a retired entitlement is offered: %v", err)
	}
}

// The digests stand in README.md, for other implementations to compare. If this fails, every
// trust root ever signed for an unchanged catalog has stopped verifying.
func TestCanonicalFormIsStable(t *testing.T) {
	readme := readme(t)
	for _, name := range names {
		c := read(t, name)
		again, err := reserve.ReadCatalog(c.Raw())
		if err != nil || !bytes.Equal(again.Raw(), c.Raw()) {
			t.Errorf("%s: the canonical form read again differs: %v", name, err)
		}
		row := fmt.Sprintf("| `%s` | %d | `%x` |", name, len(c.Raw()), c.Digest())
		if !strings.Contains(readme, row) {
			t.Errorf("README.md lacks the row\n%s", row)
		}
	}
}

func TestREADMEExample(t *testing.T) {
	_, rest, found := strings.Cut(readme(t), "```json\n")
	example, _, ended := strings.Cut(rest, "```")
	if !found || !ended {
		t.Fatal("README.md shows no catalog")
	}
	c, err := reserve.ReadCatalog([]byte(example))
	if err != nil {
		t.Fatal(err)
	}
	year := c.Terms()[0]
	day, err := keys.ParseDay("2026-03-01")
	if err != nil || year.Ends(day).String() != "2027-02-28" { // as the README says
		t.Errorf("%s from %s ends on %s: %v", year, day, year.Ends(day), err)
	}
	if _, err := c.Product("AC-100"); err != nil {
		t.Error(err)
	}
}

func readme(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
