package reserve

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

func (c *Catalog) checkHead() error {
	f := c.file
	if f.Schema != catalogSchema {
		return fmt.Errorf("schema %q, expected %q", clip(f.Schema), catalogSchema)
	}
	if f.Version == 0 {
		return fmt.Errorf("version is missing; it counts from 1")
	}
	if f.EvaluationDays > 366 {
		return fmt.Errorf("evaluation of %d days, at most 366", f.EvaluationDays)
	}
	if len(f.Entitlements) == 0 || len(f.Entitlements)+len(f.Retired) > MaxEntitlements {
		return fmt.Errorf("%d entitlements and %d retired, expected 1 to %d in all, one offered",
			len(f.Entitlements), len(f.Retired), MaxEntitlements)
	}
	if len(f.Products) == 0 || len(f.Products) > MaxProducts || len(f.Terms) > maxTerms {
		return fmt.Errorf("%d products and %d terms, expected 1 to %d products and at most %d terms",
			len(f.Products), len(f.Terms), MaxProducts, maxTerms)
	}
	if !slices.IsSortedFunc(f.Terms, func(a, b Term) int { return cmp.Compare(a.months, b.months) }) ||
		len(slices.Compact(slices.Clone(f.Terms))) != len(f.Terms) {
		return fmt.Errorf("terms %v: expected the shortest first and none twice", f.Terms)
	}
	return checkText("name", f.Name, 1)
}

func (c *Catalog) indexEntitlements() error {
	used := map[string]bool{}
	claim := func(id EntitlementID, tag string) error {
		if id == 0 || id > MaxEntitlementID {
			return fmt.Errorf("entitlement %q: id %d, expected 1 to %d", clip(tag), id, MaxEntitlementID)
		}
		if !validTag(tag) {
			return fmt.Errorf("entitlement %d: tag %q: a letter, then a-z, 0-9 and inner hyphens, at most %d characters", id, clip(tag), maxTag)
		}
		if _, twice := c.tags[id]; twice || used[tag] {
			return fmt.Errorf("entitlement %d %q: id or tag is used twice; neither is ever used again", id, tag)
		}
		c.tags[id], used[tag] = tag, true
		return nil
	}
	for i, e := range c.file.Entitlements {
		if err := claim(e.ID, e.Tag); err != nil {
			return err
		}
		if err := e.check(); err != nil {
			return fmt.Errorf("entitlement %q: %w", e.Tag, err)
		}
		c.byTag[e.Tag], c.byID[e.ID] = i, i
	}
	for _, e := range c.file.Retired {
		if err := claim(e.ID, e.Tag); err != nil {
			return err
		}
	}
	return nil
}

func (e Entitlement) check() error {
	if !slices.Contains([]Class{Unenforced, Enforced, ExportControlled}, e.Class) {
		return fmt.Errorf("class %q, expected unenforced, enforced or export-controlled", clip(string(e.Class)))
	}
	if !slices.Contains([]Metric{PerUser, PerDevice, PerCapacity}, e.Metric) {
		return fmt.Errorf("metric %q, expected user, device or capacity", clip(string(e.Metric)))
	}
	if e.GraceDays > 366 {
		return fmt.Errorf("grace of %d days, at most 366", e.GraceDays)
	}
	for _, text := range []struct {
		field, value string
		least        int
	}{{"name", e.Name, 1}, {"unit", e.Unit, 1}, {"note", e.Note, 0}} {
		if err := checkText(text.field, text.value, text.least); err != nil {
			return err
		}
	}
	return nil
}

func (c *Catalog) checkProducts() error {
	seen := map[string]bool{}
	for _, p := range c.file.Products {
		if err := checkText("product name", p.Name, 1); err != nil {
			return err
		}
		for _, pid := range p.ProductIDs {
			if !validUDIPart(pid, MaxProductID) || seen[pid] {
				return fmt.Errorf("product %q: product ID %q is invalid or listed twice", p.Name, clip(pid))
			}
			seen[pid] = true
		}
		for i, tag := range p.Entitlements {
			if _, ok := c.byTag[tag]; !ok || slices.Contains(p.Entitlements[:i], tag) {
				return fmt.Errorf("product %q: entitlement %q is not in the catalog or listed twice", p.Name, clip(tag))
			}
		}
		if len(p.ProductIDs) == 0 || len(p.Entitlements) == 0 {
			return fmt.Errorf("product %q has no product IDs or no entitlements", p.Name)
		}
	}
	return nil
}

