package reserve

import "fmt"

// maxPairs bounds the memory of a product, at one bit a pair, to 1 GiB.
const maxPairs = 1 << 33

// A product is two machines that draw on one pool.
type product struct {
	first, second *machine
	pool          []uint32
	all           bool // count what is held of authorizations that the ledger lost, too
}

// explore visits every pair of states that the pool lets come to be, and returns how many there are.
// In each, what is charged and what is held fits the pool (I2, I3): of devices that were not written off
// alone, and of all within the pool and what the others could be holding. That every pair leads back to
// all being available follows from both machines: the steps back need no license, and of these only
// the end of a recovery is shared, to which each gets by itself.
func (p product) explore() (states int, err error) {
	width := uint64(len(p.second.states))
	if uint64(len(p.first.states))*width > maxPairs {
		return 0, fmt.Errorf("%d and %d states make more pairs than %d", len(p.first.states), width, uint64(maxPairs))
	}
	seen := make([]uint64, (uint64(len(p.first.states))*width+63)/64)
	queue := []uint64{0}
	seen[0] = 1
	for len(queue) > 0 {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		states++
		a, b := uint32(at/width), uint32(at%width)
		if err := p.check(a, b); err != nil {
			return states, err
		}
		p.steps(a, b, func(a, b uint32) {
			to := uint64(a)*width + uint64(b)
			if seen[to/64]&(1<<(to%64)) == 0 {
				seen[to/64] |= 1 << (to % 64)
				queue = append(queue, to)
			}
		})
	}
	return states, nil
}

// steps calls visit with every pair that a step leads to: a step of one device, or one that both take.
func (p product) steps(a, b uint32, visit func(a, b uint32)) {
	for _, e := range p.first.edges[a] {
		if e.shared == begin && (!e.grows || p.covered(e.to, b)) {
			visit(e.to, b)
		}
		for _, f := range p.second.edges[b] {
			if e.shared != begin && e.shared == f.shared {
				visit(e.to, f.to)
			}
		}
	}
	for _, e := range p.second.edges[b] {
		if e.shared == begin && (!e.grows || p.covered(a, e.to)) {
			visit(a, e.to)
		}
	}
}

// covered is the ledger's rule: what both are charged fits the pool.
func (p product) covered(a, b uint32) bool {
	for lot, n := range p.pool {
		if p.first.chargeAt(a)[lot]+p.second.chargeAt(b)[lot] > n {
			return false
		}
	}
	return true
}

func (p product) check(a, b uint32) error {
	if !p.covered(a, b) {
		return fmt.Errorf("%v and %v are charged of %v (I3):\n%s\nand\n%s", p.first.chargeAt(a), p.second.chargeAt(b), p.pool,
			p.first.trail(a, ""), p.second.trail(b, ""))
	}
	for lot, n := range p.pool {
		first, second := p.first.heldAt(a, lot, p.all), p.second.heldAt(b, lot, p.all)
		exposed, live := uint32(0), first+second
		if l := p.first.bookAt(a); l.books.WrittenOff {
			exposed, live = exposed+l.cover[lot], live-first
		}
		if l := p.second.bookAt(b); l.books.WrittenOff {
			exposed, live = exposed+l.cover[lot], live-second
		}
		if live > n || first+second > n+exposed {
			return fmt.Errorf("more is held of lot %d than there is (I2):\n%s\nand\n%s", lot, p.first.trail(a, ""), p.second.trail(b, ""))
		}
	}
	return nil
}

func (m *machine) bookAt(at uint32) *book { return m.ledgers[m.states[at].ledger] }

func (m *machine) chargeAt(at uint32) []uint32 { return m.bookAt(at).charge }

func (m *machine) heldAt(at uint32, lot int, all bool) uint32 {
	s := m.states[at]
	held := m.units[s.unit].held
	if held == none || !all && s.marks&restored != 0 && s.marks&recovered == 0 && !m.knows(m.ledgers[s.ledger], slot(held)) {
		return 0
	}
	return m.wish(slot(held))[lot]
}
