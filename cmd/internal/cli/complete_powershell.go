package cli

import (
	"fmt"
	"strings"
)

// powershellCompletion needs PowerShell 5 or newer. What is typed is compared with -ceq and
// StartsWith, never with wildcards, and never run.
func powershellCompletion(root verbDoc) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# PowerShell completion for %s\n\nRegister-ArgumentCompleter -Native -CommandName %s, %s -ScriptBlock {\n",
		root.Name, powershellQuoted(root.Name), powershellQuoted(root.Name+".exe"))
	b.WriteString("    param($wordToComplete, $commandAst, $cursorPosition)\n")
	b.WriteString("    $words = @{\n")
	root.walk(func(d verbDoc) {
		fmt.Fprintf(&b, "        %s = @(%s)\n", powershellQuoted(d.key()), powershellList(d.nextWords()))
	})
	b.WriteString("    }\n    $flags = @{\n")
	root.walk(func(d verbDoc) {
		list := flagWords(root.Flags)
		if len(d.Path) > 0 {
			list = append(flagWords(d.Flags), list...)
		}
		fmt.Fprintf(&b, "        %s = @(%s)\n", powershellQuoted(d.key()), powershellList(list))
	})
	b.WriteString("    }\n    $values = @{\n")
	root.walk(func(d verbDoc) {
		for _, f := range d.Flags {
			if f.Value == "" {
				continue
			}
			for _, spelling := range f.Names {
				fmt.Fprintf(&b, "        %s = @(%s)\n", powershellQuoted(d.key()+" "+spelling), powershellList(f.Values))
			}
		}
	})
	b.WriteString("    }\n" + powershellWalk + "}\n")
	return b.String()
}

func powershellQuoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func powershellList(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = powershellQuoted(w)
	}
	return strings.Join(quoted, ", ")
}

// powershellWalk finds the verb, then offers the values of a flag (an empty list: file names, which
// PowerShell offers by itself), the verb's words, or its flags.
const powershellWalk = `    $at = ''
    $flag = ''
    foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
        if ($element.Extent.EndOffset -ge $cursorPosition -and $wordToComplete -cne '') { break }
        $word = $element.Extent.Text
        if ($flag -cne '') { $flag = ''; continue }
        if ($values.ContainsKey("$at $word")) { $flag = $word; continue }
        if ($words.ContainsKey("$at/$word")) { $at = "$at/$word" }
    }
    $prefix = ''
    $typed = $wordToComplete
    $equals = $typed.IndexOf('=')
    if ($flag -ceq '' -and $equals -gt 0 -and $values.ContainsKey("$at " + $typed.Substring(0, $equals))) {
        $flag = $typed.Substring(0, $equals)
        $prefix = "$flag="
        $typed = $typed.Substring($equals + 1)
    }
    if ($flag -cne '') { $offered = $values["$at $flag"] }
    elseif ($typed.StartsWith('-')) { $offered = $flags[$at] }
    else { $offered = $words[$at] }
    $offered | Where-Object { $_.StartsWith($typed, [StringComparison]::Ordinal) } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new("$prefix$_", $_, 'ParameterValue', $_)
    }
`
