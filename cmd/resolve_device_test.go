package cmd_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/resolve"
)

// enroll answers the present device's request.
func (s *scene) enroll(count int) string {
	s.t.Helper()
	return s.run(cli.ExitDone, append(strings.Fields(fmt.Sprintf("tally-issuer authorize --from acme --grant dna-advantage=%d", count)),
		s.do("tally-device request")))
}

// push issues one more authorization.
func (s *scene) push(count int) string {
	s.t.Helper()
	return s.do(fmt.Sprintf("tally-issuer authorize --device FCW2149L0KK --grant dna-advantage=%d", count))
}

// installs has the present device install a code and returns its confirmation.
func (s *scene) installs(code string) string {
	s.t.Helper()
	return s.run(cli.ExitDone, []string{"tally-device", "install", code})
}

// takes has the issuer take a code.
func (s *scene) takes(code string) {
	s.t.Helper()
	s.run(cli.ExitDone, []string{"tally-issuer", "receive", code})
}

// settled is a device that has installed and confirmed its first authorization.
func (s *scene) settled() (code string) {
	s.t.Helper()
	code = s.enroll(2)
	s.takes(s.installs(code))
	return code
}

var devicePlights = []plight{
	{row: resolve.SetBackHolding, arrange: func(s *scene) []string {
		s.settled()
		s.copied("state", "backup")
		code := s.do("tally-device return")
		s.takes(code)
		s.copied("backup", "state")
		return []string{code}
	}},
	{row: resolve.SetBackOpen, arrange: func(s *scene) []string {
		s.enroll(2)
		s.copied("state", "backup")
		code := s.do("tally-device cancel")
		s.takes(code)
		s.copied("backup", "state")
		return []string{code}
	}},
	{row: resolve.SetBackInstalled, name: "by a confirmation", arrange: func(s *scene) []string {
		s.settled()
		s.copied("state", "backup")
		code := s.installs(s.push(3))
		s.takes(code)
		s.copied("backup", "state")
		return []string{code}
	}},
	{row: resolve.SetBackInstalled, name: "by a report", arrange: func(s *scene) []string {
		s.settled()
		s.copied("state", "backup")
		s.installs(s.push(3))
		code := s.do("tally-device report")
		s.takes(code)
		s.copied("backup", "state")
		return []string{code}
	}},
	{row: resolve.TrustBehind, name: "for a new key", arrange: func(s *scene) []string {
		s.do("tally-issuer key new --role issue --name second")
		return []string{s.enroll(2)}
	}, values: map[string]string{"FILE": "newest.tally"}},
	{row: resolve.NotInstalled, arrange: func(s *scene) []string { return []string{s.enroll(2)} }},
	{row: resolve.NotInstalled, name: "the newest of two", arrange: func(s *scene) []string {
		return []string{s.enroll(2), s.push(3)}
	}},
	{row: resolve.NumbersUsedUp, arrange: func(s *scene) []string {
		s.enroll(2)
		s.useUpNumbers()
		return []string{s.do("tally-device confirmation")}
	}, values: anotherIdentity},
	{row: resolve.SignerUntrusted, arrange: func(s *scene) []string {
		code := s.settled()
		s.endKey("compromise")
		s.do("tally-device trust update issuer.tally")
		return []string{code}
	}},
	{row: resolve.Refused, name: "for another device", arrange: func(s *scene) []string {
		s.settled()
		s.device("other", "FCW2149L0ZZ")
		code := s.enroll(3)
		s.device("state", "FCW2149L0KK")
		return []string{code}
	}},
	{row: resolve.ConfirmationLost, name: "a stray among its own codes", arrange: func(s *scene) []string {
		own := s.settled()
		s.device("other", "FCW2149L0ZZ")
		stray := s.enroll(3)
		s.device("state", "FCW2149L0KK")
		return []string{own, s.do("tally-device confirmation"), stray}
	}},
	{row: resolve.Refused, name: "of another issuer", arrange: func(s *scene) []string {
		s.settled()
		return []string{s.elsewhere("init --name Other --catalog catalog.json")}
	}},
	{row: resolve.Refused, name: "of training", arrange: func(s *scene) []string {
		s.settled()
		return []string{s.elsewhere("init --name Training --training --catalog catalog.json")}
	}},
	{row: resolve.Refused, name: "signed with a retired key", arrange: func(s *scene) []string {
		s.settled()
		code := s.push(3)
		s.endKey("retire")
		s.do("tally-device trust update issuer.tally")
		return []string{code}
	}},
	{row: resolve.Refused, name: "altered", arrange: func(s *scene) []string {
		s.settled()
		return []string{forged(s.t, s.push(3))}
	}},
	{row: resolve.Refused, name: "ended", arrange: func(s *scene) []string {
		s.settled()
		s.do("tally-issuer license add --account acme --entitlement dna-advantage --quantity 20 --perpetual")
		s.do("tally-issuer license add --account acme --entitlement dna-premier --quantity 5 --term 1m")
		code := s.do("tally-issuer authorize --device FCW2149L0KK --grant dna-premier=1 --only")
		s.world.now = s.world.now.AddDate(0, 3, 0)
		s.do("tally-issuer license add --account acme --entitlement dna-premier --quantity 5 --perpetual")
		return []string{code}
	}},
	{row: resolve.TermEnded, arrange: func(s *scene) []string {
		code := s.settled()
		s.world.now = s.world.now.AddDate(3, 1, 0)
		s.do("tally-issuer license add --account acme --entitlement dna-advantage --quantity 20 --perpetual")
		return []string{code}
	}},
	{row: resolve.ConfirmationLost, arrange: func(s *scene) []string {
		code := s.enroll(2)
		s.installs(code)
		return []string{code}
	}},
	{row: resolve.ReturnLost, arrange: func(s *scene) []string {
		code := s.settled()
		s.do("tally-device return")
		return []string{code}
	}},
	{row: resolve.CancellationLost, arrange: func(s *scene) []string {
		code := s.enroll(2)
		s.do("tally-device cancel")
		return []string{code}
	}},
	{row: resolve.ReportLost, arrange: func(s *scene) []string {
		s.settled()
		code := s.push(5)
		s.do("tally-device cancel")
		return []string{code}
	}},
	{row: resolve.RequestLost, arrange: func(s *scene) []string { return []string{s.do("tally-device request")} },
		values: firstGrant},
	{row: resolve.RequestLost, name: "the answer too", arrange: func(s *scene) []string {
		s.enroll(2)
		return []string{s.do("tally-device request")}
	}},
	{row: resolve.StateLost, arrange: func(s *scene) []string {
		s.settled()
		s.check(os.Remove(filepath.Join("state", "state")))
		return nil
	}, ask: func(s *scene) standing {
		s.run(cli.ExitDamaged, []string{"tally-device", "status"})
		rows := resolve.DeviceRows()
		row := rows[slices.IndexFunc(rows, func(r resolve.Row) bool { return r.ID == resolve.StateLost })]
		return standingOf(row)
	}, values: anotherIdentity},
}

