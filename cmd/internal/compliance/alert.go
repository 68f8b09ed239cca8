package compliance

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"tallystick/keys"
)

// A Severity says how much an alert matters.
type Severity string

// The severities, worst first.
const (
	Critical Severity = "critical" // licenses are missing, or a device can't be trusted
	Warning  Severity = "warning"  // something has to be done soon
	Info     Severity = "info"     // good to know
)

// Severities are all of them, worst first.
var Severities = []Severity{Critical, Warning, Info}

// AtLeast reports whether s is no less severe than other.
func (s Severity) AtLeast(other Severity) bool {
	return slices.Index(Severities, s) <= slices.Index(Severities, other)
}

// A Kind says what an alert is about.
type Kind string

// The kinds. Scripts know them. What a device in the state return-pending is about is DevicePending;
// ReturnPending is about one that lives, and its count is that of the licenses coming back.
const (
	Insufficient    Kind = "insufficient"          // licenses are missing, or will be
	Expiring        Kind = "expiring"              // licenses end soon
	Expired         Kind = "expired"               // licenses ended lately
	ReservedExpired Kind = "reserved-expired"      // devices hold licenses that ended
	InTransit       Kind = "in-transit"            // an authorization that gives something is not confirmed
	ReturnPending   Kind = "return-pending"        // one that takes something back is not confirmed
	DuplicateSerial Kind = "duplicate-serial"      // a serial number of several product IDs
	SecondIdentity  Kind = "second-identity"       // a device was enrolled again
	DevicePending   Kind = "device-return-pending" // a device that was written off may be holding something
	DeadAlive       Kind = "dead-device-alive"     // … and runs
	Suspect         Kind = "suspect"               // a device contradicts the books
	Quarantined     Kind = "quarantined"           // there are copies of a device
	Unexpected      Kind = "unexpected-device"     // a device that nobody announced
	Frozen          Kind = "ledger-frozen"         // the ledger may be older than what was signed
)

// An Alert is one thing that somebody should see to.
type Alert struct {
	ID          string // the same for as long as the alert stands
	Severity    Severity
	Kind        Kind
	Account     string
	Entitlement string   // tag; "" where it is about a device
	Device      string   // UDI; "" where it is about a pool
	Count       uint64   // of what Unit says
	Unit        string   // such as "port"; "license" where there are several entitlements
	Day         keys.Day // since when, or on which day
	Message     string
}

// A Policy is what alerts go by, in days.
type Policy struct {
	Expiring  int // licenses that end within so many days are an alert …
	Urgent    int // … and within so many days a warning
	Ended     int // licenses that ended are an alert for so long, unless devices hold them
	Unsettled int // an authorization may be unconfirmed for so long
	Enrolled  int // a device that nobody announced, or that was enrolled again, is one for so long
}

// DefaultPolicy is used where nobody says otherwise.
var DefaultPolicy = Policy{Expiring: 90, Urgent: 30, Ended: 90, Unsettled: 14, Enrolled: 90}

// A Pool names what an alert of licenses is about.
type Pool struct {
	Account     string
	Entitlement string // tag
	Unit        string // what one license counts
}

// PoolAlerts returns the alerts of an account's licenses of one entitlement on a day.
func PoolAlerts(pool Pool, lots []Lot, day keys.Day, p Policy) []Alert {
	var out []Alert
	if s := FirstShortage(lots, day, later(day, p.Expiring)); s.Count > 0 {
		out = append(out, pool.insufficient(lots, s, day))
	}
	for _, e := range ends(lots, day, p) {
		out = append(out, pool.end(e, day, p))
	}
	return out
}

func (p Pool) alert(s Severity, k Kind, count uint64, day keys.Day, message string) Alert {
	return Alert{ID: string(k) + ":" + p.Account + ":" + p.Entitlement, Severity: s, Kind: k, Account: p.Account, Entitlement: p.Entitlement,
		Count: count, Unit: p.Unit, Day: day, Message: message}
}

func (p Pool) insufficient(lots []Lot, s Shortage, day keys.Day) Alert {
	severity, since := Critical, "since"
	if s.From > day {
		severity, since, day = Warning, "from", s.From
	}
	b := On(lots, day)
	return p.alert(severity, Insufficient, s.Count, s.From,
		fmt.Sprintf("missing %s %s: %d; held after their end: %d, available: %d", since, s.From, s.Count, b.Expired, b.Available))
}

// An end is a day on which licenses end, or ended.
type end struct {
	day       keys.Day
	count     uint64
	unlimited bool
	held      uint64
}

// ends returns the days that p has alerts for, ascending.
func ends(lots []Lot, day keys.Day, p Policy) []end {
	by := map[keys.Day]*end{}
	for _, l := range lots {
		recent := l.Held() > 0 || int(l.Ends) >= int(day)-p.Ended
		if l.Ends == 0 || l.Purchased == 0 || int(l.Ends) >= int(day)+p.Expiring || !recent || l.Starts > day {
			continue
		}
		if by[l.Ends] == nil {
			by[l.Ends] = &end{day: l.Ends}
		}
		e := by[l.Ends]
		e.count += l.Leaving()
		e.held += l.Held()
		e.unlimited = e.unlimited || l.Unlimited
	}
	out := make([]end, 0, len(by))
	for _, e := range by {
		out = append(out, *e)
	}
	slices.SortFunc(out, func(a, b end) int { return cmp.Compare(a.day, b.day) })
	return out
}

func (p Pool) end(e end, day keys.Day, policy Policy) Alert {
	many := strconv.FormatUint(e.count, 10)
	if e.unlimited {
		many = "unlimited"
	}
	var a Alert
	switch {
	case e.day >= day:
		severity := Info
		if int(e.day) < int(day)+policy.Urgent {
			severity = Warning
		}
		a = p.alert(severity, Expiring, e.count, e.day, fmt.Sprintf("ending on %s: %s, held by devices: %d", e.day, many, e.held))
	case e.held > 0:
		a = p.alert(Warning, ReservedExpired, e.held, e.day, fmt.Sprintf("held by devices after the end on %s: %d", e.day, e.held))
	default:
		a = p.alert(Info, Expired, e.count, e.day, fmt.Sprintf("ended on %s: %s, held by no device", e.day, many))
	}
	a.ID += ":" + e.day.String()
	return a
}

// FrozenAlert is the alert of a ledger that is frozen, with the reason.
func FrozenAlert(reason string, day keys.Day) Alert {
	return Alert{ID: string(Frozen), Severity: Critical, Kind: Frozen, Count: 1, Unit: "ledger", Day: day, Message: reason}
}

// later is a day some days on, as far as days go.
func later(day keys.Day, days int) keys.Day { return keys.Day(min(int(day)+days, 1<<16-1)) }
