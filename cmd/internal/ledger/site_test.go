package ledger

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tallystick/reserve"
)

// A site is an issuer's ledger, real devices, and a wire that keeps every code there ever was.
type site struct {
	l         *Ledger
	lots      []reserve.LotID
	ids       []DeviceID
	instances []reserve.Instance
	shown     [][][]byte // authorizations by device
	receipts  [][]reserve.Receipt
	reports   [][]reserve.Status
	saved     []reserve.Instance // an older state of each device, to be put back
	honest    []bool             // no older state was put back
}

func newSite(t testing.TB, devices int) *site {
	s := &site{l: newLedger(t)}
	s.lots = append(s.lots, addLot(t, s.l, "premier", 6, 0), addLot(t, s.l, "premier", 4, testToday+100), addLot(t, s.l, "ports", 30, 0))
	for i := range devices {
		instance := newInstance(fmt.Sprint("SITE", i))
		s.instances, s.saved = append(s.instances, instance), append(s.saved, instance)
		s.ids = append(s.ids, enroll(t, s.l, instance).ID)
		s.honest = append(s.honest, true)
	}
	s.shown, s.receipts, s.reports = make([][][]byte, devices), make([][]reserve.Receipt, devices), make([][]reserve.Status, devices)
	return s
}

func (s *site) device(t *rapid.T) int { return rapid.IntRange(0, len(s.ids)-1).Draw(t, "device") }

// try runs f and lets pass what an issuer refuses.
func (s *site) try(t *rapid.T, f func(*Tx) error) bool {
	err := s.l.Update(context.Background(), f)
	for _, reason := range []reserve.Reason{reserve.PoolExhausted, reserve.Suspect, reserve.Quarantined, reserve.NumbersExhausted, reserve.ReceiptMismatch} {
		if refusedAs(err, reason) {
			return false
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return true
}

func (s *site) authorize(t *rapid.T) {
	k := s.device(t)
	wishes := []reserve.Wish{
		{Entitlement: 3, Count: rapid.Uint32Range(0, 7).Draw(t, "premier")},
		{Entitlement: 4, Count: rapid.Uint32Range(0, 20).Draw(t, "ports")},
	}
	wishes = slices.DeleteFunc(wishes, func(w reserve.Wish) bool { return w.Count == 0 })
	var a reserve.Authorization
	done := s.try(t, func(tx *Tx) (err error) {
		books := must(tx.Books(s.ids[k]))
		draws, short := reserve.Allocate(wishes, must(tx.Allocatable(plant7, testToday)), books.Charge(), testToday)
		if short != nil {
			return reserve.Refuse(reserve.PoolExhausted, "short of %v", short)
		}
		a, err = acme.issueTo(tx, s.ids[k], draws)
		return err
	})
	if done {
		s.shown[k] = append(s.shown[k], a.Body())
	}
}

func (s *site) install(t *rapid.T) {
	k := s.device(t)
	if len(s.shown[k]) == 0 {
		t.Skip()
	}
	body := rapid.SampledFrom(s.shown[k]).Draw(t, "authorization")
	if next, _, err := reserve.Install(s.instances[k], body, testNow); err == nil {
		s.instances[k] = next
	}
}

func (s *site) giveBack(t *rapid.T) {
	k := s.device(t)
	switch i := s.instances[k].(type) {
	case reserve.Reserved:
		if rapid.Bool().Draw(t, "return") {
			s.instances[k] = i.Return()
		} else if next, err := i.Cancel(i.Floor()); err == nil {
			s.instances[k] = next
		}
	case reserve.Unreserved:
		if next, err := i.Cancel(i.Floor() + reserve.Number(rapid.IntRange(0, 2).Draw(t, "through"))); err == nil {
			s.instances[k] = next
		}
	}
}

// speak lets a device show its receipt or sign a report, which then lie around.
func (s *site) speak(t *rapid.T) {
	k := s.device(t)
	if rapid.Bool().Draw(t, "report") {
		next, report := reserve.Report(s.instances[k])
		s.instances[k], s.reports[k] = next, append(s.reports[k], report)
		return
	}
	switch i := s.instances[k].(type) {
	case reserve.Reserved:
		s.receipts[k] = append(s.receipts[k], i.Receipt())
	case reserve.Unreserved:
		s.receipts[k] = append(s.receipts[k], i.Receipt())
	}
}

// hear takes in a code that lies around: late, again, out of order.
func (s *site) hear(t *rapid.T) {
	k := s.device(t)
	if rapid.Bool().Draw(t, "report") && len(s.reports[k]) > 0 {
		report := rapid.SampledFrom(s.reports[k]).Draw(t, "which")
		s.try(t, func(tx *Tx) error { return takeReport(tx, s.ids[k], report) })
		return
	}
	if len(s.receipts[k]) == 0 {
		t.Skip()
	}
	receipt := rapid.SampledFrom(s.receipts[k]).Draw(t, "which")
	s.try(t, func(tx *Tx) error { return receive(tx, s.ids[k], receipt) })
}

// rollBack puts an older state of a device back, as a snapshot of its disk would.
func (s *site) rollBack(t *rapid.T) {
	k := s.device(t)
	if rapid.IntRange(0, 3).Draw(t, "rarely") > 0 {
		s.saved[k] = s.instances[k]
		return
	}
	s.instances[k], s.honest[k] = s.saved[k], false
}

// check is what must hold after every step.
func (s *site) check(t *rapid.T) {
	err := s.l.View(context.Background(), func(tx *Tx) error {
		sum := map[reserve.LotID]uint32{}
		for k, id := range s.ids {
			books, stored := must(tx.Books(id)), must(tx.Charges(id))
			if want := chargesOf(books); !slices.Equal(stored, want) {
				t.Fatalf("device %d is charged %+v, its books say %+v", k, stored, want)
			}
			if at := must(tx.Device(id)).Standing; at != books.Standing() {
				t.Fatalf("device %d is %s, its books say %s", k, at, books.Standing())
			}
			for _, c := range stored {
				sum[c.Lot] += c.Count
			}
			checkListed(t, tx, id, books)
			if s.honest[k] {
				s.checkCover(t, k, books)
			}
		}
		for _, lot := range must(tx.AllLots()) {
			if lot.Reserved != sum[lot.ID] || lot.Reserved+lot.Available != lot.Quantity {
				t.Fatalf("lot %+v, devices are charged %d", lot, sum[lot.ID])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkCover checks that an honest device never holds more than it is charged.
func (s *site) checkCover(t *rapid.T, k int, books reserve.Books) {
	i, ok := s.instances[k].(reserve.Reserved)
	if !ok {
		return
	}
	charged := map[reserve.EntitlementID]uint64{}
	for lot, n := range books.Charge() {
		if lot == s.lots[2] {
			charged[4] += uint64(n)
		} else {
			charged[3] += uint64(n)
		}
	}
	for _, id := range []reserve.EntitlementID{3, 4} {
		if held := reserve.Total(i.Authorization().Grants(), id); held > charged[id] {
			t.Fatalf("device %d holds %d of entitlement %d and is charged %d", k, held, id, charged[id])
		}
	}
}

func TestChargeIsWhatTheBooksSay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newSite(t, 3)
		rt.Repeat(map[string]func(*rapid.T){
			"authorize": s.authorize, "authorize again": s.authorize, "install": s.install, "give back": s.giveBack,
			"speak": s.speak, "hear": s.hear, "hear again": s.hear, "roll back": s.rollBack, "": s.check,
		})
		if err := s.l.Verify(context.Background(), acme.trust, nil); err != nil {
			rt.Fatal(err)
		}
	})
}