// standingOf is a row as the resolvers answer it.
func standingOf(r resolve.Row) standing {
	s := standing{Situation: r.ID}
	for i, step := range r.Way {
		next := cli.NextStep{Who: string(step.Who), Command: strings.Join(step.Command, " "), Argv: step.Command}
		if i == 0 {
			s.Next = next
			continue
		}
		s.Then = append(s.Then, next)
	}
	return s
}

// What a person knows.
var (
	firstGrant      = map[string]string{"ACCOUNT": "acme", "TAG=N": "dna-advantage=2"}
	anotherIdentity = map[string]string{"ACCOUNT": "acme", "TAG=N": "dna-advantage=2", "PID": "C9300-24T", "SN": "FCW2149L0KK",
		"DIR": "state2", "FILE": "issuer.tally", "TEXT": "the record was lost"}
	why = map[string]string{"TEXT": "burnt", "EVIDENCE": "catalog.json"}
)

// useUpNumbers cancels every number that the identity has.
func (s *scene) useUpNumbers() {
	s.t.Helper()
	for through := 64; through < 1023; through += 64 {
		s.do(fmt.Sprintf("tally-device cancel --through %d", through))
	}
	s.do("tally-device cancel --through 1023")
}

// elsewhere returns an authorization of another issuer, for a device of that name that obeys it.
func (s *scene) elsewhere(init string) string {
	s.t.Helper()
	s.home = "elsewhere"
	s.do("tally-issuer " + init)
	s.do("tally-issuer account new acme --reservation on")
	s.do("tally-issuer license add --account acme --entitlement dna-advantage --quantity 20 --perpetual")
	code := s.enroll(2)
	s.home = "home"
	return code
}

// endKey makes another signing key and ends the one that signed until now. The newest trust bundle is
// in issuer.tally then.
func (s *scene) endKey(verb string) {
	s.t.Helper()
	var list struct {
		Keys []struct {
			Fingerprint string
			Roles       string
			Status      string
		}
	}
	s.answer(strings.Fields("tally-issuer key list --json"), &list)
	s.do("tally-issuer key new --name second")
	for _, k := range list.Keys {
		if strings.Contains(k.Roles, "issue") {
			s.do("tally-issuer key " + verb + " " + k.Fingerprint)
		}
	}
	s.do("tally-issuer trust publish --out issuer.tally")
}
