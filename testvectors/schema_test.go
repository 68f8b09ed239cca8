package testvectors_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A schema is a JSON Schema file. Checked is what those in schema/ use; another keyword stops the
// test, so that none passes unread.
type schema struct {
	t    *testing.T
	file string
	all  map[string]object // by file
}

var schemaKeywords = []string{"$schema", "$defs", "$ref", "title", "description", "type", "const", "enum", "pattern", "minimum", "maximum",
	"properties", "required", "additionalProperties", "items", "minItems", "maxItems", "oneOf"}

// TestSchemas checks every file of vectors against its schema.
func TestSchemas(t *testing.T) {
	names, err := filepath.Glob("schema/*.json")
	if err != nil || len(names) != len(vectorFiles())+1 {
		t.Fatalf("%q for %d files: %v", names, len(vectorFiles()), err)
	}
	all := map[string]object{}
	for _, name := range names {
		all[filepath.Base(name)] = readVectors(t, name)
	}
	for _, f := range vectorFiles() {
		s := schema{t, f.name + ".json", all}
		if err := s.check(all[s.file], map[string]any(readVectors(t, f.name+".json"))); err != nil {
			t.Errorf("%s: %v", f.name, err)
		}
	}
}

// TestSchemasRefuse shows that the schemas are not empty words.
func TestSchemasRefuse(t *testing.T) {
	all := map[string]object{"common.json": readVectors(t, "schema/common.json"), "catalog.json": readVectors(t, "schema/catalog.json")}
	s := schema{t, "catalog.json", all}
	data, err := os.ReadFile("catalog.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{{`"id": 1,`, `"id": "1",`}, {`"id": 1,`, ``}, {`"result": "valid"`, `"result": "fine"`}, {`"canonical": true`, `"canonical": 1`},
		{`"error": "invalid-catalog"`, `"error": "invalid"`}, {`"operation": "catalog"`, `"operation": "catalogs"`}, {`"flags": []`, `"flags": ["a flag"]`},
		{`"sha256": "`, `"sha256": "0`}, {`"about":`, `"abut":`}} {
		var v map[string]any
		changed := strings.Replace(string(data), change[0], change[1], 1)
		if err := json.Unmarshal([]byte(changed), &v); err != nil || changed == string(data) {
			t.Fatalf("%s: %v", change[0], err)
		}
		if s.check(all[s.file], v) == nil {
			t.Errorf("the schema accepts %s for %s", change[1], change[0])
		}
	}
}

func (s schema) check(rule object, v any) error {
	for keyword := range rule {
		if !slices.Contains(schemaKeywords, keyword) {
			s.t.Fatalf("%s uses %q, which is not checked here", s.file, keyword)
		}
	}
	if r, ok := rule["$ref"].(string); ok {
		return s.reference(r, v)
	}
	if c, ok := rule["const"]; ok && !reflect.DeepEqual(c, v) {
		return fmt.Errorf("%v is not %v", v, c)
	}
	if list, ok := rule["enum"].([]any); ok && !slices.ContainsFunc(list, func(x any) bool { return reflect.DeepEqual(x, v) }) {
		return fmt.Errorf("%v is none of %v", v, list)
	}
	if rule["oneOf"] != nil {
		return s.oneOf(rule.list("oneOf"), v)
	}
	return s.checkType(rule, v)
}

func (s schema) reference(r string, v any) error {
	file, name, _ := strings.Cut(r, "#/$defs/")
	if file == "" {
		file = s.file
	}
	rules, ok := s.all[file]["$defs"].(map[string]any)
	if !ok || rules[name] == nil {
		s.t.Fatalf("%s refers to %q, which is not there", s.file, r)
	}
	return schema{s.t, file, s.all}.check(rules[name].(map[string]any), v)
}

func (s schema) oneOf(rules []any, v any) error {
	fits := 0
	var errs []string
	for _, r := range rules {
		if err := s.check(r.(map[string]any), v); err != nil {
			errs = append(errs, err.Error())
		} else {
			fits++
		}
	}
	if fits != 1 {
		return fmt.Errorf("%d of %d rules fit: %s", fits, len(rules), strings.Join(errs, "; "))
	}
	return nil
}

func (s schema) checkType(rule object, v any) error {
	kind, _ := rule["type"].(string)
	switch v := v.(type) {
	case map[string]any:
		return either(kind, "object", func() error { return s.object(rule, v) })
	case []any:
		return either(kind, "array", func() error { return s.array(rule, v) })
	case string:
		pattern, _ := rule["pattern"].(string)
		return either(kind, "string", func() error {
			if !regexp.MustCompile(pattern).MatchString(v) {
				return fmt.Errorf("%.60q does not match %s", v, pattern)
			}
			return nil
		})
	case float64:
		return either(kind, "integer", func() error {
			if v != math.Trunc(v) || rule["minimum"] != nil && (v < rule["minimum"].(float64) || v > rule["maximum"].(float64)) {
				return fmt.Errorf("%v is not a whole number from %v to %v", v, rule["minimum"], rule["maximum"])
			}
			return nil
		})
	case bool:
		return either(kind, "boolean", func() error { return nil })
	case nil:
		return either(kind, "null", func() error { return nil })
	}
	return fmt.Errorf("%T", v)
}

// either checks a value of a type, where that is the type that is wanted.
func either(want, is string, check func() error) error {
	if want != "" && want != is {
		return fmt.Errorf("%s, not %s", is, want)
	}
	return check()
}

func (s schema) object(rule object, v map[string]any) error {
	if rule["properties"] == nil {
		return nil
	}
	properties := rule.object("properties")
	for _, name := range rule.list("required") {
		if _, ok := v[name.(string)]; !ok {
			return fmt.Errorf("%q is missing", name)
		}
	}
	for name, x := range v {
		p, ok := properties[name].(map[string]any)
		if !ok {
			return fmt.Errorf("%q is unknown", name)
		}
		if err := s.check(p, x); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (s schema) array(rule object, v []any) error {
	least, most := 0, math.MaxInt
	if rule["minItems"] != nil {
		least = rule.int("minItems")
	}
	if rule["maxItems"] != nil {
		most = rule.int("maxItems")
	}
	if len(v) < least || len(v) > most {
		return fmt.Errorf("%d items, not %d to %d", len(v), least, most)
	}
	for i, x := range v {
		if err := s.check(rule.object("items"), x); err != nil {
			return fmt.Errorf("item %d: %w", i, err)
		}
	}
	return nil
}
