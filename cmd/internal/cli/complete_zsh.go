package cli

import (
	"fmt"
	"strings"
)

// zshCompletion is to be saved as _PROGRAM on zsh's function path.
func zshCompletion(root verbDoc) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#compdef %s\n# zsh completion for %s\n\n_%s() {\n", root.Name, root.Name, shellName(root.Name))
	b.WriteString(zshWalk(root))
	b.WriteString("    case \"$at $flag\" in\n")
	root.walk(func(d verbDoc) {
		for _, f := range d.Flags {
			for _, spelling := range f.Names {
				pattern := singleQuoted(d.key() + " " + spelling)
				switch {
				case f.Values != nil:
					fmt.Fprintf(&b, "    %s) compadd -- %s; return ;;\n", pattern, strings.Join(f.Values, " "))
				case f.isFile:
					fmt.Fprintf(&b, "    %s) _files; return ;;\n", pattern)
				}
			}
		}
	})
	b.WriteString("    esac\n    if [[ -n $flag ]]; then return; fi\n    local -a words_here flags_here\n    case \"$at\" in\n")
	root.walk(func(d verbDoc) {
		fmt.Fprintf(&b, "    %s)\n        words_here=(%s)\n        flags_here=(%s)\n        ;;\n",
			singleQuoted(d.key()), zshWords(d), zshFlags(root, d))
	})
	b.WriteString(zshReply)
	fmt.Fprintf(&b, "}\n\nif [[ $funcstack[1] == _%s ]]; then\n    _%s \"$@\"\nelse\n    compdef _%s %s\nfi\n",
		root.Name, shellName(root.Name), shellName(root.Name), root.Name)
	return b.String()
}

// zshWalk is bashWalk for zsh, which counts words from 1 and leaves "--qr=on" whole. A pair such as
// "--qr=" at the cursor is split here.
func zshWalk(root verbDoc) string {
	var b strings.Builder
	b.WriteString(`    local at='' flag='' word
    integer i
    for ((i = 2; i < CURRENT; i++)); do
        word="${words[i]}"
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
	b.WriteString("        esac\n    done\n    if [[ -z $flag && ${words[CURRENT]} == --*=* ]]; then\n" +
		"        flag=\"${words[CURRENT]%%=*}\"\n        compset -P 1 '*='\n    fi\n")
	return b.String()
}

func zshWords(d verbDoc) string {
	var list []string
	for _, v := range d.Verbs {
		list = append(list, zshEntry(v.Path[len(v.Path)-1], v.Usage))
	}
	if len(d.Verbs) == 0 {
		for _, word := range d.nextWords() {
			list = append(list, zshEntry(word, d.Usage))
		}
	}
	return strings.Join(list, " ")
}

func zshFlags(root, d verbDoc) string {
	flags := root.Flags
	if len(d.Path) > 0 {
		flags = append(append([]flagDoc{}, d.Flags...), root.Flags...)
	}
	var list []string
	for _, f := range flags {
		for _, spelling := range f.Names {
			list = append(list, zshEntry(spelling, f.Usage))
		}
	}
	return strings.Join(list, " ")
}

// zshEntry is "word:description" for _describe.
func zshEntry(word, text string) string {
	return singleQuoted(strings.ReplaceAll(word, ":", `\:`) + ":" + text)
}

const zshReply = `    esac
    if [[ ${words[CURRENT]} == -* ]]; then
        _describe -o flag flags_here
    elif (( $#words_here )); then
        _describe verb words_here
    else
        _files
    fi
`
