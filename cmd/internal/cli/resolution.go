package cli

import (
	"fmt"
	"slices"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/resolve"
	"tallystick/cmd/internal/term"
)

// FoundCode is in JSON what became of one of the codes that were given.
type FoundCode struct {
	First     int      `json:"first_line"` // of the text, from 1
	Last      int      `json:"last_line"`
	Kind      string   `json:"kind"` // "" where it does not read that far
	Device    string   `json:"device,omitempty"`
	Finding   string   `json:"finding"`
	Text      string   `json:"text"`
	Corrected []string `json:"corrected,omitempty"`
}

// FoundCodes returns the codes for JSON.
func FoundCodes(codes []*resolve.Code) []FoundCode {
	out := []FoundCode{}
	for _, c := range codes {
		out = append(out, FoundCode{c.First, c.Last, c.Kind, c.Device, c.Finding, c.Text, c.Corrected})
	}
	return out
}

// Situation is in JSON the row that somebody is in, and the way out of it.
type Situation struct {
	ID    string     `json:"situation"`
	Title string     `json:"title"`
	Known string     `json:"known"`
	Next  NextStep   `json:"next"`
	Then  []NextStep `json:"then"`
}

// NextStep is in JSON one step. Words in capitals in its command stand for what only a person knows,
// CODE for what the step before prints.
type NextStep struct {
	Who     string   `json:"who"` // operator or officer
	Command string   `json:"command"`
	Argv    []string `json:"argv"`
	Text    string   `json:"text,omitempty"`
}

// SituationOf returns a row for JSON, with the places that this run was given in the commands of its
// own program.
func SituationOf(c *ucli.Context, r resolve.Row) Situation {
	s := Situation{ID: r.ID, Title: r.Title, Known: r.Known, Then: []NextStep{}}
	for i, step := range r.Way {
		argv := Out(c).placedWords(step.Command)
		next := NextStep{string(step.Who), shellLine(argv), argv, step.Text}
		if i == 0 {
			s.Next = next
			continue
		}
		s.Then = append(s.Then, next)
	}
	return s
}

// shellLine is a command as it is typed in a shell. An equals sign inside a word needs no quotes.
func shellLine(argv []string) string {
	words := make([]string, len(argv))
	for i, word := range argv {
		words[i] = shellWord(word)
		if bare := strings.ReplaceAll(word, "=", ""); shellWord(bare) == bare {
			words[i] = word
		}
	}
	return strings.Join(words, " ")
}

// placedWords adds the places that this run was given to a command of the own program.
func (o *Output) placedWords(argv []string) []string {
	if len(argv) == 0 || argv[0] != o.program {
		return argv
	}
	out := slices.Clone(argv)
	for _, flag := range o.places {
		name, dir, _ := strings.Cut(strings.TrimPrefix(flag, "--"), "=")
		if o.takes(argv[1:], name) && !slices.Contains(argv, "--"+name) {
			out = append(out, "--"+name, dir)
		}
	}
	return out
}

// takes reports whether the verb that words begin with has a flag.
func (o *Output) takes(words []string, flag string) bool {
	var verb *ucli.Command
	commands := o.commands
	for _, word := range words {
		next := findCommand(commands, word)
		if next == nil {
			break
		}
		verb, commands = next, next.Subcommands
	}
	return verb != nil && findFlag(verb.Flags, flag) != nil
}

// ShowFoundCodes prints what became of each code that was given.
func ShowFoundCodes(c *ucli.Context, codes []*resolve.Code) {
	out := Out(c)
	for _, code := range codes {
		place := fmt.Sprintf("line %d", code.First)
		if code.Last > code.First {
			place = fmt.Sprintf("lines %d-%d", code.First, code.Last)
		}
		kind := code.Kind
		if kind == "" {
			kind = "a code"
		}
		out.folded(fmt.Sprintf("%-12s %s: %s", place, strings.ReplaceAll(kind, "-", " "), code.Text))
		for _, fix := range code.Corrected {
			out.folded("             corrected " + fix)
		}
	}
}

// ShowSituation prints where somebody stands and the way out. Commands stand in lines of their own,
// to be copied.
func ShowSituation(c *ucli.Context, r resolve.Row) {
	out := Out(c)
	s := SituationOf(c, r)
	out.folded("situation    " + s.Title + " (" + s.ID + ")")
	out.folded("             " + s.Known)
	label := "next"
	for _, step := range append([]NextStep{s.Next}, s.Then...) {
		text := step.Who
		if step.Text != "" {
			text += ": " + step.Text
		}
		out.folded(fmt.Sprintf("%-12s %s", label, text))
		out.Printf("             %s\n", step.Command)
		label = "then"
	}
}

// folded prints a line of text, folded where standard output is a terminal.
func (o *Output) folded(text string) {
	width := 0
	if o.env.StdoutIsTerminal && o.env.Size != nil {
		width, _ = o.env.Size()
		width--
	}
	_, _ = fmt.Fprintln(o.Writer(), fold(term.Safe(text), width, strings.Repeat(" ", 13)))
}
