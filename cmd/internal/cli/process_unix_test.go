//go:build unix

package cli_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tallystick/cmd/internal/cli"
)

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(sample().Run(context.Background(), cli.NewEnv()))
	}
	os.Exit(m.Run())
}

// process starts the sample program as a process without a controlling terminal.
func process(t *testing.T, args ...string) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
	cmd = exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	return cmd, stdout, stderr
}

// running starts a process whose verb says when it runs, and waits until it does.
func running(t *testing.T, args ...string) (cmd *exec.Cmd, stderr *bytes.Buffer) {
	t.Helper()
	cmd, _, stderr = process(t, args...)
	started, w := pipe(t)
	cmd.ExtraFiles = []*os.File{w}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if _, err := started.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	return cmd, stderr
}

func TestProcessInterrupted(t *testing.T) {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		cmd, stderr := running(t, "fail", "wait")
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if got := cmd.ProcessState.ExitCode(); got != cli.ExitInterrupted {
			t.Errorf("%v: exit %d: %s", s, got, stderr)
		}
	}
}

// A second signal ends a program that does not heed the first.
func TestProcessKilled(t *testing.T) {
	cmd, _ := running(t, "fail", "hang")
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
			if status := cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() {
				t.Errorf("ended with %v, not by the signal", cmd.ProcessState)
			}
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func pipe(t *testing.T) (r, w *os.File) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r, w
}

func TestProcessPassphrase(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pass")
	if err := os.WriteFile(file, []byte("open\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	passed, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer passed.Close()
	cmd, stdout, stderr := process(t, "shelf", "burn", "--yes", "--passphrase-fd", "3")
	cmd.ExtraFiles = []*os.File{passed}
	if err := cmd.Run(); err != nil || stdout.String() != "burned\n" {
		t.Errorf("%v: %s %s", err, stdout, stderr)
	}
	cmd, _, stderr = process(t, "shelf", "burn", "--yes", "--passphrase-fd", "0")
	cmd.Stdin = strings.NewReader("open")
	if err := cmd.Run(); err != nil {
		t.Errorf("%v: %s", err, stderr)
	}
	// Nothing was passed: whatever the Go runtime has opened under that number is not a passphrase.
	for _, fd := range []string{"3", "4", "5", "6", "99"} {
		cmd, _, stderr = process(t, "shelf", "burn", "--yes", "--passphrase-fd", fd)
		want := "tally-sample: error: file descriptor " + fd + ": the descriptor was not passed to this program\n"
		if err := cmd.Run(); err == nil || !strings.HasPrefix(stderr.String(), want) {
			t.Errorf("descriptor %s: %v: %s", fd, err, stderr)
		}
	}
	cmd, _, stderr = process(t, "shelf", "burn", "--yes")
	if _ = cmd.Run(); cmd.ProcessState.ExitCode() != cli.ExitUsage {
		t.Errorf("without a terminal: %v: %s", cmd.ProcessState, stderr)
	}
}
