package journal

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"tallystick/keys"
	"tallystick/reserve"
)

// Origin returns the name of a ledger's log after so many recoveries: the first line of its
// checkpoints (C2SP tlog-checkpoint), and the name of the keys that sign them.
func Origin(ledger [16]byte, recoveries int) string {
	return fmt.Sprintf("tallystick/%s/%d", hex.EncodeToString(ledger[:]), recoveries+1)
}

// isOrigin reports whether a text is what Origin returns.
func isOrigin(text string) bool {
	parts := strings.Split(text, "/")
	if len(parts) != 3 {
		return false
	}
	id, err := hex.DecodeString(parts[1])
	epoch, err2 := strconv.ParseUint(parts[2], 10, 32)
	return err == nil && err2 == nil && epoch > 0 && len(id) == 16 && text == fmt.Sprintf("tallystick/%x/%d", id, epoch)
}

// SignCheckpoint signs a tree with the log key, as a signed note (C2SP tlog-checkpoint).
func SignCheckpoint(t Tree, origin string, log keys.PrivateKey) ([]byte, error) {
	verifier, err := noteVerifier(origin, log.Public())
	if err != nil {
		return nil, err
	}
	return note.Sign(&note.Note{Text: t.Text(origin)}, noteSigner{verifier, log})
}

// Signers are the public keys that a trust gives a part in the journal. Open may be called by one
// goroutine at a time.
type Signers struct {
	Officers map[keys.Fingerprint]keys.PublicKey // of all trust roots: an entry stays signed
	Roles    map[keys.Fingerprint]keys.Role      // that they had in any of them
	log      []keys.PublicKey
	origin   string // that verifiers are for
	verify   []note.Verifier
}

// SignersOf returns the signers of a trust. For checkpoints these are the keys that ever had the role
// for it and are not marked compromised.
func SignersOf(t reserve.Trust) *Signers {
	s := EverSigners(t)
	s.log = slices.DeleteFunc(s.log, func(public keys.PublicKey) bool {
		return slices.ContainsFunc(t.Root().Keys(), func(k keys.Key) bool { return k.Public == public && k.Status == keys.Compromised })
	})
	return s
}

// EverSigners is SignersOf with the keys that were marked compromised since, for checkpoints whose
// place in the journal shows when they were made.
func EverSigners(t reserve.Trust) *Signers {
	s := &Signers{Officers: map[keys.Fingerprint]keys.PublicKey{}, Roles: map[keys.Fingerprint]keys.Role{}}
	for _, root := range t.Roots().Roots() {
		for _, k := range root.Keys() {
			name := k.Public.Fingerprint()
			s.Officers[name] = k.Public
			s.Roles[name] |= k.Roles
			if k.Roles.Has(keys.RoleLog) && k.Public.Suite() == keys.Ed25519 && !slices.Contains(s.log, k.Public) {
				s.log = append(s.log, k.Public)
			}
		}
	}
	return s
}

// Clone returns a copy for another goroutine.
func (s *Signers) Clone() *Signers { return &Signers{Officers: s.Officers, Roles: s.Roles, log: s.log} }

// Open verifies a checkpoint, and returns the tree and the name of the log. Refusals are Malformed
// and BadSignature.
func (s *Signers) Open(signed []byte) (t Tree, origin string, err error) {
	if t, origin, err = ParseTree(signed); err != nil {
		return Tree{}, "", err
	}
	if origin != s.origin {
		s.origin, s.verify = origin, nil
		for _, k := range s.log {
			v, err := noteVerifier(origin, k)
			if err != nil {
				return Tree{}, "", badOrigin(origin)
			}
			s.verify = append(s.verify, v)
		}
	}
	opened, err := note.Open(signed, note.VerifierList(s.verify...))
	if err != nil || opened.Text != t.Text(origin) || !isStrict(signed[len(opened.Text)+1:]) {
		return Tree{}, "", reserve.Refuse(reserve.BadSignature, "checkpoint of %d entries: no key of this issuer's log signed it", t.Size)
	}
	return t, origin, nil
}

// isStrict reports whether the signatures of a note are in the one base64 that they have; package
// note lets others pass.
func isStrict(lines []byte) bool {
	for line := range strings.Lines(string(lines)) {
		encoded := line[strings.LastIndexByte(line, ' ')+1:]
		if _, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSuffix(encoded, "\n")); err != nil {
			return false
		}
	}
	return true
}

// Keys returns the keys that verify the checkpoints of a log, as C2SP signed-note writes them, for
// other tools. The refusal is Malformed, for what can't be the name of a key.
func (s *Signers) Keys(origin string) (out []string, err error) {
	for _, k := range s.log {
		text, err := note.NewEd25519VerifierKey(origin, ed25519.PublicKey(k.Bytes()))
		if err == nil {
			_, err = note.NewVerifier(text)
		}
		if err != nil {
			return nil, badOrigin(origin)
		}
		out = append(out, text)
	}
	return out, nil
}

func badOrigin(origin string) error {
	return reserve.Refuse(reserve.Malformed, "%q can't be the name of a log", clip(origin))
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
