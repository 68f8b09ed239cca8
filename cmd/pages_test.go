package cmd_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pages returns the Markdown pages of the module by their paths from its root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	list := map[string]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".md") {
			return err
		}
		text, err := os.ReadFile(path)
		list[filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator)))] = string(text)
		return err
	})
	if err != nil || len(list) < 6 {
		t.Fatal(len(list), err)
	}
	return list
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
)

// anchors are what a link to a heading of a page may end in: in lower case, dashes for spaces.
func anchors(page string) (list []string) {
	for _, m := range heading.FindAllStringSubmatch(page, -1) {
		list = append(list, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z':
				return r
			}
			return -1
		}, strings.ToLower(m[1])))
	}
	return list
}

// TestLinks wants what the pages link to, within the module, to be there, headings included.
func TestLinks(t *testing.T) {
	list, found := pages(t), 0
	for name, text := range list {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			found++
			path, anchor, _ := strings.Cut(m[1], "#")
			target := filepath.ToSlash(filepath.Join(filepath.Dir(name), path))
			if path == "" {
				target = name
			} else if _, err := os.Stat(filepath.Join("..", target)); err != nil {
				t.Errorf("%s links to %s: %v", name, m[1], err)
			}
			if anchor != "" && !slices.Contains(anchors(list[target]), anchor) {
				t.Errorf("%s links to %s, and there is no such heading", name, m[1])
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d links were found", found)
	}
}

// goTest is a command that a page gives for a test or a benchmark, and its parts: a flag of ours with
// a dot in its name, and what is to run.
var (
	goTest     = regexp.MustCompile(`(?m)^ +go test (.*)$`)
	goTestFlag = regexp.MustCompile(` -([a-z]+\.[a-z]+)`)
	goTestName = regexp.MustCompile(` -(run|bench) '?([A-Z][A-Za-z]+)`)
)

// TestPagesNameTests wants the tests, benchmarks and flags that the pages name to be there: a command
// that runs nothing passes.
func TestPagesNameTests(t *testing.T) {
	var sources strings.Builder
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		text, err := os.ReadFile(path)
		sources.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for name, text := range pages(t) {
		for _, command := range goTest.FindAllStringSubmatch(text, -1) {
			for _, m := range goTestFlag.FindAllStringSubmatch(command[1], -1) {
				found++
				if !strings.Contains(sources.String(), `("`+m[1]+`"`) && !strings.HasPrefix(m[1], "rapid.") {
					t.Errorf("%s: %q: there is no flag -%s", name, command[0], m[1])
				}
			}
			for _, m := range goTestName.FindAllStringSubmatch(command[1], -1) {
				found++
				kind := map[string]string{"run": "Test", "bench": "Benchmark"}[m[1]]
				if !regexp.MustCompile(`func ` + kind + `\w*` + strings.TrimPrefix(m[2], kind)).MatchString(sources.String()) {
					t.Errorf("%s: %q: nothing has that name", name, command[0])
				}
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d names were found", found)
	}
}

// TestReadmeExitStatuses wants the README's table to have the exit statuses of the manual pages, each
// once.
func TestReadmeExitStatuses(t *testing.T) {
	_, table, _ := strings.Cut(pages(t)["README.md"], "| exit | meaning |")
	table, _, _ = strings.Cut(table, "\n\n")
	var got []string
	for _, m := range regexp.MustCompile(`\| (\d+) \| [^|]`).FindAllStringSubmatch(table, -1) {
		got = append(got, m[1])
	}
	_, manual, _ := strings.Cut(newStage(t).run("tally-issuer man"), `.SH "EXIT STATUS"`)
	manual, _, _ = strings.Cut(manual, "\n.SH ")
	var want []string
	for _, m := range regexp.MustCompile(`\.B "(\d+)"`).FindAllStringSubmatch(manual, -1) {
		want = append(want, m[1])
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || len(want) < 18 {
		t.Errorf("the README has the exit statuses %v, the manual page %v", got, want)
	}
}

// TestPackagesAreDescribed wants every package to say what it is, in one file, and the README's table
// to have its folder.
func TestPackagesAreDescribed(t *testing.T) {
	_, table, _ := strings.Cut(pages(t)["README.md"], "| folder | what it is |")
	table, _, _ = strings.Cut(table, "\n\n")
	found := 0
	for line := range strings.Lines(string(goList(t, "-f", "{{.ImportPath}}\t{{.Name}}\t{{len .GoFiles}}\t{{.Doc}}", "./..."))) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if f[2] == "0" {
			continue // tests alone
		}
		found++
		path := strings.TrimPrefix(f[0], module)
		begins := "Package " + f[1] + " "
		if f[1] == "main" {
			begins = "Command " + filepath.Base(path) + " "
		}
		if len(f) < 4 || !strings.HasPrefix(f[3], begins) {
			t.Errorf("package %s does not begin with %q", path, begins)
		}
		last := path[strings.LastIndexByte(path, '/')+1:]
		if !strings.Contains(table, "`"+path+"`") && !strings.Contains(table, "`"+last+"`") && !strings.HasPrefix(path, "keys/") {
			t.Errorf("the README's table of folders has no %s", path)
		}
	}
	if found < 20 {
		t.Errorf("go list found %d packages", found)
	}
}
