package cmd_test

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// What the verbs print fits a console of 80 columns, whatever there is to show: tables are folded, or
// written with a line for each cell.
func TestAnswersFitAConsole(t *testing.T) {
	s := manager(t)
	s.run("tally-issuer option-key add --device C9300-24T:FCW2149L077 --index 1 --option lan-base --entitlement network-advantage --count 24 --passphrase-fd 3")
	s.world.person = &person{}
	for _, line := range []string{
		"tally-issuer license add --account acme/hall-2/line-4/cell-9 --entitlement multigigabit-ports --quantity 24 --term 3y --order PO-2027-000471/11-b --passphrase-fd 3",
		"tally-issuer license move 5 --to acme/hall-2/line-4/cell-9 --quantity 20 --passphrase-fd 3",
		"tally-issuer license remove 5 --quantity 10 --reason sold --passphrase-fd 3",
		"tally-issuer license list", "tally-issuer account list", "tally-issuer account show acme/hall-2/line-4/cell-9", "tally-issuer account show acme/plant-7",
		"tally-issuer account new acme/hall-2/line-4/cell-10/with-a-long-name-that-goes/on-and-on --passphrase-fd 3",
		"tally-issuer device list", "tally-issuer device show FCW2149L001", "tally-issuer device history FCW2149L001", "tally-issuer device search FCW",
		"tally-issuer device expect list", "tally-issuer device move FCW2149L001 --to acme/hall-2/line-4/cell-9 --passphrase-fd 3",
		"tally-issuer report pools", "tally-issuer report compliance", "tally-issuer report alerts", "tally-issuer report forecast",
		"tally-issuer catalog show", "tally-issuer key list", "tally-issuer option-key list", "tally-issuer trust show", "tally-issuer audit show",
		"tally-issuer authorize --device FCW2149L002 --grant dna-premier=5 --dry-run", "tally-issuer renew --account acme/plant-8 --entitlement dna-premier --dry-run",
		"tally-issuer export licenses --format text", "tally-issuer export authorizations --format text",
		"tally-device status --state device-0",
	} {
		for printed := range strings.SplitSeq(s.run(line), "\n") {
			if n := utf8.RuneCountInString(printed); n > 80 && !strings.HasPrefix(printed, "tally-") { // messages fold elsewhere
				t.Errorf("%s: %d columns: %s", line, n, printed)
			}
		}
	}
}
