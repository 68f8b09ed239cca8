package ledger

import (
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tallystick/keys"
	"tallystick/reserve"
)

// Origin returns the name that the log had when it held size entries: the first line of its
// checkpoints (C2SP tlog-checkpoint), and the name of the keys that sign them. A recovery begins a
// new one, so that no log ever signs two histories.
func (tx *Tx) Origin(size uint32) (string, error) {
	var recoveries int
	_, err := tx.one("SELECT count(*) FROM recovery WHERE sequence <= $1", []any{size}, &recoveries)
	return originOf(tx.l.id, recoveries), err
}

func originOf(ledger [16]byte, recoveries int) string {
	return fmt.Sprintf("tallystick/%s/%d", hex.EncodeToString(ledger[:]), recoveries+1)
}

// Text returns the unsigned text of a checkpoint of a log.
func (t Tree) Text(origin string) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin, t.Size, tlog.Hash(t.Root))
}

// seal signs the tree as it is now with the log key.
func (tx *Tx) seal(log keys.PrivateKey) error {
	t, err := tx.Tree()
	if err != nil {
		return err
	}
	origin, err := tx.Origin(t.Size)
	if err != nil {
		return err
	}
	verifier, err := noteVerifier(origin, log.Public())
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: t.Text(origin)}, noteSigner{verifier, log})
	if err != nil {
		return err
	}
	return tx.execOne("checkpoint", "INSERT INTO checkpoint (size, note) VALUES ($1, $2)", t.Size, string(signed))
}

// Checkpoint returns the newest signed checkpoint, a signed note (C2SP tlog-checkpoint), and the
// tree it is about. Entries that came after it are covered by the next. The refusal is
// LedgerDamaged.
func (tx *Tx) Checkpoint() (t Tree, signed []byte, err error) {
	var size uint32
	found, err := tx.one("SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1", nil, &size, &signed)
	if err == nil && !found {
		err = tx.damaged("it has no checkpoint")
	}
	if err != nil {
		return Tree{}, nil, err
	}
	t, err = tx.OpenCheckpoint(signed)
	if err != nil || t.Size != size {
		return Tree{}, nil, tx.damaged("the checkpoint of %d entries: %v", size, err)
	}
	return t, signed, nil
}

// OpenCheckpoint verifies a checkpoint that this ledger signed, now or earlier. Whether the journal
// still is what it says, TreeAt tells. Refusals are Malformed and BadSignature.
func (tx *Tx) OpenCheckpoint(signed []byte) (Tree, error) {
	t, origin, err := ParseTree(signed)
	if err != nil {
		return Tree{}, err
	}
	if want, err := tx.Origin(t.Size); err != nil {
		return Tree{}, err
	} else if origin != want {
		return Tree{}, reserve.Refuse(reserve.Malformed, "the checkpoint is of log %q, not of %q", clip(origin), want)
	}
	listed, err := tx.LogKeys()
	if err != nil {
		return Tree{}, err
	}
	_, _, err = (&logKeys{listed: listed}).open(signed)
	return t, err
}

// logKeys verify checkpoints, whose first line is the name of the key.
type logKeys struct {
	listed    []keys.PublicKey
	origin    string // that verifiers are for
	verifiers []note.Verifier
}

// open verifies a checkpoint. Refusals are Malformed and BadSignature.
func (l *logKeys) open(signed []byte) (t Tree, origin string, err error) {
	if t, origin, err = ParseTree(signed); err != nil {
		return Tree{}, "", err
	}
	if origin != l.origin {
		l.origin, l.verifiers = origin, nil
		for _, k := range l.listed {
			v, err := noteVerifier(origin, k)
			if err != nil {
				return Tree{}, "", reserve.Refuse(reserve.Malformed, "%q can't be the name of a log", clip(origin))
			}
			l.verifiers = append(l.verifiers, v)
		}
	}
	if _, err := note.Open(signed, note.VerifierList(l.verifiers...)); err != nil {
		return Tree{}, "", reserve.Refuse(reserve.BadSignature, "checkpoint of %d entries: no key of this issuer's log signed it", t.Size)
	}
	return t, origin, nil
}

// MaxCheckpoint bounds a checkpoint with its signatures, in bytes.
const MaxCheckpoint = 4096

// ParseTree reads the text of a checkpoint, whatever signatures follow, and verifies nothing. The
// refusal is Malformed.
func ParseTree(text []byte) (t Tree, origin string, err error) {
	refused := reserve.Refuse(reserve.Malformed, "this is not a checkpoint: three lines that name a log, its size and its root hash")
	if len(text) > MaxCheckpoint {
		return Tree{}, "", refused
	}
	lines := strings.SplitN(string(text), "\n", 4)
	if len(lines) != 4 || lines[0] == "" {
		return Tree{}, "", refused
	}
	size, err := strconv.ParseUint(lines[1], 10, 32)
	if err != nil || size == 0 {
		return Tree{}, "", refused
	}
	root, err := tlog.ParseHash(lines[2])
	t = Tree{uint32(size), root}
	if err != nil || !strings.HasPrefix(string(text), t.Text(lines[0])) || (lines[3] != "" && lines[3][0] != '\n') {
		return Tree{}, "", refused
	}
	return t, lines[0], nil
}

// LogKeys returns the keys that the newest trust root lists for checkpoints, retired ones too, but
// none marked compromised.
func (tx *Tx) LogKeys() ([]keys.PublicKey, error) {
	t, err := tx.Trust()
	if err != nil {
		return nil, err
	}
	var out []keys.PublicKey
	for _, k := range t.Root().Keys() {
		if k.Roles.Has(keys.RoleLog) && k.Status != keys.Compromised {
			out = append(out, k.Public)
		}
	}
	return out, nil
}

// noteVerifier makes the verifier that C2SP signed-note gives a key under a name.
func noteVerifier(name string, k keys.PublicKey) (note.Verifier, error) {
	text, err := note.NewEd25519VerifierKey(name, ed25519.PublicKey(k.Bytes()))
	if err != nil {
		return nil, err
	}
	return note.NewVerifier(text)
}

// A noteSigner is the other half of a verifier.
type noteSigner struct {
	note.Verifier
	key keys.PrivateKey
}

func (s noteSigner) Sign(text []byte) ([]byte, error) { return s.key.SignNote(text) }
