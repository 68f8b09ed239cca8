package cmd_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"tallystick/cmd/internal/cli"
)

var stormTags = []string{"network-advantage", "dna-advantage"}

// A verb is a command line that may be taken next, and again.
type verb struct {
	name    string
	line    string
	machine *machine // that it is about; nil for none
	may     []int    // the exit statuses that it may end with
	done    func(answer)
	silent  bool // it answers without a code
	reports bool // its code tells of hours
}

func (v verb) program() string { return strings.Fields(v.line)[0] }

// choose returns a verb for which it is time, or that is too late.
func (s *storm) choose() verb {
	m := s.machines[s.random.IntN(len(s.machines))]
	choices := []verb{s.authorize(m), s.authorize(m), s.authorize(m), s.report(m), s.cancel(m), s.officer()}
	if len(m.issued) > 0 {
		choices = append(choices, s.install(m), s.install(m), s.repeatAuthorize(m))
	}
	if len(m.proofs) > 0 {
		choices = append(choices, s.receive(m), s.receive(m), s.receive(m), s.returning(m), s.confirmation(m))
	}
	if m.root < s.root {
		choices = append(choices, s.updateTrust(m), s.updateTrust(m))
	}
	if len(m.proofs) == 0 {
		choices = append(choices, verb{name: "request", line: "tally-device request --state " + m.state, machine: m, may: []int{0}})
	}
	return choices[s.random.IntN(len(choices))]
}

const stormOp = " --yes --passphrase-fd 3 --op op-%d"

func (s *storm) op() string {
	s.acts++
	return fmt.Sprintf(stormOp, s.acts)
}

// authorize sends more or fewer than before, of one entitlement or both.
func (s *storm) authorize(m *machine) verb {
	line := "tally-issuer authorize --device " + m.udi
	if len(m.issued) == 0 {
		line = "tally-issuer authorize " + m.request + " --from " + m.account.name
	}
	grants := map[string]uint64{}
	for len(grants) == 0 {
		for _, tag := range stormTags {
			if n := s.random.Uint64N(5); n > 0 {
				grants[tag] = n
			}
		}
	}
	for tag, n := range grants {
		line += fmt.Sprintf(" --grant %s=%d", tag, n)
	}
	line += " --only" + s.op()
	return verb{name: "authorize", line: line, machine: m, may: []int{0, cli.ExitPool}, done: func(a answer) {
		m.issued = append(m.issued, issuance{a.Number, a.Code, grants, line, s.root})
	}}
}

// repeatAuthorize asks again for what was signed before. What the device has put behind itself, as
// far as the books know, isn't shown again.
func (s *storm) repeatAuthorize(m *machine) verb {
	i := m.issued[s.random.IntN(len(m.issued))]
	return verb{name: "authorize again", line: i.line, machine: m, may: []int{0, cli.ExitSuperseded}, done: func(a answer) {
		if a.Code != i.code || a.Number != i.number {
			s.t.Errorf("authorization %d is now %d: %s, was %s", i.number, a.Number, a.Code, i.code)
		}
	}}
}

// install takes any authorization that was ever signed for the device, more often than not the last.
func (s *storm) install(m *machine) verb {
	i := m.issued[s.anyOrLast(len(m.issued))]
	v := verb{name: "install", line: "tally-device install " + i.code + " --yes --state " + m.state, machine: m, may: []int{0}, done: m.prove}
	if i.number < m.next && i.number != m.number {
		v.may = []int{cli.ExitSuperseded}
	}
	if i.root > m.root { // it is signed for a trust root that the device has to get first
		v.may = append(v.may, cli.ExitTrust)
	}
	return v
}

func (s *storm) updateTrust(m *machine) verb {
	line := "tally-device trust update " + s.bundle() + " --state " + m.state
	return verb{name: "trust update", line: line, machine: m, may: []int{0}, silent: true, done: func(answer) { m.root = s.root }}
}

func (s *storm) bundle() string { return filepath.Join(s.dir, "issuer.tally") }

func (s *storm) anyOrLast(n int) int {
	if s.random.IntN(3) > 0 {
		return n - 1
	}
	return s.random.IntN(n)
}

