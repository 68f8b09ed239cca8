package reserve

import "tallystick/keys"

// The statuses of a device, three separate facts in the field's own words.
const (
	Unregistered      = "Unregistered"
	InProgress        = "Reservation In Progress"
	RegisteredSLR     = "Registered - Specific License Reservation"
	EvaluationMode    = "Evaluation Mode"
	EvaluationOver    = "Evaluation Period Expired"
	NoLicensesInUse   = "No Licenses in Use"
	AuthorizedStatus  = "Authorized - Reserved"
	AuthorizationOver = "Authorization Expired"
	ExportAllowed     = "Allowed"
	ExportNotAllowed  = "Not Allowed"
)

// The states of one entitlement on a device.
const (
	StateReserved          = "Reserved"
	StateEvaluation        = "Evaluation"
	StateEvaluationExpired = "Evaluation Expired"
	StateNotReserved       = "Not Reserved"
	StateOverReservation   = "Over Reservation"
	StateGrace             = "Grace"
	StateRestricted        = "Restricted"
	StateWaiting           = "Waiting"
	StateInvalidTag        = "Invalid Tag"
	StateNotEnforced       = "Not Enforced"
)

// Rights are what a device may do, worked out once from its record so that asking costs nothing.
// They hold until the record changes; days pass without it, so asking names the day.
type Rights struct {
	lines map[string]rightsLine
	order []string
	base  baseRights
}

type baseRights struct {
	reserved   bool
	everHeld   bool // an installation has ended the evaluation for good
	evaluation bool // running time is left without a license
	revalidate bool // grace for a compromised signer is over
	grace      bool // … or running
}

type rightsLine struct {
	entitlement Entitlement
	granted     []grantedLine // its own and of the tiers that include it
	own         uint64
	ends        keys.Day // of its own grants, the earliest
	waits       bool     // for the export role, which never signed what is held of it
}

type grantedLine struct {
	count            uint64
	ends, graceUntil keys.Day // 0: without end
}

// NewRights works out the rights of an instance.
func NewRights(i Instance) Rights {
	r := i.common()
	reserved, isReserved := i.(Reserved)
	rights := Rights{lines: map[string]rightsLine{}, base: baseRights{
		reserved: isReserved, everHeld: r.held, evaluation: r.evaluation > 0,
		grace: r.revalidate > 0, revalidate: r.revalidate > 0 && r.ran >= r.revalidate,
	}}
	product, _ := r.trust.catalog.Product(r.identity.udi.Product())
	offered := map[string]bool{}
	for _, tag := range product.Entitlements {
		offered[tag] = true
	}
	for _, e := range r.trust.catalog.file.Entitlements {
		line := rightsLine{entitlement: e}
		if isReserved {
			line.fill(r.trust.catalog, reserved.current.terms)
		}
		rights.lines[e.Tag] = line
		if offered[e.Tag] || line.own > 0 {
			rights.order = append(rights.order, e.Tag)
		}
	}
	return rights
}

// fill enters what is held. What a newer catalog made export-controlled is withheld until the export
// role has signed: the class is that of today, for what is installed as for what is new (attack D17).
func (l *rightsLine) fill(c Catalog, held terms) {
	for _, id := range c.Covers(l.entitlement.ID) {
		holder, _ := c.EntitlementByID(id)
		waits := holder.Class == ExportControlled && held.flags&flagExport == 0
		for _, g := range held.grants {
			if g.Entitlement != id {
				continue
			}
			if id == l.entitlement.ID {
				l.own += uint64(g.Count)
				if l.ends == 0 || (g.Ends != 0 && g.Ends < l.ends) {
					l.ends = g.Ends
				}
			}
			if l.waits = l.waits || waits; !waits {
				l.granted = append(l.granted, grantedLineOf(g, holder))
			}
		}
	}
}

func grantedLineOf(g Grant, holder Entitlement) grantedLine {
	line := grantedLine{count: uint64(g.Count), ends: g.Ends}
	if g.Ends != 0 {
		line.graceUntil = keys.Day(min(int(g.Ends)+int(holder.GraceDays), 1<<16-1))
	}
	return line
}

// counts returns how many are valid on day, and how many more are in grace.
func (l rightsLine) counts(day keys.Day) (valid, grace uint64) {
	for _, g := range l.granted {
		switch {
		case g.ends == 0 || day <= g.ends:
			valid += g.count
		case day <= g.graceUntil:
			grace += g.count
		}
	}
	return valid, grace
}

