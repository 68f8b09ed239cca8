package cli

import (
	"fmt"
	"strings"
)

// fishCompletion lists one rule for each verb and flag; a rule holds where the words before the
// cursor name its verb.
func fishCompletion(root verbDoc) string {
	name := "__" + shellName(root.Name)
	var b strings.Builder
	fmt.Fprintf(&b, "# fish completion for %s\n\nfunction %s_at\n", root.Name, name)
	b.WriteString("    set -l at ''\n    set -l skip ''\n    set -l tokens (commandline -opc)\n" +
		"    for word in $tokens[2..-1]\n        if test -n \"$skip\"\n            set skip ''\n            continue\n        end\n" +
		"        switch \"$at $word\"\n")
	root.walk(func(d verbDoc) {
		for _, f := range valueFlags(d.Flags) {
			fmt.Fprintf(&b, "            case %s\n                set skip 1\n", fishQuoted(d.key()+" "+f))
		}
		for _, v := range d.Verbs {
			fmt.Fprintf(&b, "            case %s\n                set at %s\n",
				fishQuoted(d.key()+" "+v.Path[len(v.Path)-1]), fishQuoted(v.key()))
		}
	})
	b.WriteString("        end\n    end\n    test \"$at\" = \"$argv[1]\"\nend\n\n")
	fmt.Fprintf(&b, "complete -c %s -f\n", root.Name)
	for _, f := range root.Flags {
		b.WriteString(fishFlag(root.Name, "", f))
	}
	root.walk(func(d verbDoc) {
		condition := fmt.Sprintf(" -n %s", fishQuoted(name+"_at "+fishQuoted(d.key())))
		for _, v := range d.Verbs {
			fmt.Fprintf(&b, "complete -c %s%s -a %s -d %s\n", root.Name, condition,
				fishQuoted(v.Path[len(v.Path)-1]), fishQuoted(v.Usage))
		}
		if len(d.Path) == 0 {
			return
		}
		if words := d.nextWords(); len(d.Verbs) == 0 && len(words) > 0 {
			fmt.Fprintf(&b, "complete -c %s%s -a %s\n", root.Name, condition, fishQuoted(strings.Join(words, " ")))
		}
		for _, f := range d.Flags {
			b.WriteString(fishFlag(root.Name, condition, f))
		}
	})
	return b.String()
}

// fishFlag is the rule of one flag.
func fishFlag(program, condition string, f flagDoc) string {
	line := fmt.Sprintf("complete -c %s%s", program, condition)
	for _, spelling := range f.Names {
		if long, ok := strings.CutPrefix(spelling, "--"); ok {
			line += " -l " + long
		} else {
			line += " -s " + strings.TrimPrefix(spelling, "-")
		}
	}
	switch {
	case f.Values != nil:
		line += " -x -a " + fishQuoted(strings.Join(f.Values, " "))
	case f.isFile:
		line += " -r -F"
	case f.Value != "":
		line += " -x"
	}
	return line + " -d " + fishQuoted(f.Usage) + "\n"
}

// fishQuoted quotes s for fish, where a backslash escapes inside single quotes too.
func fishQuoted(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
