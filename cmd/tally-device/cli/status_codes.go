package cli

import (
	"errors"
	"fmt"
	"strconv"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/resolve"
	"tallystick/codec"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

// resolvedStatus is what status adds when codes are given.
type resolvedStatus struct {
	Codes []cli.FoundCode `json:"codes"`
	cli.Situation
	row   resolve.Row
	found []*resolve.Code
}

// resolveCodes tells what each of the codes is to this device, and the next step. It changes nothing.
func resolveCodes(c *ucli.Context, d *device.Device, s device.Status, pieces []codec.Piece) resolvedStatus {
	r := resolver{device: d, status: s, facts: resolve.DeviceFacts{Stand: resolve.Stand{Installed: s.Number, Next: s.Next}, Act: s.LastAct,
		Untrusted: s.Compromised, Ended: ended(s)}, values: resolve.Values{resolve.UDI: {s.Identity.UDI().String()}, resolve.File: {bundleName}}}
	codes := make([]*resolve.Code, len(pieces))
	for i, p := range pieces {
		codes[i] = resolve.NewCode(p)
		if codes[i].Reason == nil {
			r.look(codes[i], p.Reading)
		}
	}
	if file := c.String("file"); len(pieces) == 1 && file != "" && file != "-" {
		r.values[resolve.InHand] = []string{"--file", file} // nobody types a code twice
	}
	r.number()
	row := resolve.DeviceRow(resolve.AtDevice(r.facts), r.values)
	return resolvedStatus{cli.FoundCodes(codes), cli.SituationOf(c, row), row, codes}
}

// bundleName is what a trust bundle is called that one step writes and another one takes.
const bundleName = "issuer.tally"

// ended reports whether something that is held has ended.
func ended(s device.Status) bool {
	for _, e := range s.Entitlements {
		if e.Held > 0 && e.Ends != 0 && e.Ends < s.Today {
			return true
		}
	}
	return false
}

// A resolver gathers what codes say to a device.
type resolver struct {
	device *device.Device
	status device.Status
	facts  resolve.DeviceFacts
	values resolve.Values
	newest reserve.Number // of the authorizations at hand that this device may take
}

// number fills in which authorizations a command is about.
func (r *resolver) number() {
	n := r.facts.Proven.Installed
	if n == 0 && r.facts.Proven.Next > 0 {
		n = r.facts.Proven.Next - 1
	}
	r.values[resolve.Number] = []string{strconv.Itoa(int(n))}
}

// look finds out what a code is, in each of its spellings.
func (r *resolver) look(c *resolve.Code, reading codec.Reading) {
	first := *c
	for i, body := range reading.Spellings {
		try := *c
		try.Body = body
		switch reading.Kind.Number {
		case reserve.AuthorizationKind.Number:
			r.authorization(&try)
		case reserve.BundleKind.Number:
			r.bundle(&try)
		case reserve.RequestKind.Number:
			r.request(&try)
		case reserve.ReceiptKind.Number:
			r.receipt(&try)
		case reserve.StatusKind.Number:
			r.report(&try)
		}
		if i == 0 {
			first = try
		}
		if try.Reason == nil {
			*c = try
			return
		}
	}
	*c = first
}

func (r *resolver) authorization(c *resolve.Code) {
	x, err := reserve.Inspect(reserve.AuthorizationKind, c.Body, reserve.Trust{}, reserve.Identity{})
	if err != nil {
		c.Refused(err)
		return
	}
	in, err := r.device.Preview(c.Body)
	var refusal *reserve.Refusal
	switch {
	case err == nil && in.Repeated:
		r.facts.Own = true
		c.Device = r.status.Identity.UDI().String()
		c.Found(resolve.FoundInForce, fmt.Sprintf("authorization %d, which is installed", in.Number))
		return
	case err == nil:
		c.Device = r.status.Identity.UDI().String()
		if in.Number > r.newest {
			r.newest, r.facts.Installable, r.facts.Behind = in.Number, true, false
			r.values[resolve.InHand] = []string{c.Paste()}
		}
		c.Found(resolve.FoundFits, fmt.Sprintf("authorization %d, which can be installed", in.Number))
		return
	case !errors.As(err, &refusal):
		c.Refused(err)
		return
	}
	switch refusal.Reason {
	case reserve.Superseded: // what became of it is no riddle
		r.facts.Own = true
	case reserve.WrongDevice: // among this device's own codes it is nothing but a stray
		r.facts.Stray = true
	case reserve.TrustTooOld, reserve.CatalogTooOld:
		if x.Number > r.newest {
			r.newest, r.facts.Installable, r.facts.Behind = x.Number, false, true
			r.values[resolve.InHand] = []string{c.Paste()}
		}
	default:
		r.facts.Refused = true
	}
	c.Refused(err)
}

func (r *resolver) bundle(c *resolve.Code) {
	t, err := reserve.OpenTrust(c.Body)
	if err != nil {
		c.Refused(err)
		return
	}
	switch err := t.Follows(r.status.Trust); {
	case err != nil:
		c.Refused(err)
		return
	case t.Root().Version() == r.status.Trust.Root().Version():
		c.Found(resolve.FoundInForce, "the trust bundle that this device obeys")
		return
	}
	c.Found(resolve.FoundNewer, "a newer trust bundle of this device's issuer")
}

func (r *resolver) request(c *resolve.Code) {
	q, err := reserve.ParseRequest(c.Body)
	if err != nil {
		c.Refused(err)
		return
	}
	id, own := q.Identity(), r.status.Identity
	c.Device = id.UDI().String()
	switch {
	case id.DID() == own.DID():
		r.facts.Own = true
		c.Found(resolve.FoundOwn, "the request of this device")
		return
	case id.UDI() == own.UDI():
		c.Found(resolve.FoundFormer, fmt.Sprintf("the request of another identity of this device, %s; this one is %s", id.DID(), own.DID()))
		return
	}
	c.Refused(reserve.Refuse(reserve.WrongDevice, "the request of %s", id.UDI()))
}

func (r *resolver) receipt(c *resolve.Code) {
	x, err := reserve.Inspect(reserve.ReceiptKind, c.Body, reserve.Trust{}, reserve.Identity{})
	if err != nil {
		c.Refused(err)
		return
	}
	own := r.status.Identity
	if x.Locator != own.DID().Locator() {
		c.Refused(reserve.Refuse(reserve.WrongDevice, "the code of another device, %s", reserve.LocatorText(x.Locator)))
		return
	}
	if x, err = reserve.Inspect(reserve.ReceiptKind, c.Body, reserve.Trust{}, own); err != nil || !x.Verified {
		c.Refused(errors.Join(err, x.Finding))
		return
	}
	c.Device = own.UDI().String()
	stand := resolve.ReceiptStand(x.Position)
	c.Kind = kindConfirmation
	text := fmt.Sprintf("the confirmation of authorization %d", stand.Installed)
	if stand.Installed == 0 {
		c.Kind = kindReturn
		text = fmt.Sprintf("the return or cancellation of everything through authorization %d", stand.Next-1)
	}
	r.proven(c, stand, text)
}

func (r *resolver) report(c *resolve.Code) {
	s, err := reserve.OpenStatus(c.Body, r.status.Identity)
	if err != nil {
		c.Refused(err)
		return
	}
	c.Device = r.status.Identity.UDI().String()
	n, _ := s.Installed()
	stand := resolve.Stand{Installed: n, Next: s.Floor()}
	text := fmt.Sprintf("a report of this device, with authorization %d installed", n)
	if n == 0 {
		text = "a report of this device, with nothing installed"
	}
	r.proven(c, stand, text)
}

// proven compares a genuine code of this device with its record.
func (r *resolver) proven(c *resolve.Code, stand resolve.Stand, text string) {
	own := r.facts.Stand
	r.facts.Own = true
	if stand.After(r.facts.Proven) {
		r.facts.Proven = stand
	}
	switch {
	case stand.After(own):
		c.Found(resolve.FoundLater, text+", which this record knows nothing of: the record is older than the code")
		return
	case own.After(stand):
		c.Found(resolve.FoundEarlier, text+", from before")
		return
	}
	c.Found(resolve.FoundInForce, text+", as it stands")
}

// show prints what the codes are and the next step.
func (r resolvedStatus) show(c *ucli.Context) {
	cli.Out(c).Printf("\n")
	cli.ShowFoundCodes(c, r.found)
	cli.ShowSituation(c, r.row)
}
