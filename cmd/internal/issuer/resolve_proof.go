package issuer

import (
	"cmp"
	"fmt"

	"tallystick/cmd/internal/resolve"
	"tallystick/reserve"
)

// A proof is what a device's code would do to the books.
type proof struct {
	after   reserve.Books
	outcome reserve.Outcome
	finding error // Suspect or Quarantined: the books change, nothing is credited
}

// lookAtReceipt finds the device whose chain a confirmation, return or cancellation code fits. To
// find out that it is none of a device takes half a second, so what is expected is tried first.
func (r *resolver) lookAtReceipt(c *resolve.Code, x reserve.Inspection) (*subject, error) {
	receipt, err := reserve.ParseReceipt(c.Body)
	if err != nil {
		return nil, refusedCode(c, err)
	}
	list, err := r.candidates(r.tx.DevicesByLocator(x.Locator))
	if err != nil {
		return nil, err
	}
	refusal := reserve.Refuse(reserve.UnknownDevice, "no device on the books could have made it")
	for _, expected := range []bool{true, false} {
		for _, s := range list {
			if s.books.Expects(receipt) != expected {
				continue
			}
			after, outcome, err := s.books.Receive(receipt)
			if reasonOf(err) == reserve.ReceiptMismatch {
				if receipt.Locator() == s.identity.DID().Locator() {
					refusal = err
				}
				continue
			}
			r.proven(c, s, proof{after, outcome, err}, receiptText(c, outcome.Position))
			s.after, _, _ = s.after.Receive(receipt)
			return r.kept(s), nil
		}
	}
	return nil, refusedCode(c, refusal)
}

// receiptText says what a verified receipt says, and notes its kind.
func receiptText(c *resolve.Code, p reserve.Position) string {
	stand := resolve.ReceiptStand(p)
	switch {
	case stand.Installed != 0:
		c.Kind = KindConfirmation
		return fmt.Sprintf("authorization %d is installed", stand.Installed)
	case stand.Next == 1:
		c.Kind = KindReturn
		return "nothing was ever installed"
	}
	c.Kind = KindReturn
	return fmt.Sprintf("everything through authorization %d was given up", stand.Next-1)
}

func (r *resolver) lookAtReport(c *resolve.Code, x reserve.Inspection) (*subject, error) {
	list, err := r.candidates(r.tx.DevicesByPrefix(x.Device))
	if err != nil {
		return nil, err
	}
	refusal := reserve.Refuse(reserve.UnknownDevice, "no device on the books could have made it, %s", reserve.HintText(x.Device))
	for _, s := range list {
		report, err := reserve.OpenStatus(c.Body, s.identity)
		if err != nil {
			if reasonOf(err) != reserve.WrongDevice {
				refusal = err
			}
			continue
		}
		after, outcome, err := s.books.Report(report)
		text := fmt.Sprintf("nothing was installed, and number %d is the next", report.Floor())
		n, _ := report.Installed()
		if n != 0 {
			text = fmt.Sprintf("authorization %d was installed, and number %d is the next", n, report.Floor())
		}
		r.proven(c, s, proof{after, outcome, err}, text)
		s.after, _, _ = s.after.Report(report)
		s.reports = append(s.reports, report)
		if outcome.Behind && report.Count() > s.books.Statements {
			s.revived = c
		}
		s.root = max(s.root, report.RootVersion())
		return r.kept(s), nil
	}
	return nil, refusedCode(c, refusal)
}

// proven tells whether the books have what a code proves, and what it would change.
func (r *resolver) proven(c *resolve.Code, s *subject, p proof, text string) {
	switch changed := !sameBooks(s.books, p.after); {
	case !s.enrolled && resolve.HoldsBy(p.after).Number == 0 && p.finding == nil:
		c.Found(resolve.FoundTaken, text)
	case !s.enrolled:
		c.Found(resolve.FoundUnknown, text+", by a device that is not on the books")
	case !changed:
		c.Found(resolve.FoundTaken, text+"; the books know that, or more")
	case p.finding != nil:
		c.Found(resolve.FoundNew, text+"; "+p.finding.Error())
	default:
		c.Found(resolve.FoundNew, text+"; the books don't know that yet")
	}
	if c.Finding == resolve.FoundNew {
		s.gains(c, p)
	}
}

// gains remembers the code that is to be taken first: one that tells of two copies or of what was
// never issued, so that nothing is credited before it; else the one that proves most.
func (s *subject) gains(c *resolve.Code, p proof) {
	if s.fresh == nil || p.weighs(s.gain) > 0 {
		s.fresh, s.gain = c, p
	}
}

// weighs compares what two codes change.
func (p proof) weighs(q proof) int {
	rank := func(p proof) int {
		switch reasonOf(p.finding) {
		case reserve.Quarantined:
			return 2
		case reserve.Suspect:
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(rank(p), rank(q)), -cmp.Compare(len(p.after.Alive()), len(q.after.Alive())),
		cmp.Compare(p.after.Floor, q.after.Floor), cmp.Compare(p.after.Seen, q.after.Seen))
}
