package codec

import "slices"

// A run is the rows from first to last of which it is known that they are lines of one code.
type run struct {
	kind        *Kind
	first, last int          // rows
	begins      int          // the number of the first line
	number      int          // the number of the last line
	texts       map[int]word // what each line says
	done        bool         // the last line says that it is the last of its code
}

// A word is a line as it should be.
type word struct {
	symbols [maxShown]element
	n       int
}

// typed takes the codes in the rows: those of which some line reads by itself, with the rows around
// it that may be its other lines, and then what is left.
func (s *splitter) typed(rows []row) {
	a := assembly{kinds: s.kinds, rows: rows}
	var runs []run
	for i := range rows {
		r := &rows[i]
		if a.identify(r); len(r.found) == 0 {
			continue
		}
		if len(runs) == 0 || !runs[len(runs)-1].takes(i, r) {
			if len(runs)+len(s.pieces) > MaxPieces {
				break
			}
			runs = append(runs, newRun(i, r))
		}
	}
	free := 0 // the first row that belongs to no code before
	for i, g := range runs {
		end := len(rows)
		if i+1 < len(runs) {
			end = runs[i+1].first - lacking(rows[g.last+1:runs[i+1].first], runs[i+1].begins-1)
		}
		start := max(free, g.first-lacking(rows[free:g.first], g.begins-1))
		s.left(rows[free:start])
		free = s.run(rows, start, g, end)
	}
	s.left(rows[free:])
}

func newRun(i int, r *row) run {
	f := &r.found[0]
	g := run{kind: f.kind, first: i, last: i, begins: f.frame.number, number: f.frame.number, done: f.frame.last}
	g.texts = map[int]word{g.number: {f.word, f.n}}
	return g
}

// takes adds a row to the run if it goes on with the same code, or says again what was there.
func (g *run) takes(i int, r *row) bool {
	f := &r.found[0]
	number := f.frame.number
	if f.kind.Number != g.kind.Number {
		return false
	}
	if was, again := g.texts[number]; again || g.done || number < g.number {
		if !again || was != (word{f.word, f.n}) {
			return false
		}
		g.last = i
		return true
	}
	g.last, g.number, g.done = i, number, f.frame.last
	g.texts[number] = word{f.word, f.n}
	return true
}

// lacking returns how many rows at the end of a list reach back over want rows that look like lines.
func lacking(rows []row, want int) int {
	for i := len(rows) - 1; i >= 0 && want > 0; i-- {
		if rows[i].likely {
			want--
		}
		if want == 0 {
			return len(rows) - i
		}
	}
	return 0
}

// run reads the code of a run from the rows from start up to end, and returns the first row that has
// no part in it.
func (s *splitter) run(rows []row, start int, g run, end int) int {
	if g.done {
		end = g.last + 1
	}
	own := slices.Clone(rows[start:end])
	r, _, e := assemble(own, s.kinds)
	after := g.last + 1
	switch {
	case e == nil:
		for i := g.last + 1; i < end; i++ {
			if own[i-start].used {
				after = i + 1
			}
		}
	case e.Problem != Missing: // the row after the run is what can't be read
		for after < end && !rows[after-1].likely {
			after++
		}
		after = min(end, after+1)
		if g.done || e.Line <= g.number {
			after = g.last + 1
		}
	}
	s.add(r, e, *g.kind, rows[start], rows[after-1])
	return after
}

func (s *splitter) add(r Reading, e *Error, k Kind, first, last row) {
	if e == nil {
		k = r.Kind
	}
	s.pieces = append(s.pieces, Piece{Reading: r, Err: e, Kind: k, First: s.lineOf(first.line), Last: s.lineOf(last.end)})
}

// left reads rows none of which is a line by itself: codes with mistakes in every line, and those
// whose lines were broken elsewhere.
func (s *splitter) left(rows []row) {
	rows = slices.Clone(rows)
	rows = slices.DeleteFunc(rows, func(r row) bool { return !r.likely })
	for len(rows) > 0 && !s.full() {
		n := 0
		for _, r := range rows {
			n += r.n
		}
		if n < s.least() {
			return
		}
		r, _, e := assemble(rows, s.kinds)
		if e != nil {
			if again, _, other := assemble(cutAll(rows, s.kinds), s.kinds); other == nil {
				s.add(again, nil, again.Kind, rows[0], rows[len(rows)-1])
				return
			}
		}
		if e != nil {
			if e.Problem != Empty {
				s.add(Reading{}, e, Kind{}, rows[0], rows[len(rows)-1])
			}
			return
		}
		used := slices.IndexFunc(rows, func(r row) bool { return r.used })
		s.add(r, nil, r.Kind, rows[max(used, 0)], rows[max(used, 0)])
		rows = slices.DeleteFunc(rows, func(r row) bool { return r.used })
	}
}

// least returns how many characters the shortest code has, two left out.
func (s *splitter) least() int {
	least := full
	for _, k := range s.kinds {
		if n := k.shown(); n > 0 {
			least = min(least, n)
		}
	}
	return least - 2
}

// shown returns the characters of the one line of a kind that has one, 0 of any other.
func (k Kind) shown() int {
	if k.Bits == 0 {
		return 0
	}
	return 2 * ((k.Bits+fieldBits-1)/fieldBits + checks)
}

// cutShort cuts the rows that are too long for a line, as cutLong does, and where such a row begins
// with codes of one short line, those first.
func (s *splitter) cutShort(rows []row) []row {
	var all []row
	left := MaxPieces + 1
	for _, r := range rows {
		for r.n > longest && r.n <= maxStream && r.bad == 0 && left > 0 {
			first, rest, ok := s.cutFirst(r)
			if !ok {
				break
			}
			all, r = append(all, first), rest
			left--
		}
		all = append(all, r)
	}
	return cutLong(all, s.kinds)
}

// cutFirst cuts a code of one short line off a row.
func (s *splitter) cutFirst(r row) (first, rest row, ok bool) {
	var text stream
	text.add(&r)
	a := assembly{kinds: s.kinds}
	if text.reads(&a, 0, full, 1) {
		return r, r, false
	}
	for _, k := range s.kinds {
		if n := k.shown(); n > 0 && text.reads(&a, 0, n, 0) {
			return text.row(0, n), text.row(n, len(text.at)), true
		}
	}
	return r, r, false
}
