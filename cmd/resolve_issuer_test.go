package cmd_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/resolve"
	"tallystick/codec"
	"tallystick/reserve"
)

// forged returns a code with its last bit changed, in good order but for the signature.
func forged(t *testing.T, text string) string {
	t.Helper()
	reading, err := codec.Decode(text, reserve.Kinds()...)
	if err != nil {
		t.Fatal(err)
	}
	reading.Body[len(reading.Body)-1] ^= 1
	code, err := codec.Encode(reading.Kind, reading.Body)
	if err != nil {
		t.Fatal(err)
	}
	return code.Paste()
}

// older puts the issuer's home back to what it was before f, as from a backup. The anchor stays.
func (s *scene) older(f func()) {
	s.t.Helper()
	s.do("tally-issuer backup copy")
	f()
	s.do("tally-issuer restore copy")
}

// forgetful puts the issuer's home and its anchor back to what they were before f, as with an image of
// the whole machine: the books don't know what they forgot.
func (s *scene) forgetful(f func()) {
	s.t.Helper()
	s.copied("home", "image")
	s.copied("home-anchors", "image-anchors")
	f()
	s.copied("image", "home")
	s.copied("image-anchors", "home-anchors")
}

var issuerPlights = []plight{
	{row: resolve.LedgerFrozen, arrange: func(s *scene) []string {
		s.older(func() { s.settled() })
		return []string{s.do("tally-device request")}
	}, values: firstGrant},
	{row: resolve.AnchorMissing, arrange: func(s *scene) []string {
		s.settled()
		names, err := filepath.Glob(filepath.Join("home-anchors", "tallystick", "*.anchor"))
		s.check(err)
		s.check(os.Rename(names[0], "checkpoint"))
		return []string{sceneDevice}
	}, values: map[string]string{"CHECKPOINT": "checkpoint"}},
	{row: resolve.RecoveryEnroll, arrange: func(s *scene) []string {
		s.older(func() { s.settled() })
		s.do("tally-issuer recover begin")
		return []string{s.do("tally-device request")}
	}, values: firstGrant},
	{row: resolve.RecoveryImport, arrange: func(s *scene) []string {
		s.settled()
		var code string
		s.older(func() { code = s.push(5) })
		s.do("tally-issuer recover begin")
		return []string{code}
	}},
	{row: resolve.RecoveryDevice, arrange: func(s *scene) []string {
		s.settled()
		s.older(func() { s.installs(s.push(5)) })
		s.do("tally-issuer recover begin")
		return []string{sceneDevice}
	}},
	{row: resolve.RecoveryWaive, arrange: func(s *scene) []string {
		s.settled()
		s.older(func() { s.installs(s.push(5)) })
		s.do("tally-issuer recover begin")
		return []string{sceneDevice, "--failed"}
	}, values: why},
	{row: resolve.RecoveryFinish, arrange: func(s *scene) []string {
		s.settled()
		s.older(func() { s.push(5) })
		s.do("tally-issuer recover begin")
		s.takes(s.installs(s.do("tally-issuer recover device FCW2149L0KK")))
		return []string{sceneDevice}
	}},
	{row: resolve.RecoveryOthers, arrange: func(s *scene) []string {
		s.settled()
		s.device("other", "FCW2149L0ZZ")
		s.settled()
		s.device("state", "FCW2149L0KK")
		s.older(func() { s.push(5) })
		s.do("tally-issuer recover begin")
		s.takes(s.installs(s.do("tally-issuer recover device FCW2149L0KK")))
		return []string{sceneDevice}
	}, end: []string{resolve.RecoveryOthers}},
	{row: resolve.QuarantinedDevice, arrange: func(s *scene) []string {
		s.settled()
		s.quarantined()
		return []string{sceneDevice}
	}, values: why, end: []string{resolve.QuarantinedFreed}},
	{row: resolve.QuarantinedFreed, arrange: func(s *scene) []string {
		s.settled()
		s.quarantined()
		s.do("tally-issuer write-off --device FCW2149L0KK --reason copied")
		return []string{sceneDevice}
	}, values: anotherIdentity},
	{row: resolve.DeviceFailed, arrange: func(s *scene) []string {
		s.settled()
		return []string{sceneDevice, "--failed"}
	}, values: why},
	{row: resolve.DeviceReplaced, arrange: func(s *scene) []string {
		s.settled()
		s.device("other", "FCW2149L0ZZ")
		return []string{sceneDevice, "--failed", s.do("tally-device request")}
	}, values: why},
	{row: resolve.DeviceFailed, name: "and is suspect", arrange: func(s *scene) []string {
		s.suspects()
		return []string{sceneDevice, "--failed"}
	}, values: why},
	{row: resolve.IdentityReplaced, name: "and was suspect", arrange: func(s *scene) []string {
		s.suspects()
		s.device("state2", "FCW2149L0KK")
		return []string{sceneDevice, "--failed", s.do("tally-device request")}
	}, values: why},
	{row: resolve.DeviceFailedEmpty, arrange: func(s *scene) []string {
		s.holdsNothing()
		return []string{sceneDevice, "--failed"}
	}, end: []string{resolve.DeviceFailedEmpty}},
	{row: resolve.QuarantinedFreed, name: "with an authorization of nothing", arrange: func(s *scene) []string {
		s.holdsNothing()
		s.quarantined()
		return []string{sceneDevice}
	}, values: anotherIdentity},
	{row: resolve.FormerAlive, arrange: func(s *scene) []string {
		s.settled()
		s.device("state2", "FCW2149L0KK")
		code := s.do("tally-issuer rma --failed FCW2149L0KK --reason reset " + s.do("tally-device request"))
		s.takes(s.installs(code))
		s.device("state", "FCW2149L0KK")
		report := s.do("tally-device report")
		s.takes(report)
		return []string{report}
	}},
	{row: resolve.ReturnPending, name: "of a former identity", arrange: func(s *scene) []string {
		former := s.settled()
		s.device("state2", "FCW2149L0KK")
		code := s.do("tally-issuer rma --failed FCW2149L0KK --reason reset " + s.do("tally-device request"))
		s.takes(s.installs(code))
		return []string{former}
	}, values: why},
	{row: resolve.DeadDeviceAlive, arrange: func(s *scene) []string {
		s.settled()
		s.do("tally-issuer write-off --device FCW2149L0KK --reason lost")
		s.takes(s.do("tally-device report"))
		return []string{sceneDevice}
	}},
	{row: resolve.ReturnPending, name: "settled by evidence", arrange: func(s *scene) []string {
		s.settled()
		s.do("tally-issuer write-off --device FCW2149L0KK --reason lost")
		return []string{sceneDevice}
	}, values: why},
	{row: resolve.CodeNotTaken, name: "of a device that was written off", arrange: func(s *scene) []string {
		s.settled()
		s.do("tally-issuer write-off --device FCW2149L0KK --reason lost")
		return []string{s.do("tally-device return")}
	}},
	{row: resolve.WrittenOff, arrange: func(s *scene) []string {
		s.settled()
		s.do("tally-issuer write-off --device FCW2149L0KK --reason lost")
		s.takes(s.do("tally-device return"))
		return []string{sceneDevice}
	}, values: anotherIdentity},
	{row: resolve.CodeNotTaken, name: "a confirmation", arrange: func(s *scene) []string {
		return []string{s.installs(s.enroll(2))}
	}},
	{row: resolve.CodeNotTaken, name: "a return, and what came before it", arrange: func(s *scene) []string {
		code := s.enroll(2)
		first := s.installs(code)
		return []string{first, code, s.do("tally-device return"), s.do("tally-device report")}
	}},
	{row: resolve.CodeNotTaken, name: "what shows two copies", arrange: func(s *scene) []string {
		s.settled()
		s.cloned()
		return []string{s.do("tally-device report")}
	}, values: why, end: []string{resolve.QuarantinedFreed}},
	{row: resolve.SuspectDevice, arrange: func(s *scene) []string {
		s.suspects()
		return []string{sceneDevice}
	}},
	{row: resolve.UnknownNumber, name: "not installed", arrange: func(s *scene) []string {
		s.settled()
		var code string
		s.forgetful(func() { code = s.push(5) })
		return []string{code}
	}},
	{row: resolve.UnknownNumber, name: "installed", arrange: func(s *scene) []string {
		s.settled()
		var code string
		s.forgetful(func() { code = s.push(5); s.installs(code) })
		return []string{code}
	}},
	{row: resolve.UnknownNumberOpen, arrange: func(s *scene) []string {
		s.settled()
		var code string
		s.forgetful(func() { code = s.push(5) })
		report := s.do("tally-device report")
		s.takes(report)
		return []string{code, report}
	}},
	{row: resolve.IdentityReplaced, arrange: func(s *scene) []string {
		s.settled()
		s.device("state2", "FCW2149L0KK")
		return []string{s.do("tally-device request")}
	}, values: why},
	{row: resolve.IdentitySuperseded, arrange: func(s *scene) []string {
		code := s.settled()
		s.takes(s.do("tally-device return"))
		s.device("state2", "FCW2149L0KK")
		s.takes(s.installs(s.enroll(2)))
		return []string{code}
	}},
	{row: resolve.RequestNotAnswered, arrange: func(s *scene) []string {
		return []string{s.do("tally-device request")}
	}, values: firstGrant},
	{row: resolve.RequestNotAnswered, name: "of another identity", arrange: func(s *scene) []string {
		s.settled()
		s.takes(s.do("tally-device return"))
		s.device("state2", "FCW2149L0KK")
		return []string{s.do("tally-device request")}
	}, values: firstGrant},
	{row: resolve.RequestNotAnswered, name: "of another identity, and the former one was given nothing in the end", arrange: func(s *scene) []string {
		s.holdsNothing()
		s.device("state2", "FCW2149L0KK")
		return []string{s.do("tally-device request")}
	}, values: firstGrant},
	{row: resolve.UnknownDevice, arrange: func(s *scene) []string {
		return []string{s.do("tally-device report")}
	}, values: firstGrant},
	{row: resolve.NothingIssued, arrange: func(s *scene) []string {
		s.older(func() { s.settled() })
		s.do("tally-issuer recover begin")
		s.run(cli.ExitDone, []string{"tally-issuer", "recover", "enroll", "--from", "acme", s.do("tally-device request")})
		s.do("tally-issuer recover finish --waive")
		s.do("tally-device return")
		s.takes(s.do("tally-device confirmation"))
		return []string{sceneDevice}
	}, values: firstGrant},
	{row: resolve.NumbersUsedUpThere, arrange: func(s *scene) []string {
		s.enroll(2)
		s.useUpNumbers()
		s.takes(s.do("tally-device confirmation"))
		return []string{sceneDevice}
	}, values: anotherIdentity},
	{row: resolve.TooManyOut, arrange: func(s *scene) []string {
		s.enroll(2)
		s.tooMany()
		return []string{sceneDevice}
	}},
	{row: resolve.TooManyUseless, arrange: func(s *scene) []string {
		s.enroll(2)
		s.tooMany()
		s.endKey("compromise")
		s.do("tally-device trust update issuer.tally")
		return []string{sceneDevice}
	}},
	{row: resolve.KeyOutOfForce, name: "not installed", arrange: func(s *scene) []string {
		code := s.enroll(2)
		s.endKey("retire")
		s.do("tally-device trust update issuer.tally")
		return []string{code}
	}},
	{row: resolve.KeyOutOfForce, name: "installed", arrange: func(s *scene) []string {
		s.settled()
		s.endKey("compromise")
		s.do("tally-device trust update issuer.tally")
		return []string{sceneDevice}
	}},
	{row: resolve.DeviceTrustBehind, arrange: func(s *scene) []string {
		s.do("tally-issuer key new --role issue --name second")
		s.enroll(2)
		return []string{sceneDevice}
	}},
	{row: resolve.AuthorizationEnded, arrange: func(s *scene) []string {
		s.enroll(2)
		s.world.now = s.world.now.AddDate(3, 1, 0)
		s.do("tally-issuer license add --account acme --entitlement dna-advantage --quantity 20 --perpetual")
		return []string{sceneDevice}
	}},
	{row: resolve.AuthorizationsOut, name: "none is installed", arrange: func(s *scene) []string {
		code := s.enroll(2)
		s.push(5)
		return []string{code}
	}},
	{row: resolve.AuthorizationsOut, name: "the older one is installed", arrange: func(s *scene) []string {
		s.installs(s.enroll(2))
		return []string{s.push(5)}
	}},
	{row: resolve.AuthorizationOut, name: "it was lost", arrange: func(s *scene) []string {
		s.enroll(2)
		return []string{sceneDevice}
	}},
	{row: resolve.AuthorizationOut, name: "the confirmation was lost", arrange: func(s *scene) []string {
		code := s.enroll(2)
		s.installs(code)
		return []string{code}
	}},
	{row: resolve.AuthorizationOut, name: "a smaller one", arrange: func(s *scene) []string {
		s.settled()
		s.push(1)
		return []string{s.do("tally-device confirmation")}
	}},
	{row: resolve.SetBack, arrange: func(s *scene) []string {
		s.settled()
		s.copied("state", "backup")
		s.takes(s.do("tally-device return"))
		s.copied("backup", "state")
		return []string{s.do("tally-device report")}
	}},
	{row: resolve.LicensesEnded, arrange: func(s *scene) []string {
		s.settled()
		s.world.now = s.world.now.AddDate(3, 1, 0)
		s.do("tally-issuer license add --account acme --entitlement dna-advantage --quantity 20 --perpetual")
		return []string{sceneDevice}
	}},
	{row: resolve.AnotherIssuersCodes, arrange: func(s *scene) []string {
		s.settled()
		return []string{s.elsewhere("init --name Other --catalog catalog.json")}
	}},
	{row: resolve.AnotherIssuersCodes, name: "of training", arrange: func(s *scene) []string {
		s.settled()
		return []string{s.elsewhere("init --name Training --training --catalog catalog.json")}
	}},
	{row: resolve.EverythingCameBack, arrange: func(s *scene) []string {
		s.settled()
		s.takes(s.do("tally-device return"))
		return []string{sceneDevice}
	}, values: firstGrant},
	{row: resolve.NothingOut, arrange: func(s *scene) []string { return []string{s.settled()} }},
}

