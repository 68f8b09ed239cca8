package testvectors_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tallystick/codec"
	"tallystick/reserve"
)

// TestPasteFilesAreCurrent compares the files in paste/ with what the generator makes.
func TestPasteFilesAreCurrent(t *testing.T) {
	var names []string
	for _, f := range pasteFiles() {
		compareFile(t, f.name, f.encode())
		names = append(names, f.name)
	}
	there, err := filepath.Glob("paste/*")
	if err != nil || !slices.Equal(there, names) {
		t.Errorf("paste/ has %q, the generator makes %q: %v", there, names, err)
	}
}

// TestPasteFiles reads every file in paste/ as its header says.
func TestPasteFiles(t *testing.T) {
	files, err := filepath.Glob("paste/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files in paste/: %v", len(files), err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkPasteFile(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func checkPasteFile(data []byte) error {
	head, text, found := bytes.Cut(data, []byte("\n\n"))
	header := map[string]string{}
	for line := range strings.SplitSeq(string(head), "\n") {
		name, value, ok := strings.Cut(line, ": ")
		found = found && ok
		header[name] = value
	}
	if !found || header["comment"] == "" {
		return errors.New("the header is not complete")
	}
	r, err := codec.Decode(string(text), reserve.Kinds()...)
	var coded *codec.Error
	if errors.As(err, &coded) {
		if coded.Problem.ID() != header["expect"] || header["line"] != "" && header["line"] != fmt.Sprint(coded.Line) {
			return fmt.Errorf("%s in line %d (%v), want %s in line %s", coded.Problem.ID(), coded.Line, err, header["expect"], header["line"])
		}
		return nil
	}
	got := "valid"
	if len(r.Corrected()) > 0 {
		got = "corrected"
	}
	if got != header["expect"] || fmt.Sprint(r.Kind.Number) != header["kind"] || hex.EncodeToString(r.Body) != header["body"] {
		return fmt.Errorf("%s, kind %d, %x; want %s, kind %s, %s", got, r.Kind.Number, r.Body, header["expect"], header["kind"], header["body"])
	}
	return nil
}
