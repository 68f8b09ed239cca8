package term

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestLinesAtATerminal(t *testing.T) {
	p := startAtTerminal(t, "lines")
	p.expect("> ")
	p.keys("7KQ2 ABCX\x7fD\r")
	p.expect("read \"7KQ2 ABCD\"\n> ")
	p.keys("wrong\x15\x1b[200~pasted\x1b[201~\r")
	p.expect("read \"pasted\"\n> ")
	p.keys("one\rtwo\r") // typed ahead, or a paste of two lines
	p.expect("read \"one\"\n> read \"two\"\n> ")
	p.keys("\x03")
	p.expect("^C\nended: interrupted, interrupted\n")
	if status := p.wait(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	p.wantModes()
}

func TestLongestLineAtATerminal(t *testing.T) {
	p := startAtTerminal(t, "lines")
	p.expect("> ")
	p.keys(strings.Repeat("x", 4094) + "\r")
	p.expect("read \"" + strings.Repeat("x", 4094) + "\"\n> ")
	p.keys(strings.Repeat("y", 10000) + "\r")
	p.expect("\nline too long for the terminal\n> ")
	p.keys("z\r")
	p.expect("read \"z\"\n> ")
}

func TestEndOfFileAtATerminal(t *testing.T) {
	p := startAtTerminal(t, "lines")
	p.expect("> ")
	p.keys("half an answer\x04\x04") // Ctrl-D passes on what was typed, then ends
	p.expect("\nended: EOF, EOF\n")
	p.wait()
}

func TestSecretAtATerminal(t *testing.T) {
	p := startAtTerminal(t, "secret")
	p.expect("secret> ")
	p.waitForEcho(false)
	p.keys("tally ho\r")
	p.expect("\nread \"tally ho\"\nsecret> ")
	p.waitForEcho(false)
	p.keys("half\x03")
	p.expect("\nended: interrupted, interrupted\n")
	p.wait()
	p.wantModes()
	if screen := p.shown(); strings.Contains(screen, "half") {
		t.Errorf("the screen shows a secret: %q", screen)
	}
}

// Stopped at a secret, a program would come back with the echo on.
// What is typed ahead answers no question: neither the word of a confirmation nor a passphrase.
func TestTypedAheadIsDropped(t *testing.T) {
	p := startAtTerminal(t, "questions")
	p.expect("code> ")
	p.keys("the code\rnoise\rsign\rmore")
	p.expect("Sure?\nType \"sign\" to go on: ")
	p.keys("sign\rnoise\r")
	p.expect("secret> ")
	p.keys("open\r")
	p.expect("read \"open\"\n")
}

func TestSecretCannotBeStopped(t *testing.T) {
	p := startAtTerminal(t, "shell")
	p.expect("secret> ")
	p.waitForEcho(false)
	p.keys("gone\x1atally ho\r") // Ctrl-Z makes the kernel forget what was typed before it
	p.expect("\nread \"tally ho\"\nsecret> ")
	p.keys("\x04")
	p.wait()
}

func TestIgnoredSignalStaysIgnored(t *testing.T) {
	p := startAtTerminal(t, "deaf lines")
	p.expect("> ")
	p.program.Process.Signal(syscall.SIGTERM)
	time.Sleep(100 * time.Millisecond)
	p.keys("7KQ2\r")
	p.expect("read \"7KQ2\"\n> ")
}

func TestTerminationRestoresTheEcho(t *testing.T) {
	p := startAtTerminal(t, "secret")
	p.expect("secret> ")
	p.waitForEcho(false)
	p.program.Process.Signal(syscall.SIGTERM)
	p.expect("\nended: interrupted, interrupted\n")
	p.wait()
	p.waitForEcho(true)
}

func TestEntryAtATerminal(t *testing.T) {
	code := sixLines(t)
	l := code.Lines()
	draft := filepath.Join(t.TempDir(), "draft")

	p := startAtTerminal(t, "entry", draft)
	p.expect("Enter the authorization code line by line (\"?\" for help).\nline 1> ")
	p.keys(l[0] + "\r\x1b[200~" + l[1] + "\r" + l[2] + "\r\x1b[201~")
	p.expect("line 4> ")
	p.keys("7KQ2\x03")
	p.expect("^C\n  Stopped. 3 lines are kept for the next time.\nended: interrupted, interrupted\n")
	p.wait()
	p.wantModes()

	p = startAtTerminal(t, "entry", draft)
	p.expect("  Kept from the last time (\"0\" starts over):\n  line 1: " + l[0] + "\n  line 2: " + l[1] +
		"\n  line 3: " + l[2] + "\nline 4> ")
	p.keys(strings.Join(l[3:], "\r") + "\r")
	p.expect("read the authorization code of 110 bytes\nEnter the authorization code")
	if _, err := os.Stat(draft); err != nil {
		t.Errorf("the code was not kept for the caller: %v", err)
	}
}

// A program started with nohup ("deaf") is not told that its terminal is gone, and reads nothing
// forever.
func TestHangUpEndsTheProgram(t *testing.T) {
	for _, program := range []string{"lines", "secret", "deaf lines", "deaf secret"} {
		p := startAtTerminal(t, program)
		p.expect("> ")
		p.slave.Close()
		p.master.Close()
		if status := p.wait(); status != 0 {
			t.Errorf("%s: exit status %d", program, status)
		}
	}
}

func TestTerminalThatControlsNothing(t *testing.T) {
	p := &pty{t: t}
	p.open()
	p.start(&syscall.SysProcAttr{Setsid: true}, "lines")
	p.expect("> ")
	p.keys("7KQ2\r")
	p.expect("read \"7KQ2\"\n> ")
	p.keys("\x04")
	p.expect("ended: EOF, EOF\n")
}

func TestNoTerminal(t *testing.T) {
	program := exec.Command(os.Args[0], "at-the-terminal", "none")
	program.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, err := program.Output()
	if err != nil || !strings.HasPrefix(string(out), "no terminal to ask at: open /dev/tty: ") {
		t.Errorf("%q, %v", out, err)
	}
}
