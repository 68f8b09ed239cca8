package cmd_test

import (
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
)

// answers are the flags that stand for what a person at a terminal is asked.
var answers = []string{"--yes", "--passphrase-fd", "--new-passphrase-fd"}

// namesDevices are verbs whose --file has no code.
var namesDevices = []string{"device move", "device expect add", "device expect remove"}

// onlyAtTerminal is asked where somebody is, and else only hinted at.
const onlyAtTerminal = "tally-device init --yes"

// patience is how long a command may take that nobody is there to answer.
const patience = 30 * time.Second

// TestNobodyIsAsked takes every command of a life that a flag answers for, and leaves that flag out:
// without a terminal, and with a standard input on which nothing ever comes, it ends at once with exit
// status 2, names the flag, and has changed nothing.
func TestNobodyIsAsked(t *testing.T) {
	l, steps := newLife(t)
	tried := map[string]bool{}
	for _, s := range steps {
		if !s.isCommand() {
			l.do(s)
			continue
		}
		for _, flag := range answers {
			words := s.without(flag)
			if words == nil || s.exit != 0 || slices.Contains(s.words, "--dry-run") && flag == "--yes" {
				continue
			}
			before := l.books()
			r := l.unattended(s, words)
			if r.exit != cli.ExitUsage || pluck(t, r.stdout, "error.id") != cli.IDNoTerminal || !strings.Contains(pluck(t, r.stdout, "error.hint"), flag) {
				t.Errorf("%s\nwithout %s: exit status %d\n%s", s.text, flag, r.exit, r.stdout)
			}
			if now := l.books(); !maps.Equal(before, now) {
				t.Errorf("%s\nwithout %s: it changed %v", s.text, flag, changed(before, now))
			}
			tried[s.name()+" "+flag] = true
		}
		l.do(s)
	}
	eachVerb(func(program string, c *ucli.Command, path []string) {
		for _, flag := range answers {
			name := program + " " + strings.Join(path, " ") + " " + flag
			if hasFlag(c, strings.TrimPrefix(flag, "--")) && !tried[name] && name != onlyAtTerminal {
				t.Errorf("%s was not tried", name)
			}
		}
	})
}

// without returns the step's words without a flag and its value, nil where the flag is not among them.
func (s step) without(flag string) []string {
	at := slices.Index(s.words, flag)
	if at < 0 {
		return nil
	}
	end := at + 1
	if flag != "--yes" {
		end++
	}
	return slices.Concat(s.words[:at], s.words[end:])
}

// unattended runs words with a standard input that stays open and silent.
func (l *life) unattended(s step, words []string) result {
	l.t.Helper()
	silence, keep := io.Pipe()
	defer keep.Close()
	l.stdin = silence
	defer func() { l.stdin = nil }()
	watchdog := time.AfterFunc(patience, func() { panic(strings.Join(words, " ") + " waits for somebody") })
	defer watchdog.Stop()
	return l.run(s, words)
}

// TestNobodyIsThere runs every verb of both programs bare, as processes without a terminal: standard
// input is closed, empty or, where no code is read from it, open and silent. Each ends by itself, and
// what it wants is said in a hint.
func TestNobodyIsThere(t *testing.T) {
	l, steps := newLife(t)
	for _, s := range steps {
		if s.text == "tally-device return --dry-run" { // the device holds something, and there is more to come
			break
		}
		l.do(s)
	}
	eachVerb(func(program string, c *ucli.Command, path []string) {
		open := "silent"
		if hasFlag(c, "file") && !slices.Contains(namesDevices, strings.Join(path, " ")) {
			open = "empty" // a code would be read from it
		}
		l.alone(program, path, open)
		if !testing.Short() {
			l.alone(program, path, "closed")
		}
	})
}
