// Package corpus gives fuzz targets their seeds, from the vectors in package testvectors, and
// measures what a parser allocates. Whatever finds no vector fails the test: a target without seeds
// tests nothing and passes. Only tests import it.
package corpus

import (
	"encoding/json"
	"io/fs"
	"runtime"
	"strings"
	"testing"

	"tallystick/testvectors"
)

// A Vector is one test of a vector file. README.md of testvectors says what it has for each
// operation.
type Vector struct {
	Comment string
	Context Object // of its group; what is missing there is nil
	Input   Object
	Output  Object
	Valid   bool   // the result is "valid"
	Error   string // the refusal, empty where nothing is refused
}

// Vectors returns the vectors of an operation in a file, "codec" for codec.json. An empty operation
// stands for all.
func Vectors(t testing.TB, file, operation string) []Vector {
	t.Helper()
	data, err := testvectors.Vectors.ReadFile(file + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var content struct {
		Groups []struct {
			Operation string
			Context   Object
			Tests     []struct {
				Comment, Result, Error string
				Input, Output          Object
			}
		}
	}
	if err := json.Unmarshal(data, &content); err != nil {
		t.Fatalf("%s.json: %v", file, err)
	}
	var all []Vector
	for _, g := range content.Groups {
		for _, v := range g.Tests {
			if operation == "" || g.Operation == operation {
				all = append(all, Vector{v.Comment, g.Context, v.Input, v.Output, v.Result == "valid", v.Error})
			}
		}
	}
	if len(all) == 0 {
		t.Fatalf("%s.json has no vector of the operation %q", file, operation)
	}
	return all
}

// Pastes returns the texts as they arrive by mail or from a console, without their headers.
func Pastes(t testing.TB) []string {
	t.Helper()
	names, err := fs.Glob(testvectors.Vectors, "paste/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("no texts in paste: %v", err)
	}
	var all []string
	for _, name := range names {
		data, err := testvectors.Vectors.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, text, ok := strings.Cut(string(data), "\n\n")
		if !ok {
			t.Fatalf("%s has no header", name)
		}
		all = append(all, text)
	}
	return all
}

// Allocates fails when f allocates more than most bytes in all, freed ones included. It runs f again
// before it fails, a few times: what the machinery around a fuzz target allocates counts too, now
// and then.
func Allocates(t testing.TB, most int, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	var least uint64
	for range 5 {
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		n := after.TotalAlloc - before.TotalAlloc
		if n <= uint64(most) {
			return
		}
		if least == 0 || n < least {
			least = n
		}
	}
	t.Errorf("%d bytes allocated, at most %d are right", least, most)
}