// Licensed reports whether n of the entitlement tag may be used on day: by a license, of the
// entitlement itself or of a tier that includes it, in grace, in evaluation, or because the
// entitlement is not enforced. It doesn't allocate.
func (r *Rights) Licensed(tag string, n int, day keys.Day) bool {
	line, ok := r.lines[tag]
	if !ok || n < 0 {
		return false
	}
	if line.entitlement.Class == Unenforced {
		return true
	}
	if !r.base.reserved {
		return r.evaluating() && line.entitlement.Class != ExportControlled
	}
	if r.base.revalidate {
		return false
	}
	valid, grace := line.counts(day)
	return uint64(n) <= valid+grace && valid+grace > 0
}

func (r *Rights) evaluating() bool { return !r.base.everHeld && r.base.evaluation }

// Evaluating reports whether Licensed may say yes only because of the evaluation, so that its use
// has to be counted.
func (r *Rights) Evaluating() bool { return !r.base.reserved && r.evaluating() }

// An Answer tells why an entitlement is licensed or not.
type Answer struct {
	Tag      string
	Name     string
	Unit     string
	Licensed bool
	State    string // one of the State… constants
	Held     uint64 // licenses of the entitlement itself
	Covered  uint64 // … and of the tiers that include it, valid or in grace
	Ends     keys.Day
}

// Ask answers whether n of tag may be used on day, and why. A tag that the catalog doesn't list
// gives StateInvalidTag.
func (r *Rights) Ask(tag string, n int, day keys.Day) Answer {
	line, ok := r.lines[tag]
	if !ok {
		return Answer{Tag: tag, State: StateInvalidTag}
	}
	valid, grace := line.counts(day)
	return Answer{
		Tag: tag, Name: line.entitlement.Name, Unit: line.entitlement.Unit, Licensed: r.Licensed(tag, n, day),
		State: r.state(line, uint64(max(n, 0)), day), Held: line.own, Covered: valid + grace, Ends: line.ends,
	}
}

func (r *Rights) state(line rightsLine, n uint64, day keys.Day) string {
	valid, grace := line.counts(day)
	class := line.entitlement.Class
	switch {
	case !r.base.reserved && class == Unenforced:
		return StateNotEnforced
	case !r.base.reserved && r.base.everHeld:
		return StateNotReserved
	case !r.base.reserved && class == ExportControlled:
		return StateWaiting
	case !r.base.reserved && r.base.evaluation:
		return StateEvaluation
	case !r.base.reserved:
		return StateEvaluationExpired
	case r.base.revalidate && len(line.granted) > 0:
		return StateRestricted
	case line.waits && valid+grace == 0:
		return StateWaiting
	case r.base.grace && valid+grace > 0, n > valid && n <= valid+grace, valid == 0 && grace > 0:
		return StateGrace
	case n > valid+grace && valid+grace > 0:
		return StateOverReservation
	case valid > 0:
		return StateReserved
	case len(line.granted) > 0:
		return StateRestricted
	case class == Unenforced:
		return StateNotEnforced
	}
	return StateNotReserved
}

// List answers for every entitlement the product offers or the device holds, for one of each.
func (r *Rights) List(day keys.Day) []Answer {
	out := make([]Answer, 0, len(r.order))
	for _, tag := range r.order {
		out = append(out, r.Ask(tag, 1, day))
	}
	return out
}

// A Summary is the three facts a device shows about itself.
type Summary struct {
	Registration  string
	Authorization string
	ExportControl string
}

// Summarize returns the three facts on day.
func Summarize(i Instance, day keys.Day) Summary {
	rights := NewRights(i)
	s := Summary{Unregistered, NoLicensesInUse, ExportNotAllowed}
	reserved, ok := i.(Reserved)
	switch {
	case ok:
		s.Registration, s.Authorization = RegisteredSLR, rights.authorization(reserved, day)
	case rights.base.everHeld:
		s.Registration = Unregistered
	default:
		s.Registration, s.Authorization = InProgress, EvaluationOver
		if rights.base.evaluation {
			s.Authorization = EvaluationMode
		}
	}
	for _, line := range rights.lines {
		if valid, grace := line.counts(day); line.entitlement.Class == ExportControlled && valid+grace > 0 && !rights.base.revalidate {
			s.ExportControl = ExportAllowed
		}
	}
	return s
}

// authorization tells a device that holds nothing, one on which something has ended, and one on
// which all is well.
func (r *Rights) authorization(s Reserved, day keys.Day) string {
	if len(s.current.terms.grants) == 0 {
		return NoLicensesInUse
	}
	if r.base.grace {
		return AuthorizationOver
	}
	for _, g := range s.current.terms.grants {
		if g.Ends != 0 && g.Ends < day {
			return AuthorizationOver
		}
	}
	return AuthorizedStatus
}
