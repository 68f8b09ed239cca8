package term

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The tests in this file run a program at a real terminal: this test binary again, as the leader of
// a session whose controlling terminal is a pty. Only that shows what Ctrl-C does, since it is the
// kernel that turns it into a signal.

func TestMain(m *testing.M) {
	if len(os.Args) >= 3 && os.Args[1] == "at-the-terminal" {
		program, deaf := strings.CutPrefix(os.Args[2], "deaf ")
		if deaf {
			signal.Ignore(syscall.SIGHUP)
		}
		programs[program]()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// programs are what runs at the terminal.
var programs = map[string]func(){
	"lines": func() {
		atTerminal(func(t Terminal) error {
			line, err := t.ReadLine("> ")
			return report(t, line, err)
		})
	},
	"secret": func() {
		atTerminal(func(t Terminal) error {
			secret, err := t.ReadSecret("secret> ")
			return report(t, string(secret), err)
		})
	},
	"entry": func() {
		atTerminal(func(t Terminal) error {
			reading, err := Entry{Terminal: t, Kinds: kinds, What: "authorization code",
				Draft: DraftFile(os.Args[3])}.Read()
			if err == nil {
				fmt.Fprintf(t, "read the %s of %d bytes\n", reading.Kind.Name, len(reading.Body))
			}
			return err
		})
	},
	"none": func() {
		_, err := Open()
		fmt.Println(err)
	},
}

func report(t Terminal, line string, err error) error {
	if err == nil {
		fmt.Fprintf(t, "read %q\n", line)
	}
	if errors.Is(err, ErrLineTooLong) {
		fmt.Fprintln(t, err)
		return nil
	}
	return err
}

// atTerminal repeats a step until it fails, and says how it failed, twice to show that it stays so.
func atTerminal(step func(Terminal) error) {
	t, err := Open()
	for err == nil {
		err = step(t)
	}
	if t != nil {
		_, again := t.ReadLine("unreachable> ")
		fmt.Fprintf(t, "ended: %v, %v\n", err, again)
	}
}

// A pty is a terminal without a person: what the program shows is collected, and type sends keys.
type pty struct {
	t       *testing.T
	master  *os.File
	slave   *os.File
	program *exec.Cmd

	mu     sync.Mutex
	screen strings.Builder
	seen   int // bytes of the screen that expect has passed
}

func startAtTerminal(t *testing.T, program ...string) *pty {
	t.Helper()
	p := &pty{t: t}
	p.open()
	p.start(&syscall.SysProcAttr{Setsid: true, Setctty: true}, program...)
	return p
}

func (p *pty) start(attributes *syscall.SysProcAttr, program ...string) {
	p.t.Helper()
	p.program = exec.Command(os.Args[0], append([]string{"at-the-terminal"}, program...)...)
	p.program.Stdin, p.program.Stdout, p.program.Stderr = p.slave, p.slave, p.slave
	p.program.SysProcAttr = attributes
	if err := p.program.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		p.program.Process.Kill()
		p.program.Wait()
		p.slave.Close()
		p.master.Close()
	})
	go p.watch()
}