func (s *storm) returning(m *machine) verb {
	return verb{name: "return", line: "tally-device return --yes --state " + m.state, machine: m, may: m.acted(), done: m.prove}
}

func (s *storm) confirmation(m *machine) verb {
	return verb{name: "confirmation", line: "tally-device confirmation --state " + m.state, machine: m, may: m.acted(), done: m.prove}
}

func (s *storm) cancel(m *machine) verb {
	through := m.next + s.random.IntN(2)
	line := fmt.Sprintf("tally-device cancel --through %d --yes --state %s", through, m.state)
	return verb{name: "cancel", line: line, machine: m, may: []int{0}, done: m.prove, reports: m.number > 0}
}

func (s *storm) report(m *machine) verb {
	return verb{name: "report", line: "tally-device report --state " + m.state, machine: m, may: []int{0}, done: m.prove, reports: true}
}

// receive takes any code that the device ever gave.
func (s *storm) receive(m *machine) verb {
	proof := m.proofs[s.anyOrLast(len(m.proofs))]
	v := verb{name: "receive", line: "tally-issuer receive " + proof, machine: m, may: []int{0}, silent: true}
	if len(m.issued) == 0 {
		v.may = []int{0, cli.ExitWrongDevice}
	}
	return v
}

// officer does what is about no device.
func (s *storm) officer() verb {
	a := s.accounts[s.random.IntN(len(s.accounts))]
	switch s.random.IntN(5) {
	case 0:
		return s.buy(a, stormTags[s.random.IntN(2)], uint64(1+s.random.IntN(2)))
	case 1:
		s.acts++
		return verb{name: "account new", line: fmt.Sprintf("tally-issuer account new %s/n%d --passphrase-fd 3", a.name, s.acts), may: []int{0}, silent: true}
	case 2:
		setting := []string{"on", "off"}[s.random.IntN(2)]
		line := "tally-issuer account set " + a.name + " --export-control " + setting + " --passphrase-fd 3"
		return verb{name: "account set", line: line, may: []int{0}, silent: true}
	case 3:
		if s.root < 6 {
			line := fmt.Sprintf("tally-issuer key new --name k%d --role issue --passphrase-fd 3", s.root)
			return verb{name: "key new", line: line, may: []int{0}, silent: true, done: func(answer) {
				s.root++
				s.must(0, s.publish())
			}}
		}
	}
	return s.publish()
}

func (s *storm) publish() verb {
	return verb{name: "trust publish", line: "tally-issuer trust publish --out " + s.bundle(), may: []int{0}, silent: true}
}

func (s *storm) buy(a *stormAccount, tag string, n uint64) verb {
	line := fmt.Sprintf("tally-issuer license add --account %s --entitlement %s --quantity %d --perpetual", a.name, tag, n)
	line += strings.Replace(s.op(), " --yes", "", 1)
	return verb{name: "license add", line: line, may: []int{0}, silent: true, done: func(answer) { a.purchased[tag] += n }}
}

// A bystander is a process beside the one that is killed; nobody may be held up by that.
type bystander struct {
	*storm
	verb   verb
	c      *exec.Cmd
	output bytes.Buffer
}

// beside starts, now and then, another process that writes to the same ledger or the same device.
func (s *storm) beside(v verb) *bystander {
	b := &bystander{storm: s}
	if s.random.IntN(4) > 0 {
		return b
	}
	if v.program() == "tally-device" {
		b.verb = s.report(v.machine)
	} else {
		b.verb = s.buy(s.accounts[s.random.IntN(len(s.accounts))], stormTags[0], 1)
	}
	words := strings.Fields(b.verb.line)
	b.c = s.command(words[0], append(words[1:], "--json")...)
	b.c.Stdout, b.c.Stderr = &b.output, &b.output
	if err := b.c.Start(); err != nil {
		s.t.Fatal(err)
	}
	return b
}

func (b *bystander) finish() {
	if b.c == nil {
		return
	}
	if err := b.c.Wait(); err != nil {
		b.t.Errorf("beside it, %q: %v\n%s", b.verb.line, err, &b.output)
		return
	}
	b.verb.done(parseAnswer(b.output.String()))
}
