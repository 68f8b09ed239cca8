package testvectors_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"testing"

	"tallystick/codec"
	"tallystick/reserve"
)

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
