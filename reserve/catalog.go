package reserve

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
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

// Digest returns the SHA-256 of the canonical form, which the trust root names.
func (c Catalog) Digest() [32]byte { return sha256.Sum256(c.raw) }

// Raw returns the canonical form: JSON without white space, the fields in the order of SPEC.md.
func (c Catalog) Raw() []byte { return c.raw }
