package reserve

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a catalog.
const (
	MaxCatalogSize  = 256 << 10 // bytes
	MaxEntitlements = 4096      // retired ones counted
	MaxProducts     = 4096
	// MaxEntitlementID keeps an ID within two bytes of an authorization.
	MaxEntitlementID = EntitlementID(16383)

	maxTag     = 48
	maxText    = 200
	maxTerms   = 24
	maxTiers   = 16
	maxNesting = 8 // of the JSON; a catalog needs 4
)

const catalogSchema = "tallystick/catalog/1"

type (
	// An EntitlementID stands for an entitlement in an authorization. It is never used again for
	// another entitlement.
	EntitlementID uint16
	// A Class says how an entitlement is enforced.
	Class string
	// A Metric says what is counted.
	Metric string
)

// The classes and metrics.
const (
	Unenforced       Class = "unenforced"        // counted, never withheld
	Enforced         Class = "enforced"          // withheld without a license
	ExportControlled Class = "export-controlled" // enforced, needs the export role, never in evaluation

	PerUser     Metric = "user"
	PerDevice   Metric = "device"
	PerCapacity Metric = "capacity"
)

// An Entitlement is one thing that can be licensed.
type Entitlement struct {
	ID        EntitlementID `json:"id"`
	Tag       string        `json:"tag"` // a letter, then a-z 0-9 and inner hyphens; signed with every authorization
	Name      string        `json:"name"`
	Includes  []string      `json:"includes,omitempty"` // tags of the next lower tiers
	Metric    Metric        `json:"metric"`
	Unit      string        `json:"unit"` // what one license counts: "named user", "session", "port"
	Class     Class         `json:"class"`
	GraceDays uint16        `json:"grace_days"` // after the last valid day, before it is withheld
	Note      string        `json:"note,omitempty"`
}

// A Product is a family of product IDs and the entitlements it can hold.
type Product struct {
	Name         string   `json:"name"`
	ProductIDs   []string `json:"product_ids"`
	Entitlements []string `json:"entitlements"` // tags
}

// A RetiredEntitlement keeps the ID and tag of one that is no longer offered, so that neither is
// used again and an installed authorization that names it still verifies.
type RetiredEntitlement struct {
	ID  EntitlementID `json:"id"`
	Tag string        `json:"tag"`
}

// catalogFile is a catalog as it is written, the fields in the order of the canonical form.
type catalogFile struct {
	Schema         string               `json:"schema"`
	Name           string               `json:"name"`
	Version        uint16               `json:"version"`
	EvaluationDays uint16               `json:"evaluation_days"`
	Terms          []Term               `json:"terms"`
	Products       []Product            `json:"products"`
	Entitlements   []Entitlement        `json:"entitlements"`
	Retired        []RetiredEntitlement `json:"retired,omitempty"`
}

// A Catalog says what products there are and what can be licensed on them. Its digest is in the
// trust root, so issuer and device mean the same by every ID. It is immutable.
type Catalog struct {
	file  catalogFile
	raw   []byte
	byTag map[string]int
	byID  map[EntitlementID]int
	tags  map[EntitlementID]string // retired ones too
}

// ReadCatalog reads a catalog as people write it: JSON with any white space and order of fields,
// unknown or doubled fields refused. Refusals are InvalidCatalog and name the entry.
func ReadCatalog(data []byte) (Catalog, error) {
	if len(data) > MaxCatalogSize {
		return Catalog{}, Refuse(InvalidCatalog, "catalog of %d bytes, at most %d", len(data), MaxCatalogSize)
	}
	var f catalogFile
	if err := strictJSON(data, &f); err != nil {
		return Catalog{}, Refuse(InvalidCatalog, "catalog: %v", err)
	}
	c, err := newCatalog(f)
	if err != nil {
		return Catalog{}, Refuse(InvalidCatalog, "catalog: %v", err)
	}
	return c, nil
}

// parseCatalog reads the canonical form and refuses any other.
func parseCatalog(data []byte) (Catalog, error) {
	c, err := ReadCatalog(data)
	if err == nil && string(c.raw) != string(data) {
		return Catalog{}, Refuse(InvalidCatalog, "catalog is not in canonical form")
	}
	return c, err
}

// parseKnownCatalog reads a catalog that was parsed before and whose digest the caller compares:
// its rules were checked then.
func parseKnownCatalog(data []byte) (Catalog, error) {
	c := Catalog{raw: data, byTag: map[string]int{}, byID: map[EntitlementID]int{}, tags: map[EntitlementID]string{}}
	if err := json.Unmarshal(data, &c.file); err != nil {
		return Catalog{}, Refuse(InvalidCatalog, "catalog: %v", err)
	}
	for i, e := range c.file.Entitlements {
		c.byTag[e.Tag], c.byID[e.ID], c.tags[e.ID] = i, i, e.Tag
	}
	for _, e := range c.file.Retired {
		c.tags[e.ID] = e.Tag
	}
	return c, nil
}

func newCatalog(f catalogFile) (Catalog, error) {
	c := Catalog{file: f, byTag: map[string]int{}, byID: map[EntitlementID]int{}, tags: map[EntitlementID]string{}}
	for _, check := range []func() error{c.checkHead, c.indexEntitlements, c.checkTiers, c.checkProducts} {
		if err := check(); err != nil {
			return Catalog{}, err
		}
	}
	if f.Terms == nil { // one spelling for "no subscriptions": [], not null as well
		f.Terms, c.file.Terms = []Term{}, []Term{}
	}
	raw, err := json.Marshal(f)
	if err != nil { // can't be: strings, numbers and terms, and none of them refuses
		return Catalog{}, err
	}
	if len(raw) > MaxCatalogSize {
		return Catalog{}, fmt.Errorf("%d bytes, at most %d", len(raw), MaxCatalogSize)
	}
	c.raw = raw
	return c, nil
}

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

// Digest returns the SHA-256 of the canonical form, which the trust root names.
func (c Catalog) Digest() [32]byte { return sha256.Sum256(c.raw) }

// Raw returns the canonical form: JSON without white space, the fields in the order of SPEC.md.
func (c Catalog) Raw() []byte { return c.raw }

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
