//go:build unix

package cmd_test

import (
	"bytes"
	"os"
	"strings"
	"syscall"
	"time"
)

// alone runs a verb as a process that has no terminal and wants it to end by itself.
func (l *life) alone(program string, path []string, input string) {
	l.t.Helper()
	s := site{l.t, l.dir}
	c := s.command(program, path...)
	c.Args = append([]string{"sh", "-c", `exec "$0" "$@"` + map[string]string{"closed": " <&-"}[input]}, c.Args...)
	c.Path = "/bin/sh"
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if input == "silent" {
		silence, keep, err := os.Pipe()
		if err != nil {
			l.t.Fatal(err)
		}
		defer silence.Close()
		defer keep.Close()
		c.Stdin = silence
	}
	if err := c.Start(); err != nil {
		l.t.Fatal(err)
	}
	watchdog := time.AfterFunc(patience, func() { _ = c.Process.Kill() })
	_ = c.Wait()
	name := program + " " + strings.Join(path, " ")
	if !watchdog.Stop() || !c.ProcessState.Exited() {
		l.t.Errorf("%s waits for somebody with standard input %s:\n%s", name, input, &stderr)
		return
	}
	if c.ProcessState.ExitCode() == 2 && !strings.Contains(stderr.String(), ": hint: ") {
		l.t.Errorf("%s with standard input %s says no way out:\n%s", name, input, &stderr)
	}
}
