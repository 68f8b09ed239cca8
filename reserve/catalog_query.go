package reserve

import (
	"slices"
	"time"
)

// Name returns the catalog's name, printable text.
func (c Catalog) Name() string { return c.file.Name }

// Version counts the catalog's editions, from 1.
func (c Catalog) Version() uint16 { return c.file.Version }

// EvaluationBudget returns the running time a device may be used without a license.
func (c Catalog) EvaluationBudget() time.Duration {
	return time.Duration(c.file.EvaluationDays) * 24 * time.Hour
}

// Terms returns the subscription terms that are sold, shortest first as written.
func (c Catalog) Terms() []Term { return slices.Clone(c.file.Terms) }

// Entitlements returns what can be licensed, in the order of the catalog.
func (c Catalog) Entitlements() []Entitlement { return slices.Clone(c.file.Entitlements) }

// Products returns the products, in the order of the catalog.
func (c Catalog) Products() []Product { return slices.Clone(c.file.Products) }

// Entitlement looks an entitlement up by tag. The refusal is UnknownEntitlement.
func (c Catalog) Entitlement(tag string) (Entitlement, error) {
	if i, ok := c.byTag[tag]; ok {
		return c.file.Entitlements[i], nil
	}
	return Entitlement{}, Refuse(UnknownEntitlement, "entitlement %q is not in the catalog %q version %d", clip(tag), c.file.Name, c.file.Version)
}

// EntitlementByID looks an entitlement up by ID. A retired one is not found.
func (c Catalog) EntitlementByID(id EntitlementID) (Entitlement, bool) {
	if i, ok := c.byID[id]; ok {
		return c.file.Entitlements[i], true
	}
	return Entitlement{}, false
}

// Tag returns the tag of an ID, retired ones too.
func (c Catalog) Tag(id EntitlementID) (string, bool) {
	tag, ok := c.tags[id]
	return tag, ok
}

// Product finds the product of a product ID. The refusal is UnknownProduct.
func (c Catalog) Product(productID string) (Product, error) {
	for _, p := range c.file.Products {
		if slices.Contains(p.ProductIDs, productID) {
			return p, nil
		}
	}
	return Product{}, Refuse(UnknownProduct, "product ID %q is not in the catalog %q version %d", clip(productID), c.file.Name, c.file.Version)
}

// Covers returns the IDs whose licenses cover a need of id: itself and every tier that includes it.
func (c Catalog) Covers(id EntitlementID) []EntitlementID {
	out := []EntitlementID{id}
	for i := 0; i < len(out); i++ {
		tag, ok := c.tags[out[i]]
		if !ok {
			continue
		}
		for _, e := range c.file.Entitlements {
			if slices.Contains(e.Includes, tag) && !slices.Contains(out, e.ID) {
				out = append(out, e.ID)
			}
		}
	}
	return out
}
