package codec

// missedCharacter adds the lines that the typed text is when one character is put in. With a line
// number another pair may be wrong besides.
func (s *search) missedCharacter(number int) {
	t := *s.typed
	n := (t.n + 1) / 2
	if n > maxShown {
		return
	}
	s.assume(number, n)
	copy(t.values[1:t.n+1], s.typed.values[:t.n])
	t.values[0] = 0
	t.n++
	word, _ := t.word()
	sum := syndromesOf(word[:n])
	for at := range t.n {
		// The gap, a zero, is at this place.
		for i := range s.tries {
			s.fill(&s.tries[i], word, n, at, number, sum)
		}
		if at+1 < t.n {
			t.values[at], t.values[at+1] = t.values[at+1], 0
			replace(&sum, &word, &t, n, at/2)
			replace(&sum, &word, &t, n, (at+1)/2)
		}
	}
}

// replace brings one symbol of a word and the syndromes up to date with the typed characters.
func replace(sum *syndromes, word *[maxShown]element, t *typed, n, i int) {
	v := element(t.values[2*i])<<5 | element(t.values[2*i+1])
	sum.add(v^word[i], n-1-i)
	word[i] = v
}

// fill finds the character for a gap, under one assumption.
func (s *search) fill(y *try, word [maxShown]element, n, at, number int, sum syndromes) {
	sum = sum.plus(y.base)
	lost := n - 1 - at/2
	var v, order element
	var x fault
	var wrong, ok bool
	if number == anyLine {
		v, order, ok = solveTwoErased(sum, lost, n+1)
		ok = ok && order > 0
	} else {
		v, x, wrong, ok = solveErased(sum, lost, n)
	}
	// Only half of the pair is unknown.
	if !ok || at%2 == 0 && v&31 != 0 || at%2 == 1 && v>>5 != 0 {
		return
	}
	f := found{kind: y.kind, frame: y.frame, n: n, cost: 1, slip: missed, at: at}
	if number == anyLine {
		f.frame.number = int(order)
	}
	f.word = word
	f.word[at/2] ^= v
	if wrong {
		f.word[n-1-x.power] ^= x.value
		f.cost++
	}
	s.accept(f)
}

// doubledCharacter adds the lines that the typed text, of 1 to mostTyped characters, is when one
// character is taken out. With a line number another pair may be wrong besides.
func (s *search) doubledCharacter(number int) {
	t := *s.typed
	copy(t.values[:], s.typed.values[1:t.n])
	t.n--
	word, n := t.word()
	s.assume(number, n)
	sum := syndromesOf(word[:n])
	for at := 0; at <= t.n; at++ {
		// The character at this place of the typed text is left out.
		for _, y := range s.tries {
			f := found{kind: y.kind, frame: y.frame, n: n, slip: doubled, at: at}
			s.drop(&f, word, number, sum.plus(y.base))
		}
		if at < t.n {
			t.values[at] = s.typed.values[at]
			replace(&sum, &word, &t, n, at/2)
		}
	}
}

func (s *search) drop(f *found, word [maxShown]element, number int, sum syndromes) {
	// A quick look first: at most one pair may be wrong besides.
	if number != anyLine && mul(sum[1], sum[1]) != mul(sum[0], sum[2]) {
		return
	}
	f.word = word
	if !s.correct(f, sum, number) || f.cost > 1 || number == anyLine && f.cost > 0 {
		return
	}
	f.cost++
	if f.at > 0 && f.at%groupSize == 0 {
		early := *f
		early.before = true
		s.accept(early)
	}
	s.accept(*f)
}

// swappedGroups adds the lines that the typed text is when two of its whole groups change places.
func (s *search) swappedGroups(number int) {
	word, n := s.typed.word()
	sum := syndromesOf(word[:n])
	s.assume(number, n)
	const pairs = groupSize / 2
	for b := pairs; b+pairs <= n; b += pairs {
		for a := 0; a < b; a += pairs {
			var change syndromes
			for i := range pairs {
				d := word[a+i] ^ word[b+i]
				change.add(d, n-1-a-i)
				change.add(d, n-1-b-i)
			}
			for _, y := range s.tries {
				if sum.plus(y.base) != change {
					continue
				}
				f := found{kind: y.kind, frame: y.frame, word: word, n: n, cost: 2,
					slip: swapped, at: a / pairs, other: b / pairs}
				for i := range pairs {
					f.word[a+i], f.word[b+i] = f.word[b+i], f.word[a+i]
				}
				s.accept(f)
			}
		}
	}
}
