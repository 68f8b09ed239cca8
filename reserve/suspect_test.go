package reserve

import "testing"

// suspicion is a device that holds number 3, on books that know no more than numbers 1 and 2: the
// state after the ledger was put back. Number 1 was returned, with a code that never arrived, and 2
// was installed.
type suspicion struct {
	books                         Books
	first, second, third, current Instance // after returning 1, then holding 2, then 3
}

func newSuspicion(t *testing.T) suspicion {
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	books := Books{Identity: dev.Identity()}
	codes := make([]Authorization, 0, 3)
	for n := Number(1); n <= 3; n++ {
		a := is.authorize(t, dev.Identity(), n, Grant{2, uint32(n), 0})
		codes = append(codes, a)
		if n < 3 {
			books.Issued = append(books.Issued, Issued{Number: n, Draws: []Draw{{1, Grant{2, uint32(n), 0}}}, Digest: a.Digest()})
		}
	}
	s := suspicion{books: books, first: install(t, dev, codes[0]).Return()}
	s.second = install(t, s.first, codes[1])
	s.third = install(t, s.second, codes[2])
	s.current = s.third
	return s
}

// report signs a report of an instance, which counts it.
func (s *suspicion) report(i *Instance) Status {
	next, status := Report(*i)
	*i = next
	return status
}

// TestAnOldReturnClearsNothing: a return code from before the report that made a device suspect
// says nothing of what the device holds since.
func TestAnOldReturnClearsNothing(t *testing.T) {
	s := newSuspicion(t)
	books, _, err := s.books.Report(s.report(&s.current))
	wantReason(t, err, Suspect)
	books, out, err := books.Receive(s.first.Receipt())
	wantReason(t, err, Suspect)
	if !books.Suspect || out.Cleared || books.Floor != 0 {
		t.Errorf("cleared %v, floor %d", out.Cleared, books.Floor)
	}
	returned := s.current.(Reserved).Return()
	books, out, err = books.Receive(returned.Receipt())
	if err != nil || !out.Cleared || len(books.Charge()) != 0 {
		t.Errorf("the return since: %+v, %v, charge %v", out, err, books.Charge())
	}
}

// TestSuspectReportsDoNotContradict: one honest device says twice that it holds what these books
// never issued, and once that it held something else before.
func TestSuspectReportsDoNotContradict(t *testing.T) {
	s := newSuspicion(t)
	early := s.report(&s.second)
	s.current = s.third.with(func(r, counted record) record { // number 3 was installed after that report
		r.statements, r.previous, r.report = counted.statements, counted.previous, counted.report
		return r
	}(s.third.common(), s.second.common()))
	first, second := s.report(&s.current), s.report(&s.current)
	for _, order := range [][]Status{{first, second, early}, {second, early, first}, {early, second, first}} {
		books := s.books
		for _, status := range order {
			var err error
			if books, _, err = books.Report(status); err != nil {
				wantReason(t, err, Suspect)
			}
		}
		if !books.Suspect || books.Quarantined {
			t.Errorf("suspect %v, quarantined %v", books.Suspect, books.Quarantined)
		}
	}
}

// TestAnotherAuthorizationIsNotConfirmed: the books issued the number again, with another content.
func TestAnotherAuthorizationIsNotConfirmed(t *testing.T) {
	s := newSuspicion(t)
	books, err := s.books.Issue(Issued{Number: 3, Draws: []Draw{{1, Grant{2, 1, 0}}}, Digest: Digest{1}})
	if err != nil {
		t.Fatal(err)
	}
	books, _, err = books.Report(s.report(&s.current))
	wantReason(t, err, Suspect)
	if i, ok := books.Confirmed(); ok || books.Standing() != Outstanding {
		t.Errorf("number %d is confirmed, standing %s", i.Number, books.Standing())
	}
}
