package issuer

import (
	"encoding/hex"

	"tallystick/cmd/internal/ledger"
)

// The kinds of journal entries about devices that failed: see event.go. An RMA is the first of several
// entries of one transaction: the replacement's enrollment and authorization follow.
const (
	eventWriteOff = "write-off"
	eventRMA      = "rma"
	eventSettle   = "settle"
)

// pendingEvent is what a device could be holding of a license.
type pendingEvent struct {
	License     int64  `json:"license"`
	Entitlement uint16 `json:"entitlement"`
	Count       uint32 `json:"count"`
	Ends        string `json:"ends"`
}

type evidenceEvent struct {
	File   string `json:"file"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

func evidenceEvents(list []ledger.Exhibit) (out []evidenceEvent) {
	for _, e := range list {
		out = append(out, evidenceEvent{e.Name, e.Size, hex.EncodeToString(e.Digest[:])})
	}
	return out
}

// writeOffEvent is of a write-off, and of an RMA with what the replacement is.
type writeOffEvent struct {
	Device      string          `json:"device"`
	Fingerprint string          `json:"fingerprint"`
	Account     string          `json:"account"`
	Pending     []pendingEvent  `json:"pending"`
	Evidence    []evidenceEvent `json:"evidence,omitempty"`
	Replacement string          `json:"replacement,omitempty"`
	Identity    string          `json:"replacement_fingerprint,omitempty"`
	Number      uint16          `json:"replacement_number,omitempty"` // of its authorization
	Mapped      []string        `json:"mapped,omitempty"`
	LeftOut     []string        `json:"left_out,omitempty"`
	Op          string          `json:"op,omitempty"`
	Memo
}

type settleEvent struct {
	Device      string          `json:"device"`
	Fingerprint string          `json:"fingerprint"`
	Account     string          `json:"account"`
	Pending     []pendingEvent  `json:"pending"`
	Evidence    []evidenceEvent `json:"evidence"`
	Memo
}
