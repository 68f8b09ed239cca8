package cmd_test

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// meanings are the descriptions in testdata/json/fields.txt: "PLACE  what it is", where PLACE is a
// field's last name, its path, or either behind "VERB: " or the title of a shared object, the most exact
// one wins. Below "common:" stand those that the page explains once, below "objects:" the types that it
// does, with their titles.
type meanings struct {
	text   map[string]string
	common []string
	used   map[string]bool
	shared sharedObjects
	order  []string // of the shared objects
}

const fieldsFile = "testdata/json/fields.txt"

func readMeanings(t *testing.T) meanings {
	t.Helper()
	data, err := os.ReadFile(fieldsFile)
	if err != nil {
		t.Fatal(err)
	}
	m := meanings{text: map[string]string{}, used: map[string]bool{}, shared: sharedObjects{map[string]string{}, map[string]reflect.Type{}}}
	part := ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		switch place, text, found := strings.Cut(line, "  "); {
		case line == "" || line[0] == '#':
		case strings.HasSuffix(line, ":"):
			part = line
		case part == "objects:":
			m.shared.titles[place] = strings.TrimSpace(text)
			m.order = append(m.order, strings.TrimSpace(text))
		case !found || m.text[place] != "":
			t.Errorf("%s: %q has no description, or two", fieldsFile, line)
		default:
			m.text[place] = strings.TrimSpace(text)
			if part == "common:" {
				m.common = append(m.common, place)
			}
		}
	}
	return m
}

// find returns what a field of a verb is, and whether that is explained once for all verbs.
func (m meanings) find(verb, path string) (text string, common bool) {
	last := path[strings.LastIndex(path, ".")+1:]
	for _, place := range []string{verb + ": " + path, verb + ": " + last, path, last} {
		if text := m.text[place]; text != "" {
			m.used[place] = true
			return text, slices.Contains(m.common, place)
		}
	}
	return "", false
}
