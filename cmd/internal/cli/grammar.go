package cli

import (
	"fmt"
	"slices"
	"strings"
)

// A grammar is what a verb's ArgsUsage says about its positional arguments:
//
//	UDI [NUMBER]        one required, one optional
//	[CODE...]           any number
//	bash|zsh|fish       one of these words
type grammar []place

type place struct {
	name     string
	choices  []string // the words allowed; nil: anything
	optional bool
	repeats  bool
}

// parseGrammar reads ArgsUsage. An error is a mistake in the program, which clitest finds.
func parseGrammar(usage string) (grammar, error) {
	var g grammar
	for word := range strings.FieldsSeq(usage) {
		p := place{name: word}
		if inner, ok := strings.CutPrefix(word, "["); ok {
			if inner, ok = strings.CutSuffix(inner, "]"); !ok {
				return nil, fmt.Errorf("arguments %q: %q lacks its closing bracket", usage, word)
			}
			p.name, p.optional = inner, true
		}
		p.name, p.repeats = strings.CutSuffix(p.name, "...")
		if strings.Contains(p.name, "|") {
			p.choices = strings.Split(p.name, "|")
		}
		if p.name == "" || strings.ContainsAny(p.name, "[].") {
			return nil, fmt.Errorf("arguments %q: %q can't be read", usage, word)
		}
		if n := len(g); n > 0 && (g[n-1].repeats || g[n-1].optional && !p.optional) {
			return nil, fmt.Errorf("arguments %q: %q can't follow %q", usage, word, g[n-1].name)
		}
		g = append(g, p)
	}
	return g, nil
}

// check compares args with the grammar. The error is a usage error.
func (g grammar) check(args []string) error {
	for i, p := range g {
		if i >= len(args) {
			if p.optional {
				return nil
			}
			return Usage("argument %s is missing", p.name)
		}
		given := args[i : i+1]
		if p.repeats {
			given = args[i:]
		}
		for _, arg := range given {
			if p.choices != nil && !slices.Contains(p.choices, arg) {
				return Usage("%q is not %s", clip(arg), orList(p.choices))
			}
		}
		if p.repeats {
			return nil
		}
	}
	if len(args) > len(g) {
		return Usage("unexpected argument %q", clip(args[len(g)]))
	}
	return nil
}
