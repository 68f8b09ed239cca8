package corpus

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// An Object is a JSON object of a vector.
type Object map[string]json.RawMessage

// Has reports whether there is a value by that name, and it is not null.
func (o Object) Has(name string) bool { return o[name] != nil && string(o[name]) != "null" }

// Text returns a text, joined where it is written in parts.
func (o Object) Text(t testing.TB, name string) string {
	t.Helper()
	s, err := joined(o[name])
	if err != nil {
		t.Fatalf("%q: %v", name, err)
	}
	return s
}

// Bytes returns bytes, which are written in hex.
func (o Object) Bytes(t testing.TB, name string) []byte {
	t.Helper()
	return unhex(t, name, o[name])
}

// List returns a list of bytes.
func (o Object) List(t testing.TB, name string) (all [][]byte) {
	t.Helper()
	var list []json.RawMessage
	o.read(t, name, &list)
	for _, v := range list {
		all = append(all, unhex(t, name, v))
	}
	return all
}

// Int returns a number.
func (o Object) Int(t testing.TB, name string) (n int) {
	t.Helper()
	o.read(t, name, &n)
	return n
}

// Object returns an object.
func (o Object) Object(t testing.TB, name string) (v Object) {
	t.Helper()
	o.read(t, name, &v)
	return v
}

func (o Object) read(t testing.TB, name string, v any) {
	t.Helper()
	if err := json.Unmarshal(o[name], v); err != nil {
		t.Fatalf("%q: %v", name, err)
	}
}

func unhex(t testing.TB, name string, v json.RawMessage) []byte {
	t.Helper()
	s, err := joined(v)
	if err != nil {
		t.Fatalf("%q: %v", name, err)
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatalf("%q: %v", name, err)
	}
	return b
}

// joined returns a text that may be written as a list of parts.
func joined(v json.RawMessage) (string, error) {
	var s string
	if json.Unmarshal(v, &s) == nil {
		return s, nil
	}
	var parts []json.RawMessage
	if json.Unmarshal(v, &parts) != nil {
		return repeated(v)
	}
	var b strings.Builder
	for _, p := range parts {
		s, err := joined(p)
		if err != nil {
			return "", err
		}
		b.WriteString(s)
	}
	return b.String(), nil
}

func repeated(v json.RawMessage) (string, error) {
	var part struct {
		Repeat          *string
		Times, From, To int
	}
	if err := json.Unmarshal(v, &part); err != nil || part.Repeat == nil {
		return "", fmt.Errorf("%.40q is no text", v)
	}
	if part.Times > 0 {
		return strings.Repeat(*part.Repeat, part.Times), nil
	}
	var b strings.Builder
	for n := part.From; n <= part.To; n++ {
		b.WriteString(strings.ReplaceAll(*part.Repeat, "{n}", fmt.Sprint(n)))
	}
	return b.String(), nil
}
