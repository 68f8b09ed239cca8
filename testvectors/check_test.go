package testvectors_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"tallystick/codec"
)

// object is a JSON object of a vector file. What is missing or of another type stops the test: the
// schema is checked elsewhere.
type object map[string]any

func (o object) object(name string) object {
	v, ok := o[name].(map[string]any)
	if !ok {
		panic(fmt.Sprintf("%q is no object but %T", name, o[name]))
	}
	return v
}

func (o object) list(name string) []any {
	v, ok := o[name].([]any)
	if !ok {
		panic(fmt.Sprintf("%q is no list but %T", name, o[name]))
	}
	return v
}

func (o object) int(name string) int {
	v, ok := o[name].(float64)
	if !ok {
		panic(fmt.Sprintf("%q is no number but %T", name, o[name]))
	}
	return int(v)
}

func (o object) bool(name string) bool { return o[name].(bool) }

func (o object) text(name string) string {
	s, err := joinedText(o[name])
	if err != nil {
		panic(fmt.Sprintf("%q: %v", name, err))
	}
	return s
}

func (o object) bytes(name string) []byte {
	b, err := hex.DecodeString(o.text(name))
	if err != nil {
		panic(fmt.Sprintf("%q: %v", name, err))
	}
	return b
}

// joinedText returns a text that may be written in parts.
func joinedText(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case []any:
		var b strings.Builder
		for _, p := range v {
			s, err := joinedText(p)
			if err != nil {
				return "", err
			}
			b.WriteString(s)
		}
		return b.String(), nil
	case map[string]any:
		return repeated(v)
	}
	return "", fmt.Errorf("%T is no text", v)
}

func repeated(part object) (string, error) {
	piece, ok := part["repeat"].(string)
	if !ok {
		return "", fmt.Errorf("a part without the text to repeat")
	}
	if _, ok := part["times"]; ok {
		return strings.Repeat(piece, part.int("times")), nil
	}
	var b strings.Builder
	for n := part.int("from"); n <= part.int("to"); n++ {
		b.WriteString(strings.ReplaceAll(piece, "{n}", fmt.Sprint(n)))
	}
	return b.String(), nil
}

// A finding is what the code makes of the input of a test.
type finding struct {
	err    error
	output object
	also   object
}

// operations are the checks, by the name in the files.
var operations = map[string]func(context, input object) finding{
	"encode": checkEncode,
	"decode": checkDecode,
	"line":   checkLine,
	"fold":   checkFold,

	"identity": checkIdentity,
	"udi":      checkUDI,
	"request":  checkRequest,

	"authorization": checkAuthorization,

	"creation": checkCreation,
	"event":    checkEvent,

	"receipt": checkReceipt,
	"status":  checkStatus,
	"report":  checkReport,

	"standing": checkStanding,
	"next":     checkNext,
	"rebase":   checkRebase,

	"write-off":  checkWriteOff,
	"settlement": checkSettlement,

	"roots":  checkRoots,
	"bundle": checkBundle,
	"update": checkUpdate,

	"catalog":        checkCatalog,
	"catalog-update": checkCatalogUpdate,
}

// elsewhere are the operations that another package checks, which this one may not import.
var elsewhere = map[string]string{
	"entry":      "cmd/internal/journal",
	"tree":       "cmd/internal/journal",
	"checkpoint": "cmd/internal/journal",
	"proof":      "cmd/internal/journal",
	"journal":    "cmd/internal/journal",
}

// readVectors reads a committed file.
func readVectors(t *testing.T, name string) object {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var file object
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return file
}

// TestVectors runs every test of every committed file.
func TestVectors(t *testing.T) {
	for _, f := range vectorFiles() {
		t.Run(f.name, func(t *testing.T) {
			file := readVectors(t, f.name+".json")
			count := 0
			for _, g := range file.list("groups") {
				group := object(g.(map[string]any))
				for _, v := range group.list("tests") {
					if elsewhere[text(group["operation"])] == "" {
						checkVector(t, group, v.(map[string]any))
					}
					count++
				}
			}
			if count != file.int("numberOfTests") {
				t.Errorf("%d tests, the file says %d", count, file.int("numberOfTests"))
			}
			t.Logf("%d tests", count)
		})
	}
}

func checkVector(t *testing.T, group, v object) {
	t.Helper()
	check, ok := operations[group["operation"].(string)]
	if !ok {
		t.Fatalf("nothing checks the operation %q", group["operation"])
	}
	context := object{}
	if group["context"] != nil {
		context = group.object("context")
	}
	got := check(context, v.object("input"))
	name := fmt.Sprintf("%v, test %v (%v)", group["name"], v["id"], v["comment"])
	if id := refusalID(got.err); id != text(v["error"]) {
		t.Errorf("%s: error %q (%v), want %q", name, id, got.err, text(v["error"]))
		return
	}
	var coded *codec.Error
	if errors.As(got.err, &coded) {
		compareNumbers(t, name, v, map[string]int{"line": coded.Line, "group": coded.Group, "actual": coded.Actual})
	}
	switch {
	case v["candidates"] != nil:
		compareCandidates(t, name, got, v)
		return
	case got.output["readings"] != nil:
		compareReadings(t, name, got.output, v.object("output"))
	case v["output"] != nil:
		compareObjects(t, name, got.output, v.object("output"))
	}
	for _, field := range []string{"corrected", "corrections"} {
		if v[field] != nil {
			compareObjects(t, name, object{field: got.also[field]}, object{field: v[field]})
		}
	}
}
