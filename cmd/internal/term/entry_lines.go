package term

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tallystick/codec"
)

// accept takes a typed line in place of the one asked for.
func (s *entry) accept(text string) (reading codec.Reading, done bool) {
	if s.at == 0 {
		s.askWhich()
		return codec.Reading{}, false
	}
	candidates, err := codec.ParseLine(text, s.at, s.Kinds...)
	if err != nil {
		return s.wholeOrRefused(text, err)
	}
	line, problem := s.fitting(candidates)
	if problem != "" {
		s.say(problem)
		return codec.Reading{}, false
	}
	for _, fix := range line.Fixes {
		s.sayf("line %d, %v", s.at, fix)
	}
	return s.put(entered{text, line})
}

// put stores an accepted line and goes on to the next one, or ends the entry.
func (s *entry) put(l entered) (reading codec.Reading, done bool) {
	if s.at > len(s.lines) {
		s.lines = append(s.lines, l)
	} else {
		s.lines[s.at-1] = l
	}
	s.at = s.following()
	if s.at == 0 {
		return s.finish()
	}
	s.save()
	return codec.Reading{}, false
}

// fitting returns the likeliest candidate that can stand here, or else what speaks against the
// likeliest. A line with two wrong pairs now and then reads as a line of another kind, too.
func (s *entry) fitting(candidates []codec.Line) (line codec.Line, problem string) {
	for _, c := range candidates {
		if s.objection(c) == "" {
			return c, ""
		}
	}
	return candidates[0], s.objection(candidates[0])
}

// objection says why a readable line can't stand where it was typed, "" when it can.
func (s *entry) objection(l codec.Line) string {
	other := s.neighbor()
	switch {
	case other != nil && l.Kind.Number != other.Kind.Number:
		return fmt.Sprintf("line %d belongs to the %s, the other lines to the %s",
			s.at, l.Kind.Name, other.Kind.Name)
	case l.Last && s.at < len(s.lines):
		return fmt.Sprintf("line %d is the last of its code, but line %d is there too; "+
			"\"0\" starts over with another code", s.at, s.at+1)
	case other == nil && s.Check != nil:
		if err := s.Check(l.Kind); err != nil {
			return err.Error()
		}
	}
	return ""
}

// neighbor returns an accepted line other than the one asked for, nil when there is none.
func (s *entry) neighbor() *codec.Line {
	for i, l := range s.lines {
		if i+1 != s.at {
			return &l.Line
		}
	}
	return nil
}

// wholeOrRefused takes a text that is no line. At the beginning, when it is longer than a line, it
// may be the whole code with its line ends lost, or was meant to be.
func (s *entry) wholeOrRefused(text string, refusal error) (reading codec.Reading, done bool) {
	const longLine = 50 // characters of a full line with its spaces, and one too many
	if len(s.lines) == 0 && len(text) > longLine {
		reading, err := codec.Decode(text, s.Kinds...)
		if err == nil {
			return s.complete(reading)
		}
		if isProblem(refusal, codec.WrongLength) && !isProblem(err, codec.Empty) {
			refusal = err
		}
	}
	s.say(refusal.Error())
	return codec.Reading{}, false
}

func isProblem(err error, problems ...codec.Problem) bool {
	var e *codec.Error
	return errors.As(err, &e) && slices.Contains(problems, e.Problem)
}

// finish joins the lines once the last one is there. When they don't make a code, one of them has
// to be mended.
func (s *entry) finish() (reading codec.Reading, done bool) {
	s.save()
	reading, err := codec.JoinLines(s.codecLines())
	if err == nil {
		return reading, true
	}
	s.at = 0
	s.say(err.Error())
	s.list()
	s.askWhich()
	return codec.Reading{}, false
}

func (s *entry) codecLines() []codec.Line {
	var lines []codec.Line
	for _, l := range s.lines {
		lines = append(lines, l.Line)
	}
	return lines
}

// complete ends the entry with a code that came as a whole, and keeps it as it is printed. What is
// too long to be typed is not kept.
func (s *entry) complete(reading codec.Reading) (codec.Reading, bool) {
	if s.Draft == nil || s.Check != nil && s.Check(reading.Kind) != nil {
		return reading, true
	}
	if code, err := codec.Encode(reading.Kind, reading.Body); err == nil && code.Lines() != nil {
		s.Draft.Save(code.Lines())
	}
	return reading, true
}

