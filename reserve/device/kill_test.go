package device_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"tallystick/codec"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

const childWord = "child-of-the-kill-test"

// child changes a device for as long as it lives, and prints every code it is given.
func child(args []string) {
	is := newIssuer("Example")
	d, err := device.Open(args[0])
	if err != nil {
		fmt.Println("error:", err)
		return
	}
	fmt.Println("ready")
	for {
		for _, act := range []func() (device.Result, error){
			func() (device.Result, error) {
				next := d.Status(time.Now()).Next
				a := is.authorize(d.Identity(), next, reserve.Grant{Entitlement: ports, Count: 4})
				in, err := d.Install(a.Body())
				return in.Result, err
			},
			d.Report, d.Return, d.Confirmation,
		} {
			r, err := act()
			if err != nil {
				fmt.Println("error:", err)
				return
			}
			fmt.Println(r.Code.Paste())
		}
	}
}

// TestKill kills a real process at any moment, many times over. The record must always read, and
// must be at least as far as the last code that got out.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	d := create(t, dir, newIssuer("Example"))
	kills := 40
	if testing.Short() {
		kills = 5
	}
	codes := 0
	for range kills {
		lines := runAndKill(t, dir, rand.IntN(6), time.Duration(rand.IntN(5000))*time.Microsecond)
		for _, line := range lines {
			if strings.HasPrefix(line, "error") {
				t.Fatal(line)
			}
		}
		if err := d.Refresh(); err != nil {
			t.Fatal(err)
		}
		codes += len(lines)
		if len(lines) > 0 {
			within(t, d, lines[len(lines)-1])
		}
	}
	if codes < kills {
		t.Errorf("%d codes in %d runs: the children were killed before they did anything", codes, kills)
	}
	if _, err := d.Report(); err != nil {
		t.Errorf("after the last kill: %v", err)
	}
	t.Logf("%d kills, %d codes revealed, number %d reached", kills, codes, d.Status(time.Now()).Next)
}

// runAndKill kills the child a while after its n-th code, and returns all that it printed.
func runAndKill(t *testing.T, dir string, n int, after time.Duration) []string {
	t.Helper()
	command := exec.Command(os.Args[0], childWord, dir)
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	s := bufio.NewScanner(out)
	if !s.Scan() || s.Text() != "ready" {
		t.Fatalf("child: %q", s.Text())
	}
	var lines []string
	for {
		if len(lines) == n {
			time.AfterFunc(after, func() { command.Process.Kill() })
		}
		if !s.Scan() {
			break
		}
		lines = append(lines, s.Text())
	}
	_ = command.Wait() // it was killed
	return lines
}

// within asserts that the record is at or past the state in which a code was revealed.
func within(t *testing.T, d *device.Device, line string) {
	t.Helper()
	r, err := codec.Decode(line, reserve.Kinds()...)
	if err != nil {
		return // the last line may be cut
	}
	s := d.Status(time.Now())
	x, err := reserve.Inspect(r.Kind, r.Body, d.Trust(), d.Identity())
	if err != nil || !x.Verified {
		t.Fatalf("revealed %q: %v, %v", line, err, x.Finding)
	}
	switch r.Kind.Number {
	case reserve.ReceiptKind.Number:
		if reached := position(s); reached < x.Position {
			t.Fatalf("position %d was revealed, the record is at %d", x.Position, reached)
		}
	case reserve.StatusKind.Number:
		if s.Reports < x.Statements || s.Next < x.Floor {
			t.Fatalf("report %d with floor %d was revealed, the record has %d and %d", x.Statements, x.Floor, s.Reports, s.Next)
		}
	}
}

func position(s device.Status) reserve.Position {
	if s.Number != 0 {
		return reserve.ConfirmationAt(s.Number)
	}
	return reserve.ReturnAt(s.Next - 1)
}
