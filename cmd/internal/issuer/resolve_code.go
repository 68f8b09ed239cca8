package issuer

import (
	"fmt"

	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/resolve"
	"tallystick/codec"
	"tallystick/reserve"
)

// look finds out what one code is, in each of its spellings, and which device it is of.
func (r *resolver) look(c *resolve.Code, reading codec.Reading) error {
	var first *resolve.Code
	for _, body := range reading.Spellings {
		try := *c
		try.Body = body
		s, err := r.lookAt(&try, reading.Kind)
		if err != nil {
			return err
		}
		if try.Reason == nil {
			*c = try
			r.tell(c, s)
			return nil
		}
		if first == nil {
			first = &try
		}
	}
	*c = *first
	return nil
}

// tell names the device that a code is of, and leaves out what is of another one than was asked for.
func (r *resolver) tell(c *resolve.Code, s *subject) {
	if s == nil {
		return
	}
	c.Device = s.identity.UDI().String()
	if r.wanted.IsZero() || s.identity.UDI() == r.wanted {
		s.keep(c)
		return
	}
	if c.Kind == "request" && len(s.books.Charge()) == 0 && !s.device.Superseded && !s.device.WrittenOff {
		r.replacement = c
	}
	c.Found(resolve.FoundElsewhere, fmt.Sprintf("of another device, %s", s.identity.UDI()))
}

// keep remembers the code that a step is about. c stays where it is.
func (s *subject) keep(c *resolve.Code) {
	switch c.Finding {
	case resolve.FoundFormer:
		s.twin = c
	case resolve.FoundUnknown:
		s.unknown = c
	}
	if c.Kind == "request" && c.Finding != resolve.FoundFormer {
		s.request = c
	}
}

// lookAt finds out what one spelling is. The code has a Reason when it counts for nothing.
func (r *resolver) lookAt(c *resolve.Code, kind codec.Kind) (*subject, error) {
	if kind.Number == reserve.RequestKind.Number {
		return r.lookAtRequest(c)
	}
	x, err := reserve.Inspect(kind, c.Body, reserve.Trust{}, reserve.Identity{})
	if err != nil {
		return nil, refusedCode(c, err)
	}
	switch kind.Number {
	case reserve.BundleKind.Number:
		return nil, r.lookAtBundle(c)
	case reserve.AuthorizationKind.Number:
		return r.lookAtAuthorization(c, x)
	case reserve.StatusKind.Number:
		return r.lookAtReport(c, x)
	}
	return r.lookAtReceipt(c, x)
}

// refusedCode notes a refusal; any other error is one.
func refusedCode(c *resolve.Code, err error) error {
	if !isRefusal(err) {
		return err
	}
	c.Refused(err)
	return nil
}

func (r *resolver) lookAtRequest(c *resolve.Code) (*subject, error) {
	q, err := reserve.ParseRequest(c.Body)
	if err != nil {
		return nil, refusedCode(c, err)
	}
	id := q.Identity()
	d, err := r.tx.DeviceByDID(id.DID())
	switch {
	case err == nil && d.Superseded:
		c.Found(resolve.FoundOver, "the request of a former identity, which another one took the place of")
		return r.subject(d)
	case err == nil:
		c.Found(resolve.FoundTaken, "the request of a device on the books")
		return r.subject(d)
	case reasonOf(err) != reserve.UnknownDevice:
		return nil, err
	}
	present, err := r.tx.DeviceByUDI(id.UDI())
	switch {
	case err == nil:
		c.Found(resolve.FoundFormer, fmt.Sprintf("the request of identity %s; on the books is identity %s", id.DID(), present.DID))
		return r.subject(present)
	case reasonOf(err) != reserve.UnknownDevice:
		return nil, err
	}
	c.Found(resolve.FoundUnenrolled, fmt.Sprintf("the request of a device that is not on the books, fingerprint %s", id.DID()))
	return r.kept(r.stranger(id)), nil
}

// subject returns the subject of a device that is told about.
func (r *resolver) subject(d ledger.Device) (*subject, error) {
	s, err := r.loaded(d)
	if err != nil {
		return nil, err
	}
	return r.kept(s), nil
}

