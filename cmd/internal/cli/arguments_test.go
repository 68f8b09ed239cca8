package cli_test

import (
	"strings"
	"testing"
)

// Each line is a command line, the exit status, and what its output must contain: on standard output
// when the status is 0, else on standard error.
func TestArguments(t *testing.T) {
	for _, test := range []struct {
		args string
		exit int
		want string
	}{
		{"shelf new top --depth 30", 0, "new top, 30 cm"},
		{"shelf new --depth=30 top", 0, "new top, 30 cm"},
		{"shelf new top -d 30", 0, "new top, 30 cm"},
		{"shelf new top -d=-30", 0, "new top, -30 cm"},
		{"shelf new top --depth -30", 0, "new top, -30 cm"},
		{"shelf new -5", 0, "new -5, 0 cm"},
		{"shelf new -", 0, "new -, 0 cm"},
		{"shelf new -- --depth", 0, "new --depth, 0 cm"},
		{"shelf new -- -- x", 0, "new --, 0 cm"},
		{"-- shelf new top", 0, "new top, 0 cm"},
		{"put top --thing a=1,b=2 --thing=c==", 0, `put ["a=1,b=2" "c=="] on "top"`},
		{"put thing --thing a", 0, `put ["a"] on "thing"`},
		{"put top --thing a --format csv --note x", 0, `put ["a"]`},
		{"--quiet=false shelf new top", 0, "new top"},

		{"", 2, "the verb is missing: shelf, put, print, read, fail, completion, man or help"},
		{"shelf", 2, `"shelf" needs a verb: new or burn`},
		{"shelf new", 2, "argument PATH is missing\ntally-sample: hint: `tally-sample shelf new --help` shows how"},
		{"shelf new a b c", 2, `unexpected argument "c"`},
		{"shelve new", 2, `unknown verb "shelve"` + "\ntally-sample: hint: did you mean \"shelf\"?"},
		{"shelf nwe", 2, `did you mean "shelf new"?`},
		{"sh", 2, `did you mean "shelf"?`},
		{"p", 2, `unknown verb "p"` + "\ntally-sample: hint: `tally-sample --help` shows how"},
		{"xyzzy", 2, "hint: `tally-sample --help` shows how"},
		{"shelf new top --depht 3", 2, `unknown flag "--depht"` + "\ntally-sample: hint: did you mean --depth?"},
		{"shelf new top --dep 3", 2, "did you mean --depth?"},
		{"shelf new top -depth 3", 2, "did you mean --depth?"},
		{"shelf new top ---depth 3", 2, "did you mean --depth?"},
		{"shelf new top -d3", 2, `unknown flag "-d3"`},
		{"shelf new top --=x", 2, `unknown flag "--"`},
		{"shelf new -ABCD-EFGH", 2, `put "--" before arguments that begin with a dash`},
		{"--depth 3 shelf new top", 2, "the flags of a verb stand after the verb"},
		{"shelf --depth 3 new top", 2, "the flags of a verb stand after the verb"},
		{"shelf new top --depth", 2, "flag --depth needs a value"},
		{"shelf new top --depth --quiet", 2, `flag --depth needs a value, but "--quiet" follows`},
		{"shelf new --depth -- top", 2, `flag --depth needs a value, but "--" follows`},
		{"shelf new top --depth=", 2, "flag --depth has an empty value"},
		{"shelf new top --depth 010", 2, `"010" is not a whole number`},
		{"shelf new top --depth 0x10", 2, "is not a whole number"},
		{"shelf new top --depth 1_0", 2, "is not a whole number"},
		{"shelf new top --depth +1", 2, "is not a whole number"},
		{"shelf new top --depth 99999999999999999999", 2, "is not a whole number"},
		{"shelf new top --after 3", 2, "is not a duration"},
		{"shelf new top --depth 3 -d 3", 2, "flag --depth is given twice"},
		{"--quiet shelf new top --quiet", 2, "flag --quiet is given twice"},
		{"--quiet=false shelf new top --quiet", 2, "flag --quiet is given twice"},
		{"shelf new top --quiet=yes", 2, `flag --quiet is on or off and takes no value such as "yes"`},
		{"shelf new top --quiet=T", 2, "takes no value"},
		{"put top", 2, "flag --thing is required"},
		{"put top --thing a --format xml", 2, `flag --format: "xml" is not text or csv`},
		{"put top --thing a --count -1", 2, "is not a whole number from 0 up"},
		{"put top —thing a", 2, "begins with a typographic dash\ntally-sample: hint: write --thing"},
		{"completion tcsh", 2, `"tcsh" is not bash, zsh, fish or powershell`},
		{"completion", 2, "argument bash|zsh|fish|powershell is missing"},
		{"help shelf neww", 2, `unknown verb "shelf neww"`},
	} {
		w := newWorld(strings.Fields(test.args)...).run(t, test.exit)
		got, other := w.stdout.String(), w.stderr.String()
		if test.exit != 0 {
			got, other = other, got
		}
		if !strings.Contains(got, test.want) || other != "" {
			t.Errorf("%q: got %q, want %q; the other stream has %q", test.args, got, test.want, other)
		}
	}
}

