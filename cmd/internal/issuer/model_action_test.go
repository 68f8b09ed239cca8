package issuer

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tallystick/reserve"
)

// An action is something that can happen.
type action struct {
	name   string
	weight int // how often, compared to others: what leads far happens more often
	row    string
	do     func(*model)
}

// actions are the rows of the state tables in SPEC.md, Device and Issuer, and what can go wrong
// besides. REQ stands for a request, ISSUE and PUSH for an authorization (AUT) with and without one,
// FLR for a receipt, STA for a status report. The rows that this version doesn't have are usage reports
// and their acknowledgments, leases and TPM.
var actions = []action{
	{"as usual", 4, "ISSUE, install, FLR: one after the other", (*model).asUsual},
	{"authorize", 4, "REQ enroll, ISSUE, PUSH, another identity of known hardware", (*model).authorizeAny},
	{"authorize again", 2, "ISSUE same op id; REQ enroll, known", (*model).authorizeAgain},
	{"reprint", 2, "REPRINT n, alive or dead", (*model).reprint},
	{"buy", 1, "", (*model).buy},
	{"move licenses", 2, "", (*model).moveLicenses},
	{"remove licenses", 2, "", (*model).removeLicenses},
	{"move devices", 3, "", (*model).moveDevices},
	{"rename an account", 1, "", (*model).renameAccount},
	{"rename with failed devices", 2, "", (*model).renameFailed},
	{"open an account", 1, "", (*model).openAccount},
	{"close an account", 2, "", (*model).closeAccount},
	{"register option keys", 3, "", (*model).registerKeys},
	{"convert an option key", 2, "", (*model).convertKey},
	{"remove an option key", 2, "", (*model).removeKey},
	{"expect devices", 2, "", (*model).expectDevices},
	{"write off", 2, "write-off", (*model).writeOffSome},
	{"replace", 4, "RMA", (*model).replaceDevice},
	{"dead and alive", 4, "any code from LOST", (*model).haunt},
	{"replace again", 1, "RMA, again", (*model).replaceAgain},
	{"settle", 2, "write-off: settled by evidence", (*model).settleByEvidence},
	{"set a policy", 1, "", (*model).setPolicy},
	{"stale wish", 2, "two officers at once", (*model).staleWish},
	{"stale replacement", 1, "two officers at once", (*model).staleSwap},
	{"stale write-off", 1, "two officers at once", (*model).staleLoss},
	{"stale renewal", 1, "two officers at once", (*model).staleRenewal},
	{"batch", 2, "REQ enroll, ISSUE, PUSH: many at once", (*model).batch},
	{"batch receive", 3, "deliver any old code, many at once", (*model).receiveFile},
	{"batch move", 2, "many at once", (*model).moveFile},
	{"batch reissue", 2, "PUSH, many at once", (*model).reissueFile},
	{"batch rma", 3, "RMA, many at once", (*model).replaceFile},
	{"command again", 1, "ISSUE same op id, of other verbs", (*model).commandAgain},
	{"renew", 3, "PUSH, to all that hold something", (*model).renewAll},
	{"receive", 3, "FLR, STA", (*model).receiveNewest},
	{"receive any", 5, "deliver any old code", (*model).receiveAny},

	{"install", 3, "install AUT", (*model).installNewest},
	{"install any", 4, "install AUT: installed already, dead, expired; deliver any old code", (*model).installAny},
	{"return", 2, "return", (*model).giveBack},
	{"cancel", 2, "cancel, holding something or not", (*model).cancelSome},
	{"report", 3, "status", (*model).report},
	{"print", 1, "receipt, re-print REQ", (*model).printAgain},
	{"ask", 1, "EVAL run-hour tick", (*model).ask},
	{"outlive", 1, "ACTIVE to GRACE to RESTRICTED", (*model).outlive},
	{"obey any", 2, "ROOT v+1", (*model).obeyAny},
	{"reset device", 1, "factory reset", (*model).resetDevice},
	{"start over", 1, "factory reset after a return: REQ enroll, DID new, UDI known", (*model).startOver},

	{"new key", 1, "ROOT v+1 at the issuer", (*model).newKey},
	{"end a key", 1, "ROOT v+1 at the issuer: retired, compromised", (*model).endKey},

	{"late delivery", 3, "install AUT of a key that ended", (*model).lateDelivery},

	{"days pass", 2, "lot end day; time passes", (*model).daysPass},
	{"time jumps", 1, "time jumps", (*model).timeJumps},
	{"set a clock", 1, "time jumps", (*model).setClock},
	{"run on", 1, "time passes", (*model).runOn},

	{"misdeliver", 1, "deliver any old code, at the wrong place", (*model).misdeliver},
	{"damage", 1, "corrupt a code", (*model).damage},
	{"mistype", 2, "corrupt a code", (*model).mistype},
	{"keep ledger", 2, "back the ledger up", (*model).keepLedger},
	{"put ledger back", 1, "restore the ledger from a backup", (*model).putLedgerBack},
	{"freeze", 1, "restore the ledger from a backup, under its anchor", (*model).freeze},
	{"lose the tail", 5, "restore the ledger from a backup", (*model).loseTail},
	{"recover", 2, "restore the ledger from a backup, recover it", (*model).recover},
	{"keep device", 2, "", (*model).keepDevice},
	{"put device back", 2, "roll a device back", (*model).putDeviceBack},
	{"copy a device", 2, "roll a device back; clone proof", (*model).copyDevice},
	{"kill device", 1, "kill a device", (*model).killDevice},
}

