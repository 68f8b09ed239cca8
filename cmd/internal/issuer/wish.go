package issuer

import (
	"strconv"
	"strings"

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
	Op      string   // repeating the same operation gives the same answer
	Memo    Memo
}

// A Memo is what an officer writes beside an act.
type Memo struct {
	Reason string `json:"reason,omitempty"`
	Ref    string `json:"ref,omitempty"`
}

const maxMemo = 500

// check bounds a memo; its text is shown escaped wherever it appears.
func (m Memo) check() error {
	if len(m.Reason) > maxMemo || len(m.Ref) > maxMemo {
		return reserve.Refuse(reserve.OutOfRange, "reason or reference of more than %d bytes", maxMemo)
	}
	return nil
}
