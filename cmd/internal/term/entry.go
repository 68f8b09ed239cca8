package term

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"tallystick/codec"
)

// MaxEntry is how many bytes one entry reads before it gives up, mistyped lines and all.
const MaxEntry = 256 << 10

// A DraftStore keeps the lines of an interrupted entry for the next try. It keeps them as typed,
// which is what a person may have to look at, and Entry checks them again. Keeping is a courtesy:
// a store that can't save says nothing.
type DraftStore interface {
	// Load returns the lines kept, nil when there are none.
	Load() []string
	// Save replaces the lines kept. None holds a line end.
	Save(lines []string)
	// Clear forgets them.
	Clear()
}

// Entry asks a person for a code, line by line, and checks each line as it is typed: what was
// mistyped is mended or named before the next line, while the eye is still there.
//
// At the prompt "line 3> " a person types the line, with or without its label, or
//
//   - the whole code, as lines or in the paste form, which may be folded;
//   - a line's number, to type that line again;
//   - "0", to start over;
//   - "?", for help and the lines so far, so that log messages on the console don't matter;
//   - Ctrl-C, to stop. What was accepted is kept and listed the next time.
//
// A complete code stays in the draft, too, until the caller has used it and clears the draft: what
// comes after the entry may fail, and nobody should have to type it all again. The next entry shows
// it, and takes it when the person presses Enter, or the first line of another code instead.
//
// What follows a code in the same paste is left to whoever reads the terminal next; Confirm and
// ReadSecret drop it.
type Entry struct {
	Terminal Terminal
	Kinds    []codec.Kind // all kinds that can be named, not only the one that is wanted
	What     string       // what is asked for: "authorization code"
	Draft    DraftStore   // nil: nothing is kept

	// Check, unless nil, is asked about the kind of the first line accepted. When it returns an
	// error, the person reads it and is asked for another line, five lines earlier than if the
	// whole code had to be complete. It is not asked about a code that comes as a whole.
	Check func(codec.Kind) error
}

// Read returns the code when it is complete and its digest agrees, and leaves it in the draft, which
// the caller clears once the code has served. Whether it is of the kind wanted is for the caller to
// see: a whole code is returned whatever its kind, and kept if Check agrees.
//
// The error is ErrInterrupted after Ctrl-C and when the terminal closes, with the lines accepted so
// far in the draft; a *codec.Error with the problem codec.TooLong after MaxEntry bytes;
// ErrNoTerminal; or what the terminal failed with.
func (e Entry) Read() (codec.Reading, error) {
	if e.Terminal == nil {
		return codec.Reading{}, fmt.Errorf("entering the %s: %w", e.What, ErrNoTerminal)
	}
	s := &entry{Entry: e, at: 1}
	s.printf("Enter the %s line by line (\"?\" for help).\n", e.What)
	s.resume()
	for read := 0; read <= MaxEntry; {
		text, err := s.Terminal.ReadLine(s.prompt())
		switch {
		case errors.Is(err, ErrLineTooLong):
			read += MaxLine
			s.say("That line is longer than a terminal takes. A code that long belongs in a file.")
			continue
		case err != nil:
			return codec.Reading{}, s.stopped(err)
		}
		read += len(text) + 1
		if reading, done := s.take(strings.TrimSpace(text)); done {
			return reading, nil
		}
	}
	return codec.Reading{}, &codec.Error{Problem: codec.TooLong}
}

// An entry is the state of one Entry.
type entry struct {
	Entry
	lines []entered // accepted, from line 1 on without gaps
	at    int       // the line asked for; 0 when all are there and one of them has to be mended
	held  *folded   // a paste that is not complete, nil when there is none
	kept  bool      // the lines are a complete code of the last time, to be used or replaced
}

// An entered line is one that was accepted. What else the typed text may mean, the codec's line
// knows itself.
type entered struct {
	typed string
	codec.Line
}

func (s *entry) prompt() string {
	switch {
	case s.held != nil:
		return "more> "
	case s.kept:
		return "press Enter> "
	case s.at == 0:
		return "mend line> "
	}
	return fmt.Sprintf("line %d> ", s.at)
}

// take acts on one line that was typed. It returns true with the code once that is complete.
func (s *entry) take(text string) (reading codec.Reading, done bool) {
	number, isNumber := lineNumber(text)
	switch {
	case text == "?":
		s.help()
	case s.held != nil:
		return s.more(text)
	case s.kept && !isNumber && !isPaste(text):
		return s.useOrReplace(text)
	case text == "":
		s.leave()
	case isPaste(text):
		return s.paste(text)
	case isNumber:
		s.goTo(number)
	default:
		return s.accept(text)
	}
	return codec.Reading{}, false
}

// leave lets a line that was to be mended stay as it is.
func (s *entry) leave() {
	mended := s.at
	s.at = s.following()
	if _, err := codec.JoinLines(s.codecLines()); mended != 0 && s.at == 0 && err == nil {
		s.offer()
	}
}

// lineNumber reads a line that is nothing but a line's number. A line of a code has ten characters
// or more.
func lineNumber(text string) (int, bool) {
	number, err := strconv.ParseUint(text, 10, 8)
	return int(number), err == nil && len(text) <= 2
}

// following returns the first line not there yet, or 0 when the last one is.
func (s *entry) following() int {
	if n := len(s.lines); n > 0 && s.lines[n-1].Last {
		return 0
	}
	return len(s.lines) + 1
}

func (s *entry) goTo(number int) {
	s.kept = false
	switch {
	case number == 0:
		s.say("Starting over.")
		s.lines, s.at = nil, 1
		if s.Draft != nil {
			s.Draft.Clear()
		}
	case number <= len(s.lines):
		s.at = number
		s.show(number)
		s.say("Type it again, or press Enter to leave it.")
	case number == s.following():
		s.at = number
	case s.following() == 0:
		s.sayf("The code has %d lines.", len(s.lines))
	default:
		s.sayf("Line %d is next.", s.following())
	}
}

// stopped ends an entry that the terminal ended.
func (s *entry) stopped(err error) error {
	if !errors.Is(err, io.EOF) && !errors.Is(err, ErrInterrupted) {
		return fmt.Errorf("entering the %s: %w", s.What, err)
	}
	switch n := len(s.lines); {
	case s.Draft == nil || n == 0:
	case n == 1:
		s.say("Stopped. One line is kept for the next time.")
	default:
		s.sayf("Stopped. %d lines are kept for the next time.", n)
	}
	return ErrInterrupted
}
