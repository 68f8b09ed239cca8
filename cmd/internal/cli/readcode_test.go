package cli_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"tallystick/cmd/internal/cli"
	"tallystick/codec"
	"tallystick/reserve"
)

// What print prints, read takes: whatever way it travels.
func TestReadCode(t *testing.T) {
	typed, paste := printed(t), printed(t, "--paste")
	file := filepath.Join(t.TempDir(), "code \x1b.txt")
	if err := os.WriteFile(file, []byte("\ufeff"+strings.ReplaceAll(typed, "\n", "\r\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{typed},
		strings.Fields(typed), // a shell has cut $(tally-sample print) into words
		{strings.ToLower(paste)},
		{"--file", file},
		append([]string{"--quiet", "--"}, strings.Fields(typed)...),
		append(strings.Fields(typed), "--no-color"),
	} {
		newWorld(append([]string{"read"}, args...)...).run(t, 0).wantStdout(t, readSample)
	}
	for _, args := range [][]string{{}, {"-"}, {"--file", "-"}, {"--file=-"}} {
		w := newWorld(append([]string{"read"}, args...)...)
		w.Env.Stdin = strings.NewReader("$ tally-sample print\n" + typed)
		w.run(t, 0).wantStdout(t, readSample)
	}
}

func TestReadCodeFailures(t *testing.T) {
	typed := printed(t)
	newWorld("read").run(t, cli.ExitMistyped) // nothing on standard input
	newWorld("read", "").run(t, cli.ExitMistyped)
	newWorld("read", typed, "--file", "x").run(t, cli.ExitUsage)
	newWorld("read", "--passphrase-fd", "0").run(t, cli.ExitUsage)
	newWorld("read", "--file", "/no/such\x1b").run(t, cli.ExitUsage).
		wantStderr(t, "tally-sample: error: reading the code: there is no file \"/no/such\\x1b\"\n"+
			"tally-sample: hint: `tally-sample read --help` shows how\n")
	w := newWorld("read")
	w.Env.Stdin = strings.NewReader(strings.Repeat("A", cli.MaxCodeFile+1))
	w.run(t, cli.ExitMistyped)

	receipt, err := codec.Encode(reserve.ReceiptKind, make([]byte, 13))
	if err != nil {
		t.Fatal(err)
	}
	newWorld("read", receipt.Paste()).run(t, cli.ExitWrongKind).wantStderr(t,
		"tally-sample: error: this code is of the kind \"confirmation or return code\"; expected: authorization code\n"+
			"tally-sample: hint: `tally-sample inspect CODE` says what it is; an authorization code goes to "+
			"`tally-sample install CODE`, a trust bundle to `tally-sample trust update FILE`, and the codes that a device "+
			"prints go to the security officer\n")
	grant, err := codec.Encode(reserve.GrantKind, make([]byte, 13))
	if err != nil {
		t.Fatal(err)
	}
	if w := newWorld("read", grant.Paste(), "--json").run(t, cli.ExitWrongKind); !strings.Contains(w.stdout.String(), `"id":"code-unsupported"`) {
		t.Errorf("%s", &w.stdout)
	}
}

// PowerShell writes what a program prints as UTF-16.
func TestReadCodeInUTF16(t *testing.T) {
	text := utf16.Encode([]rune("\ufeff" + strings.ReplaceAll(printed(t), "\n", "\r\n")))
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		var data []byte
		for _, unit := range text {
			data = order.AppendUint16(data, unit)
		}
		w := newWorld("read")
		w.Stdin = bytes.NewReader(append(data, 'x')) // half a character at the end does no harm
		w.run(t, 0).wantStdout(t, readSample)
	}
	w := newWorld("read")
	w.Stdin = strings.NewReader("\xff\xfe")
	w.run(t, cli.ExitMistyped)
}

// A correction is noted; what can't be corrected is named by line and group.
func TestReadCodeMistyped(t *testing.T) {
	lines := sampleCode(96).Lines()
	flip := func(line string, at int) string {
		b := []byte(line)
		b[at] = map[bool]byte{true: 'Z', false: 'X'}[b[at] == 'X']
		return string(b)
	}
	good := strings.Join(lines, "\n")
	w := newWorld("read", strings.Replace(good, lines[1], flip(lines[1], 11), 1)).run(t, 0)
	w.wantStdout(t, readSample)
	group := strings.Fields(lines[1])[2]
	w.wantStderr(t, `tally-sample: note: corrected line 2, group 3: read "`+strings.Fields(flip(lines[1], 11))[2]+`" as "`+group+"\"\n")

	bad := lines[1]
	for _, at := range []int{0, 10, 20, 30, 40} {
		bad = flip(bad, at)
	}
	got := newWorld("read", "--json", strings.Replace(good, lines[1], bad, 1)).run(t, cli.ExitMistyped).stdout.String()
	if !strings.Contains(got, `"id":"code-mistyped"`) || !strings.Contains(got, `"line":2`) {
		t.Errorf("%s", got)
	}
}

func TestEnterCode(t *testing.T) {
	w := newWorld("read")
	p := w.at(sampleCode(96).Lines()...)
	w.run(t, 0).wantStdout(t, readSample)
	if !strings.Contains(p.shown.String(), "authorization code") {
		t.Errorf("shown: %s", &p.shown)
	}
	// A code of another kind is named at its first line, with the place where it belongs.
	request, err := codec.Encode(reserve.RequestKind, bytes.Repeat([]byte{1}, 60))
	if err != nil {
		t.Fatal(err)
	}
	w = newWorld("read")
	p = w.at(append(request.Lines()[:1:1], sampleCode(96).Lines()...)...)
	w.run(t, 0).wantStdout(t, readSample)
	shown := strings.Join(strings.Fields(p.shown.String()), " ")
	if !strings.Contains(shown, "expected: authorization code; it is for the security officer: `tally-issuer authorize`") {
		t.Errorf("shown: %s", &p.shown)
	}
	w = newWorld("read")
	w.at(sampleCode(96).Lines()[:2]...) // then the terminal closes
	w.run(t, cli.ExitInterrupted)
	w = newWorld("read")
	w.StdinIsTerminal = true // but there is no terminal to ask at
	w.run(t, cli.ExitUsage).wantStderr(t, "tally-sample: error: no terminal to ask at\n"+
		"tally-sample: hint: give the code as arguments, with --file FILE or on standard input\n")
}

func TestFileDraft(t *testing.T) {
	d := cli.FileDraft(filepath.Join(t.TempDir(), "draft"))
	if got := d.Load(); got != nil {
		t.Errorf("a draft from nowhere: %q", got)
	}
	d.Clear()
	d.Save([]string{"ABCD EFGH", "JKMN"})
	if got := strings.Join(d.Load(), "|"); got != "ABCD EFGH|JKMN" {
		t.Errorf("draft %q", got)
	}
	if info, err := os.Stat(string(d)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	d.Clear()
	if got := d.Load(); got != nil {
		t.Errorf("a cleared draft: %q", got)
	}
	if left, err := os.ReadDir(filepath.Dir(string(d))); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
