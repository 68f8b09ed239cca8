package cmd_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
)

// pageFile documents the JSON of every verb. What stands above pageMark is written by hand.
const (
	pageFile = "JSON.md"
	pageMark = "<!-- What follows is made by: go test ./cmd -run JSONPage -update -->\n"
)

// builtinVerbs are those that package cli adds to each program.
var builtinVerbs = []string{"help", "man", "completion", "--version"}

// A section is what the page says of a verb.
type section struct {
	name    string // "tally-issuer device list"
	command string
	object  string
	fields  []field
}

// TestJSONPage makes the page anew and compares. -update writes it, unless something is gone that
// scripts may rely on: fields are added, never renamed, and so are the IDs of errors and warnings.
func TestJSONPage(t *testing.T) {
	l, steps := newLife(t)
	m := readMeanings(t)
	sections := l.sections(steps, m.shared)
	verbs := m.sectionsPart(t, sections)
	made := pageMark + messagesPart() + repeatingPart() + m.commonPart(t) + verbs
	text, err := os.ReadFile(pageFile)
	if err != nil {
		t.Fatal(err)
	}
	head, old, _ := bytes.Cut(text, []byte(pageMark))
	for _, row := range gone(string(old), made) {
		t.Errorf("scripts may rely on what is gone from %s; take it out there by hand if it has to be: %s", pageFile, row)
	}
	for place := range m.text {
		if !m.used[place] {
			t.Errorf("%s describes %q, which no verb has", fieldsFile, place)
		}
	}
	l.everyAnswer()
	if t.Failed() || string(old) == strings.TrimPrefix(made, pageMark) {
		return
	}
	if *update {
		if err := os.WriteFile(pageFile, append(head, made...), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s is not what the programs answer: go test ./cmd -run JSONPage -update", pageFile)
}

// sections runs the life and returns what it shows of every verb.
func (l *life) sections(steps []step, shared sharedObjects) []section {
	l.t.Helper()
	type seen struct {
		section
		answers []any
	}
	verbs := map[string]*seen{}
	for _, s := range steps {
		r := l.do(s)
		if !s.isCommand() {
			continue
		}
		v := verbs[s.name()]
		if v == nil {
			v = &seen{section: section{name: s.name()}}
			verbs[s.name()] = v
		}
		v.answers = append(v.answers, r.answers...)
		if plain := s.exit == 0 && !slices.Contains(s.words, "--dry-run"); s.example || plain && v.object == "" {
			v.command, v.object = s.text, l.shown(r.stdout)
		}
	}
	var list []section
	add := func(name string) {
		v := verbs[name]
		if v == nil || v.object == "" {
			l.t.Errorf("%s has no answer in %s, and so no section in %s", name, lifeFile, pageFile)
			return
		}
		v.fields = fieldsOf(shared, v.answers)
		list = append(list, v.section)
	}
	eachVerb(func(program string, _ *ucli.Command, path []string) { add(program + " " + strings.Join(path, " ")) })
	for _, verb := range builtinVerbs {
		add("tally-issuer " + verb)
	}
	return list
}

// shown takes out of an answer what differs between machines, and what changes with every change of what
// the journal keeps.
func (l *life) shown(object string) string {
	object = strings.ReplaceAll(object, l.dir+string(filepath.Separator), "")
	object = ofUser.ReplaceAllString(object, `$1"alice"`)
	return ofBuild.ReplaceAllString(object, `$1"…"`)
}

var (
	ofUser  = regexp.MustCompile(`("(?:actor|officer)":)"[^"]*"`)
	ofBuild = regexp.MustCompile(`("(?:version|revision|go|platform|page|root|content|previous|hash|signature|note|proof)":)"(?:[^"\\]|\\.)*"`)
)

// messagesPart lists errors and warnings.
func messagesPart() string {
	var b strings.Builder
	b.WriteString("\n## Errors\n\n| id | exit | meaning |\n|---|---|---|\n")
	for _, e := range cli.Errors() {
		fmt.Fprintf(&b, "| `%s` | %d | %s |\n", e.ID, e.Exit, e.Means)
	}
	b.WriteString("\n## Warnings\n\n| id | meaning |\n|---|---|\n")
	for _, w := range cli.Warnings() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", w.ID, w.Means)
	}
	return b.String()
}

// repeatingPart says of every verb that changes something how it is safe to repeat.
func repeatingPart() string {
	var b strings.Builder
	b.WriteString("\n## Repeating\n\nWhat the same command does when what it says is done already. A field that tells what the run itself " +
		"did differs.\n\n| verb | again | differs |\n|---|---|---|\n")
	verbs := changingVerbs()
	eachVerb(func(program string, c *ucli.Command, path []string) {
		name := program + " " + strings.Join(path, " ")
		if !slices.Contains(verbs, name) {
			return
		}
		how := "repeated"
		switch id := refusedAgain[name]; {
		case id != "":
			how = "refused: `" + id + "`"
		case hasFlag(c, "op"):
			how = "repeated with the same `--op`"
		}
		differs := ""
		for i, field := range ofThisRun[name] {
			if i > 0 {
				differs += ", "
			}
			differs += "`" + field + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, how, differs)
	})
	return b.String()
}

// commonPart explains the fields and the objects that many verbs have.
func (m meanings) commonPart(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("\n## Common fields\n\n| field | meaning |\n|---|---|\n")
	for _, place := range m.common {
		fmt.Fprintf(&b, "| `%s` | %s |\n", place, m.text[place])
	}
	b.WriteString("\n## Objects\n")
	for _, title := range m.order {
		shared, ok := m.shared.types[title]
		if !ok {
			t.Errorf("%s names an object %q that no verb answers with", fieldsFile, title)
			continue
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s", title, m.fieldTable(t, title, fieldsOfType(m.shared, shared)))
	}
	return b.String()
}

func (m meanings) sectionsPart(t *testing.T, list []section) string {
	var b strings.Builder
	same := map[string]string{} // a table of fields, by the verb that had it first
	program := ""
	for _, s := range list {
		if name, _, _ := strings.Cut(s.name, " "); name != program && !slices.Contains(builtinVerbs, strings.TrimPrefix(s.name, name+" ")) {
			program = name
			fmt.Fprintf(&b, "\n## %s\n", program)
		} else if s.name == "tally-issuer "+builtinVerbs[0] {
			b.WriteString("\n## Both programs\n")
		}
		fmt.Fprintf(&b, "\n### %s\n\n    %s --json\n\n```json\n%s\n```\n\n", s.name, s.command, formatJSON(t, s.object))
		_, verb, _ := strings.Cut(s.name, " ")
		fields := m.fieldTable(t, verb, s.fields)
		if first, ok := same[fields]; ok {
			fmt.Fprintf(&b, "Fields: those of [%s](#%s).\n", first, strings.ReplaceAll(first, " ", "-"))
			continue
		}
		same[fields] = s.name
		b.WriteString(fields)
	}
	return b.String()
}

// fieldTable describes the fields of a verb or of a shared object. What is explained elsewhere is only
// named.
func (m meanings) fieldTable(t *testing.T, of string, fields []field) string {
	t.Helper()
	var rows, common []string
	for _, f := range fields {
		kind := f.kind
		if f.absent {
			kind += ", or absent"
		}
		text, known := m.find(of, f.path)
		switch {
		case f.path == "" && f.absent:
			common = append(common, f.kind+" (or absent)")
		case f.path == "":
			common = append(common, f.kind)
		case known:
			common = append(common, "`"+f.path+"`")
		case text == "":
			t.Errorf("%s: what is %q (%s)? Describe it in %s", of, f.path, kind, fieldsFile)
		default:
			rows = append(rows, fmt.Sprintf("| `%s` | %s | %s |\n", f.path, kind, text))
		}
	}
	var b strings.Builder
	if rows != nil {
		b.WriteString("| field | value | meaning |\n|---|---|---|\n" + strings.Join(rows, ""))
	}
	if rows != nil && common != nil {
		b.WriteString("\n")
	}
	if common != nil {
		b.WriteString("Common: " + strings.Join(common, ", ") + ".\n")
	}
	return b.String()
}
