package cli

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	ucli "github.com/urfave/cli/v2"
)

func manProgram(name string) Program {
	return Program{
		Name: name, Usage: "does it's \"work\"", Description: Describe(".dots\n\n'quotes' and \\back", name+" go | less"),
		Variables: []Variable{TallyState},
		Commands: func(*Env) []*ucli.Command {
			return []*ucli.Command{{Name: "go", Usage: "go there", Description: Describe("Goes — ü.", name+" go 'x'")}}
		},
	}
}

func printMan(p Program) string {
	return p.manPage(p.document(p.commands(&Env{})), build{Version: "v1", Time: "2026-01-02T03:04:05Z"})
}

// items reads the labels and texts of a section back.
func items(t *testing.T, page, section string) [][2]string {
	t.Helper()
	_, page, ok := strings.Cut(page, "\n.SH \""+section+"\"\n")
	if !ok {
		t.Fatalf("no section %s", section)
	}
	page, _, _ = strings.Cut(page, "\n.SH ")
	plain := strings.NewReplacer(`\-`, "-", `\(aq`, "'", `\(ga`, "`", `\(dq`, `"`, `\e`, `\`)
	var list [][2]string
	for _, item := range strings.Split(page, ".TP\n")[1:] {
		label, text, _ := strings.Cut(strings.TrimPrefix(item, ".B "), "\n")
		list = append(list, [2]string{plain.Replace(strings.Trim(label, `"`)), plain.Replace(strings.TrimSpace(text))})
	}
	return list
}

// The man page prints exactly the tables that Explain uses.
func TestManPageTables(t *testing.T) {
	for _, name := range []string{deviceProgram, issuerProgram} {
		page := printMan(manProgram(name))
		exits := items(t, page, "EXIT STATUS")
		if len(exits) != len(exitClasses) {
			t.Fatalf("%d exit statuses, want %d", len(exits), len(exitClasses))
		}
		for i, class := range exitClasses {
			if want := [2]string{fmt.Sprint(class.status), class.means}; exits[i] != want {
				t.Errorf("exit status %q, want %q", exits[i], want)
			}
		}
		errs := items(t, page, "ERRORS")
		for _, group := range explanations {
			for _, e := range group {
				want := fmt.Sprintf("(%d) %s", Explain(Fail(e.id, "x"), name).Exit, e.means)
				if hint := Explain(Fail(e.id, "x"), name).Hint; hint != "" {
					want += " Hint: " + hint + "."
				}
				if len(errs) == 0 || errs[0] != [2]string{e.id, want} {
					t.Fatalf("error %q: got %q, want %q", e.id, errs[:min(1, len(errs))], want)
				}
				errs = errs[1:]
			}
		}
		if len(errs) > 0 {
			t.Errorf("more errors than explanations: %q", errs)
		}
		if env := items(t, page, "ENVIRONMENT"); len(env) != 1+len(terminalVariables) || env[0][0] != "TALLY_STATE" || env[4][0] != "TERM" {
			t.Errorf("environment %q", env)
		}
	}
}

func TestManPageMarkup(t *testing.T) {
	page := printMan(manProgram(deviceProgram))
	for _, want := range []string{
		`.TH "TALLY\-DEVICE" "1" "2026\-01\-02" "tally\-device v1" "Tallystick"`,
		"\n\\&.dots\n", "\n\\(aqquotes\\(aq and \\eback\n", "Goes \\[u2014] \\[u00FC].", "\ntally\\-device go \\(aqx\\(aq\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in:\n%s", want, page)
		}
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Log("groff is not installed: the markup is not run")
		return
	}
	check := exec.Command(groff, "-man", "-ww", "-z", "-Tutf8")
	check.Stdin = strings.NewReader(page)
	if out, err := check.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("groff: %v\n%s", err, out)
	}
}