// save keeps what was accepted at once, not only when the entry is interrupted: a program may be
// killed.
func (s *entry) save() {
	if s.Draft == nil {
		return
	}
	var typed []string
	for _, l := range s.lines {
		typed = append(typed, l.typed)
	}
	s.Draft.Save(typed)
}

// resume takes the lines of the draft, up to the first that doesn't fit.
func (s *entry) resume() {
	if s.Draft == nil {
		return
	}
	for _, text := range s.Draft.Load() {
		candidates, err := codec.ParseLine(text, s.at, s.Kinds...)
		if err != nil {
			break
		}
		line, problem := s.fitting(candidates)
		if problem != "" {
			break
		}
		s.lines = append(s.lines, entered{text, line})
		if s.at = s.following(); s.at == 0 {
			break
		}
	}
	if len(s.lines) == 0 {
		return
	}
	s.say(`Kept from the last time ("0" starts over):`)
	s.list()
	if s.at == 0 {
		s.offer()
	}
}

// offer asks whether the complete code of the last time is the one that is meant, unless its lines
// don't make a code.
func (s *entry) offer() {
	if _, err := codec.JoinLines(s.codecLines()); err != nil {
		s.say(err.Error())
		s.askWhich()
		return
	}
	s.kept = true
	s.say("It is complete. Press Enter to use it, or type line 1 of another code.")
}

// useOrReplace takes the word on a complete code of the last time: an empty line uses it, and the
// first line of a code takes its place.
func (s *entry) useOrReplace(text string) (reading codec.Reading, done bool) {
	if text == "" {
		return s.finish()
	}
	before := s.lines
	s.lines, s.at, s.kept = nil, 1, false
	reading, done = s.accept(text)
	if !done && len(s.lines) == 0 {
		s.lines, s.at, s.kept = before, 0, true
	}
	return reading, done
}

// isPaste says whether a text holds the mark of a paste form, such as "TS1A:".
func isPaste(text string) bool {
	const lower = 'a' - 'A'
	for i := 4; i < len(text); i++ {
		t, s, version, kind := text[i-4]|lower, text[i-3]|lower, text[i-2], text[i-1]|lower
		if text[i] == ':' && t == 't' && s == 's' && '0' <= version && version <= '9' && 'a' <= kind && kind <= 'z' {
			return true
		}
	}
	return false
}

// A folded paste is a paste form that was folded into lines on its way, as far as it has arrived.
type folded struct {
	parts   []string
	longest int // bytes in the longest part
	tries   int // how often the digest disagreed
}

// mostTries bounds the work that a paste without end can cause. An honest one needs two tries, the
// first part's and the last one's.
const mostTries = 64

// paste takes the paste form or its first part.
func (s *entry) paste(text string) (reading codec.Reading, done bool) {
	reading, err := codec.Decode(text, s.Kinds...)
	if err == nil {
		return s.complete(reading)
	}
	if !mayGoOn(err) {
		s.say(err.Error())
		return codec.Reading{}, false
	}
	s.say("This is not all of the code. Paste the rest; an empty line ends it.")
	s.held = &folded{parts: []string{text}, longest: len(text)}
	return codec.Reading{}, false
}

// more takes another part of a folded paste. Its digest says when it is complete, and is asked only
// when a part is shorter than the others, as the last one is but for chance, and at the empty line
// after it: to ask each time would take a long paste seconds.
func (s *entry) more(text string) (reading codec.Reading, done bool) {
	h := s.held
	h.parts = append(h.parts, text)
	if text != "" && len(text) >= h.longest {
		h.longest = len(text)
		return codec.Reading{}, false
	}
	reading, err := codec.Decode(strings.Join(h.parts, "\n"), s.Kinds...)
	if err == nil {
		return s.complete(reading)
	}
	if h.tries++; text == "" || h.tries >= mostTries {
		s.sayf("%v; it was dropped", err)
		s.held = nil
	}
	return codec.Reading{}, false
}

// mayGoOn says whether what is wrong with a paste may be that its end is missing.
func mayGoOn(err error) bool {
	return isProblem(err, codec.Damaged, codec.WrongLength, codec.Missing, codec.Unreadable, codec.Empty)
}
