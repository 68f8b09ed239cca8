package cli

import (
	"fmt"
	"slices"
	"strings"
)

// manPage returns the program's man page in roff, section 1.
func (p Program) manPage(root verbDoc, b build) string {
	m := &roff{}
	date, _, _ := strings.Cut(b.Time, "T")
	m.request("TH", strings.ToUpper(p.Name), "1", date, p.Name+" "+b.Version, "Tallystick")
	m.request("SH", "NAME")
	m.text(p.Name + " - " + p.Usage)
	m.request("SH", "SYNOPSIS")
	m.bold(p.Name)
	m.text("VERB [flags] [arguments]")
	m.request("SH", "DESCRIPTION")
	m.paragraphs(root.Text)
	m.examples(root.Examples)
	m.request("SH", "VERBS")
	root.walk(func(d verbDoc) {
		if len(d.Path) > 0 && len(d.Verbs) == 0 {
			m.verb(d, p.Name)
		}
	})
	m.request("SH", "FLAGS OF EVERY VERB")
	m.flags(root.Flags)
	for _, section := range p.Sections {
		m.section(section)
	}
	m.exitStatus()
	m.errors(p.Name)
	m.warnings(p.Name)
	m.environment(p.Variables)
	if len(p.SeeAlso) > 0 {
		m.request("SH", "SEE ALSO")
		m.text(strings.Join(p.SeeAlso, ", "))
	}
	return m.String()
}

// A roff builds a man page. Everything given to it is text; it adds the markup.
type roff struct{ strings.Builder }

// escapeRoff makes text print as it is: backslashes, hyphens (a bare one may come out as a
// typographic hyphen, which can't be pasted into a shell), quotes, and characters beyond ASCII.
func escapeRoff(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\\':
			b.WriteString(`\e`)
		case r == '-':
			b.WriteString(`\-`)
		case r == '\'':
			b.WriteString(`\(aq`)
		case r == '`':
			b.WriteString(`\(ga`)
		case r == '"':
			b.WriteString(`\(dq`)
		case r == '^':
			b.WriteString(`\(ha`)
		case r == '~':
			b.WriteString(`\(ti`)
		case r > 0x7e:
			fmt.Fprintf(&b, `\[u%04X]`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// request writes a macro with its arguments.
func (m *roff) request(name string, args ...string) {
	m.WriteString("." + name)
	for _, arg := range args {
		m.WriteString(` "` + escapeRoff(arg) + `"`)
	}
	m.WriteString("\n")
}

// text writes a line of running text; a leading dot would make it a macro.
func (m *roff) text(s string) {
	s = escapeRoff(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	m.WriteString(s + "\n")
}

func (m *roff) bold(s string) { m.request("B", s) }

func (m *roff) paragraphs(list []string) {
	for _, p := range list {
		m.request("PP")
		m.text(p)
	}
}

// item writes a hanging paragraph.
func (m *roff) item(label, text string) {
	m.request("TP")
	m.bold(label)
	m.text(text)
}

// manIndent is how far an example stands from the left in a man page.
const manIndent = 12

func (m *roff) examples(lines []string) {
	if len(lines) == 0 {
		return
	}
	m.request("PP")
	m.text("Examples:")
	m.request("PP")
	m.request("RS", "4")
	m.request("nf")
	for _, example := range lines {
		for line := range strings.SplitSeq(foldCommand(example, helpWidth-manIndent, "    "), "\n") {
			m.text(line)
		}
	}
	m.request("fi")
	m.request("RE")
}

func (m *roff) verb(d verbDoc, program string) {
	m.request("SS", d.synopsis(program))
	m.text(sentence(d.Usage))
	m.paragraphs(d.Text)
	m.flags(d.Flags)
	m.examples(d.Examples)
}

// sentence makes a one-line usage one.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

func (m *roff) flags(list []flagDoc) {
	for _, f := range list {
		m.item(f.label(), f.meaning())
	}
}

// A Section is a section of a man page that a program adds.
type Section struct {
	Title string // in capitals
	Text  string
	Items []Item
}

// An Item is a hanging paragraph of a section, with lines of their own below it.
type Item struct {
	Label, Text string
	Lines       []string
}

func (m *roff) section(s Section) {
	m.request("SH", s.Title)
	m.request("nh") // a hyphen in a command has to be one of the command
	m.text(s.Text)
	for _, item := range s.Items {
		m.item(item.Label, item.Text)
		for _, line := range item.Lines {
			m.request("br")
			m.text(line)
		}
	}
	m.request("hy")
}

func (m *roff) exitStatus() {
	m.request("SH", "EXIT STATUS")
	for _, class := range exitClasses {
		m.item(fmt.Sprint(class.status), class.means)
	}
}

// errors lists the IDs of errors, which are finer than the exit statuses, with their hints.
func (m *roff) errors(program string) {
	m.request("SH", "ERRORS")
	m.text(`With --json an error is {"schema":"tallystick/error/1","error":{"id","exit","message","hint"}}, ` +
		"with line and group where a code is mistyped. These are the IDs, each with its exit status:")
	for _, group := range explanations {
		for _, e := range group {
			text := fmt.Sprintf("(%d) %s", e.exit, e.means)
			if h := e.hint.in(program); h != "" {
				text += " Hint: " + h + "."
			}
			m.item(e.id, text)
		}
	}
}

// warnings lists the IDs of a program's warnings.
func (m *roff) warnings(program string) {
	m.request("SH", "WARNINGS")
	m.text(`A warning goes to standard error and changes no exit status. With --json the object lists them as "warnings":[{"id","message"}]; ` +
		"lists and reports, which are written as they are read, leave that out. These are the IDs:")
	for _, w := range warningMeanings {
		if w.of == "" || w.of == program {
			m.item(string(w.id), w.means)
		}
	}
}

func (m *roff) environment(used []Variable) {
	m.request("SH", "ENVIRONMENT")
	for _, v := range variables {
		if slices.Contains(used, v.name) || slices.Contains(terminalVariables, v.name) {
			m.item(string(v.name), v.means)
		}
	}
}
