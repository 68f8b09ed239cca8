package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"tallystick/cmd/internal/term"
	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
)

// Names of the two programs, for which the hints differ.
const (
	deviceProgram = "tally-device"
	issuerProgram = "tally-issuer"
)

// An explanation is one row of the table that maps an ID to what people and scripts get.
type explanation struct {
	id    string // the "id" of a JSON error
	exit  int
	means string // what the ID says, for the man page
	hint  hint
}

// A hint says what to do, by program: an exact command where there is one. Empty is a decision: the
// message says it all.
type hint struct{ device, issuer string }

// same is a hint that is right in both programs; %s stands for the program's name.
func same(text string) hint { return hint{text, text} }

func (h hint) in(program string) string {
	text := h.device
	if program == issuerProgram {
		text = h.issuer
	}
	return strings.ReplaceAll(text, "%s", program)
}

// Explain maps any error to what the program says about it. It is the one place that does. An error
// that no row knows is "failed", exit status 1.
func Explain(err error, program string) Failure {
	var h *hinted
	f := explain(err)
	if f.Hint == "" {
		e, _ := lookup(f.ID)
		f.Hint = e.hint.in(program)
	}
	if errors.As(err, &h) {
		f.Hint = h.hint
	}
	f.Message = oneLine(quotedPath(err))
	if err == context.Canceled {
		f.Message = "interrupted"
	}
	f.Hint = oneLine(f.Hint)
	return f
}

// quotedPath returns the text of err with the file's name in quotes, which package os leaves raw: a
// name with spaces, or an empty one, would be lost in the sentence.
func quotedPath(err error) string {
	var path *fs.PathError
	if !errors.As(err, &path) {
		return err.Error()
	}
	return strings.Replace(err.Error(), path.Error(), fmt.Sprintf("%s %q: %v", path.Op, path.Path, path.Err), 1)
}

func explain(err error) Failure {
	var named *identified
	var failure *Failure
	var refusal *reserve.Refusal
	var code *codec.Error
	switch {
	case errors.As(err, &named):
		return row(named.id)
	case errors.As(err, &failure):
		return *failure
	case errors.Is(err, context.Canceled), errors.Is(err, term.ErrInterrupted):
		return row(IDInterrupted)
	case errors.As(err, &refusal):
		return row(string(refusal.Reason))
	case errors.As(err, &code):
		f := row(code.Problem.ID())
		f.Line, f.Group = code.Line, code.Group
		return f
	}
	for _, known := range slices.Concat(sentinels, diskErrors) {
		if errors.Is(err, known.err) {
			return row(known.id)
		}
	}
	return row(IDFailed)
}

// lookup finds an ID's row.
func lookup(id string) (explanation, bool) {
	for _, group := range explanations {
		for _, e := range group {
			if e.id == id {
				return e, true
			}
		}
	}
	return explanation{}, false
}

// row starts a failure from the table. An ID that a newer package added and the table lacks still
// reaches the script; a test keeps that from happening.
func row(id string) Failure {
	e, ok := lookup(id)
	if !ok {
		return Failure{ID: id, Exit: ExitFailed}
	}
	return Failure{ID: id, Exit: e.exit}
}

// A sentinel is an error that stands for an ID.
type sentinel struct {
	err error
	id  string
}

// sentinels are errors without an ID of their own, which reach a person only when no package above
// turned them into a refusal.
var sentinels = []sentinel{
	{term.ErrNoTerminal, IDNoTerminal},
	{term.ErrNotConfirmed, IDNotConfirmed},
	{term.ErrNoSecret, IDNoPassphrase},
	{term.ErrSecretTooLong, IDNoPassphrase},
	{term.ErrSecretTooShort, IDNoPassphrase},
	{term.ErrSecretsDiffer, IDNoPassphrase},
	{keys.ErrSignature, string(reserve.BadSignature)},
	{keys.ErrThreshold, string(reserve.ThresholdNotMet)},
	{keys.ErrUnsupported, string(reserve.Unsupported)},
	{keys.ErrUnsupportedSuite, string(reserve.Unsupported)},
	{keys.ErrRootOrder, string(reserve.TrustMismatch)},
	{fs.ErrPermission, IDFileDenied},
}

// oneLine joins the lines of a message, as errors.Join makes them.
func oneLine(s string) string {
	return strings.ReplaceAll(strings.TrimSpace(s), "\n", "; ")
}
