package issuer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"time"

	"tallystick/cmd/internal/durable"
	"tallystick/cmd/internal/journal"
	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// The anchor is the size and root hash that the journal's tree had after the last change, in a file
// outside the home: what puts the home back to an older state leaves it where it is, and then it
// shows. Its text is that of a checkpoint, so that it can be compared with a printed one.

const anchorMode = 0o700

func anchorPath(dir, origin string) string {
	name := filepath.Base(filepath.Dir(filepath.FromSlash(origin))) // the ledger's ID; epochs share a file
	return filepath.Join(dir, name+".anchor")
}

// An anchor is what was read of one.
type anchor struct {
	path   string
	tree   ledger.Tree
	origin string
	found  bool // something of this ledger: else it tells no more than a missing one

	damaged bool   // it is there and can't be read as one
	other   string // the log that it is of, when that is another ledger's
}

// fault says why nothing was found.
func (a anchor) fault() string {
	switch {
	case a.damaged:
		return "is damaged"
	case a.other != "":
		return fmt.Sprintf("is another ledger's, of log %q", a.other)
	}
	return "is missing"
}

// anchor reads what was written down last.
func (is *Issuer) anchor() (anchor, error) {
	return readAnchor(anchorPath(is.world.AnchorDir, journal.Origin(is.ledger.ID(), 0)))
}

func readAnchor(file string) (a anchor, err error) {
	a.path = file
	data, err := readBegin(file, journal.MaxCheckpoint)
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err != nil {
		return a, fmt.Errorf("reading the anchor: %w", err)
	}
	tree, origin, err := journal.ParseTree(data)
	switch {
	case err != nil || epochOf(origin) > maxEpochs:
		a.damaged = true
	case anchorPath(filepath.Dir(file), origin) != file:
		a.other = origin
	default:
		a.tree, a.origin, a.found = tree, origin, true
	}
	return a, nil
}

// maxEpochs bounds what an anchor may make of the epochs: a damaged one must not cost many rows.
const maxEpochs = 1000

// epochOf returns the epoch of a log, from 1.
func epochOf(origin string) int {
	n, err := strconv.Atoi(path.Base(origin))
	if err != nil {
		return math.MaxInt
	}
	return n
}

// firstAnchor writes the anchor of a new ledger, before the home appears that it is to guard.
func firstAnchor(path, dir string) error {
	l, err := ledger.OpenReadOnly(path)
	if err != nil {
		return err
	}
	defer l.Close()
	return l.View(context.Background(), func(tx *ledger.Tx) error {
		d, err := prepareAnchor(tx, dir)
		if err != nil {
			return err
		}
		return d.publish(false)
	})
}

// Frozen refuses when the books may be older than what was signed: they are behind the anchor, it is
// missing, damaged or another ledger's, or a recovery is not finished. Nothing is issued until that is
// settled.
func (is *Issuer) Frozen(tx *ledger.Tx) error {
	if err := is.anchored(tx); err != nil {
		return err
	}
	_, open, err := tx.Recovery()
	if err == nil && open {
		err = reserve.Refuse(reserve.Frozen, "the ledger is frozen until its recovery is finished")
	}
	return err
}

// anchored refuses books that are not those of the anchor, or its continuation.
func (is *Issuer) anchored(tx *ledger.Tx) error {
	last, err := is.anchor()
	if err != nil {
		return err
	}
	err = last.holds(tx)
	if tx.Writable() || reasonOf(err) != reserve.Frozen {
		return err
	}
	return is.anchoredNow()
}

// anchoredNow looks at the books as they are now. A view that is behind the anchor may have begun
// before others committed, and moved the anchor on: only books that were opened after the anchor was
// read have to be those of the anchor.
func (is *Issuer) anchoredNow() error {
	last, err := is.anchor()
	if err != nil {
		return err
	}
	l, err := ledger.OpenReadOnly(is.ledger.Path())
	if err != nil {
		return err
	}
	defer l.Close()
	return l.View(context.Background(), last.holds)
}

// holds refuses books that did not grow from an anchor.
func (a anchor) holds(tx *ledger.Tx) error {
	size, _, err := tx.Head()
	switch {
	case err != nil:
		return err
	case !a.found:
		return reserve.Refuse(reserve.Frozen, "the ledger is frozen: the anchor %q %s, so nobody can tell whether these are the newest books", a.path, a.fault())
	case a.tree.Size > size:
		return reserve.Refuse(reserve.Frozen, "the ledger is frozen: it has %d journal entries where the anchor %q says %d: an older copy was put back", size, a.path, a.tree.Size)
	}
	if want, err := tx.Origin(a.tree.Size); err != nil {
		return err
	} else if a.origin != want {
		return reserve.Refuse(reserve.Frozen, "the ledger is frozen: the anchor %q is of log %q, these books were %q at that size", a.path, a.origin, want)
	}
	then, err := tx.TreeAt(a.tree.Size)
	if err != nil {
		return err
	}
	if then != a.tree {
		return reserve.Refuse(reserve.Frozen, "the ledger is frozen: its first %d journal entries are not those of the anchor %q: it is another history", a.tree.Size, a.path)
	}
	return nil
}

// A drop is an anchor that waits, beside the present one, for the commit it stands for. Whatever can
// fail about it fails before anything is committed, but for the last rename.
type drop struct {
	waiting, path string
	tree          ledger.Tree
}

// prepareAnchor writes the anchor for what tx will commit.
func prepareAnchor(tx *ledger.Tx, dir string) (drop, error) {
	t, err := tx.Tree()
	if err != nil {
		return drop{}, err
	}
	origin, err := tx.Origin(t.Size)
	if err != nil {
		return drop{}, err
	}
	if err := os.MkdirAll(dir, anchorMode); err != nil {
		return drop{}, fmt.Errorf("making the anchor's directory: %w", err)
	}
	f, err := os.CreateTemp(dir, waitingAnchor) // mode 0600
	if err != nil {
		return drop{}, fmt.Errorf("writing the anchor: %w", err)
	}
	d := drop{f.Name(), anchorPath(dir, origin), t}
	return d, durable.Fill(f, []byte(t.Text(origin)))
}

// staleAnchor is the age at which an anchor that waits belongs to a process that died.
const staleAnchor = time.Hour

// abandon takes away what waits for a commit that did not happen.
func (d drop) abandon() {
	if d.waiting != "" {
		_ = os.Remove(d.waiting)
	}
}

// publish puts the anchor in its place. Of two processes that commit one after the other, the later
// commit's stays, unless it is forced: a recovery leaves a longer history behind. In the instant between
// the look and the rename it may be set back by one commit, which is a weaker bound and never a wrong
// one.
func (d drop) publish(force bool) error {
	for _, left := range leftAnchors(filepath.Dir(d.path)) {
		_ = os.Remove(left)
	}
	present, err := readAnchor(d.path)
	if err == nil && present.found && present.tree.Size > d.tree.Size && !force {
		d.abandon()
		return nil
	}
	return durable.Rename(d.waiting, d.path)
}

const waitingAnchor = "anchor-*"

// leftAnchors returns anchors that waited for commits of processes that were killed.
func leftAnchors(dir string) (out []string) {
	names, _ := filepath.Glob(filepath.Join(dir, waitingAnchor)) // the pattern is right
	for _, name := range names {
		if info, err := os.Lstat(name); err == nil && time.Since(info.ModTime()) > staleAnchor {
			out = append(out, name)
		}
	}
	return out
}