func (p *pty) open() {
	p.t.Helper()
	var err error
	p.master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		p.t.Skipf("this machine has no pseudoterminals: %v", err)
	}
	// Fd would make the file blocking, and a blocking read keeps it from being closed.
	raw, err := p.master.SyscallConn()
	if err != nil {
		p.t.Fatal(err)
	}
	var number int
	raw.Control(func(fd uintptr) {
		err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0)
		if err == nil {
			number, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
	})
	if err != nil {
		p.t.Fatal(err)
	}
	name := fmt.Sprintf("/dev/pts/%d", number)
	p.slave, err = os.OpenFile(name, os.O_RDWR|unix.O_NOCTTY, 0)
	if errors.Is(err, os.ErrNotExist) {
		p.t.Skipf("pseudoterminals are not mounted: %v", err)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *pty) watch() {
	buffer := make([]byte, 4096)
	for {
		n, err := p.master.Read(buffer)
		p.mu.Lock()
		p.screen.Write(buffer[:n])
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// expect waits until the screen shows text after what was expected before.
func (p *pty) expect(text string) {
	p.t.Helper()
	text = strings.ReplaceAll(text, "\n", "\r\n")
	deadline := time.Now().Add(20 * time.Second)
	for {
		p.mu.Lock()
		rest := p.screen.String()[p.seen:]
		i := strings.Index(rest, text)
		if i >= 0 {
			p.seen += i + len(text)
		}
		p.mu.Unlock()
		if i >= 0 {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("screen:\n%s\nwaiting for:\n%s", rest, text)
		}
		time.Sleep(time.Millisecond)
	}
}

func (p *pty) keys(keys string) {
	p.t.Helper()
	if _, err := p.master.WriteString(keys); err != nil {
		p.t.Fatal(err)
	}
}

// wait waits for the program's end and returns its exit status.
func (p *pty) wait() int {
	p.t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- p.program.Wait() }()
	select {
	case <-ended:
		return p.program.ProcessState.ExitCode()
	case <-time.After(20 * time.Second):
		p.t.Fatal("the program did not end")
		return -1
	}
}

func (p *pty) modes() unix.Termios {
	p.t.Helper()
	modes, err := unix.IoctlGetTermios(int(p.slave.Fd()), unix.TCGETS)
	if err != nil {
		p.t.Fatal(err)
	}
	return *modes
}

func TestLinesAtATerminal(t *testing.T) {
	p := startAtTerminal(t, "lines")
	before := p.modes()
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
	if after := p.modes(); after != before {
		t.Errorf("modes %+v, before %+v", after, before)
	}
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
	before := p.modes()
	p.expect("secret> ")
	p.waitForEcho(false)
	p.keys("gone\x1atally ho\r") // Ctrl-Z forgets what was typed, but does not stop the program
	p.expect("\nread \"tally ho\"\nsecret> ")
	p.waitForEcho(false)
	p.keys("half\x03")
	p.expect("\nended: interrupted, interrupted\n")
	p.wait()
	if after := p.modes(); after != before {
		t.Errorf("modes %+v, before %+v", after, before)
	}
	if screen := p.screen.String(); strings.Contains(screen, "half") {
		t.Errorf("the screen shows a secret: %q", screen)
	}
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
	before := p.modes()
	p.expect("Enter the authorization code line by line (\"?\" for help).\nline 1> ")
	p.keys(l[0] + "\r\x1b[200~" + l[1] + "\r" + l[2] + "\r\x1b[201~")
	p.expect("line 4> ")
	p.keys("7KQ2\x03")
	p.expect("^C\n  Stopped. 3 lines are kept for the next time.\nended: interrupted, interrupted\n")
	p.wait()
	if after := p.modes(); after != before {
		t.Errorf("modes %+v, before %+v", after, before)
	}

	p = startAtTerminal(t, "entry", draft)
	p.expect("  Kept from the last time (\"0\" starts over):\n  line 1: " + l[0] + "\n  line 2: " + l[1] +
		"\n  line 3: " + l[2] + "\nline 4> ")
	p.keys(strings.Join(l[3:], "\r") + "\r")
	p.expect("read the authorization code of 110 bytes\nEnter the authorization code")
	if _, err := os.Stat(draft); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the draft is still there: %v", err)
	}
}

func TestHangUpEndsTheProgram(t *testing.T) {
	for _, program := range []string{"lines", "secret"} {
		p := startAtTerminal(t, program)
		p.expect("> ")
		p.slave.Close()
		p.master.Close()
		if status := p.wait(); status != 0 {
			t.Errorf("%s: exit status %d", program, status)
		}
	}
}

// A program started with nohup is not told that its terminal is gone, and reads nothing forever.
func TestHangUpWithoutTheSignal(t *testing.T) {
	for _, program := range []string{"deaf lines", "deaf secret"} {
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

// waitForEcho waits until the terminal's echo is on or off.
func (p *pty) waitForEcho(on bool) {
	p.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for p.modes().Lflag&unix.ECHO != 0 != on {
		if time.Now().After(deadline) {
			p.t.Fatalf("echo on: %v, want %v", !on, on)
		}
		time.Sleep(time.Millisecond)
	}
}
