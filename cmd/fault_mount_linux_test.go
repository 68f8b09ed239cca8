package cmd_test

import (
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"tallystick/cmd/internal/cli"
)

var faultMounted = flag.Bool("faults.mounted", false, "used by tests on themselves: this process may mount")

// mounted runs a test again in a process that has its own view of the file systems. It reports
// whether this is that process.
func mounted(t *testing.T) bool {
	t.Helper()
	if *faultMounted {
		return true
	}
	args := []string{"-test.run=^" + t.Name() + "$", "-test.v", "-faults.mounted"}
	if testing.Short() {
		args = append(args, "-test.short")
	}
	c := exec.Command(os.Args[0], args...)
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := c.CombinedOutput()
	var ended *exec.ExitError
	switch {
	case err == nil && strings.Contains(string(out), "NOT TESTED"), err != nil && !errors.As(err, &ended):
		t.Logf("NOT TESTED: nothing can be mounted here: %v\n%s", err, out)
	case err != nil:
		t.Errorf("%v\n%s", err, out)
	default:
		for _, line := range regexp.MustCompile(`(?m)_test\.go:\d+: (.*)$`).FindAllStringSubmatch(string(out), -1) {
			t.Log(line[1])
		}
	}
	return false
}

// newMount mounts a file system in memory and puts temporary directories there. It is nil where
// that isn't allowed.
func newMount(t *testing.T) *mount {
	t.Helper()
	dir, err := os.MkdirTemp("", "tallystick-*")
	if err != nil {
		t.Fatal(err)
	}
	m := &mount{t, dir}
	err = unix.Mount("none", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
	if err == nil {
		err = unix.Mount("tallystick", m.dir, "tmpfs", 0, "size=4m")
	}
	if err != nil {
		t.Logf("NOT TESTED: mounting: %v", errors.Join(err, os.Remove(dir)))
		return nil
	}
	t.Cleanup(func() {
		m.empty()
		m.remount(0)
		if err := errors.Join(unix.Unmount(m.dir, unix.MNT_DETACH), os.Remove(m.dir)); err != nil {
			t.Error(err)
		}
	})
	t.Setenv("TMPDIR", m.dir)
	return m
}

type mount struct {
	t   *testing.T
	dir string
}

func (m *mount) remount(flags uintptr) {
	m.t.Helper()
	if err := unix.Mount("", m.dir, "", unix.MS_REMOUNT|flags, "size=4m"); err != nil {
		m.t.Fatal(err)
	}
}

func (m *mount) filler() string { return filepath.Join(m.dir, "filler") }

// fill leaves as much free, in bytes.
func (m *mount) fill(free int) {
	m.t.Helper()
	var now unix.Statfs_t
	if err := unix.Statfs(m.dir, &now); err != nil {
		m.t.Fatal(err)
	}
	f, err := os.Create(m.filler())
	if err != nil {
		m.t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.CopyN(f, zeros{}, int64(now.Bavail)*int64(now.Bsize)-int64(free)); err != nil {
		m.t.Fatal(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func (m *mount) empty() { _ = os.Remove(m.filler()) }

func TestFullDisk(t *testing.T) {
	if !mounted(t) {
		return
	}
	m := newMount(t)
	if m == nil {
		return
	}
	d := &trouble{site: newSite(t, 10), begin: m.fill, end: m.empty, why: "no space left on device", most: 96 << 10}
	d.live(t, rand.New(rand.NewPCG(1, 1)))
}

// TestReadOnlyDisk has everything on a disk that can only be read, as a backup on a disc is: what
// reads answers, and what writes says why it can't. A ledger whose last process was killed is no
// exception.
func TestReadOnlyDisk(t *testing.T) {
	if !mounted(t) {
		return
	}
	m := newMount(t)
	if m == nil {
		return
	}
	s := newSite(t, 10)
	s.run("tally-device init --product C9300-24T --serial SN1 --trust issuer.tally")
	request := s.code("tally-device request")
	code := s.code("tally-issuer authorize " + request + " --from acme --grant dna-advantage=2 --yes --passphrase-fd 3")
	confirmation := s.code("tally-device install " + code + " --yes")
	for _, name := range []string{"closed", "killed"} {
		t.Run(name, func(t *testing.T) {
			if name == "killed" {
				s.leaveLog()
			}
			m.remount(unix.MS_RDONLY)
			defer m.remount(0)
			s.readOnly(t, confirmation, code, name == "killed")
		})
	}
}

func (s site) readOnly(t *testing.T, confirmation, code string, killed bool) {
	for _, line := range []string{"tally-device status", "tally-device check dna-advantage", "tally-device request",
		"tally-device confirmation", "tally-device inspect " + code, "tally-device trust show"} {
		if out, status := s.try(line); status != 0 {
			t.Errorf("%q: exit status %d\n%s", line, status, out)
		}
	}
	for _, line := range []string{"tally-issuer account show acme", "tally-issuer account list", "tally-issuer device list",
		"tally-issuer device show SN1", "tally-issuer license list", "tally-issuer trust show", "tally-issuer inspect " + code,
		"tally-issuer audit verify", "tally-issuer audit verify --ledger home/ledger.db --trust issuer.tally", "tally-issuer audit checkpoint",
		"tally-issuer audit prove 1", "tally-issuer audit show"} {
		out, status := s.try(line)
		told := status == cli.ExitFailed && strings.Contains(out, "ledger.db-wal") && strings.Contains(out, "copy both")
		if !killed && status != 0 || killed && !told { // what the log has must not be forgotten
			t.Errorf("%q: exit status %d\n%s", line, status, out)
		}
	}
	for _, line := range []string{"tally-issuer account new acme/x --passphrase-fd 3", "tally-issuer receive " + confirmation,
		"tally-issuer reprint --device SN1", "tally-issuer authorize --device SN1 --grant dna-advantage=3 --yes --passphrase-fd 3",
		"tally-issuer license add --account acme --entitlement dna-advantage --quantity 5 --perpetual --passphrase-fd 3",
		"tally-issuer key new --name x --role issue --passphrase-fd 3", "tally-issuer key passphrase --passphrase-fd 3 --new-passphrase-fd 5",
		"tally-issuer trust publish --out issuer.tally", "tally-issuer init --home other --name Other --catalog catalog.json --passphrase-fd 3",
		"tally-device install " + code + " --yes", "tally-device return --yes", "tally-device cancel --yes", "tally-device report",
		"tally-device init --state other --product C9300-24T --serial SN2 --trust issuer.tally"} {
		out, status := s.try(line)
		told := strings.Contains(out, "read-only file system") || killed && strings.Contains(out, "copy both")
		helped := strings.Contains(out, "hint: what only shows something works all the same") || killed
		if status != cli.ExitFailed || !told || !helped {
			t.Errorf("%q: exit status %d\n%s", line, status, out)
		}
	}
}
