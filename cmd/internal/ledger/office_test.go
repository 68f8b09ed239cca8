package ledger

import (
	"context"
	"testing"

	"tallystick/reserve"
)

// issueTo does what an issuer does in one transaction, down to the journal entry.
func (o office) issueTo(tx *Tx, id DeviceID, draws []reserve.Draw) (reserve.Authorization, error) {
	before, err := tx.Books(id)
	if err != nil {
		return reserve.Authorization{}, err
	}
	n, err := before.Next()
	if err != nil {
		return reserve.Authorization{}, err
	}
	draft := reserve.Draft{Number: n, Sequence: must(tx.NextSequence()), Issued: testToday, Grants: must(reserve.GrantsOf(draws))}
	a, err := reserve.SignAuthorization(o.trust, before.Identity, draft, o.issue)
	if err != nil {
		return reserve.Authorization{}, err
	}
	i := reserve.Issued{Number: n, Draws: draws, Digest: a.Digest()}
	after, err := before.Issue(i)
	if err != nil {
		return reserve.Authorization{}, err
	}
	if err := tx.AddAuthorization(id, a, i, ""); err != nil {
		return reserve.Authorization{}, err
	}
	if err := tx.SaveBooks(id, before, after); err != nil {
		return reserve.Authorization{}, err
	}
	e := event("authorize")
	e.Subject = before.Identity.UDI().String()
	_, err = tx.Append(e)
	return a, err
}

func draw(lot reserve.LotID, id reserve.EntitlementID, count uint32) []reserve.Draw {
	return []reserve.Draw{{Lot: lot, Grant: reserve.Grant{Entitlement: id, Count: count}}}
}

// receive does what an issuer does with a confirmation, return or cancellation code.
func receive(tx *Tx, id DeviceID, r reserve.Receipt) error {
	before, err := tx.Books(id)
	if err != nil {
		return err
	}
	after, outcome, refused := before.Receive(r)
	if outcome.Repeated || (refused != nil && !refusedAs(refused, reserve.Suspect)) {
		return nil
	}
	kind := Return
	if outcome.Confirms() != 0 {
		kind = Confirmation
	}
	if err := tx.AddReceived(id, Received{Kind: kind, Position: outcome.Position, Body: r.Body()}); err != nil {
		return err
	}
	if err := tx.SaveBooks(id, before, after); err != nil {
		return err
	}
	_, err = tx.Append(unsigned("receive"))
	return err
}

func takeReport(tx *Tx, id DeviceID, s reserve.Status) error {
	before, err := tx.Books(id)
	if err != nil {
		return err
	}
	if before.Quarantined {
		return nil
	}
	after, _, _ := before.Report(s)
	if err := tx.AddReceived(id, Received{Kind: StatusReport, Body: s.Body()}); err != nil {
		return err
	}
	if err := tx.SaveBooks(id, before, after); err != nil {
		return err
	}
	_, err = tx.Append(unsigned("receive"))
	return err
}

func verified(t testing.TB, l *Ledger) {
	t.Helper()
	if err := l.Verify(context.Background(), acme.trust, nil); err != nil {
		t.Fatalf("Verify: %v", err)
	}
}