func (r *resolver) lookAtBundle(c *resolve.Code) error {
	t, err := reserve.OpenTrust(c.Body)
	if err != nil {
		return refusedCode(c, err)
	}
	switch version, own := t.Root().Version(), r.trust.Root().Version(); {
	case t.Fingerprint() != r.trust.Fingerprint():
		return refusedCode(c, reserve.Refuse(reserve.UnknownIssuer, "the trust bundle of another issuer, %q", t.Root().Name()))
	case version > own:
		c.Found(resolve.FoundNewer, fmt.Sprintf("this issuer's trust bundle, with version %d of the trust root; these books have version %d and are older", version, own))
	case version < own:
		c.Found(resolve.FoundOlder, fmt.Sprintf("an older trust bundle of this issuer, with version %d of the trust root; the newest is %d", version, own))
	default:
		c.Found(resolve.FoundInForce, "this issuer's newest trust bundle")
	}
	return nil
}

func (r *resolver) lookAtAuthorization(c *resolve.Code, x reserve.Inspection) (*subject, error) {
	if x.Issuer != r.trust.Issuer() || x.Training != r.trust.Root().Training() {
		r.foreign = true
		if x.Training && !r.trust.Root().Training() {
			return nil, refusedCode(c, reserve.Refuse(reserve.TrainingCode, "an authorization of a training issuer, %s", reserve.HintText(x.Issuer)))
		}
		return nil, refusedCode(c, reserve.Refuse(reserve.UnknownIssuer, "an authorization of another issuer, %s; this one is %s",
			reserve.HintText(x.Issuer), reserve.HintText(r.trust.Issuer())))
	}
	list, err := r.candidates(r.tx.DevicesByPrefix(x.Device))
	if err != nil {
		return nil, err
	}
	refusal := reserve.Refuse(reserve.UnknownDevice, "an authorization for a device that is not on the books, %s", reserve.HintText(x.Device))
	for _, s := range list {
		if s.identity.DID().Prefix() != x.Device {
			continue
		}
		a, err := reserve.ReopenAuthorization(c.Body, r.trust, s.identity)
		if err != nil {
			refusal = err
			continue
		}
		r.numbered(c, s, a)
		return r.kept(s), nil
	}
	return nil, refusedCode(c, refusal)
}

// candidates returns the subjects of devices, and those that are not on the books.
func (r *resolver) candidates(devices []ledger.Device, err error) ([]*subject, error) {
	if err != nil {
		return nil, err
	}
	var out []*subject
	for _, d := range devices {
		s, err := r.loaded(d)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	for _, s := range r.subjects {
		if !s.enrolled {
			out = append(out, s)
		}
	}
	return out, nil
}

// kept makes a subject one that is told about.
func (r *resolver) kept(s *subject) *subject {
	for _, known := range r.subjects {
		if known.identity.DID() == s.identity.DID() {
			return known
		}
	}
	// Of the device that was asked about, a former identity is left out.
	if r.wanted.IsZero() || r.named == nil && s.identity.UDI() == r.wanted {
		r.subjects = append(r.subjects, s)
	}
	return s
}

// numbered tells what the books know of an authorization that its signature proves.
func (r *resolver) numbered(c *resolve.Code, s *subject, a reserve.Authorization) {
	n := a.Number()
	confirmed, ok := s.books.Confirmed()
	known, found := s.books.Find(n)
	switch {
	case found && known.Digest != a.Digest():
		c.Found(resolve.FoundUnknown, fmt.Sprintf("authorization %d, and another than the books have under that number", n))
	case found && ok && confirmed.Number == n:
		c.Found(resolve.FoundInForce, fmt.Sprintf("authorization %d, which is installed", n))
	case found && (n < s.books.Floor || known.Dead):
		c.Found(resolve.FoundOver, fmt.Sprintf("authorization %d, which was superseded, returned or canceled", n))
	case found:
		c.Found(resolve.FoundUnproven, fmt.Sprintf("authorization %d, which is not confirmed", n))
	case n < s.books.Floor || n < s.books.Seen && n != s.books.Current:
		c.Found(resolve.FoundOver, fmt.Sprintf("authorization %d, which these books never issued; the device can't install it any more", n))
	case leftOut(s.books, n):
		c.Found(resolve.FoundLost, fmt.Sprintf("authorization %d, of a part of the books that was lost", n))
	default:
		c.Found(resolve.FoundUnknown, fmt.Sprintf("authorization %d, signed with this issuer's key, which these books never issued", n))
		s.number = n
	}
}

// leftOut reports whether n is one of the numbers that the authorization of a recovery left out.
func leftOut(b reserve.Books, n reserve.Number) bool {
	before := reserve.Number(0)
	for _, i := range b.Issued {
		if i.Rebased && before < n && n < i.Number {
			return true
		}
		before = i.Number
	}
	return false
}
