package resolve

import (
	"errors"
	"fmt"

	"tallystick/codec"
	"tallystick/reserve"
)

// A Code is what became of one of the codes that were given.
type Code struct {
	First, Last int        // the lines of the text it stood in, from 1
	Kind        string     // as JSON names it; "" where it does not read that far
	Device      string     // product ID and serial number, where they are known
	Finding     string     // for scripts: one of the findings, a refusal's reason or a problem of reading
	Text        string     // the same for people, without the kind
	Corrected   []string   // mistakes that were mended
	Reason      error      // why it counts for nothing; nil where it does
	Body        []byte     // as it was verified
	kind        codec.Kind // of Body
}

// The findings about codes that are genuine.
const (
	FoundNew        = "new"         // the books don't have it yet
	FoundTaken      = "taken"       // the books have it, or a later one
	FoundInForce    = "in-force"    // what is installed, what was issued last, the present bundle
	FoundUnproven   = "unconfirmed" // an authorization that is out
	FoundOver       = "over"        // superseded, returned or canceled
	FoundUnknown    = "unknown-number"
	FoundLost       = "lost-number"    // of a part of the books that was lost
	FoundOwn        = "own"            // the device's own request
	FoundFormer     = "other-identity" // of another identity of the same product instance
	FoundEarlier    = "earlier"        // what the device said before
	FoundLater      = "later"          // what it can't have said yet: its record was put back
	FoundFits       = "fits"           // it can be installed
	FoundNewer      = "newer"          // a newer trust bundle
	FoundOlder      = "older"          // an older one
	FoundElsewhere  = "other-device"   // not of the device that was asked about
	FoundUnenrolled = "not-enrolled"   // a request of a device that is not on the books
)

// NewCode begins what is told about a piece of a text.
func NewCode(p codec.Piece) *Code {
	c := &Code{First: p.First, Last: p.Last, Kind: KindWord(p.Kind), kind: p.Kind, Body: p.Reading.Body}
	if p.Err != nil {
		c.Refused(p.Err)
		return c
	}
	for _, line := range p.Reading.Corrected() {
		for _, fix := range line.Fixes {
			c.Corrected = append(c.Corrected, fmt.Sprintf("line %d, %s", line.Number, fix))
		}
	}
	if !reserve.Supported(p.Kind) {
		c.Refused(reserve.Refuse(reserve.Unsupported, "this version does not read codes of the kind %q", p.Kind.Name))
	}
	return c
}

// Found notes what was found out about a code.
func (c *Code) Found(finding, text string) {
	c.Finding, c.Text, c.Reason = finding, text, nil
}

// Refused notes that a code counts for nothing, and why.
func (c *Code) Refused(err error) {
	c.Reason, c.Text = err, err.Error()
	var refusal *reserve.Refusal
	var problem *codec.Error
	switch {
	case errors.As(err, &refusal):
		c.Finding = string(refusal.Reason)
	case errors.As(err, &problem):
		c.Finding = problem.Problem.ID()
	}
}

// Paste returns the code in the form in which it can stand in a command line.
func (c *Code) Paste() string {
	code, err := codec.Encode(c.kind, c.Body)
	if err != nil { // it was decoded
		return ""
	}
	return code.Paste()
}

// KindWord names a kind as the JSON of both programs does, "" for one that they don't read. Whether a
// receipt is a confirmation or a return is known only once it is verified.
func KindWord(k codec.Kind) string {
	switch k.Number {
	case reserve.RequestKind.Number:
		return "request"
	case reserve.AuthorizationKind.Number:
		return "authorization"
	case reserve.ReceiptKind.Number:
		return "receipt"
	case reserve.StatusKind.Number:
		return "status"
	case reserve.BundleKind.Number:
		return "trust-bundle"
	}
	return ""
}
