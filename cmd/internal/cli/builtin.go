package cli

import (
	"io"
	"strings"

	ucli "github.com/urfave/cli/v2"
)

// builtinCategory keeps the verbs of every program apart from its own.
const builtinCategory = "Help"

// helpCommand answers "help VERB", which many people type before they think of --help.
func (p Program) helpCommand(env *Env) *ucli.Command {
	return &ucli.Command{
		Name:      helpName,
		Category:  builtinCategory,
		Usage:     "show help for a verb",
		ArgsUsage: "[VERB...]",
		Description: Describe("Shows what --help shows.",
			p.Name+" help completion"),
		Action: func(c *ucli.Context) error {
			return p.showHelp(Out(c), p.commands(env), strings.Join(c.Args().Slice(), " "))
		},
	}
}

// showHelp prints the help of a verb, of the program for "".
func (p Program) showHelp(out *Output, commands []*ucli.Command, verb string) error {
	root := p.document(commands)
	path := strings.Fields(verb)
	d := root.find(path)
	if len(d.Path) != len(path) {
		return Usage("unknown verb %q", clip(verb))
	}
	cols, _ := out.env.Size()
	_, _ = io.WriteString(out.Writer(), d.help(p.Name, root.Flags, cols))
	out.verb = helpName
	return out.JSON(d)
}

// manCommand prints the man page, which a package's build puts in its place.
func (p Program) manCommand(env *Env) *ucli.Command {
	return &ucli.Command{
		Name:     "man",
		Category: builtinCategory,
		Usage:    "print the man page",
		Description: Describe("Prints the man page in roff, section 1. It is made from the same tables as --help and "+
			"the exit statuses.",
			p.Name+" man | man -l -",
			p.Name+" man > /usr/local/share/man/man1/"+p.Name+".1"),
		Action: func(c *ucli.Context) error {
			out := Out(c)
			page := p.manPage(p.document(p.commands(env)), readBuild(p.Name))
			_, _ = io.WriteString(out.Writer(), page)
			return out.JSON(map[string]string{"page": page})
		},
	}
}

// shells are the completion scripts by name.
var shells = []struct {
	name   string
	script func(verbDoc) string
}{
	{"bash", bashCompletion},
	{"zsh", zshCompletion},
	{"fish", fishCompletion},
	{"powershell", powershellCompletion},
}

// completionCommand prints a completion script.
func (p Program) completionCommand(env *Env) *ucli.Command {
	return &ucli.Command{
		Name:      "completion",
		Category:  builtinCategory,
		Usage:     "print a completion script for a shell",
		ArgsUsage: "bash|zsh|fish|powershell",
		Description: Describe("Prints a script that completes verbs, flags and their values. The script is a fixed list: "+
			"it never runs the program and evaluates nothing that is typed.",
			p.Name+" completion bash > /etc/bash_completion.d/"+p.Name,
			p.Name+" completion zsh > /usr/local/share/zsh/site-functions/_"+p.Name,
			p.Name+" completion fish > ~/.config/fish/completions/"+p.Name+".fish",
			p.Name+" completion powershell >> $PROFILE"),
		Action: func(c *ucli.Context) error {
			out := Out(c)
			for _, shell := range shells {
				if shell.name == c.Args().First() {
					script := shell.script(p.document(p.commands(env)))
					_, _ = io.WriteString(out.Writer(), script)
					return out.JSON(map[string]string{"shell": shell.name, "script": script})
				}
			}
			return Usage("unknown shell %q", c.Args().First())
		},
	}
}
