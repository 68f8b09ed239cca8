package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A completionCase is the words up to the cursor, the last one being completed, and what is offered.
type completionCase struct {
	words []string
	want  string
}

var completionCases = []completionCase{
	{[]string{""}, "shelf put print read fail completion man help"},
	{[]string{"s"}, "shelf"},
	{[]string{"shelf", ""}, "new burn"},
	{[]string{"--quiet", "shelf", "b"}, "burn"},
	{[]string{"put", "--format", ""}, "text csv"},
	{[]string{"put", "--thing", "x", "--format", "c"}, "csv"},
	{[]string{"put", "--thing", "--format", "--fo"}, "--format"}, // a flag's value is no flag
	{[]string{"put", "--f"}, "--format"},
	{[]string{"shelf", "new", "x", "--dep"}, "--depth"},
	{[]string{"shelf", "new", "--jso"}, "--json"},
	{[]string{"completion", "po"}, "powershell"},
	{[]string{"completion", "f"}, "fish"},
	{[]string{"help", "p"}, "put print"},
	{[]string{"shelf", "new", "put", "--th"}, ""}, // an argument is no verb
	{[]string{"$(touch evil)", "`touch evil`", "pu"}, "put"},
	{[]string{"shelf", "$(touch evil)"}, ""},
}

// completes runs a completion script in shell for each case. driver turns the words into a program
// for the shell that prints what is offered, a word a line.
func completes(t *testing.T, shell string, cases []completionCase, driver func(script string, words []string) string) {
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Logf("%s is not installed: its script is not run", shell)
		return
	}
	dir := t.TempDir()
	script := filepath.Join(dir, "script")
	source := newWorld("completion", shell).run(t, 0).stdout.Bytes()
	if err := os.WriteFile(script, source, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range cases {
		run := exec.Command(path, "-c", driver(script, test.words))
		run.Dir = dir
		run.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
		var stderr strings.Builder
		run.Stderr = &stderr
		out, err := run.Output()
		got, want := strings.Fields(string(out)), strings.Fields(test.want)
		slices.Sort(got)
		slices.Sort(want)
		if err != nil || stderr.Len() > 0 || !slices.Equal(got, want) {
			t.Errorf("%s: %q: got %q, want %q; %v %s", shell, test.words, got, want, err, &stderr)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "evil")); err == nil {
		t.Errorf("%s: what was typed was run", shell)
	}
}

// quoteAll quotes words for a POSIX shell.
func quoteAll(words []string) string {
	var quoted []string
	for _, w := range words {
		quoted = append(quoted, "'"+w+"'")
	}
	return strings.Join(quoted, " ")
}

func TestBashCompletion(t *testing.T) {
	cases := append(slices.Clone(completionCases), // bash cuts "--format=c" into three words
		completionCase{[]string{"put", "--format", "=", "c"}, "csv"},
		completionCase{[]string{"put", "--format", "="}, "text csv"},
		completionCase{[]string{"put", "--thing", "=", "--x", "--format", "=", "c"}, "csv"})
	completes(t, "bash", cases, func(script string, words []string) string {
		return "source " + script + "\nCOMP_WORDS=(tally-sample " + quoteAll(words) + ")\n" +
			"COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))\n_tally_sample\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n"
	})
}

// The functions of zsh's completion system are stood in for: only the choice of words is ours.
func TestZshCompletion(t *testing.T) {
	const stubs = `compdef() {}
compset() { cur="${words[CURRENT]#*=}" }
offer() { local w; for w in "$@"; do [[ "$w" == "$cur"* ]] && print -r -- "$w"; done; true }
compadd() { [[ $1 == -- ]] && shift; offer "$@" }
_describe() { local -a list; list=("${(@P)argv[-1]}"); offer "${list[@]%%:*}" }
_files() {}
`
	completes(t, "zsh", append(slices.Clone(completionCases), completionCase{[]string{"put", "--format=c"}, "csv"}), func(script string, words []string) string {
		return stubs + "source " + script + "\nwords=(tally-sample " + quoteAll(words) + ")\n" +
			"CURRENT=$#words\ncur=\"${words[CURRENT]}\"\n_tally_sample\n"
	})
}

func TestFishCompletion(t *testing.T) {
	completes(t, "fish", completionCases, func(script string, words []string) string {
		line := []string{"tally-sample"}
		for i, w := range words {
			if w != "" && i < len(words)-1 || strings.Contains(w, "$") {
				w = `\'` + w + `\'`
			}
			line = append(line, w)
		}
		return "source " + script + "\ncomplete -C '" + strings.Join(line, " ") + "' | string replace -r '\\t.*' ''; true\n"
	})
}

// No PowerShell runs here: the test reads the tables of the script.
func TestPowerShellCompletion(t *testing.T) {
	script := newWorld("completion", "powershell").run(t, 0).stdout.String()
	for _, want := range []string{
		"-CommandName 'tally-sample', 'tally-sample.exe'",
		"'/shelf' = @('new', 'burn')\n",
		"'/completion' = @('bash', 'zsh', 'fish', 'powershell')\n",
		"'/put --format' = @('text', 'csv')\n",
		"'/put --note' = @()\n",
		"'/shelf/new' = @('--depth', '-d', '--after', '--json',",
	} {
		if !strings.Contains(script, want) {
			t.Errorf("no %q in:\n%s", want, script)
		}
	}
	if strings.Count(script, "{") != strings.Count(script, "}") || strings.Contains(script, "Invoke-Expression") {
		t.Errorf("script:\n%s", script)
	}
}
