package cmd_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

// A stormAccount is an account and what was bought for it.
type stormAccount struct {
	name      string
	purchased map[string]uint64
	pools     map[string]pool
}

// A machine is a device, what was signed for it and what it said, and how it was last seen.
type machine struct {
	state, udi, request string
	account             *stormAccount
	issued              []issuance
	proofs              []string
	number, next        int // installed, and the lowest that can be installed
	root                int // the version of the trust root that it obeys
	held, reserved      map[string]uint64
}

// An issuance is an authorization that was shown.
type issuance struct {
	number int
	code   string
	grants map[string]uint64 // absolute
	line   string            // that asks for it again
	root   int               // the version of the trust root then
}

func (m *machine) prove(a answer) { m.proofs = append(m.proofs, a.Code) }

// acted returns the exit statuses of what only a device can do that has done something.
func (m *machine) acted() []int {
	if m.number == 0 && m.next == 1 {
		return []int{cli.ExitNothing}
	}
	return []int{0}
}

// An answer is what a program printed with --json.
type answer struct {
	Code   string
	Number int
	raw    string
}

func parseAnswer(text string) answer {
	a := answer{raw: text}
	if json.Unmarshal([]byte(text), &a) != nil {
		return answer{raw: text} // it is cut
	}
	return a
}

// inProcess runs a program here, as the next process does.
func (s site) inProcess(line string) (status int, a answer) {
	words := append(strings.Fields(line), "--json")
	var out, complaints bytes.Buffer
	env := cli.NewEnv()
	env.Args, env.Stdin, env.Stdout, env.Stderr = words, strings.NewReader(""), &out, &complaints
	env.StdinIsTerminal, env.StdoutIsTerminal, env.Terminal = false, false, nil
	env.WorkFactor, env.Signals = 8, nil
	env.Getenv = func(name string) string {
		return map[string]string{"TALLY_HOME": filepath.Join(s.dir, "home"), "TALLY_STATE": filepath.Join(s.dir, "state"),
			"XDG_STATE_HOME": filepath.Join(s.dir, "anchors")}[name]
	}
	env.OpenFD = newWorld(s.dir).base("", nil, nil, nil).OpenFD
	status = programs[words[0]].Run(context.Background(), env)
	a = parseAnswer(out.String())
	a.raw += complaints.String()
	return status, a
}

// must takes a verb that is not killed.
func (s *storm) must(want int, v verb) {
	s.t.Helper()
	status, a := s.inProcess(v.line)
	if status != want {
		s.t.Fatalf("%q: exit status %d, want %d\n%s", v.line, status, want, a.raw)
	}
	if v.done != nil {
		v.done(a)
	}
}

func (s *storm) answerTo(line string, v any) {
	s.t.Helper()
	status, a := s.inProcess(line)
	if err := json.Unmarshal([]byte(a.raw), v); status != 0 || err != nil {
		s.t.Fatalf("%q: exit status %d, %v\n%s", line, status, err, a.raw)
	}
}

// look asks the programs how a machine and the accounts stand.
func (s *storm) look(m *machine) {
	s.t.Helper()
	for _, a := range s.accounts {
		var shown struct {
			Pools []struct {
				Entitlement string
				pool
			}
		}
		s.answerTo("tally-issuer account show "+a.name, &shown)
		a.pools = map[string]pool{}
		for _, p := range shown.Pools {
			a.pools[p.Entitlement] = p.pool
		}
	}
	if m == nil {
		return
	}
	s.lookAtDevice(m)
	m.reserved = map[string]uint64{}
	if status, a := s.inProcess("tally-issuer device show " + m.udi); status == 0 {
		var shown struct{ Reserved map[string]uint64 }
		s.decode(a.raw, &shown)
		m.reserved = shown.Reserved
	} else if status != cli.ExitWrongDevice || len(m.issued) > 0 {
		s.t.Errorf("the books don't know %s: exit status %d\n%s", m.udi, status, a.raw)
	}
}

func (s *storm) lookAtDevice(m *machine) {
	s.t.Helper()
	var shown struct {
		Number       int
		Entitlements []struct {
			Tag  string
			Held uint64
		}
	}
	s.answerTo("tally-device status --state "+m.state, &shown)
	m.number, m.held = shown.Number, map[string]uint64{}
	for _, e := range shown.Entitlements {
		m.held[e.Tag] = e.Held
	}
	d, err := device.Open(m.state)
	if err != nil {
		s.t.Fatal(err)
	}
	next := int(d.Status(time.Now()).Next)
	if next < m.next {
		s.t.Errorf("%s takes number %d again, after %d", m.udi, next, m.next)
	}
	m.next = next
}

