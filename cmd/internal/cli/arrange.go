package cli

import (
	"strings"
	"unicode"
	"unicode/utf8"

	ucli "github.com/urfave/cli/v2"
)

// An invocation is a command line that was put in order and checked. Flags are "--name=value" with
// the flag's first name.
type invocation struct {
	path          []*ucli.Command // from the outermost verb to the one that runs
	globals       []string
	flags         []string // the verb's own
	args          []string
	help, version bool
}

// arrange reads a command line without the program's name. On error the invocation holds what was
// understood so far, so that a hint can name the verb. The error is a usage error.
func arrange(commands []*ucli.Command, args []string) (invocation, error) {
	a := &arranger{commands: commands, rest: args, given: map[ucli.Flag]bool{}}
	a.globals = append(globalFlags(), answeredFlags()...)
	err := a.run()
	return a.found, err
}

type arranger struct {
	commands []*ucli.Command // the verbs that may come next
	globals  []ucli.Flag
	rest     []string
	literal  bool // "--" was seen
	given    map[ucli.Flag]bool
	found    invocation
}

func (a *arranger) run() error {
	for len(a.rest) > 0 {
		arg := a.rest[0]
		a.rest = a.rest[1:]
		var err error
		switch {
		case arg == "--" && !a.literal:
			a.literal = true
		case !a.literal && looksLikeFlag(arg):
			err = a.flag(arg)
		default:
			err = a.word(arg)
		}
		if err != nil {
			return err
		}
	}
	if a.found.help || a.found.version {
		return nil
	}
	return a.complete()
}

// looksLikeFlag reports whether arg begins with a dash and is neither "-", which stands for standard
// input, nor a negative number.
func looksLikeFlag(arg string) bool {
	if len(arg) < 2 || arg[0] != '-' {
		return false
	}
	digits := strings.Replace(arg[1:], ".", "", 1)
	return digits == "" || strings.Trim(digits, "0123456789") != ""
}

// verb returns the innermost command so far, nil at the beginning.
func (a *arranger) verb() *ucli.Command {
	if n := len(a.found.path); n > 0 {
		return a.found.path[n-1]
	}
	return nil
}

// word takes an argument that is not a flag: the next part of the verb, or a positional argument.
func (a *arranger) word(arg string) error {
	v := a.verb()
	if v != nil && len(v.Subcommands) == 0 {
		if err := a.refuseTypographicDash(arg); err != nil {
			return err
		}
		a.found.args = append(a.found.args, arg)
		return nil
	}
	for _, c := range a.commands {
		if c.HasName(arg) {
			a.found.path = append(a.found.path, c)
			a.commands = c.Subcommands
			return nil
		}
	}
	err := Usage("unknown verb %q", clip(joinPath(a.found.path, arg)))
	if near := nearest(arg, verbNames(a.commands)); near != "" {
		return WithHint(err, "did you mean %q?", joinPath(a.found.path, near))
	}
	return err
}

// refuseTypographicDash catches "—json" or "–yes", as word processors and chat programs turn
// "--json" into. Left alone it would be read as part of a code.
func (a *arranger) refuseTypographicDash(arg string) error {
	first, _ := utf8.DecodeRuneInString(arg)
	if a.literal || first < utf8.RuneSelf || !unicode.Is(unicode.Pd, first) && first != '\u2212' {
		return nil
	}
	name := strings.TrimLeftFunc(arg, func(r rune) bool { return unicode.Is(unicode.Pd, r) || r == '\u2212' })
	name, _, _ = strings.Cut(name, "=")
	if f, _ := a.lookup(name); f == nil {
		return nil
	}
	return WithHint(Usage("%q begins with a typographic dash", clip(arg)), "write %s", dashed(name))
}

// lookup finds a flag among those of every verb and the current verb's own.
func (a *arranger) lookup(name string) (f ucli.Flag, global bool) {
	if f := findFlag(a.globals, name); f != nil {
		return f, true
	}
	if v := a.verb(); v != nil {
		return findFlag(v.Flags, name), false
	}
	return nil, false
}

