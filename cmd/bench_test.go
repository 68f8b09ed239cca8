package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tallystick/testvectors"
)

// BenchmarkProcess times whole processes, as a script calls them: tally-device check beside the same
// program printing its help, and beside minisign -V, which also verifies one Ed25519 signature,
// where it is installed.
func BenchmarkProcess(b *testing.B) {
	dir := b.TempDir()
	run := func(name string, args ...string) {
		b.Helper()
		c := exec.Command(name, args...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			b.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
	}
	device := built(b, dir, "tally-device")
	prepareLicensed(b, dir, device)
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			run(device, "check", "dna-advantage", "--quiet", "--state", "state")
		}
	})
	b.Run("help", func(b *testing.B) {
		for b.Loop() {
			run(device, "check", "--help")
		}
	})
	b.Run("minisign", func(b *testing.B) {
		minisign, err := exec.LookPath("minisign")
		if err != nil {
			b.Skip("minisign is not installed")
		}
		if err := os.WriteFile(filepath.Join(dir, "file"), []byte("licensed\n"), 0o600); err != nil {
			b.Fatal(err)
		}
		run(minisign, "-G", "-W", "-p", "key.pub", "-s", "key.sec")
		run(minisign, "-S", "-s", "key.sec", "-m", "file")
		for b.Loop() {
			run(minisign, "-V", "-q", "-p", "key.pub", "-m", "file")
		}
	})
}

// built builds a program as it is released, in a directory.
func built(b *testing.B, dir, program string) string {
	b.Helper()
	target := filepath.Join(dir, program)
	c := exec.Command("go", "build", "-tags", "urfave_cli_no_docs", "-trimpath", "-ldflags=-s -w", "-o", target, "./"+program)
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return target
}

// prepareLicensed makes an issuer and a device that holds a license.
func prepareLicensed(b *testing.B, dir, device string) {
	b.Helper()
	text, err := testvectors.Catalog(testvectors.NetworkSwitch)
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "catalog.json"), text, 0o600); err != nil {
		b.Fatal(err)
	}
	for _, line := range []string{
		"tally-issuer init --name Example --catalog catalog.json --passphrase-fd 3",
		"tally-issuer account new acme --reservation on --passphrase-fd 3",
		"tally-issuer license add --account acme --entitlement dna-advantage --quantity 10 --perpetual --passphrase-fd 3",
		"tally-issuer trust publish --out issuer.tally",
		"tally-device init --product C9300-24T --serial SN1 --trust issuer.tally",
	} {
		child(b, dir, line)
	}
	request := child(b, dir, "tally-device request --paste --quiet")
	authorization := child(b, dir, "tally-issuer authorize "+request+" --from acme --grant dna-advantage=1 --yes --paste --quiet --passphrase-fd 3")
	child(b, dir, "tally-device install "+authorization+" --yes")
}

// child runs a program of this module and returns what it printed, in one line.
func child(b *testing.B, dir, line string) string {
	b.Helper()
	s := site{dir: dir}
	words := strings.Fields(line)
	out, err := s.command(words[0], words[1:]...).Output()
	if err != nil {
		b.Fatalf("%s: %v", line, err)
	}
	return strings.TrimSpace(string(out))
}
