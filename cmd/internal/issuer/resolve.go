package issuer

import (
	"context"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/cmd/internal/resolve"
	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
)

// A Resolution is what codes and books together tell.
type Resolution struct {
	Frozen  error // why nothing is issued; nil when nothing is wrong
	Codes   []*resolve.Code
	Devices []ResolvedDevice
	Row     *resolve.Row // where no device is known, and something is known all the same
}

// A ResolvedDevice is where a device stands on both sides, and what to do next.
type ResolvedDevice struct {
	UDI         reserve.UDI
	DID         reserve.DID
	Account     ledger.Path // zero where it is not enrolled
	Enrolled    bool
	Superseded  bool
	Suspect     bool
	Quarantined bool
	Standing    reserve.Standing
	Holds       resolve.Holds // with the codes that are not taken yet
	Row         resolve.Row

	// Licenses that have not ended, by tag.
	Reserved, InTransit, Pending map[string]uint64
}

// maxResolved is how many devices one resolution tells about.
const maxResolved = codec.MaxPieces

// Resolve tells where devices and books stand and what the next step is, from any codes of a device
// and of this issuer; name is a device as FindDevice takes it, "" for those that the codes are of.
// failed says that it will give no code any more. It changes nothing. No code is refused: each is told
// for what it is. The refusals are those of FindDevice.
func (is *Issuer) Resolve(ctx context.Context, name string, pieces []codec.Piece, failed bool) (out Resolution, err error) {
	err = is.ledger.View(ctx, func(tx *ledger.Tx) error {
		r := resolver{tx: tx, today: is.today(), failed: failed}
		if r.trust, err = tx.Trust(); err != nil {
			return err
		}
		if r.recovery, err = is.recovery(tx); err != nil {
			return err
		}
		if err := r.want(name, len(pieces) > 0); err != nil {
			return err
		}
		out, err = r.resolve(pieces)
		return err
	})
	return out, err
}

// want makes a device the only one that is told about. With codes, it need not be on the books.
func (r *resolver) want(name string, codes bool) error {
	if name == "" {
		return nil
	}
	d, err := r.tx.FindDevice(name)
	if reasonOf(err) == reserve.UnknownDevice && codes {
		if udi, e := reserve.ParseUDI(name); e == nil {
			r.wanted = udi
			return nil
		}
	}
	if err != nil {
		return err
	}
	s, err := r.loaded(d)
	r.wanted, r.named, r.subjects = d.UDI, s, []*subject{s}
	return err
}

// A resolver works out a Resolution.
type resolver struct {
	tx       *ledger.Tx
	trust    reserve.Trust
	recovery Recovery
	today    keys.Day
	wanted   reserve.UDI // the device that was asked about; zero: all
	named    *subject    // … as it is on the books
	subjects []*subject
	codes    []*resolve.Code
	foreign  bool // a code of another issuer is at hand

	failed      bool          // no code of the device will come any more
	replacement *resolve.Code // a request of another device, which holds nothing
}

// A subject is one identity that codes are of.
type subject struct {
	device   ledger.Device // as enrolled
	enrolled bool
	identity reserve.Identity
	books    reserve.Books
	after    reserve.Books // with every code at hand taken
	stored   []ledger.Authorization
	root     uint16 // the newest trust root that it is known to have

	request *resolve.Code // its own request
	twin    *resolve.Code // a request of another identity of the same product instance
	unknown *resolve.Code // an authorization of this issuer that the books don't have
	number  reserve.Number
	fresh   *resolve.Code    // what says most of what the books don't have
	gain    proof            // … and what it changes
	reports []reserve.Status // at hand
	revived *resolve.Code    // one of them that names as installed what is over
}

func (r *resolver) resolve(pieces []codec.Piece) (Resolution, error) {
	r.codes = make([]*resolve.Code, len(pieces))
	for i, p := range pieces {
		r.codes[i] = resolve.NewCode(p)
	}
	// Requests come first: with them the codes of devices that are not on the books can be verified.
	for _, requests := range []bool{true, false} {
		for i, p := range pieces {
			c := r.codes[i]
			if c.Reason != nil || (p.Kind.Number == reserve.RequestKind.Number) != requests {
				continue
			}
			if err := r.look(c, p.Reading); err != nil {
				return Resolution{}, err
			}
		}
	}
	out := Resolution{Frozen: r.recovery.Frozen, Codes: r.codes}
	for _, s := range r.subjects {
		if len(out.Devices) == maxResolved {
			break
		}
		d, err := r.conclude(s)
		if err != nil {
			return Resolution{}, err
		}
		out.Devices = append(out.Devices, d)
	}
	if len(out.Devices) == 0 {
		out.Row = r.nobody()
	}
	return out, nil
}

// nobody returns the row for codes of no device that is known, nil where nothing can be said.
func (r *resolver) nobody() *resolve.Row {
	f := resolve.IssuerFacts{Frozen: r.recovery.Frozen != nil, Unanchored: r.recovery.Lost.Size == 0, Recovering: r.recovery.Open,
		Other: r.foreign}
	known := f.Frozen || f.Other || slices.ContainsFunc(r.codes, func(c *resolve.Code) bool {
		reason := reasonOf(c.Reason)
		return reason == reserve.UnknownDevice || reason == reserve.ReceiptMismatch || reason == reserve.BadSignature
	})
	if !known {
		return nil
	}
	row := resolve.IssuerRow(resolve.AtIssuer(f), nil)
	return &row
}

// loaded returns the subject of a device on the books. One that was not told about yet still is not.
func (r *resolver) loaded(d ledger.Device) (*subject, error) {
	for _, s := range r.subjects {
		if s.identity.DID() == d.DID {
			return s, nil
		}
	}
	s := &subject{device: d, enrolled: true}
	var err error
	if s.books, err = r.tx.Books(d.ID); err != nil {
		return nil, err
	}
	if s.stored, err = r.tx.Authorizations(d.ID); err != nil {
		return nil, err
	}
	s.after, s.identity = s.books, s.books.Identity
	if s.root, err = r.knownRoot(s); err != nil {
		return nil, err
	}
	return s, nil
}

// knownRoot returns the newest trust root that a device's codes said it has.
func (r *resolver) knownRoot(s *subject) (uint16, error) {
	q, err := r.tx.Request(s.device.ID)
	if err != nil {
		return 0, err
	}
	root := q.RootVersion()
	received, err := r.tx.Received(s.device.ID)
	for _, c := range received {
		if c.Kind != ledger.StatusReport {
			continue
		}
		if report, err := reserve.OpenStatus(c.Body, s.identity); err == nil {
			root = max(root, report.RootVersion())
		}
	}
	return root, err
}

// stranger returns the subject of an identity that is not on the books.
func (r *resolver) stranger(id reserve.Identity) *subject {
	for _, s := range r.subjects {
		if s.identity.DID() == id.DID() {
			return s
		}
	}
	s := &subject{identity: id}
	s.books.Identity, s.after.Identity = id, id
	return s
}
