package cli

import (
	"slices"
	"strconv"
	"strings"
	"time"

	ucli "github.com/urfave/cli/v2"
)

// An EnumFlag is a string flag with a fixed list of values, which is checked before the verb runs,
// printed by --help and completed by the shell.
type EnumFlag struct {
	*ucli.StringFlag
	Values []string
}

// Enum returns a flag that takes one of values; without it the verb sees the first. usage is a noun
// phrase, such as "output format"; the values are added to it.
func Enum(name, usage string, values ...string) *EnumFlag {
	return &EnumFlag{
		StringFlag: &ucli.StringFlag{Name: name, Usage: usage + ": " + orList(values), Value: values[0]},
		Values:     values,
	}
}

// orList joins words as in "a, b or c".
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// globalFlags are the flags of every verb that urfave/cli keeps. Flags hold parsed values, so each
// run makes its own.
func globalFlags() []ucli.Flag {
	return []ucli.Flag{
		&ucli.BoolFlag{Name: "json", Usage: "print one JSON object, errors included"},
		&ucli.BoolFlag{Name: "quiet", Usage: "leave out notes and hints; warnings and whole errors stay"},
		&ucli.BoolFlag{Name: "no-color", Usage: "no escape sequences (a QR code then needs a dark background)"},
	}
}

// Names of the two flags that are answered before urfave/cli runs.
const (
	helpName    = "help"
	versionName = "version"
)

// answeredFlags are documented and parsed like the others, but never reach urfave/cli, whose own
// versions share global variables between runs.
func answeredFlags() []ucli.Flag {
	return []ucli.Flag{
		&ucli.BoolFlag{Name: helpName, Aliases: []string{"h"}, Usage: "show help"},
		&ucli.BoolFlag{Name: versionName, Usage: "show the version"},
	}
}

func isBool(f ucli.Flag) bool {
	_, ok := f.(*ucli.BoolFlag)
	return ok
}

// collects reports whether a flag may be given several times.
func collects(f ucli.Flag) bool {
	s, ok := f.(ucli.DocGenerationSliceFlag)
	return ok && s.IsSliceFlag()
}

func required(f ucli.Flag) bool {
	r, ok := f.(ucli.RequiredFlag)
	return ok && r.IsRequired()
}

// dashed spells a flag's name as people type it.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// findFlag returns the flag of that name or alias, nil if there is none.
func findFlag(flags []ucli.Flag, name string) ucli.Flag {
	for _, f := range flags {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

// checkValue refuses what urfave/cli would refuse with a worse message, or would read as something
// else than a person meant: "010" is eight to package flag, "0x10" sixteen, "T" is true.
func checkValue(f ucli.Flag, value string) error {
	name := dashed(f.Names()[0])
	switch f := f.(type) {
	case *ucli.BoolFlag:
		if value != "true" && value != "false" {
			return Usage("flag %s is on or off and takes no value such as %q", name, clip(value))
		}
	case *EnumFlag:
		if !slices.Contains(f.Values, value) {
			return Usage("flag %s: %q is not %s", name, clip(value), orList(f.Values))
		}
	case *ucli.IntFlag, *ucli.Int64Flag, *ucli.IntSliceFlag, *ucli.Int64SliceFlag:
		if _, err := strconv.ParseInt(value, 10, 64); err != nil || !plainNumber(strings.TrimPrefix(value, "-")) {
			return Usage("flag %s: %q is not a whole number", name, clip(value))
		}
	case *ucli.UintFlag, *ucli.Uint64Flag, *ucli.UintSliceFlag, *ucli.Uint64SliceFlag:
		if _, err := strconv.ParseUint(value, 10, 64); err != nil || !plainNumber(value) {
			return Usage("flag %s: %q is not a whole number from 0 up", name, clip(value))
		}
	case *ucli.DurationFlag:
		if _, err := time.ParseDuration(value); err != nil {
			return Usage("flag %s: %q is not a duration such as 90s or 12h", name, clip(value))
		}
	}
	return nil
}

// plainNumber reports whether s is written with decimal digits alone and without leading zeros.
func plainNumber(s string) bool {
	if s == "" || len(s) > 1 && s[0] == '0' {
		return false
	}
	return strings.Trim(s, "0123456789") == ""
}
