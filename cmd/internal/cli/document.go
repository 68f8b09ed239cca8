package cli

import (
	"strings"

	ucli "github.com/urfave/cli/v2"
)

// Describe writes a verb's Description: what it does, then examples, one command line each. Blank
// lines separate paragraphs; help and man page wrap them.
func Describe(text string, examples ...string) string {
	return strings.TrimSpace(text) + "\n\n" + examplesHeading + "\n  " + strings.Join(examples, "\n  ")
}

const examplesHeading = "Examples:"

// A verbDoc is what help, man page and completion know about a verb or a group of verbs.
type verbDoc struct {
	Path     []string  `json:"-"`
	Name     string    `json:"name"` // the path joined; the program's name at the root
	Usage    string    `json:"usage"`
	Args     string    `json:"arguments,omitempty"`
	Text     []string  `json:"description,omitempty"` // paragraphs
	Examples []string  `json:"examples,omitempty"`
	Flags    []flagDoc `json:"flags,omitempty"`
	Category string    `json:"category,omitempty"`
	Verbs    []verbDoc `json:"verbs,omitempty"`
	words    []string  // what completion offers as its argument, where Args doesn't say
}

// A flagDoc is what they know about a flag.
type flagDoc struct {
	Names    []string `json:"names"`           // with their dashes
	Value    string   `json:"value,omitempty"` // the value's name; empty: a switch
	Usage    string   `json:"usage"`
	Default  string   `json:"default,omitempty"`
	Values   []string `json:"values,omitempty"` // all values there are
	Repeats  bool     `json:"repeats,omitempty"`
	Required bool     `json:"required,omitempty"`
	isFile   bool
}

// document describes the whole program. The root's flags are those of every verb.
func (p Program) document(commands []*ucli.Command) verbDoc {
	root := verbDoc{Name: p.Name, Usage: p.Usage}
	root.Text, root.Examples = splitDescription(p.Description)
	root.Flags = describeFlags(append(globalFlags(), answeredFlags()...))
	for _, c := range commands {
		root.Verbs = append(root.Verbs, describeVerb(c, nil))
	}
	for i, v := range root.Verbs {
		if v.Name == helpName {
			root.Verbs[i].words = root.nextWords()
		}
	}
	return root
}

func describeVerb(c *ucli.Command, above []string) verbDoc {
	d := verbDoc{Path: append(append([]string{}, above...), c.Name), Usage: c.Usage, Args: c.ArgsUsage, Category: c.Category}
	d.Name = strings.Join(d.Path, " ")
	d.Text, d.Examples = splitDescription(c.Description)
	d.Flags = describeFlags(c.Flags)
	for _, sub := range c.Subcommands {
		d.Verbs = append(d.Verbs, describeVerb(sub, d.Path))
	}
	return d
}

// find returns the description of the verb at path, which must be there.
func (d verbDoc) find(path []string) verbDoc {
	for _, v := range d.Verbs {
		if len(path) > 0 && v.Path[len(v.Path)-1] == path[0] {
			return v.find(path[1:])
		}
	}
	return d
}

// walk calls visit for d and everything below it, in order.
func (d verbDoc) walk(visit func(verbDoc)) {
	visit(d)
	for _, v := range d.Verbs {
		v.walk(visit)
	}
}

// splitDescription separates a Description into paragraphs and examples.
func splitDescription(text string) (paragraphs, examples []string) {
	text, list, _ := strings.Cut(text, examplesHeading)
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if words := strings.Fields(paragraph); len(words) > 0 {
			paragraphs = append(paragraphs, strings.Join(words, " "))
		}
	}
	for line := range strings.SplitSeq(list, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			examples = append(examples, line)
		}
	}
	return paragraphs, examples
}

func describeFlags(flags []ucli.Flag) []flagDoc {
	var list []flagDoc
	for _, f := range flags {
		if d, ok := f.(ucli.DocGenerationFlag); ok {
			list = append(list, describeFlag(d))
		}
	}
	return list
}

func describeFlag(f ucli.DocGenerationFlag) flagDoc {
	d := flagDoc{Repeats: collects(f), Required: required(f)}
	for _, name := range f.Names() {
		d.Names = append(d.Names, dashed(name))
	}
	d.Value, d.Usage = valueName(f.GetUsage())
	if !f.TakesValue() {
		d.Value = ""
		return d
	}
	if d.Value == "" {
		d.Value = unnamed
	}
	if text := strings.Trim(f.GetDefaultText(), `"`); text != "0" && text != "0s" {
		d.Default = text
	}
	switch f := f.(type) {
	case *EnumFlag:
		d.Values = f.Values
		if d.Value == unnamed {
			d.Value = strings.ToUpper(f.Name)
		}
	case *ucli.PathFlag:
		d.isFile = true
	case *ucli.StringFlag:
		d.isFile = f.TakesFile
	}
	return d
}

// unnamed stands for the value of a flag whose usage doesn't name it.
const unnamed = "VALUE"

// valueName takes the name of a flag's value out of its usage, where it stands in backquotes:
// "read the code from `FILE`".
func valueName(usage string) (name, rest string) {
	before, after, ok := strings.Cut(usage, "`")
	if !ok {
		return "", usage
	}
	name, after, _ = strings.Cut(after, "`")
	return name, before + name + after
}
