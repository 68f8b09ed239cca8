package cli

import (
	"time"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// writtenOff is what `device show` tells of a device that was written off.
type writtenOff struct {
	Day        string         `json:"day"`
	Entry      uint32         `json:"entry"` // of the journal
	Settled    bool           `json:"settled"`
	ReplacedBy string         `json:"replaced_by,omitempty"`
	Evidence   []evidenceJSON `json:"evidence"`
	exhibits   []ledger.Exhibit
}

// olderJSON is an older identity of a device, with what it could be holding.
type olderJSON struct {
	Fingerprint   string            `json:"fingerprint"`
	State         reserve.Standing  `json:"state"`
	PendingReturn map[string]uint64 `json:"pending_return"`
}

// describeLosses adds what was written off of a device, and of those that it replaced.
func (a *deviceAnswer) describeLosses(tx *ledger.Tx, d ledger.Device, today keys.Day) error {
	if d.WrittenOff {
		w, err := writtenOffOf(tx, d)
		if err != nil {
			return err
		}
		a.WrittenOff = &w
	}
	replaced, err := tx.ReplacedBy(d.ID)
	if err != nil {
		return err
	}
	for _, r := range replaced {
		a.Replaces = append(a.Replaces, r.UDI.String())
	}
	all, err := tx.Identities(d.UDI)
	if err != nil {
		return err
	}
	for _, old := range all {
		if old.ID == d.ID || !old.WrittenOff {
			continue
		}
		books, err := tx.Books(old.ID)
		if err != nil {
			return err
		}
		lots, err := licenseTags(tx, books)
		if err != nil {
			return err
		}
		if pending := byTag(books.ExposureOn(today), lots); len(pending) > 0 {
			a.Older = append(a.Older, olderJSON{old.DID.String(), books.StandingOn(today), pending})
		}
	}
	return nil
}

func writtenOffOf(tx *ledger.Tx, d ledger.Device) (w writtenOff, err error) {
	at, entry, _, err := tx.WrittenOffAt(d.ID)
	if err != nil {
		return w, err
	}
	if w.exhibits, err = tx.EvidenceOf(d.ID); err != nil {
		return w, err
	}
	w.Day, w.Entry, w.Settled, w.Evidence = at.Format(time.DateOnly), entry, d.Settled, evidenceOf(w.exhibits)
	by, found, err := tx.ReplacementOf(d.ID)
	if err != nil || !found {
		return w, err
	}
	other, err := tx.Device(by.By)
	w.ReplacedBy = other.UDI.String()
	return w, err
}

func (a deviceAnswer) printLosses(out *cli.Output) {
	if w := a.WrittenOff; w != nil {
		out.Printf("written off  %s, journal entry %d\n", w.Day, w.Entry)
		if w.ReplacedBy != "" {
			out.Printf("replaced by  %s\n", w.ReplacedBy)
		}
		if w.Settled {
			out.Printf("settled      by evidence\n")
		}
		printBlock(out, evidenceText(w.exhibits))
	}
	for _, udi := range a.Replaces {
		out.Printf("replaces     %s\n", udi)
	}
	for _, old := range a.Older {
		for tag, n := range old.PendingReturn {
			out.Printf("older        identity %s: pending return %s=%d\n", old.Fingerprint, tag, n)
		}
	}
}