// outcomes are what has to happen besides, within the lives of TestModelActions.
var outcomes = []string{
	// crashes before and after each sync
	"a device failed before the step", "a device failed after the step", "a device failed after it answered",
	"the office died before the commit", "the office died after the commit",
	// rows whose guard is a state that takes some doing
	"repeated", "another identity", "licenses came back", "a suspicion was cleared", "a copy: device-quarantined",
	"installing: superseded", "installing: wrong-device", "installing: authorization-expired", "installing: trust-too-old",
	"installing: key-compromised", "installing: key-retired",
	"canceling: out-of-range", "printing: nothing-installed", "obeying: trust-too-old",
	"authorizing: pool-exhausted", "authorizing: operation-reused", "authorizing: duplicate-device", "authorizing: superseded",
	"authorizing: device-suspect", "authorizing: device-quarantined",
	"borrowed", "a purchase came apart", "a device took licenses along", "an account was opened again", "moving devices: account-closed",
	"renaming an account: already-exists", "renaming an account: out-of-range", "closing an account: account-not-empty", "planning a renewal: reservation-off",
	"registering keys: licensing-mode", "registering keys: already-exists", "authorizing: licensing-mode", "authorizing: wrong-account",
	"converted: partially-converted", "converted: converted", "converting: already-converted", "converting: not-eligible",
	"arrived: expected", "arrived: expected-elsewhere", "arrived: unexpected", "the same operation again", "buying: operation-reused",
	"written off: a copy", "written off already", "a dead device lives", "settled by evidence", "a late code settled what was pending",
	"replaced before", "replaced by itself", "left out: strong-encryption", "the empty authorization", "planning a write-off: policy-threshold",
	"planning a write-off: nothing-issued", "planning a replacement: replacement-holds", "planning a replacement: pool-exhausted",
	"authorizing: device-written-off", "moving devices: device-written-off", "reprinting: device-written-off",
	"mapped", "batch: signed", "batch: duplicate-device", "batch: busy", "a batch again", "a batch again: operation-reused", "a row of a batch again: superseded",
	"batch move: signed", "batch move: again", "batch move: duplicate-device", "batch move, again", "a batch of all or nothing: out-of-range",
	"batch receive: signed", "batch receive: again", "batch receive: a finding",
	"batch reissue: signed", "batch reissue: again",
	"batch rma: signed", "batch rma: again", "batch rma: replacement-holds", "batch rma: policy-threshold", "batch rma: pool-exhausted",
	"an account was renamed with failed devices",
	"a device was recovered", "an authorization was taken in", "taking in: pool-exhausted",
	"moving licenses: pool-exhausted", "moving licenses: license-ended", "removing licenses: pool-exhausted",
	"renewal: renew", "renewal: again", "renewal: current", "renewal: refused",
	"reprinting: superseded", "reprinting: nothing-issued", "reprinting: unknown-device", "receiving a code: device-suspect", "a code of nobody: unknown-device",
	"asking: " + reserve.StateEvaluation, "asking: " + reserve.StateReserved, "asking: " + reserve.StateGrace,
	"asking: " + reserve.StateRestricted, "asking: " + reserve.StateNotReserved,
	"older books were frozen", "a device was settled", "a device was given up",
	// and the end
	"all was given back", "a device was used again", "the trust root was forgotten",
}

