package reserve

import "slices"

// list returns the numbers that authorizations may have: those of a ledger that was never put back,
// and what follows those that a recovery leaves out.
func (b bounds) list() []Number {
	var out []Number
	for n := range Number(b.numbers) {
		out = append(out, b.base+n+1)
	}
	if b.recover {
		for n := range Number(b.numbers) + 2 {
			out = append(out, LostNumbers+n)
		}
	}
	return out
}

// reachable returns the positions that codes may prove: of each number and the one after it, and of
// one that a recovery leaves out, which stands for all of these.
func (m *machine) reachable() []Position {
	out := []Position{m.lowest()}
	numbers := slices.Clone(m.named)
	for _, n := range m.named {
		numbers = append(numbers, n+1)
	}
	if m.recover {
		numbers = append(numbers, LostNumbers/2)
	}
	slices.Sort(numbers)
	for _, n := range slices.Compact(numbers) {
		if n <= LastNumber {
			out = append(out, ConfirmationAt(n), ReturnAt(n))
		}
	}
	return out
}

// recovery is what is done with a ledger that was put back: each device is settled by an
// authorization that says what its newest known one does, or nothing, and when all are, the ledger
// goes on.
func (m *machine) recovery(s local, visit func(step)) {
	b := m.ledgers[s.ledger].books
	newest, known := b.Newest()
	if m.rules.settled(b) {
		next := s
		next.marks = s.marks&^frozen | recovered
		visit(step{verb: finishRecovery, to: next, honest: true})
	}
	if slices.ContainsFunc(b.Issued, func(i Issued) bool { return i.Rebased }) {
		return // once is enough: it can be printed again
	}
	for wish, counts := range m.wishes {
		empty := !slices.ContainsFunc(counts, func(n uint32) bool { return n > 0 })
		if !empty && !(known && newest.Digest == m.digest[m.slot(newest.Number, wish)]) {
			continue
		}
		n, err := m.rules.rebased(b)
		if err != nil || !slices.Contains(m.named, n) {
			continue
		}
		code := m.slot(n, wish)
		after, err := b.Rebase(Issued{Number: n, Draws: m.draws(code), Digest: m.code(code).Digest(), Rebased: true})
		if err != nil {
			continue
		}
		next := s
		next.ledger, next.wire = m.ledger(after), s.wire|1<<code
		visit(step{verb: rebase, argument: uint16(wish), to: next, honest: true})
	}
}
