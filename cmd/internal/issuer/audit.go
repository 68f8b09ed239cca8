package issuer

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"tallystick/cmd/internal/journal"
	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// OpenBooks opens a ledger file alone, such as a copy that an auditor was given, for reading. There
// is no keyring with it. Its refusals are those of Open.
func OpenBooks(file string, w World) (*Issuer, error) {
	l, err := ledger.OpenReadOnly(file)
	if err != nil {
		return nil, err
	}
	return &Issuer{world: w, ledger: l}, nil
}

// An Audit is what the books are held against.
type Audit struct {
	Trust      reserve.Trust // that the auditor has; zero: the ledger's own trust roots count
	Checkpoint []byte        // one that was kept, signed or as it was printed; nil for none
	Name       string        // of the checkpoint, for people
}

// Audited is what an audit found.
type Audited struct {
	ledger.Findings
	Checkpoint ledger.Tree // that was given
	Signed     bool        // a key of the log had signed it
	Anchor     ledger.Tree // of these books on this machine; zero when there is none

	DamagedAnchor string // its file, when it can't be read as one
}

// Audit verifies the books with public keys alone, and compares them with what was kept: see
// ledger.Audit. Differences are no error. Refusals are Malformed and BadSignature, of the checkpoint
// given, and those of reading the ledger.
func (is *Issuer) Audit(ctx context.Context, a Audit, progress func(ledger.Progress)) (done Audited, err error) {
	evidence := ledger.Evidence{Trust: a.Trust}
	// Before the books are looked at: meanwhile others may write, and the anchor go on.
	last, err := is.anchor()
	if err != nil {
		return done, err
	}
	kept := ledger.Kept{Name: fmt.Sprintf("the anchor %q", last.path), Origin: last.origin, Tree: last.tree}
	switch {
	case last.found:
		done.Anchor = last.tree
		evidence.Kept = append(evidence.Kept, kept)
	case last.other != "":
		kept.Origin = last.other
		evidence.Kept = append(evidence.Kept, kept)
	case last.damaged:
		done.DamagedAnchor = last.path
	}
	if a.Checkpoint != nil {
		kept, err := is.openKept(ctx, a, &done)
		if err != nil {
			return done, err
		}
		evidence.Kept = append(evidence.Kept, kept)
	}
	done.Findings, err = is.ledger.Audit(ctx, evidence, progress)
	return done, err
}

// openKept reads the checkpoint that was given. One that is signed has to verify, or it may be any.
func (is *Issuer) openKept(ctx context.Context, a Audit, done *Audited) (k ledger.Kept, err error) {
	text := pasted(a.Checkpoint)
	k.Name = fmt.Sprintf("the checkpoint %q", a.Name)
	if k.Tree, k.Origin, err = journal.ParseTree(text); err != nil {
		return k, err
	}
	done.Checkpoint = k.Tree
	trust := a.Trust
	if trust.IsZero() {
		if trust, err = is.Trust(ctx); reasonOf(err) == reserve.LedgerDamaged {
			return k, nil // nobody can tell who signed it, and the audit tells about the roots
		} else if err != nil {
			return k, err
		}
	}
	if done.Signed = bytes.Contains(text, []byte("\n\n")); done.Signed {
		_, _, err = journal.SignersOf(trust).Open(text)
	}
	return k, err
}

// pasted undoes what editors and typing do to the text of a checkpoint: other line ends, spaces
// around a line, blank lines around the text, none at its end.
func pasted(text []byte) []byte {
	if len(text) > journal.MaxCheckpoint {
		return text
	}
	lines := strings.Split(strings.ReplaceAll(strings.TrimSpace(string(text)), "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return []byte(strings.Join(lines, "\n") + "\n")
}