// suspects has the device confirm what the books forgot.
func (s *scene) suspects() {
	s.t.Helper()
	s.settled()
	var code string
	s.forgetful(func() { code = s.installs(s.push(5)) })
	s.run(cli.ExitQuarantined, []string{"tally-issuer", "receive", code})
}

// holdsNothing has the device confirm an authorization that grants nothing.
func (s *scene) holdsNothing() {
	s.t.Helper()
	s.settled()
	s.takes(s.installs(s.do("tally-issuer authorize --device FCW2149L0KK --only")))
}

// tooMany issues authorizations until the next one would be too far ahead for the device.
func (s *scene) tooMany() {
	s.t.Helper()
	for n := 2; ; n++ {
		words := strings.Fields(fmt.Sprintf("tally-issuer authorize --device FCW2149L0KK --grant dna-advantage=%d", 1+n%2))
		if n > 129 {
			s.run(cli.ExitUsage, words)
			return
		}
		s.run(cli.ExitDone, words)
	}
}

// cloned has the device's state copied to another machine. The books know what the first one says now;
// the copy has something else to say.
func (s *scene) cloned() {
	s.t.Helper()
	s.copied("state", "clone")
	s.takes(s.do("tally-device report"))
	s.state = "clone"
	s.do("tally-device cancel --through 9")
}

// quarantined has both copies say what they have to say.
func (s *scene) quarantined() {
	s.t.Helper()
	s.cloned()
	s.run(cli.ExitQuarantined, []string{"tally-issuer", "receive", s.do("tally-device report")})
}
