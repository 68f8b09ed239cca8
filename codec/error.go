package codec

import "fmt"

// A Problem is what is wrong with a text that should be a code: one for each thing that a person
// mends in another way.
type Problem int

const (
	// Empty: there is no code in the text.
	Empty Problem = iota + 1
	// BadCharacter: a character that codes do not use.
	BadCharacter
	// Unreadable: more is mistyped in a line than its check characters can mend.
	Unreadable
	// WrongLength: a line has more or fewer characters than it can have.
	WrongLength
	// OtherLine: a line stands where another line of the code was expected.
	OtherLine
	// OtherKind: a line belongs to another kind of code than the lines before it.
	OtherKind
	// Missing: a line is not there.
	Missing
	// Damaged: everything reads, but the digest over all of it does not match. Lines of two codes
	// are mixed, or a paste was cut or changed.
	Damaged
	// UnknownKind: a code of a kind that the caller did not name.
	UnknownKind
	// Version: a code of another version of the protocol.
	Version
	// TooLong: the text or the code is longer than is allowed.
	TooLong
)

var problems = [...]struct{ id, text string }{
	Empty:        {"code-empty", "no code found"},
	BadCharacter: {"code-character", "a character that codes do not use"},
	Unreadable:   {"code-mistyped", "a line can't be read"},
	WrongLength:  {"code-length", "a line has the wrong length"},
	OtherLine:    {"code-line-order", "a line stands in another line's place"},
	OtherKind:    {"code-mixed-kinds", "lines of two kinds of codes are mixed"},
	Missing:      {"code-incomplete", "a line is missing"},
	Damaged:      {"code-damaged", "the code is damaged"},
	UnknownKind:  {"code-unknown-kind", "a kind of code that is not known here"},
	Version:      {"code-version", "a code of another version"},
	TooLong:      {"code-too-long", "the code is too long"},
}

func (p Problem) known() bool { return p > 0 && int(p) < len(problems) }

// String returns a few words that name the problem.
func (p Problem) String() string {
	if !p.known() {
		return fmt.Sprintf("problem %d", int(p))
	}
	return problems[p].text
}

// ID returns the identifier that scripts branch on: "code-mistyped". It never changes.
func (p Problem) ID() string {
	if !p.known() {
		return ""
	}
	return problems[p].id
}

// An Error says what is wrong with a text that should be a code, and where. Decode, ParseLine,
// JoinLines and Fold return no other type.
type Error struct {
	Problem Problem
	Line    int  // the line it is about, from 1; 0 when that is not known
	Group   int  // the group in that line, from 1; 0 when that is not known
	Actual  int  // OtherLine: the line that stands there instead
	Rune    rune // BadCharacter: the character

	text string
}

// Error returns a whole sentence that names the line and the group.
func (e *Error) Error() string {
	if e.text == "" {
		return e.place() + e.Problem.String()
	}
	return e.text
}

// Is reports whether target is an Error with the same problem and no further particulars, so that
// errors.Is(err, &Error{Problem: Missing}) reads as it should.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && *other == Error{Problem: e.Problem}
}

// place returns "line 2, group 3: ", as much of it as is known.
func (e *Error) place() string {
	switch {
	case e.Line > 0 && e.Group > 0:
		return fmt.Sprintf("line %d, group %d: ", e.Line, e.Group)
	case e.Line > 0:
		return fmt.Sprintf("line %d: ", e.Line)
	case e.Group > 0:
		return fmt.Sprintf("group %d: ", e.Group)
	}
	return ""
}

func badCharacter(line, at int, r rune) *Error {
	e := &Error{Problem: BadCharacter, Line: line, Group: at/groupSize + 1, Rune: r}
	e.text = fmt.Sprintf("%s%q is not a character of codes", e.place(), r)
	return e
}

func otherLine(line, actual int) *Error {
	return &Error{Problem: OtherLine, Line: line, Actual: actual,
		text: fmt.Sprintf("this is line %d, line %d was expected", actual, line)}
}

// otherKind is about a line of the kind that is named, or of an unknown one when name is empty.
func otherKind(line int, name, first string) *Error {
	e := &Error{Problem: OtherKind, Line: line}
	e.text = fmt.Sprintf("line %d belongs to another kind of code", line)
	if name != "" {
		e.text += fmt.Sprintf(" (%s) than the lines before it (%s)", name, first)
	}
	return e
}

func missing(line int) *Error {
	return &Error{Problem: Missing, Line: line,
		text: fmt.Sprintf("the code is incomplete: line %d is missing", line)}
}

func damaged(line int, format string, args ...any) *Error {
	return &Error{Problem: Damaged, Line: line, text: fmt.Sprintf(format, args...)}
}

func afterLast(line, last int) *Error {
	return damaged(line, "there is a line %d, but line %d is the last of its code: lines of two codes "+
		"are mixed", line, last)
}

func tooLong(format string, args ...any) *Error {
	return &Error{Problem: TooLong, text: fmt.Sprintf(format, args...)}
}
