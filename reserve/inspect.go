package reserve

import (
	"errors"

	"tallystick/codec"
	"tallystick/keys"
)

// An Inspection is what a code says. Nothing in it may be acted on: it is for people to read, and
// Verified tells what was checked and Finding what is wrong.
type Inspection struct {
	Kind     codec.Kind
	Verified bool
	Finding  error // why it is not verified, nil when nothing was there to check against

	// Of a request, and of other codes when the device is known.
	UDI         UDI
	Fingerprint string
	// Of a request, an authorization, a status report or a bundle.
	RootVersion, CatalogVersion uint16
	// Of an authorization.
	Number   Number
	Sequence uint32
	Issued   keys.Day
	Grants   []Grant
	Training bool
	Signers  []uint8 // key indices
	Issuer   [4]byte
	// Of an authorization or a status report: the first four bytes of the device's digest.
	Device [4]byte
	// Of a receipt: the look-up hint of 20 bits and, when verified, the position.
	Locator  uint32
	Position Position
	// Of a status report.
	Floor, Installed Number
	LatestDay        keys.Day
	UptimeHours      uint32
	Statements       uint32
	// Of a trust bundle.
	IssuerName string
}

// Inspect reads any supported code. With the trust and the identity of a device it also verifies;
// either may be zero. The refusals are Malformed and Unsupported.
func Inspect(kind codec.Kind, body []byte, t Trust, id Identity) (Inspection, error) {
	x := Inspection{Kind: kind}
	switch kind.Number {
	case RequestKind.Number:
		return x.request(body)
	case AuthorizationKind.Number:
		return x.authorization(body, t, id)
	case ReceiptKind.Number:
		return x.receipt(body, id)
	case StatusKind.Number:
		return x.status(body, id)
	case BundleKind.Number:
		return x.bundle(body)
	}
	return Inspection{}, Refuse(Unsupported, "a %s is a kind of code that this program names but does not read", kind.Name)
}

func (x Inspection) request(body []byte) (Inspection, error) {
	q, err := ParseRequest(body)
	if err != nil {
		return Inspection{}, err
	}
	x.UDI, x.Fingerprint = q.identity.udi, q.identity.did.String()
	x.Device = q.identity.did.Prefix()
	x.RootVersion, x.CatalogVersion = q.rootVersion, q.catalogVersion
	x.Locator = q.identity.did.Locator()
	x.Finding = errors.New("a request certifies only itself; compare the fingerprint with the device's")
	return x, nil
}

func (x Inspection) authorization(body []byte, t Trust, id Identity) (Inspection, error) {
	u, err := ParseAuthorization(body)
	if err != nil {
		return Inspection{}, err
	}
	c := u.terms
	x.Device, x.Issuer, x.RootVersion, x.Number = c.device, c.issuer, c.rootMin, c.number
	x.Sequence, x.Issued, x.Grants, x.Training = c.sequence, c.issued, c.grants, c.flags&flagTraining != 0
	for _, s := range u.signatures {
		x.Signers = append(x.Signers, s.index)
	}
	if t.IsZero() || id.IsZero() {
		x.Finding = errors.New("nothing here to verify it against")
		return x, nil
	}
	if _, x.Finding = OpenAuthorization(body, t, id); x.Finding == nil {
		x.Verified, x.UDI, x.Fingerprint = true, id.udi, id.did.String()
	}
	return x, nil
}

func (x Inspection) receipt(body []byte, id Identity) (Inspection, error) {
	r, err := ParseReceipt(body)
	if err != nil {
		return Inspection{}, err
	}
	x.Locator = r.locator
	if id.IsZero() {
		x.Finding = errors.New("the device is not known here")
		return x, nil
	}
	p, ok := Books{Identity: id}.locate(r)
	if !ok {
		x.Finding = Refuse(ReceiptMismatch, "the code is not a confirmation or return of %s", id.udi)
		return x, nil
	}
	x.Verified, x.Position, x.UDI, x.Fingerprint = true, p, id.udi, id.did.String()
	return x, nil
}

func (x Inspection) status(body []byte, id Identity) (Inspection, error) {
	c, _, _, err := parseStatus(body)
	if err != nil {
		return Inspection{}, err
	}
	x.Device, x.Floor, x.Installed, x.LatestDay = c.device, c.floor, c.current, c.latest
	x.UptimeHours, x.RootVersion, x.Statements = c.uptime, c.root, c.count
	if id.IsZero() {
		x.Finding = errors.New("the device is not known here")
		return x, nil
	}
	if _, x.Finding = OpenStatus(body, id); x.Finding == nil {
		x.Verified, x.UDI, x.Fingerprint = true, id.udi, id.did.String()
	}
	return x, nil
}

func (x Inspection) bundle(body []byte) (Inspection, error) {
	t, err := OpenTrust(body)
	if err != nil {
		return Inspection{}, err
	}
	x.Fingerprint, x.Issuer, x.IssuerName = t.Fingerprint().String(), t.Issuer(), t.Root().Name()
	x.RootVersion, x.CatalogVersion, x.Training = t.Root().Version(), t.catalog.Version(), t.Root().Training()
	x.Finding = errors.New("a bundle certifies only itself; compare the fingerprint with the issuer's")
	return x, nil
}
