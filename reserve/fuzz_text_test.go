package reserve

import (
	"bytes"
	"encoding/json"
	"testing"

	"tallystick/codec"
	"tallystick/testvectors"
	"tallystick/testvectors/corpus"
)

// FuzzParseUDI: a device has one name, however it is typed, and one packed form.
func FuzzParseUDI(f *testing.F) {
	for _, v := range corpus.Vectors(f, "request", "identity") {
		f.Add(v.Input.Text(f, "udi"))
	}
	for _, text := range []string{"C9300-24T:FCW2149L0KK", " c9300-24t : fcw2149l0kk ", "ſ:1", "A:B:C", "PWR=:1", "=A:1", ":", "A1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, ok := bounded(t, messageMemory(len(text)), func() (UDI, error) { return ParseUDI(text) })
		if ok == u.IsZero() {
			t.Fatalf("%q reads as %q: %v", text, u, ok)
		}
		if !ok {
			return
		}
		if again, err := ParseUDI(u.String()); err != nil || again != u || len(u.String()) > len(text) {
			t.Errorf("%q reads as %q, and that as %q, %v", text, u, again, err)
		}
		w := codec.NewWriter()
		u.pack(w)
		r := codec.NewReader(w.Finish())
		if unpacked := unpackUDI(r); r.End() != nil || unpacked != u {
			t.Errorf("%q is packed and unpacked as %q, %v", u, unpacked, r.Err())
		}
	})
}

// FuzzUnpackUDI: there is one packed form.
func FuzzUnpackUDI(f *testing.F) {
	for _, v := range corpus.Vectors(f, "request", "udi") {
		f.Add(v.Input.Bytes(f, "packed"))
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		u, ok := bounded(t, messageMemory(len(packed)), func() (UDI, error) {
			r := codec.NewReader(packed)
			u := unpackUDI(r)
			return u, r.End()
		})
		if ok {
			w := codec.NewWriter()
			u.pack(w)
			mustEqual(t, "UDI", w.Finish(), packed)
		}
	})
}

// FuzzParseTerm: a term is read in several spellings, and in a catalog in the shortest alone.
func FuzzParseTerm(f *testing.F) {
	for _, text := range []string{"1m", "3y", "12m", "120m", "10y", "121m", "11y", "0m", "+1y", "99999m", "y"} {
		f.Add(text)
	}
	seeds := 0
	for _, v := range corpus.Vectors(f, "catalog", "catalog") {
		if c, err := ReadCatalog([]byte(v.Input.Text(f, "text"))); err == nil {
			for _, term := range c.Terms() {
				f.Add(term.String())
				seeds++
			}
		}
	}
	if seeds == 0 {
		f.Fatal("no catalog of the vectors has a term")
	}
	f.Fuzz(func(t *testing.T, text string) {
		term, ok := bounded(t, messageMemory(len(text)), func() (Term, error) { return ParseTerm(text) })
		written, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		var listed Term
		listedErr := json.Unmarshal(written, &listed)
		if !ok {
			if term != (Term{}) || listedErr == nil {
				t.Errorf("%q reads as %q and, in a catalog, as %q", text, term, listed)
			}
			return
		}
		if again, err := ParseTerm(term.String()); err != nil || again != term {
			t.Errorf("%q reads as %q, and that as %q, %v", text, term, again, err)
		}
		if shortest := term.String() == text; shortest != (listedErr == nil) || shortest && listed != term {
			t.Errorf("%q reads as %q and, in a catalog, as %q, %v", text, term, listed, listedErr)
		}
	})
}

// FuzzReadCatalog asserts that what is read has one canonical form, that all its text is fit for
// a terminal and all its questions have an end, and that every refusal is one for the catalog,
// itself fit for a terminal.
func FuzzReadCatalog(f *testing.F) {
	f.Add([]byte(testCatalogText))
	for _, fault := range catalogFaults {
		f.Add(edited(f, fault.old, fault.new))
	}
	for _, name := range []string{testvectors.NetworkSwitch, testvectors.CollaborationGateway} {
		data, err := testvectors.Catalog(name)
		if err != nil {
			f.Fatal(err)
		}
		mustReadCatalog(f, data)
		f.Add(data)
	}
	for _, v := range corpus.Vectors(f, "catalog", "catalog") {
		f.Add([]byte(v.Input.Text(f, "text")))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Catalog
		var err error
		corpus.Allocates(t, catalogMemory(len(data)), func() { c, err = ReadCatalog(data) })
		if err != nil {
			wantReason(t, err, InvalidCatalog)
			checkPrintable(t, err.Error())
			return
		}
		checkCatalog(t, c)
	})
}

func checkCatalog(t *testing.T, c Catalog) {
	again, err := parseCatalog(c.Raw())
	if err != nil || !bytes.Equal(again.Raw(), c.Raw()) {
		t.Fatalf("the canonical form is not read: %v\n%s", err, c.Raw())
	}
	if len(c.Raw()) > MaxCatalogSize || c.Follows(again) == nil {
		t.Fatalf("%d bytes", len(c.Raw()))
	}
	checkPrintable(t, string(c.Raw()))
	for _, e := range c.Entitlements() {
		checkPrintable(t, e.Name+e.Unit+e.Note)
		for _, id := range c.Covers(e.ID) {
			higher, ok := c.EntitlementByID(id)
			if !ok || e.Class == ExportControlled && higher.Class != ExportControlled {
				t.Fatalf("%s is covered by %d, %+v", e.Tag, id, higher)
			}
		}
	}
	for _, p := range c.Products() {
		if got, err := c.Product(p.ProductIDs[0]); err != nil || got.Name != p.Name {
			t.Fatalf("%s: %+v, %v", p.ProductIDs[0], got, err)
		}
	}
}
