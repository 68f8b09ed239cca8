package cli

import (
	"strings"
	"unicode"

	ucli "github.com/urfave/cli/v2"
)

// placeFlags name where a program works. A command in a hint has to work at the same place as the
// verb that gives the hint, or it would fail there, or tell about another device.
var placeFlags = []string{"home", "state", "ledger"}

// placed adds the place that this run was given to the commands of the program that a text quotes,
// as in "`tally-device status`", unless a command names one already or its verb takes none.
func (o *Output) placed(text string) string {
	if len(o.places) == 0 {
		return text
	}
	opening := "`" + o.program + " "
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, opening)
		command, after, closed := strings.Cut(rest, "`")
		if !found || !closed {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(before + opening + command + o.placeFor(command) + "`")
		text = after
	}
}

// placeFor returns what is to be added to a command, given without the program's name.
func (o *Output) placeFor(command string) string {
	var verb *ucli.Command
	commands := o.commands
	for word := range strings.FieldsSeq(command) {
		next := findCommand(commands, word)
		if next == nil {
			break
		}
		verb, commands = next, next.Subcommands
	}
	if verb == nil || strings.Contains(command, "--"+helpName) {
		return ""
	}
	added := ""
	for _, flag := range o.places {
		name, dir, _ := strings.Cut(strings.TrimPrefix(flag, "--"), "=")
		if findFlag(verb.Flags, name) != nil && !strings.Contains(command, "--"+name) {
			added += " --" + name + " " + shellWord(dir)
		}
	}
	return added
}

// placesIn returns those of a verb's flags, as "--name=value", that name a place.
func placesIn(flags []string) []string {
	var list []string
	for _, f := range flags {
		for _, name := range placeFlags {
			if dir, ok := strings.CutPrefix(f, "--"+name+"="); ok && dir != "" {
				list = append(list, f)
			}
		}
	}
	return list
}

func findCommand(commands []*ucli.Command, name string) *ucli.Command {
	for _, c := range commands {
		if c.HasName(name) {
			return c
		}
	}
	return nil
}

// shellWord quotes a word for a shell, where it needs that.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("/._-+:@,", r)
	}
	if s != "" && strings.TrimFunc(s, plain) == "" {
		return s
	}
	return singleQuoted(s)
}
