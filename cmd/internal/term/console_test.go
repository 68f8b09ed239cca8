package term

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
)

func TestReadLine(t *testing.T) {
	for _, c := range []struct {
		name string
		in   string
		want string
		err  error
	}{
		{"a line", "abc\n", "abc", nil},
		{"line end of Windows", "abc\r\n", "abc", nil},
		{"empty", "\n", "", nil},
		{"anything goes", "a\x00\xff\x1b[A\n", "a\x00\xff\x1b[A", nil},
		{"the limit", strings.Repeat("x", 100) + "\r\n", strings.Repeat("x", 100), nil},
		{"above the limit", strings.Repeat("x", 101) + "\n", "", ErrLineTooLong},
		{"far above the limit", strings.Repeat("x", 1<<20) + "\n", "", ErrLineTooLong},
		{"not ended", "yes", "", io.EOF},
		{"nothing", "", "", io.EOF},
		{"above the limit, not ended", strings.Repeat("x", 1<<20), "", io.EOF},
	} {
		for how, r := range map[string]io.Reader{
			"at once":      strings.NewReader(c.in),
			"with the end": iotest.DataErrReader(strings.NewReader(c.in)),
		} {
			got, err := readLine(r, 100)
			if string(got) != c.want || !errors.Is(err, c.err) {
				t.Errorf("%s, %s: %q, %v", c.name, how, got, err)
			}
		}
	}
}

// pipeConsole is a console whose terminal is a pipe: enough for what needs no line discipline.
func pipeConsole(t *testing.T, typed string) (*console, *os.File) {
	t.Helper()
	in, keys, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.CreateTemp(t.TempDir(), "screen")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); keys.Close(); out.Close() })
	if _, err := keys.WriteString(typed); err != nil {
		t.Fatal(err)
	}
	return newConsole(in, out), keys
}

func TestPasteMarkersAreTakenOut(t *testing.T) {
	c, _ := pipeConsole(t, "\x1b[200~7KQ2 ABCD\x1b[201~\n")
	if line, err := c.ReadLine("> "); line != "7KQ2 ABCD" || err != nil {
		t.Errorf("got %q, %v", line, err)
	}
}

func TestClosedTerminalStaysClosed(t *testing.T) {
	c, keys := pipeConsole(t, "yes")
	keys.Close()
	for range 3 {
		if line, err := c.ReadLine("> "); line != "" || !errors.Is(err, io.EOF) {
			t.Errorf("got %q, %v", line, err)
		}
		if _, err := c.ReadSecret("> "); !errors.Is(err, io.EOF) {
			t.Errorf("secret: %v", err)
		}
	}
	screen, _ := os.ReadFile(c.out.Name())
	if !bytes.Equal(screen, []byte("> \n")) {
		t.Errorf("screen %q: a closed terminal was asked again", screen)
	}
}

func TestWaysOfClosing(t *testing.T) {
	for _, err := range []error{io.EOF, &os.PathError{Op: "read", Path: "/dev/tty", Err: syscall.EIO}, os.ErrClosed} {
		c, _ := pipeConsole(t, "")
		if got := c.failed(err); got != io.EOF || c.over != io.EOF {
			t.Errorf("%v: %v, then %v", err, got, c.over)
		}
	}
	c, _ := pipeConsole(t, "")
	if got := c.failed(syscall.EBADF); !errors.Is(got, syscall.EBADF) || c.over != got {
		t.Errorf("got %v, then %v", got, c.over)
	}
}

func TestSecretNeedsATerminal(t *testing.T) {
	c, _ := pipeConsole(t, "secret\n")
	if secret, err := c.ReadSecret("> "); err == nil {
		t.Errorf("got %q from what is no terminal", secret)
	}
}

func TestSizeWhereUnknown(t *testing.T) {
	c, _ := pipeConsole(t, "")
	if cols, rows := c.Size(); cols != 80 || rows != 24 {
		t.Errorf("%d x %d", cols, rows)
	}
	if EnableColors(c.out) || IsTerminal(c.out) {
		t.Error("a file is taken for a terminal")
	}
}