// check holds what was seen against the invariants. While a verb is still to be taken again, an
// account may have what that one buys, or not.
func (s *storm) check(settled bool) {
	s.t.Helper()
	for _, a := range s.accounts {
		for _, tag := range stormTags {
			var held, reserved uint64
			for _, m := range s.machines {
				if m.account != a {
					continue
				}
				s.covered(m, tag)
				held, reserved = held+m.held[tag], reserved+m.reserved[tag]
			}
			p := a.pools[tag]
			missing := p.Purchased < a.purchased[tag] || settled && p.Purchased != a.purchased[tag]
			if missing || p.Reserved+p.Available != p.Purchased || p.Reserved != reserved || held > p.Purchased {
				s.t.Errorf("%s of %s: bought %d, held %d, reserved %d for the devices, pool %+v", tag, a.name, a.purchased[tag], held, reserved, p)
			}
		}
	}
	if size := s.journalSize(); size < s.journal {
		s.t.Errorf("the journal shrank from %d entries to %d", s.journal, size)
	} else {
		s.journal = size
	}
}

// covered fails unless the books reserve what a device holds, and what it could hold by installing
// any code that was shown.
func (s *storm) covered(m *machine, tag string) {
	s.t.Helper()
	if m.held[tag] > m.reserved[tag] {
		s.t.Errorf("%s holds %d %s, %d are reserved", m.udi, m.held[tag], tag, m.reserved[tag])
	}
	for _, i := range m.issued {
		if i.number >= m.next && i.grants[tag] > m.reserved[tag] {
			s.t.Errorf("%s could install authorization %d with %d %s, %d are reserved", m.udi, i.number, i.grants[tag], tag, m.reserved[tag])
		}
	}
}

// books opens the ledger for reading.
func (s *storm) books(look func(*ledger.Ledger) error) {
	s.t.Helper()
	l, err := ledger.OpenReadOnly(filepath.Join(s.dir, "home", "ledger.db"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer l.Close()
	if err := look(l); err != nil {
		s.t.Fatal(err)
	}
}

func (s *storm) journalSize() (size uint64) {
	s.t.Helper()
	s.books(func(l *ledger.Ledger) error {
		return l.View(context.Background(), func(tx *ledger.Tx) error {
			sequence, _, err := tx.Head()
			size = uint64(sequence)
			return err
		})
	})
	return size
}

func (s *storm) verifyBooks() {
	s.t.Helper()
	s.books(func(l *ledger.Ledger) error { return l.Verify(context.Background(), reserve.Trust{}, nil) })
}

// A mark tells whether a verb's record changed, and whether something was begun.
type mark struct{ content, litter string }

func (s *storm) mark(v verb) mark {
	if v.program() == "tally-device" {
		_, err := os.Stat(filepath.Join(v.machine.state, "state.new"))
		return mark{sum(filepath.Join(v.machine.state, "state")), fmt.Sprint(err == nil)}
	}
	home := filepath.Join(s.dir, "home")
	litter := sum(filepath.Join(home, "ledger.db-wal")) // before anybody opens it
	return mark{fmt.Sprint(s.journalSize(), sum(filepath.Join(home, "keyring.age")), sum(s.bundle())), litter}
}

func sum(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return "none"
	}
	return fmt.Sprintf("%x", sha256.Sum256(data))
}

// giveEverythingBack ends the storm: nothing was lost if every license is available at the end.
func (s *storm) giveEverythingBack() {
	for _, m := range s.machines {
		last := m.next
		for _, i := range m.issued {
			last = max(last, i.number)
		}
		if m.number > 0 {
			s.must(0, s.returning(m))
		}
		s.must(0, verb{line: fmt.Sprintf("tally-device cancel --through %d --yes --state %s", last, m.state), done: m.prove})
		if len(m.issued) > 0 {
			s.must(0, verb{line: "tally-issuer receive " + m.proofs[len(m.proofs)-1]})
		}
		s.look(m)
	}
	s.check(true)
	for _, a := range s.accounts {
		for tag, p := range a.pools {
			if p.Available != a.purchased[tag] {
				s.t.Errorf("at the end %s of %s: %+v", tag, a.name, p)
			}
		}
	}
}
