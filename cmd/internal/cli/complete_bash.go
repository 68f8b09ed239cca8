package cli

import (
	"fmt"
	"slices"
	"strings"
)

// A completion script knows the verb tree as fixed lists. It finds the verb by walking over the
// words before the cursor, and offers the verb's flags, the values of a flag, or file names. What is
// typed is compared and matched, never evaluated. Words stand between single quotes; usage texts are
// quoted for the shell.

// shellName turns a program's name into an identifier.
func shellName(program string) string { return strings.ReplaceAll(program, "-", "_") }

// singleQuoted quotes s for a POSIX shell.
func singleQuoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// valueFlags lists the flags in list that take a value.
func valueFlags(list []flagDoc) []string {
	var names []string
	for _, f := range list {
		if f.Value != "" {
			names = append(names, f.Names...)
		}
	}
	return names
}

// flagWords lists every spelling of the flags in list.
func flagWords(list []flagDoc) []string {
	var names []string
	for _, f := range list {
		names = append(names, f.Names...)
	}
	return names
}

// nextWords lists what may follow a verb: its verbs, or the words its first argument allows.
func (d verbDoc) nextWords() []string {
	words := slices.Clone(d.words)
	for _, v := range d.Verbs {
		words = append(words, v.Path[len(v.Path)-1])
	}
	if g, err := parseGrammar(d.Args); err == nil && len(g) > 0 {
		words = append(words, g[0].choices...)
	}
	return words
}

// key is how a script spells a verb while it walks: "/account/new", "" at the root.
func (d verbDoc) key() string {
	if len(d.Path) == 0 {
		return ""
	}
	return "/" + strings.Join(d.Path, "/")
}

// bashCompletion needs bash 3.2 and no bash-completion package.
func bashCompletion(root verbDoc) string {
	name := shellName(root.Name)
	var b strings.Builder
	fmt.Fprintf(&b, "# bash completion for %s\n\n_%s() {\n", root.Name, name)
	b.WriteString(bashWalk(root))
	b.WriteString("    local words=''\n    if [[ -z $flag && $cur == -* ]]; then flag='-'; fi\n    case \"$at $flag\" in\n")
	root.walk(func(d verbDoc) {
		flags := flagWords(root.Flags)
		if len(d.Path) > 0 {
			flags = append(flagWords(d.Flags), flags...)
		}
		bashCase(&b, d.key()+" ", d.nextWords())
		bashCase(&b, d.key()+" -", flags)
		for _, f := range d.Flags {
			for _, spelling := range f.Names {
				if f.Values != nil {
					bashCase(&b, d.key()+" "+spelling, f.Values)
				}
			}
		}
	})
	b.WriteString("    esac\n    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n")
	// Where nothing is offered, -o default has bash offer file names.
	fmt.Fprintf(&b, "}\n\ncomplete -o default -F _%s %s\n", name, root.Name)
	return b.String()
}

func bashCase(b *strings.Builder, at string, words []string) {
	fmt.Fprintf(b, "    %s) words=%s ;;\n", singleQuoted(at), singleQuoted(strings.Join(words, " ")))
}

// bashWalk sets $cur to the word at the cursor, $at to the verb, and $flag to the flag whose value
// the cursor is at. Bash cuts words at "=": "--qr=on" arrives as three words.
func bashWalk(root verbDoc) string {
	var b strings.Builder
	b.WriteString(`    local cur="${COMP_WORDS[COMP_CWORD]}" at='' flag='' word i
    for ((i = 1; i < COMP_CWORD; i++)); do
        word="${COMP_WORDS[i]}"
        if [[ $word == '=' ]]; then continue; fi
        if [[ -n $flag ]]; then flag=''; continue; fi
        case "$at $word" in
`)
	root.walk(func(d verbDoc) {
		for _, f := range valueFlags(d.Flags) {
			fmt.Fprintf(&b, "        %s) flag=\"$word\" ;;\n", singleQuoted(d.key()+" "+f))
		}
		for _, v := range d.Verbs {
			fmt.Fprintf(&b, "        %s) at=%s ;;\n", singleQuoted(d.key()+" "+v.Path[len(v.Path)-1]), singleQuoted(v.key()))
		}
	})
	b.WriteString("        esac\n    done\n    if [[ $cur == '=' ]]; then cur=''; fi\n")
	return b.String()
}