// A value is whatever stands in its argument, spaces and line ends too; an empty one is refused.
func TestArgumentValues(t *testing.T) {
	newWorld("put", "top shelf", "--thing", "a b\n=c").run(t, 0).wantStdout(t, `put ["a b\n=c"] on "top shelf"`+"\n")
	code := strings.Repeat("ÄBCD", 5000)
	for _, args := range [][]string{{code}, {"shelf", code}, {"shelf", "new", "a", "b", code}, {"--" + code}, {"put", "--format", code}} {
		if w := newWorld(args...).run(t, 2); w.stderr.Len() > 300 {
			t.Errorf("a message of %d bytes", w.stderr.Len())
		}
	}
	w := newWorld("put", "top", "--thing", "").run(t, 2)
	w.wantStderr(t, "tally-sample: error: flag --thing has an empty value\n"+
		"tally-sample: hint: leave the flag out, or check the variable that its value comes from\n")
}

// --help wins over everything that is missing, and --version over everything.
func TestHelpAndVersion(t *testing.T) {
	for _, args := range []string{"--help", "-h", "help", "help --quiet", "put --help", "put -h top", "help put", "shelf --help", "--help shelf new"} {
		w := newWorld(strings.Fields(args)...).run(t, 0)
		if !strings.Contains(w.stdout.String(), "Usage:\n  tally-sample") {
			t.Errorf("%q: %s", args, &w.stdout)
		}
		w.wantStderr(t, "")
	}
	newWorld("put", "--help", "--bogus").run(t, 2)
	for _, args := range []string{"--version", "put --version"} {
		w := newWorld(strings.Fields(args)...).run(t, 0)
		if !strings.HasPrefix(w.stdout.String(), "tally-sample ") {
			t.Errorf("%q: %s", args, &w.stdout)
		}
	}
	w := newWorld("--version", "--json").run(t, 0)
	if !strings.HasPrefix(w.stdout.String(), `{"schema":"tallystick/version/1","program":"tally-sample","version":`) {
		t.Errorf("%s", &w.stdout)
	}
}

func TestHelpText(t *testing.T) {
	newWorld("put", "--help").run(t, 0).wantStdout(t, `tally-sample put - put things on a shelf

Usage:
  tally-sample put --thing THING=N [flags] SHELF

Puts things.

Flags:
  --thing THING=N  THING=N to put there (required; may be repeated)
  --format FORMAT  output format: text or csv (default: text)
  --note TEXT      a TEXT
  --count VALUE    how many

Flags of every verb:
  --json      print one JSON object, errors included
  --quiet     leave out notes and hints; warnings and whole errors stay
  --no-color  no escape sequences (a QR code then needs a dark background)
  --help, -h  show help
  --version   show the version

Examples:
  tally-sample put --thing 'jam=2' top < /dev/null | tally-sample put top \
      --thing=a=1
`)
	narrow := newWorld("--help")
	narrow.Env.Size = func() (int, int) { return 50, 24 }
	for line := range strings.Lines(narrow.run(t, 0).stdout.String()) {
		if len(line) > 50 {
			t.Errorf("line of %d characters: %q", len(line), line)
		}
	}
}