func validTag(s string) bool {
	if s == "" || len(s) > maxTag || s[0] == '-' || s[len(s)-1] == '-' || strings.Contains(s, "--") {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && s[0] > '9'
}

// checkText refuses text that could do anything on a terminal but be read.
func checkText(field, s string, least int) error {
	if len(s) < least || len(s) > maxText || !utf8.ValidString(s) {
		return fmt.Errorf("%s %q: expected %d to %d bytes of UTF-8", field, clip(s), least, maxText)
	}
	if strings.TrimSpace(s) != s {
		return fmt.Errorf("%s %q begins or ends with a space", field, clip(s))
	}
	for _, r := range s {
		// encoding/json turns what is not UTF-8 into the replacement character.
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return fmt.Errorf("%s %q holds a character that can't be printed", field, clip(s))
		}
	}
	return nil
}

// Follows reports whether c may replace older: a higher version in which every ID and tag of
// older still stands for the same entitlement, offered or retired, and what is offered in both
// still counts the same. A refusal is InvalidCatalog and names the lowest ID at fault.
func (c Catalog) Follows(older Catalog) error {
	if c.file.Version <= older.file.Version {
		return Refuse(InvalidCatalog, "catalog version %d does not follow version %d", c.file.Version, older.file.Version)
	}
	var lowest EntitlementID
	var fault error
	for id := range older.tags { // in no order: sorting is a lot of code
		if err := c.keeps(older, id); err != nil && (fault == nil || id < lowest) {
			lowest, fault = id, err
		}
	}
	return fault
}

// keeps refuses an ID that stands for something else than in an older catalog.
func (c Catalog) keeps(older Catalog, id EntitlementID) error {
	tag := older.tags[id]
	if c.tags[id] != tag {
		return Refuse(InvalidCatalog, "entitlement %d %q is gone or renamed; list it under \"retired\"", id, tag)
	}
	before, offered := older.EntitlementByID(id)
	if now, still := c.EntitlementByID(id); offered && still && now.Metric != before.Metric {
		return Refuse(InvalidCatalog, "entitlement %d %q counts per %s and counted per %s; that is another entitlement", id, tag, now.Metric, before.Metric)
	}
	return nil
}

// checkTiers refuses an inclusion that names nothing, leads back to itself or hides an
// export-controlled entitlement: a license for the higher tier would cover that one, and the
// export role would never have signed.
func (c *Catalog) checkTiers() error {
	height := map[string]int{}
	for _, e := range c.file.Entitlements {
		if err := c.measure(e, height); err != nil {
			return err
		}
	}
	return nil
}

// measure enters how many tiers stand one on the other from e down, e counted. While e is being
// measured its height is -1.
func (c *Catalog) measure(e Entitlement, height map[string]int) error {
	if height[e.Tag] > 0 {
		return nil
	}
	height[e.Tag] = -1
	tallest := 0
	for i, tag := range e.Includes {
		at, ok := c.byTag[tag]
		if !ok || slices.Contains(e.Includes[:i], tag) {
			return fmt.Errorf("entitlement %q includes %q, which is not in the catalog or listed twice", e.Tag, clip(tag))
		}
		lower := c.file.Entitlements[at]
		if lower.Class == ExportControlled && e.Class != ExportControlled {
			return fmt.Errorf("entitlement %q includes %q, which is export-controlled, and is not itself", e.Tag, tag)
		}
		if height[tag] < 0 {
			return fmt.Errorf("entitlement %q includes itself by way of %q", tag, e.Tag)
		}
		if err := c.measure(lower, height); err != nil {
			return err
		}
		tallest = max(tallest, height[tag])
	}
	if tallest == maxTiers {
		return fmt.Errorf("entitlement %q is the top of more than %d tiers", e.Tag, maxTiers)
	}
	height[e.Tag] = tallest + 1
	return nil
}
