package cmd_test

import (
	"strings"
	"testing"

	"tallystick/cmd/internal/cli"
)

// Under GODEBUG=fips140=only the keyring can't be opened. It is not damaged, so that nobody is sent to
// a backup; what only shows something works.
func TestKeyringUnderFIPS(t *testing.T) {
	s := newSite(t, 5)
	t.Setenv("GODEBUG", "fips140=only")
	for _, line := range []string{
		"tally-issuer account new beta --passphrase-fd 3",
		"tally-issuer key backup --out copy.age --passphrase-fd 3",
		"tally-issuer init --home other --name Other --catalog catalog.json --passphrase-fd 3",
	} {
		out, status := s.try(line)
		if status != cli.ExitFailed || !strings.Contains(out, "fips140=only") || !strings.Contains(out, "hint: run what signs without GODEBUG=fips140=only") ||
			strings.Contains(out, "key restore") {
			t.Errorf("%q: exit status %d\n%s", line, status, out)
		}
	}
	for _, line := range []string{"tally-issuer account show acme", "tally-issuer report compliance", "tally-issuer audit verify", "tally-issuer key list"} {
		if out, status := s.try(line); status != 0 {
			t.Errorf("%q: exit status %d\n%s", line, status, out)
		}
	}
}
