package clitest

import (
	"slices"
	"strings"
	"testing"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
)

// sampleValues returns values that f takes: two for a flag that collects, none for a switch.
func sampleValues(f ucli.Flag) []string {
	switch f := f.(type) {
	case *ucli.BoolFlag:
		return nil
	case *cli.EnumFlag:
		return f.Values[len(f.Values)-1:]
	case *ucli.IntFlag, *ucli.Int64Flag, *ucli.UintFlag, *ucli.Uint64Flag:
		return []string{"7"}
	case *ucli.Float64Flag:
		return []string{"1.5"}
	case *ucli.DurationFlag:
		return []string{"90s"}
	case *ucli.IntSliceFlag, *ucli.Int64SliceFlag, *ucli.UintSliceFlag, *ucli.Uint64SliceFlag:
		return []string{"7", "8"}
	case ucli.DocGenerationSliceFlag:
		return []string{"A=1,2", "B=+3"}
	}
	return []string{"some value"}
}

// spell writes flags with sample values: "--flag value", or joined "--flag=value".
func spell(flags []ucli.Flag, joined bool) (chunks [][]string) {
	for _, f := range flags {
		name := "--" + f.Names()[0]
		values := sampleValues(f)
		if values == nil {
			chunks = append(chunks, []string{name})
		}
		for _, value := range values {
			if joined {
				chunks = append(chunks, []string{name + "=" + value})
			} else {
				chunks = append(chunks, []string{name, value})
			}
		}
	}
	return chunks
}

// arguments returns sample positional arguments, as many as the grammar names. The last one of a
// list is a number below zero, which must not be taken for a flag.
func (v verb) arguments() []string {
	var args []string
	for word := range strings.FieldsSeq(v.command.ArgsUsage) {
		name := strings.Trim(word, "[]")
		name, repeats := strings.CutSuffix(name, "...")
		name, _, _ = strings.Cut(name, "|")
		args = append(args, name)
		if repeats {
			args = append(args, name, "-1.5")
		}
	}
	return args
}

func (v verb) requiredFlags() []ucli.Flag {
	var list []ucli.Flag
	for _, f := range v.command.Flags {
		if r, ok := f.(ucli.RequiredFlag); ok && r.IsRequired() {
			list = append(list, f)
		}
	}
	return list
}

// checkOrders gives every flag and argument in several orders and compares what the verb gets.
func (v verb) checkOrders(t *testing.T) {
	apart, joined := spell(v.command.Flags, false), spell(v.command.Flags, true)
	args := v.arguments()
	half := len(apart) / 2
	orders := [][]string{
		slices.Concat(v.path, slices.Concat(apart...), args),
		slices.Concat(v.path, args, slices.Concat(apart...)),
		slices.Concat(v.path, slices.Concat(apart[:half]...), args, slices.Concat(apart[half:]...)),
		slices.Concat(v.path, args, slices.Concat(joined...)),
		slices.Concat(v.path, slices.Concat(joined...), []string{"--"}, args),
		slices.Concat([]string{"--quiet"}, v.path, args, slices.Concat(apart...)),
		slices.Concat(v.path, args, slices.Concat(apart...), []string{"--quiet", "--no-color"}),
	}
	if len(v.path) > 1 {
		orders = append(orders, slices.Concat(v.path[:1], []string{"--json"}, v.path[1:], args, slices.Concat(joined...)))
	}
	want, got := v.recorded(orders[0])
	if want == "" {
		t.Errorf("%q: exit %d: %s", orders[0], got.Exit, got.Stderr)
		return
	}
	for _, order := range orders[1:] {
		if seen, got := v.recorded(order); seen != want {
			t.Errorf("%q\ngave %s\nwant %s\n%s", order, seen, want, got.Stderr)
		}
	}
}

// checkRefusals gives what every verb must refuse.
func (v verb) checkRefusals(t *testing.T) {
	good := slices.Concat(v.path, slices.Concat(spell(v.requiredFlags(), false)...), v.arguments())
	with := func(more ...string) []string { return slices.Concat(good, more) }
	v.refuses(t, with("--no-such-flag"))
	v.refuses(t, with("--quiet", "--quiet"))
	for _, f := range v.command.Flags {
		chunks := spell([]ucli.Flag{f}, false)
		if s, ok := f.(ucli.DocGenerationSliceFlag); ok && s.IsSliceFlag() {
			continue
		}
		v.refuses(t, slices.Concat(with(chunks[0]...), chunks[0]))
	}
	for _, missing := range v.requiredFlags() {
		rest := slices.DeleteFunc(v.requiredFlags(), func(f ucli.Flag) bool { return f == missing })
		v.refuses(t, slices.Concat(v.path, slices.Concat(spell(rest, false)...), v.arguments()))
	}
	if !strings.Contains(v.command.ArgsUsage, "...") {
		v.refuses(t, with("one-too-many"))
	}
	if usage := v.command.ArgsUsage; usage != "" && !strings.HasPrefix(usage, "[") {
		v.refuses(t, slices.Concat(v.path, slices.Concat(spell(v.requiredFlags(), false)...)))
	}
}

// checkExamples runs the examples of the help text as far as the command line goes.
func (v verb) checkExamples(t *testing.T) {
	_, list, _ := strings.Cut(v.command.Description, "Examples:")
	found := false
	for line := range strings.Lines(list) {
		for _, command := range commandsOf(line) {
			if command[0] != v.program.Name {
				continue
			}
			seen, got := v.recorded(command[1:])
			if got.Exit != 0 {
				t.Errorf("example %q: exit %d: %s", strings.TrimSpace(line), got.Exit, got.Stderr)
			}
			found = found || strings.HasPrefix(seen, strings.Join(v.path, " ")+" ")
		}
	}
	if !found {
		t.Errorf("no example shows %q", strings.Join(v.path, " "))
	}
}

// commandsOf cuts a line as a shell does into the words of its commands, without redirections.
func commandsOf(line string) [][]string {
	var commands [][]string
	var words []string
	word, quote, inWord, redirected := "", rune(0), false, false
	end := func() {
		redirection := strings.HasSuffix(word, "<") || strings.HasSuffix(word, ">")
		if inWord && !redirected && !strings.ContainsAny(word, "<>") {
			words = append(words, word)
		}
		redirected = redirection || redirected && !inWord // what follows is a file name
		word, inWord = "", false
	}
	for _, r := range line + "\n|" {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word += string(r)
		case r == '\'' || r == '"':
			quote, inWord = r, true
		case r == ' ' || r == '\n':
			end()
		case r == '|' || r == ';' || r == '&':
			end()
			if len(words) > 0 {
				commands = append(commands, words)
			}
			words = nil
		default:
			word, inWord = word+string(r), true
		}
	}
	return commands
}
