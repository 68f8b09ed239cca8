package cmd_test

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"tallystick/cmd/internal/table"
)

// A field is a place in a verb's object: "devices[].grants.*".
type field struct {
	path   string // "" stands for all fields of the shared object that kind names
	kind   string
	absent bool // it may be left out
}

// sharedObjects are types that several verbs answer with, and that the page explains once.
type sharedObjects struct {
	titles map[string]string // of types, by their name
	types  map[string]reflect.Type
}

// link returns how the page refers to a type, "" when it is not a shared one.
func (s sharedObjects) link(t reflect.Type) string {
	title := s.titles[t.Name()]
	if title == "" || t.Kind() != reflect.Struct {
		return ""
	}
	s.types[title] = t
	return fmt.Sprintf("[%s](#%s)", title, strings.ReplaceAll(title, " ", "-"))
}

// fieldsOf returns the fields of everything that a verb answered: what its types may have, and where
// they leave that open, what it had. Lists that stream have columns instead of types.
func fieldsOf(shared sharedObjects, answers []any) []field {
	var all fieldList
	for _, answer := range answers {
		here := fieldList{shared: shared}
		if d, ok := answer.(table.Document); ok {
			here.document(d)
		} else {
			here.value("", reflect.ValueOf(answer), false)
		}
		all.merge(here)
	}
	return all.list
}

// fieldsOfType returns the fields of a shared object.
func fieldsOfType(shared sharedObjects, t reflect.Type) []field {
	l := fieldList{shared: shared}
	l.embedded("", t, false, true)
	return l.list
}

type fieldList struct {
	shared sharedObjects
	list   []field
	within []reflect.Type // what is being walked: a type may hold itself
}

func (l *fieldList) add(path, kind string, absent bool) {
	path = strings.TrimPrefix(path, ".")
	if slices.ContainsFunc(l.list, func(f field) bool { return f.path == path && (path != "" || f.kind == kind) }) {
		return
	}
	l.list = append(l.list, field{path, kind, absent})
}

// merge adds what another answer had. What one of them has and the other hasn't may be absent.
func (l *fieldList) merge(other fieldList) {
	first := l.list == nil
	has := func(list []field, f field) bool {
		return slices.ContainsFunc(list, func(o field) bool { return o.path == f.path && (f.path != "" || f.kind == o.kind) })
	}
	for i, f := range l.list {
		l.list[i].absent = f.absent || !has(other.list, f)
	}
	for _, f := range other.list {
		if !has(l.list, f) {
			f.absent = f.absent || !first
			l.list = append(l.list, f)
		}
	}
}

// document adds the fields of a list that streams.
func (l *fieldList) document(d table.Document) {
	for _, f := range d.Facts {
		if f.ID != "" {
			l.add(f.ID, kindOfFact(f), false)
		}
	}
	for _, s := range d.Sections {
		for _, c := range s.Columns {
			l.add(s.Name+"[]."+c.ID, kindOfColumn(c), false)
		}
	}
}

func kindOfColumn(c table.Column) string {
	switch c.Kind {
	case table.KindNumber:
		return "number or null"
	case table.KindFlag:
		return "true or false"
	case table.KindCounts:
		return "numbers by name"
	case table.KindObject:
		return "object or null"
	}
	return "text"
}

func kindOfFact(f table.Fact) string {
	kind := func(v table.Value) uint64 { return reflect.ValueOf(v).FieldByName("kind").Uint() }
	switch kind(f.Value) {
	case kind(table.Number(0)):
		return "number"
	case kind(table.Flag(true)):
		return "true or false"
	}
	return "text"
}

// value adds the fields of a value, and of its type where the value has none.
func (l *fieldList) value(path string, v reflect.Value, absent bool) {
	for v.IsValid() && v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if v.IsValid() && v.Kind() == reflect.Map {
		for _, key := range sortedKeys(v) {
			l.value(path+"."+key, v.MapIndex(reflect.ValueOf(key)), absent)
		}
		return
	}
	if v.IsValid() {
		l.typ(path, v.Type(), absent)
	}
}

func sortedKeys(m reflect.Value) (names []string) {
	for _, key := range m.MapKeys() {
		names = append(names, key.String())
	}
	slices.Sort(names)
	return names
}

// typ adds the fields of a type.
func (l *fieldList) typ(path string, t reflect.Type, absent bool) {
	if kind := ownKind(t); kind != "" {
		l.add(path, kind, absent)
		return
	}
	switch t.Kind() {
	case reflect.Pointer:
		if t.Elem().Kind() != reflect.Struct && !absent {
			l.add(path, plainKind(t.Elem())+" or null", absent)
			return
		}
		l.typ(path, t.Elem(), absent)
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			l.add(path, "text", absent)
			return
		}
		l.typ(path+"[]", t.Elem(), absent)
	case reflect.Map:
		l.typ(path+".*", t.Elem(), absent)
	case reflect.Struct:
		if link := l.shared.link(t); link != "" {
			l.add(path, link, absent)
			return
		}
		if !slices.Contains(l.within, t) {
			l.within = append(l.within, t)
			l.structure(path, t, absent)
			l.within = l.within[:len(l.within)-1]
		}
	default:
		l.add(path, plainKind(t), absent)
	}
}

// ownKind is the kind of a type that writes itself.
func ownKind(t reflect.Type) string {
	if !t.Implements(reflect.TypeFor[json.Marshaler]()) && !t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
		return ""
	}
	if t == reflect.TypeFor[json.RawMessage]() {
		return "object"
	}
	text, err := json.Marshal(reflect.Zero(t).Interface())
	if err != nil || len(text) == 0 || text[0] == '"' {
		return "text"
	}
	return "number or null"
}

func plainKind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	case reflect.Interface:
		return "any"
	}
	return "number"
}

func (l *fieldList) structure(path string, t reflect.Type, absent bool) {
	if path != "" && t.NumField() == 0 {
		l.add(path, "object", absent)
	}
	l.embedded(path, t, absent, true)
}

// embedded adds the fields of a struct, which may be one that another struct has as its own. itself
// keeps it from being replaced by a link.
func (l *fieldList) embedded(path string, t reflect.Type, absent, itself bool) {
	if link := l.shared.link(t); link != "" && !itself && path == "" {
		l.add("", link, absent)
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		gone := absent || strings.Contains(options, "omit")
		switch {
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Pointer:
			l.embedded(path, f.Type.Elem(), true, false)
		case f.Anonymous && name == "":
			l.embedded(path, f.Type, gone, false)
		case name != "-" && f.IsExported():
			if name == "" {
				name = f.Name
			}
			l.typ(path+"."+name, f.Type, gone)
		}
	}
}
