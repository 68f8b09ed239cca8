package corpus_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"tallystick/testvectors/corpus"
)

// TestEverything reads every field that targets read, of every vector: a name that changed in the
// files fails here, and not as a seed that is silently missing.
func TestEverything(t *testing.T) {
	for _, test := range []struct{ file, operation, text, bytes, list string }{
		{"codec", "encode", "", "body", ""},
		{"codec", "decode", "text", "", ""},
		{"codec", "line", "text", "", ""},
		{"codec", "fold", "text", "", ""},
		{"request", "udi", "", "packed", ""},
		{"request", "identity", "udi", "seed", ""},
		{"request", "request", "", "body", ""},
		{"authorization", "authorization", "", "body", ""},
		{"status", "", "", "body", ""},
		{"trust", "roots", "", "", "roots"},
		{"trust", "bundle", "", "body", ""},
		{"trust", "update", "", "body", ""},
		{"catalog", "catalog", "text", "", ""},
		{"journal", "entry", "", "record", ""},
		{"journal", "tree", "", "leaves", ""},
		{"journal", "journal", "", "", "records"},
	} {
		size := 0
		for _, v := range corpus.Vectors(t, test.file, test.operation) {
			if test.text != "" {
				size += len(v.Input.Text(t, test.text))
			}
			if test.bytes != "" {
				size += len(v.Input.Bytes(t, test.bytes))
			}
			if test.list != "" {
				for _, b := range v.Input.List(t, test.list) {
					size += len(b)
				}
			}
		}
		if size < 100 {
			t.Errorf("%s, %s: %d bytes in all", test.file, test.operation, size)
		}
	}
	pastes := corpus.Pastes(t)
	if strings.HasPrefix(pastes[0], "comment:") || len(pastes) < 20 {
		t.Errorf("%d texts, the first is %q", len(pastes), pastes[0])
	}
}

// A fake records a failure, as a test that fails would.
type fake struct {
	testing.TB
	failed bool
}

func (f *fake) Helper()               {}
func (f *fake) Errorf(string, ...any) { f.failed = true }
func (f *fake) Fatalf(string, ...any) { f.failed = true; panic(f) }

// TestNothingFails: a name that is nowhere is no empty seed, and what takes too much is seen.
func TestNothingFails(t *testing.T) {
	kept := ""
	for name, use := range map[string]func(*fake){
		"operation": func(f *fake) { corpus.Vectors(f, "codec", "sing") },
		"field":     func(f *fake) { corpus.Vectors(f, "codec", "fold")[0].Input.Text(f, "song") },
		"bytes":     func(f *fake) { corpus.Vectors(f, "codec", "fold")[2].Input.Bytes(f, "text") },
		"memory":    func(f *fake) { corpus.Allocates(f, 1000, func() { kept = hex.EncodeToString(make([]byte, 1000)) }) },
	} {
		f := &fake{TB: t}
		func() {
			defer func() { _ = recover() }()
			use(f)
		}()
		if !f.failed {
			t.Errorf("%s: nothing failed", name)
		}
	}
	ok := &fake{TB: t}
	corpus.Allocates(ok, 8000, func() { kept = hex.EncodeToString(make([]byte, 1000)) })
	if ok.failed || len(kept) != 2000 {
		t.Errorf("%d characters are too many", len(kept))
	}
}
