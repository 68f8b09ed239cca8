package ledger

import (
	"context"
	"fmt"

	"tallystick/reserve"
)

// A Difference is something in a ledger that its own records contradict.
type Difference struct {
	Sequence uint32 // the journal entry, 0 when it is not about one
	Text     string // lower case; everything from outside is in %q
}

func (d *Difference) Error() string {
	if d.Sequence == 0 {
		return d.Text
	}
	return fmt.Sprintf("journal entry %d: %s", d.Sequence, d.Text)
}

// Verify checks the whole ledger against itself and, unless it is zero, against a trust that the
// caller has from elsewhere: who can write the file can replace its own roots. progress, if not
// nil, is told now and then how many of how many steps are done. The error is a *Difference for
// the first thing that is wrong.
func (l *Ledger) Verify(ctx context.Context, against reserve.Trust, progress func(done, total uint64)) error {
	panic("unimplemented")
}
