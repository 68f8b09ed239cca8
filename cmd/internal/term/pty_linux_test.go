package term

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
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
			signal.Ignore(syscall.SIGHUP, syscall.SIGTERM)
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
	"questions": func() {
		atTerminal(func(t Terminal) error {
			if _, err := t.ReadLine("code> "); err != nil {
				return err
			}
			time.Sleep(100 * time.Millisecond) // what follows in the same paste has arrived by then
			err := Confirm(t, "Sure?", "sign")
			if err != nil {
				return err
			}
			time.Sleep(100 * time.Millisecond)
			secret, err := t.ReadSecret("secret> ")
			return report(t, string(secret), err)
		})
	},
	"entry": func() {
		atTerminal(func(t Terminal) error {
			reading, err := Entry{Terminal: t, Kinds: kinds, What: "authorization code",
				Draft: onDisk(os.Args[3])}.Read()
			if err == nil {
				fmt.Fprintf(t, "read the %s of %d bytes\n", reading.Kind.Name, len(reading.Body))
			}
			return err
		})
	},
	"shell": func() {
		// As a shell with job control does it: what runs in the foreground can be stopped.
		job := exec.Command(os.Args[0], "at-the-terminal", "secret")
		job.Stdin, job.Stdout, job.Stderr = os.Stdin, os.Stdout, os.Stderr
		job.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Foreground: true}
		if err := job.Run(); err != nil {
			fmt.Println(err)
		}
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

// onDisk is a DraftStore that a second run of a program finds again.
type onDisk string

func (d onDisk) Load() []string {
	text, _ := os.ReadFile(string(d))
	return strings.Fields(string(text))
}

func (d onDisk) Save(lines []string) {
	text := ""
	for _, line := range lines {
		text += strings.ReplaceAll(line, " ", "") + "\n"
	}
	os.WriteFile(string(d), []byte(text), 0o600)
}

func (d onDisk) Clear() { os.Remove(string(d)) }

// A pty is a terminal without a person: what the program shows is collected, and type sends keys.
type pty struct {
	t       *testing.T
	master  *os.File
	slave   *os.File
	before  unix.Termios // the modes before a program ran
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
	p.before = p.modes()
}

// wantModes checks that the program left the terminal as it was.
func (p *pty) wantModes() {
	p.t.Helper()
	if after := p.modes(); after != p.before {
		p.t.Errorf("modes %+v, before %+v", after, p.before)
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

// shown returns everything on the screen so far.
func (p *pty) shown() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.screen.String()
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