// A mark is enough of a model to tell whether anything was done.
type mark struct {
	head                        uint32
	papers, copies, proofs, age int
	ahead, units, gone, bundles int
	now                         time.Time
	up                          time.Duration
}

// mark is taken right after a check.
func (m *model) mark() mark {
	k := mark{head: m.before.head, papers: len(m.papers), copies: m.copies, proofs: m.proofs, now: m.now, bundles: len(m.bundles), units: len(m.units)}
	for n, u := range m.units {
		k.age, k.ahead, k.up = k.age+u.age, k.ahead+(n+1)*u.ahead, k.up+u.up
		if u.gone {
			k.gone++
		}
	}
	return k
}

// repertoire returns what can happen, what leads far under several names.
func (m *model) repertoire() map[string]func(*rapid.T) {
	all := map[string]func(*rapid.T){"": m.afterwards}
	for _, a := range actions {
		if len(m.only) > 0 && !slices.Contains(m.only, a.name) {
			continue
		}
		for k := range a.weight {
			all[fmt.Sprint(a.name, " ", k+1)] = func(t *rapid.T) {
				m.T, m.acted = t, ""
				a.do(m)
				m.acted = a.name
			}
		}
	}
	return all
}

// afterwards checks the promises and notes whether the action before it did anything.
func (m *model) afterwards(t *rapid.T) {
	m.T = t
	m.check()
	now := m.mark()
	if m.acted != "" {
		m.happened["steps"]++
		if now != m.marked {
			m.happened["did: "+m.acted]++
		}
	}
	m.marked, m.mayCredit = now, false // an action that did something may have been given up in its middle
}

// TestModelActions lives the same lives each time, until each action did something and everything in
// outcomes came of one, and fails when that is not so after modelLives: an action that never does
// anything tests nothing. With -short it is about the actions alone.
func TestModelActions(t *testing.T) {
	prepared := prepareModel(t)
	all := tally{}
	for life := 1; life <= modelLives && len(all.missing()) > 0; life++ {
		if found := (misrules{}).live(prepared, life, all); found != "" {
			t.Fatalf("life %d: %s", life, found)
		}
	}
	all.log(t)
	for _, what := range all.missing() {
		t.Errorf("it never came to %q in %d lives", what, modelLives)
	}
}

// modelLives is within how many lives everything has to happen.
const modelLives = 400

// missing is what has to happen and didn't.
func (c tally) missing() []string {
	var list []string
	for _, a := range actions {
		list = append(list, "did: "+a.name)
	}
	if !testing.Short() {
		list = append(list, outcomes...)
	}
	return slices.DeleteFunc(list, func(what string) bool { return c[what] > 0 })
}

// A tally counts what happened.
type tally map[string]int

func (c tally) log(t *testing.T) {
	for _, what := range slices.Sorted(maps.Keys(c)) {
		t.Logf("%6d %s", c[what], what)
	}
}

// must is for what can't fail.
func (m *model) must(err error) {
	if err != nil {
		m.fail("unexpected: %v", err)
	}
}

// wantRefusal compares an error with the reason that the model foresaw, "" for none.
func (m *model) wantRefusal(what string, err error, want reserve.Reason) {
	if want != "" {
		m.happened[what+": "+string(want)]++
	}
	if got := reasonOf(err); got != want || err != nil && got == "" {
		m.fail("%s: got %v, want a refusal for %q", what, err, want)
	}
}

// pick draws one of a list.
func pick[E any](m *model, label string, list []E) E {
	return list[rapid.IntRange(0, len(list)-1).Draw(m.T, label)]
}

func (m *model) draw(label string, low, high int) int {
	return rapid.IntRange(low, high).Draw(m.T, label)
}

// now and then: one in n.
func (m *model) seldom(label string, n int) bool { return m.draw(label, 1, n) == n }
