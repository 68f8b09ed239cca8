package cmd_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"tallystick/codec"
	"tallystick/reserve"
)

// rehearsalActs are what is typed in a rehearsal that shows a code, in order: who, what it begins
// with, and the kind of the code.
var rehearsalActs = []struct{ who, command, kind string }{
	{"operator", "tally-device request", "request"},
	{"officer", "tally-issuer authorize --from lab/plant-7", "authorization"},
	{"operator", "tally-device install", "confirmation or return"},
	{"officer", "tally-issuer authorize --device FCW2149L0KK", "authorization"},
	{"operator", "tally-device install", "confirmation or return"},
	{"operator", "tally-device request", "request"},
	{"officer", "tally-issuer rma --failed FCW2149L0KK", "authorization"},
	{"operator", "tally-device install", "confirmation or return"},
	{"operator", "tally-device return", "confirmation or return"},
	{"operator", "tally-device return", "confirmation or return"},
}

// TestRehearsal plays the whole life: every code that somebody carries is shown, those of the dead
// device, its replacement and the late return too; in the end the pool is whole, and nothing is left.
func TestRehearsal(t *testing.T) {
	s := newStage(t)
	temporary := filepath.Join(s.dir, "temporary")
	if err := os.Mkdir(temporary, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", temporary)
	var answer struct {
		Steps []struct{ Who, Command, Code string }
		Whole bool `json:"pool_whole"`
	}
	if err := json.Unmarshal([]byte(s.run("tally-issuer rehearse --qr never --json")), &answer); err != nil || !answer.Whole {
		t.Fatalf("%v, whole %v", err, answer.Whole)
	}
	acts := rehearsalActs
	for _, step := range answer.Steps {
		if step.Code == "" {
			continue
		}
		if len(acts) == 0 {
			t.Fatalf("one code more: %+v", step)
		}
		want := acts[0]
		acts = acts[1:]
		reading, err := codec.Decode(step.Code, reserve.Kinds()...)
		if err != nil || !strings.Contains(reading.Kind.Name, want.kind) || step.Who != want.who || !strings.HasPrefix(step.Command, want.command) {
			t.Errorf("%s$ %s shows a %s, %v; want %+v", step.Who, step.Command, reading.Kind.Name, err, want)
		}
	}
	if len(acts) > 0 {
		t.Errorf("no code for %+v", acts[0])
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// On a console of 80 columns what is shown is folded, but for the commands and codes.
func TestRehearsalFitsAConsole(t *testing.T) {
	s := newStage(t)
	s.world.person = &person{}
	for line := range strings.SplitSeq(s.run("tally-issuer rehearse --qr never --no-pause"), "\n") {
		if utf8.RuneCountInString(line) > 80 && !strings.Contains(line, "$ tally-") && !strings.HasPrefix(line, "tally-issuer: ") {
			t.Errorf("%d columns: %s", utf8.RuneCountInString(line), line)
		}
	}
}

// What is shown reads well: the scenes in their order, the outcomes in words and figures, no paths of
// this machine in what is to be typed.
func TestRehearsalReads(t *testing.T) {
	text := newStage(t).run("tally-issuer rehearse --qr never")
	rest := text
	for _, want := range []string{"8. The device dies", "state        steady", "9. Its replacement", "MAY BE IN USE TWICE", "REPLACED BY",
		"PENDING RETURN", "10. The dead device comes back", "dna-advantage       3 -> 0          7", "is pending return any more", "11. The return",
		"12. The pool is whole again", "Nothing of this is left on this machine."} {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("%q is not in its place:\n%s", want, text)
		}
		rest = after
	}
	typed := regexp.MustCompile(`(?m)^(officer|operator)\$ .*|`+"`[^`]*`").FindAllString(text, -1)
	if at := slices.IndexFunc(typed, func(s string) bool { return strings.Contains(s, "tally-rehearsal-") }); at >= 0 || len(typed) < 30 {
		t.Errorf("%d commands; one of them: %q", len(typed), typed[max(at, 0)])
	}
}
