package reserve

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
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

// strictJSON decodes one JSON value and refuses unknown fields, fields given twice or in another
// case, deep nesting and anything after the value. Where the place is known, the error names it.
func strictJSON(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if err := checkFields(d); err != nil {
		return fmt.Errorf("line %d: %v", lineAt(data, d.InputOffset()), err)
	}
	d = json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) { // its own text names types of Go
			return fmt.Errorf("line %d: field %q can't be a %s", lineAt(data, wrong.Offset), wrong.Field, clip(wrong.Value))
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return fmt.Errorf("the text ends too early")
		}
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("more than one value")
	}
	return nil
}

func lineAt(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(int(offset), len(data))], []byte("\n"))
}

// checkFields walks the tokens, because encoding/json alone is too kind: of two fields of one
// name it takes the last, and it matches names in any case, by Unicode's rules ("claſs").
func checkFields(d *json.Decoder) error {
	type level struct {
		object, value bool
		seen          map[string]bool
	}
	var stack []level
	for {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		top := len(stack) - 1
		if key, ok := token.(string); ok && top >= 0 && stack[top].object && !stack[top].value {
			if strings.Trim(key, "abcdefghijklmnopqrstuvwxyz_") != "" {
				return fmt.Errorf("field %q is not one of a catalog; names are lower case", clip(key))
			}
			if stack[top].seen[key] {
				return fmt.Errorf("field %q is given twice", key)
			}
			stack[top].seen[key], stack[top].value = true, true
			continue
		}
		if delim, ok := token.(json.Delim); ok && (delim == '}' || delim == ']') {
			stack = stack[:top]
			top--
		} else if ok {
			if top >= 0 {
				stack[top].value = false
			}
			if len(stack) == maxNesting {
				return fmt.Errorf("more than %d objects and lists in one another", maxNesting)
			}
			stack = append(stack, level{object: delim == '{', seen: map[string]bool{}})
			continue
		}
		if top >= 0 {
			stack[top].value = false
		}
	}
}