// flag takes an argument that begins with a dash, and its value.
func (a *arranger) flag(arg string) error {
	typed, value, joined := strings.Cut(arg, "=")
	f, global := a.lookup(strings.TrimLeft(typed, "-"))
	if f == nil || dashed(strings.TrimLeft(typed, "-")) != typed {
		return a.unknownFlag(typed)
	}
	if a.given[f] && !collects(f) {
		return Usage("flag %s is given twice", dashed(f.Names()[0]))
	}
	a.given[f] = true
	if !joined {
		var err error
		if value, err = a.value(f); err != nil {
			return err
		}
	}
	if value == "" {
		return WithHint(Usage("flag %s has an empty value", dashed(f.Names()[0])),
			"leave the flag out, or check the variable that its value comes from")
	}
	if err := checkValue(f, value); err != nil {
		return err
	}
	a.keep(f, value, global)
	return nil
}

// value returns the value of a flag that stands alone: for a switch "true", else the next argument.
func (a *arranger) value(f ucli.Flag) (string, error) {
	if isBool(f) {
		return "true", nil
	}
	name := dashed(f.Names()[0])
	if len(a.rest) == 0 {
		return "", Usage("flag %s needs a value", name)
	}
	next := a.rest[0]
	if looksLikeFlag(next) {
		return "", WithHint(Usage("flag %s needs a value, but %q follows", name, clip(next)),
			"a value that begins with a dash is joined with =: %s=VALUE", name)
	}
	a.rest = a.rest[1:]
	return next, nil
}

func (a *arranger) keep(f ucli.Flag, value string, global bool) {
	name := f.Names()[0]
	switch {
	case name == helpName && global:
		a.found.help = value == "true"
	case name == versionName && global:
		a.found.version = value == "true"
	case global:
		a.found.globals = append(a.found.globals, "--"+name+"="+value)
	default:
		a.found.flags = append(a.found.flags, "--"+name+"="+value)
	}
}

// unknownFlag says why typed is not a flag here, and what it may have been meant as.
func (a *arranger) unknownFlag(typed string) error {
	err := Usage("unknown flag %q", clip(typed))
	names := flagNames(a.globals)
	v := a.verb()
	if v != nil {
		names = append(names, flagNames(v.Flags)...)
	}
	near := nearest(strings.TrimLeft(typed, "-"), names)
	switch {
	case near != "":
		return WithHint(err, "did you mean %s?", dashed(near))
	case v == nil || len(v.Subcommands) > 0:
		return WithHint(err, "the flags of a verb stand after the verb")
	case !strings.HasPrefix(typed, "--"):
		return WithHint(err, `put "--" before arguments that begin with a dash`)
	}
	return err
}

// complete checks what must be there: the verb, its required flags, its arguments.
func (a *arranger) complete() error {
	v := a.verb()
	if v == nil || len(v.Subcommands) > 0 {
		names := orList(verbNames(a.commands))
		if v == nil {
			return Usage("the verb is missing: %s", names)
		}
		return Usage("%q needs a verb: %s", joinPath(a.found.path), names)
	}
	for _, f := range v.Flags {
		if required(f) && !a.given[f] {
			return Usage("flag %s is required", dashed(f.Names()[0]))
		}
	}
	g, err := parseGrammar(v.ArgsUsage)
	if err != nil {
		return err
	}
	return g.check(a.found.args)
}

// argv returns the command line as urfave/cli reads it without surprises.
func (in invocation) argv(program string) []string {
	out := append([]string{program}, in.globals...)
	for _, c := range in.path {
		out = append(out, c.Name)
	}
	out = append(out, in.flags...)
	return append(append(out, "--"), in.args...)
}

// joinPath spells a verb: "account new".
func joinPath(path []*ucli.Command, more ...string) string {
	return strings.Join(append(verbNames(path), more...), " ")
}

func verbNames(commands []*ucli.Command) []string {
	names := make([]string, 0, len(commands)+1)
	for _, c := range commands {
		names = append(names, c.Name)
	}
	return names
}

func flagNames(flags []ucli.Flag) []string {
	var names []string
	for _, f := range flags {
		names = append(names, f.Names()...)
	}
	return names
}
