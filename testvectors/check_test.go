package testvectors_test

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tallystick/codec"
	"tallystick/reserve"
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

	"receipt": checkReceipt,
	"status":  checkStatus,
	"report":  checkReport,

	"roots":  checkRoots,
	"bundle": checkBundle,
	"update": checkUpdate,

	"catalog":        checkCatalog,
	"catalog-update": checkCatalogUpdate,
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
					checkVector(t, group, v.(map[string]any))
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

// visible leaves out of the readings of a line what package codec does not show: how many bits they
// have, and their cost.
func visible(output object) object {
	if output["readings"] == nil {
		return output
	}
	var readings []any
	for _, r := range output.list("readings") {
		r := maps.Clone(r.(map[string]any))
		delete(r, "bits")
		delete(r, "cost")
		readings = append(readings, r)
	}
	return object{"readings": readings}
}

// compareCandidates compares what a text may mean. They all cost the same, so any may come first.
func compareCandidates(t *testing.T, name string, got finding, v object) {
	t.Helper()
	var want []string
	for i := range v.list("candidates") {
		want = append(want, object{"body": v.list("candidates")[i]}.text("body"))
	}
	found := got.also["candidates"].([]string)
	if slices.Sort(want); !slices.Equal(want, slices.Sorted(slices.Values(found))) || !slices.Contains(want, got.output.text("body")) {
		t.Errorf("%s: candidates %v, want %v", name, found, want)
	}
}

// compareReadings compares the readings of a line: the order of those of one cost is open.
func compareReadings(t *testing.T, name string, got, want object) {
	t.Helper()
	cost := map[string]int{}
	for _, r := range want.list("readings") {
		r := object(r.(map[string]any))
		cost[r.text("text")] = r.int("cost")
	}
	least := 0
	list := slices.Clone(got["readings"].([]object))
	for _, r := range list {
		c := cost[r.text("text")]
		if c < least {
			t.Errorf("%s: %v stands after one of cost %d", name, r, least)
		}
		least = c
	}
	slices.SortStableFunc(list, func(a, b object) int {
		return cmp.Or(cmp.Compare(cost[a.text("text")], cost[b.text("text")]), cmp.Compare(a.text("text"), b.text("text")))
	})
	compareObjects(t, name, object{"readings": list}, visible(want))
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func compareNumbers(t *testing.T, name string, v object, got map[string]int) {
	t.Helper()
	for _, field := range slices.Sorted(maps.Keys(got)) {
		if v[field] != nil && v.int(field) != got[field] {
			t.Errorf("%s: %s %d, want %d", name, field, got[field], v.int(field))
		}
	}
}

// compareObjects compares all fields of two objects, after a round through JSON.
func compareObjects(t *testing.T, name string, got, want object) {
	t.Helper()
	data, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var plain object
	if err := json.Unmarshal(data, &plain); err != nil {
		t.Fatal(err)
	}
	for field, w := range want {
		if w = expanded(w); !reflect.DeepEqual(plain[field], w) {
			t.Errorf("%s: %s is\n%v, want\n%v", name, field, plain[field], w)
		}
	}
	for field := range plain {
		if _, ok := want[field]; !ok {
			t.Errorf("%s: %s is missing in the file", name, field)
		}
	}
}

// expanded replaces every text that is written in parts.
func expanded(v any) any {
	switch v := v.(type) {
	case []any:
		if slices.ContainsFunc(v, isRepeat) {
			return object{"text": v}.text("text")
		}
		for i := range v {
			v[i] = expanded(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = expanded(v[name])
		}
	}
	return v
}

func isRepeat(part any) bool {
	p, ok := part.(map[string]any)
	return ok && p["repeat"] != nil
}

// refusalID is the identifier of a refusal, as SPEC.md prints it.
func refusalID(err error) string {
	var coded *codec.Error
	var refused *reserve.Refusal
	switch {
	case err == nil:
		return ""
	case errors.As(err, &refused):
		return string(refused.Reason)
	case errors.As(err, &coded):
		return coded.Problem.ID()
	}
	return err.Error()
}

func kindsOf(list []any) (kinds []codec.Kind) {
	for _, v := range list {
		kinds = append(kinds, kindNumbered(int(v.(float64))))
	}
	return kinds
}

func kindNumbered(number int) codec.Kind {
	for _, k := range reserve.Kinds() {
		if int(k.Number) == number {
			return k
		}
	}
	panic(fmt.Sprintf("no kind has number %d", number))
}

func checkEncode(_, input object) finding {
	c, err := codec.Encode(kindNumbered(input.int("kind")), input.bytes("body"))
	if err != nil {
		return finding{err: err}
	}
	return finding{output: object{"lines": c.Lines(), "paste": c.Paste()}}
}

func checkDecode(_, input object) finding {
	r, err := codec.Decode(input.text("text"), kindsOf(input.list("kinds"))...)
	if err != nil {
		return finding{err: err}
	}
	return finding{
		output: object{"kind": r.Kind.Number, "body": hex.EncodeToString(r.Body), "pasted": r.Pasted},
		also:   readingDetails(r),
	}
}

func readingDetails(r codec.Reading) object {
	corrected, corrections, candidates := []string{}, []object{}, []string{}
	for _, l := range r.Corrected() {
		corrected = append(corrected, l.Text)
		corrections = append(corrections, correctionsOf(l)...)
	}
	for _, body := range r.Spellings {
		candidates = append(candidates, hex.EncodeToString(body))
	}
	return object{"corrected": corrected, "corrections": corrections, "candidates": candidates}
}

func correctionsOf(l codec.Line) (all []object) {
	for _, f := range l.Fixes {
		all = append(all, object{"line": l.Number, "group": f.Group, "typed": f.Typed, "meant": f.Meant})
	}
	return all
}

func checkLine(_, input object) finding {
	lines, err := codec.ParseLine(input.text("text"), input.int("line"), kindsOf(input.list("kinds"))...)
	if err != nil {
		return finding{err: err}
	}
	readings := []object{}
	for _, l := range lines {
		readings = append(readings, object{"kind": l.Kind.Number, "last": l.Last, "text": l.Text})
	}
	return finding{output: object{"readings": readings}, also: object{"corrections": correctionsOf(lines[0])}}
}

func checkFold(_, input object) finding {
	s, err := codec.Fold(input.text("text"))
	return finding{err: err, output: object{"text": s}}
}
