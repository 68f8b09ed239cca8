package testvectors_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// What SPEC.md lists has to be shown by vectors: refusals, limits, attacks.

// specTable returns the rows of the tables in a section of SPEC.md, by cells.
func specTable(t *testing.T, heading string) (rows [][]string) {
	t.Helper()
	spec, err := os.ReadFile("../reserve/SPEC.md")
	if err != nil {
		t.Fatal(err)
	}
	level, _, _ := strings.Cut(heading, " ")
	_, text, found := strings.Cut(string(spec), "\n"+heading+"\n")
	if !found {
		t.Fatalf("SPEC.md has no section %q", heading)
	}
	text, _, _ = strings.Cut(text, "\n"+level+" ")
	for line := range strings.SplitSeq(text, "\n") {
		if cells := strings.Split(strings.Trim(line, "|"), "|"); strings.HasPrefix(line, "|") && !strings.HasPrefix(line, "|---") {
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			rows = append(rows, cells)
		}
	}
	if len(rows) < 2 {
		t.Fatalf("section %q of SPEC.md has no table", heading)
	}
	return rows[1:]
}

// vectorsNamed returns the tests of a file with that comment, or of the groups with that name.
func vectorsNamed(file, name string) (all []*vector) {
	for _, f := range vectorFiles() {
		for _, g := range f.groups {
			for _, v := range g.tests {
				if f.name == file && (v.comment == name || g.name == name) {
					all = append(all, v)
				}
			}
		}
	}
	return all
}

// noVector are the refusals of SPEC.md that no vector shows, each with the reason.
var noVector = map[string]string{
	"code-kind":        "what a program asks for is no part of a code; see Registry",
	"pool-exhausted":   "an issuer has too few licenses: no code is read",
	"duplicate-device": "depends on the books of two identities, which package cmd/internal/ledger tests",
	"unknown-device":   "depends on all devices that an issuer knows, which package cmd/internal/issuer tests",
	"policy-threshold": "an issuer's own policy, which SPEC.md leaves to it",
	"ledger-frozen":    "an issuer whose ledger was put back takes nothing in: no code is read",
	"state-damaged":    "a device's own file, which package reserve/device tests",
}

// TestEveryRefusalHasAVector compares the closed list of refusals with those that vectors show.
func TestEveryRefusalHasAVector(t *testing.T) {
	shown := map[string]bool{"": true}
	for _, f := range vectorFiles() {
		for _, g := range f.groups {
			for _, v := range g.tests {
				shown[v.err] = true
			}
		}
	}
	listed := map[string]bool{"": true}
	for _, row := range specTable(t, "## Refusals") {
		id := strings.Trim(row[0], "`")
		listed[id] = true
		if reason := noVector[id]; shown[id] == (reason != "") {
			t.Errorf("%q: shown by a vector %v, left out because %q", id, shown[id], reason)
		}
	}
	for id := range shown {
		if !listed[id] {
			t.Errorf("vectors show %q, which SPEC.md does not list", id)
		}
	}
	for id := range noVector {
		if !listed[id] {
			t.Errorf("%q is left out, and SPEC.md does not list it", id)
		}
	}
}

// TestEveryRefusalOfATextHasAFile asserts that each refusal of a text has a file in paste/ of its own.
func TestEveryRefusalOfATextHasAFile(t *testing.T) {
	shown := map[string]bool{}
	for _, f := range pasteFiles() {
		shown[f.expect] = true
	}
	for _, row := range specTable(t, "## Refusals") {
		if id := strings.Trim(row[0], "`"); row[1] == "a text" && !shown[id] && id != "code-too-long" { // of more than a mebibyte
			t.Errorf("no file in paste/ is refused with %q", id)
		}
	}
}

var (
	fileName   = regexp.MustCompile("^`([a-z]+)\\.json` (.*)$")
	vectorName = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
)

// TestEveryAttackHasItsVectors asserts that the vectors are there that SPEC.md names for each attack.
func TestEveryAttackHasItsVectors(t *testing.T) {
	rows := specTable(t, "### Attacks")
	named := 0
	for _, row := range rows {
		if row[3] == "–" {
			continue
		}
		for part := range strings.SplitSeq(row[3], "; ") {
			m := fileName.FindStringSubmatch(part)
			if m == nil {
				t.Fatalf("%s: %q names no file", row[0], part)
			}
			for _, n := range vectorName.FindAllStringSubmatch(m[2], -1) {
				name := strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(n[1])
				named++
				if len(vectorsNamed(m[1], name)) == 0 {
					t.Errorf("%s: %s.json has no test or group %q", row[0], m[1], name)
				}
			}
		}
	}
	if len(rows) < 45 || named < 60 {
		t.Errorf("%d attacks and %d vectors: the table was not read whole", len(rows), named)
	}
}
