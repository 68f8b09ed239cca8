package keys

import (
	"crypto/ed25519"
	"errors"
	"unicode/utf8"
)

// SignNote signs the text of a signed note (C2SP signed-note), which has no purpose label of ours.
// A key that does so should do nothing else (RoleLog); but no note can pass for anything else this
// package signs, since each of those messages has a zero byte after its label and no note has one.
// The error says that text is no note: valid UTF-8 without control characters but line ends, the
// last of which ends it. It panics for the zero PrivateKey.
func (k PrivateKey) SignNote(text []byte) ([]byte, error) {
	if k.reveal == nil {
		panic("keys: SignNote with the zero PrivateKey")
	}
	if err := checkNote(text); err != nil {
		return nil, err
	}
	return ed25519.Sign(k.reveal(), text), nil
}

// VerifyNote verifies a signature of SignNote. The error is ErrSignature, or says that text is no
// note.
func (k PublicKey) VerifyNote(sig, text []byte) error {
	if err := checkNote(text); err != nil {
		return err
	}
	if k.suite != Ed25519 || len(sig) != ed25519.SignatureSize || !ed25519.Verify([]byte(k.bytes), text, sig) {
		return ErrSignature
	}
	return nil
}

func checkNote(text []byte) error {
	if len(text) == 0 || text[len(text)-1] != '\n' || !utf8.Valid(text) {
		return errors.New("keys: a note is UTF-8 text that ends in a line end")
	}
	for _, c := range text {
		if c < ' ' && c != '\n' {
			return errors.New("keys: a note has no control characters")
		}
	}
	return nil
}
