package cli

import "fmt"

// A Failure is an error as people and scripts meet it.
type Failure struct {
	ID      string `json:"id"`      // stable, finer than Exit
	Exit    int    `json:"exit"`    // the process's exit status
	Message string `json:"message"` // what failed, then why; lower case, no period
	Hint    string `json:"hint"`    // what to do about it; may be empty

	// Line and Group of a mistyped code, from 1; 0 when that isn't known.
	Line  int `json:"line,omitempty"`
	Group int `json:"group,omitempty"`
}

func (f *Failure) Error() string { return f.Message }

// IDs of failures that are found above the packages that have reasons of their own. Every ID has its
// row in the table of explanations.
const (
	IDFailed       = "failed"
	IDInternal     = "internal"
	IDUsage        = "usage"
	IDNoTerminal   = "no-terminal"
	IDNotConfirmed = "not-confirmed"
	IDInterrupted  = "interrupted"
	IDPassphrase   = "wrong-passphrase"
	IDNoPassphrase = "no-passphrase"
	IDSomeRows     = "rows-failed"
	IDDiskFull     = "disk-full"
	IDDiskReadOnly = "disk-read-only"
	IDDiskFailed   = "disk-failed"
	IDFileDenied   = "file-denied"
	IDNotApproved  = "not-approved"
)

// Fail returns a failure by its ID, whose row of the table gives exit status and hint. An ID without
// a row is a mistake in the program, and panics.
func Fail(id, format string, args ...any) error {
	row, ok := lookup(id)
	if !ok {
		panic(fmt.Sprintf("cli: no explanation for %q", id))
	}
	return &Failure{ID: id, Exit: row.exit, Message: fmt.Sprintf(format, args...)}
}

// Usage returns a usage error: exit status 2.
func Usage(format string, args ...any) error { return Fail(IDUsage, format, args...) }

// WithHint returns err with a hint that takes the place of the table's: the exact command, where the
// verb knows it. A nil err stays nil.
func WithHint(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return &hinted{err, fmt.Sprintf(format, args...)}
}

type hinted struct {
	err  error
	hint string
}

func (h *hinted) Error() string { return h.err.Error() }
func (h *hinted) Unwrap() error { return h.err }

// Status ends a program with an exit status after the verb printed its whole answer: check without
// a license, or a batch with failed rows. Nothing more is printed, and with --json the object given
// to Output.JSON stands. It is returned as it is: wrapped or joined with another error it is lost,
// since that error must be printed. Status(0) is nil.
func Status(exit int) error {
	if exit == ExitDone {
		return nil
	}
	return statusError(exit)
}

type statusError int

func (s statusError) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// statusOf returns the status that the verb asked for with Status.
func statusOf(err error) (int, bool) {
	s, ok := err.(statusError)
	return int(s), ok
}
