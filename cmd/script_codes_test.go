package cmd_test

import (
	"bytes"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"tallystick/codec"
	"tallystick/reserve"
)

// mistype FILE LINE CHANGE...: changes characters of a typed line in place. Each CHANGE is
// POSITION=C, or POSITION- to leave one out, or POSITION+C to put one in; positions count characters
// from 1, spaces left out.
func cmdMistype(ts *testscript.TestScript, _ bool, args []string) {
	lines := strings.Split(strings.TrimSuffix(ts.ReadFile(args[0]), "\n"), "\n")
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	label, text, found := strings.Cut(lines[n-1], ": ")
	if !found {
		label, text = "", lines[n-1]
	}
	symbols := []byte(strings.ReplaceAll(text, " ", ""))
	for _, change := range args[2:] {
		at := strings.IndexAny(change, "=-+")
		i, err := strconv.Atoi(change[:at])
		ts.Check(err)
		i--
		switch change[at] {
		case '=':
			symbols[i] = other(symbols[i], change[at+1])
		case '-':
			symbols = append(symbols[:i], symbols[i+1:]...)
		case '+':
			symbols = append(symbols[:i], append([]byte{change[at+1]}, symbols[i:]...)...)
		}
	}
	lines[n-1] = string(symbols)
	if found {
		lines[n-1] = label + ": " + lines[n-1]
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Join(lines, "\n")+"\n"), 0o600))
}

// other is c, or something else when that stands there already: a mistake must be one.
func other(was, c byte) byte {
	if was == c {
		return c ^ 1
	}
	return c
}

// line FILE N: writes the N-th line of a code, without its label, to FILE.N.
func cmdLine(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	lines := strings.Split(strings.TrimSuffix(ts.ReadFile(args[0]), "\n"), "\n")
	text := lines[n-1]
	if _, after, found := strings.Cut(text, ": "); found {
		text = after
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+"."+args[1]), []byte(text+"\n"), 0o600))
}

// raw FILE OFFSET: flips a bit of a byte of a file; a negative OFFSET counts from the end.
func cmdRaw(ts *testscript.TestScript, _ bool, args []string) {
	data := []byte(ts.ReadFile(args[0]))
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	if at < 0 {
		at += len(data)
	}
	data[at] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o600))
}

// carry FILE program args…: runs a program and writes what it prints to FILE, as a person carries a
// code from one side to the other.
func cmdCarry(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	var stdout, stderr bytes.Buffer
	got := w.run(ts, args[1], args[2:], &stdout, &stderr)
	_, _ = ts.Stderr().Write(stderr.Bytes())
	if got != 0 {
		ts.Fatalf("%s: exit status %d\n%s", args[1], got, &stderr)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), stdout.Bytes(), 0o600))
}

// with FILE program args…: runs a program with the file's text in the place of {}.
func cmdWith(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.TrimSpace(ts.ReadFile(args[0]))
	for i, a := range args {
		args[i] = strings.ReplaceAll(a, "{}", text)
	}
	worldOf(ts).expect(ts, false, 0, args[1], args[2:])
}

// rows FILE LINE...: writes lines to FILE; {NAME} in one stands for the text of file NAME.
func cmdRows(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.Join(args[1:], "\n") + "\n"
	text = regexp.MustCompile(`{[^}]*}`).ReplaceAllStringFunc(text, func(name string) string {
		return strings.TrimSpace(ts.ReadFile(strings.Trim(name, "{}")))
	})
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// forge FILE TO: changes the last bit of a code's body and encodes it again, so that every line and
// the digest are right and only the signature is not.
func cmdForge(ts *testscript.TestScript, _ bool, args []string) {
	reading, err := codec.Decode(ts.ReadFile(args[0]), reserve.Kinds()...)
	ts.Check(err)
	body := bytes.Clone(reading.Body)
	body[len(body)-1] ^= 1
	code, err := codec.Encode(reading.Kind, body)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(code.Paste()+"\n"), 0o600))
}
