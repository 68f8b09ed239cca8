package issuer

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A Change is what an officer wants of one entitlement: a count, or a difference to what the
// device holds.
type Change struct {
	Tag      string
	Count    int64
	Relative bool
}

// ParseGrant reads TAG=N, an absolute count; 0 gives the entitlement up.
func ParseGrant(s string) (Change, error) { return parseChange(s, false) }

// ParseChange reads TAG=+N or TAG=-N, a difference.
func ParseChange(s string) (Change, error) { return parseChange(s, true) }

func parseChange(s string, relative bool) (Change, error) {
	tag, number, ok := strings.Cut(s, "=")
	signed := strings.HasPrefix(number, "+") || strings.HasPrefix(number, "-")
	n, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil || tag == "" || signed != relative || n > reserve.MaxCount || n < -reserve.MaxCount {
		want := "TAG=N, such as dna-advantage=24"
		if relative {
			want = "TAG=+N or TAG=-N, such as dna-advantage=+8"
		}
		return Change{}, reserve.Refuse(reserve.OutOfRange, "%q: expected %s", s, want)
	}
	return Change{tag, n, relative}, nil
}

// A Wish is what an officer asks for. Either Request or Device is set.
type Wish struct {
	Request *reserve.Request // a device's request; enrolls it if it is new
	Device  string           // PID:SN, or a serial number that is unique
	Account ledger.Path      // where the licenses come from; may be empty for a known device
	Changes []Change
	Only    bool     // give up what isn't named
	Until   keys.Day // lots have to last through this day; 0: any lot valid today
	Choices []Choice // the licenses to draw on; entitlements that none is for are allocated by the rule
	Borrow  []Borrowing
	Op      string // repeating the same operation gives the same answer
	Memo    Memo

	dated bool // licenses without end are not to be drawn on
}

// A Memo is what an officer writes beside an act.
type Memo struct {
	Reason string `json:"reason,omitempty"`
	Ref    string `json:"ref,omitempty"`
}

// MaxMemo is the size in bytes of the longest reason, and of the longest reference.
const MaxMemo = 500

// check refuses what would haunt every page of the journal.
func (m Memo) check() error {
	if err := checkNote("reason", m.Reason, MaxMemo); err != nil {
		return err
	}
	return checkNote("reference", m.Ref, MaxMemo)
}

// checkNote bounds a text for the records and refuses characters that can't be printed.
func checkNote(what, text string, most int) error {
	if len(text) > most {
		return reserve.Refuse(reserve.OutOfRange, "%s of %d bytes, at most %d", what, len(text), most)
	}
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	if strings.ContainsFunc(text, unprintable) || !utf8.ValidString(text) {
		return reserve.Refuse(reserve.InvalidName, "%s %q holds a character that can't be printed", what, text)
	}
	return nil
}

// nothing reports whether everything is to be given up.
func (w Wish) nothing() bool {
	return w.Only && !slices.ContainsFunc(w.Changes, func(c Change) bool { return c.Count != 0 })
}

// digest stands for what is wished, for telling a repetition from another wish.
func (w Wish) digest(id reserve.Identity) [32]byte {
	did := id.DID()
	text, err := json.Marshal(struct {
		Account string
		Changes []Change
		Only    bool
		Until   keys.Day
		Choices []Choice    `json:",omitempty"`
		Borrow  []Borrowing `json:",omitempty"`
	}{w.Account.String(), w.Changes, w.Only, w.Until, w.Choices, w.Borrow})
	if err != nil {
		panic("issuer: " + err.Error())
	}
	return keys.Digest("TS1/wish", did[:], text)
}
