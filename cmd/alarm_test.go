package cmd_test

import (
	"os"
	"strings"
	"testing"

	"tallystick/cmd/internal/cli"
)

// A device that was written off and reports that it runs raises the alarm though it is suspect, and what
// the alarm advises is what can be done then.
func TestAlarmOfASuspectDevice(t *testing.T) {
	s := newScene(t)
	s.suspects()
	s.do("tally-issuer write-off --device FCW2149L0KK --reason lost")
	report := strings.TrimSpace(s.do("tally-device report"))
	s.check(os.WriteFile("report.txt", []byte(report), 0o600))
	single := s.run(cli.ExitQuarantined, []string{"tally-issuer", "receive", "--file", "report.txt", "--json"})
	if !strings.Contains(single, `"id":"device-suspect"`) || !strings.Contains(single, `"warnings":[{"id":"dead-device-alive","message":"ALARM: C9300-24T:FCW2149L0KK was written off, and runs.`) {
		t.Errorf("receive: %s", single)
	}
	batch := s.run(cli.ExitSomeRows, []string{"tally-issuer", "batch", "receive", "report.txt", "--json"})
	if !strings.Contains(batch, "it has to give up what it holds with `tally-device return`") || strings.Contains(batch, "authorize --device") {
		t.Errorf("batch receive: %s", batch)
	}
	s.takes(s.do("tally-device return"))
	if shown := s.do("tally-issuer device show FCW2149L0KK --json"); !strings.Contains(shown, `"state":"written-off"`) {
		t.Errorf("after its return: %s", shown)
	}
}
