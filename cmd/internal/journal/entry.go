package journal

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/tlog"

	"tallystick/keys"
	"tallystick/reserve"
)

// Bounds of an entry's fields, in bytes.
const (
	MaxBody    = 1 << 20
	maxKind    = 64
	maxActor   = 256
	maxSubject = 512
)

// An Entry is an event in the journal.
type Entry struct {
	Sequence  uint32           // 1, 2, 3 …
	Time      time.Time        // to the second
	Kind      string           // "authorize", "receive", …
	Actor     string           // an officer's key name or an operating system user
	Subject   string           // the UDI or account path it is about, for look-ups; may be empty
	Body      []byte           // JSON: everything that happened, codes and identities in full
	Content   [32]byte         // digest of everything the ledger got with this entry
	Previous  [32]byte         // Hash of the entry before it
	Signer    keys.Fingerprint // zero when nobody signed
	Signature []byte           // nil when nobody signed
	Hash      [32]byte         // of everything above, and the leaf of the Merkle tree
}

// BeforeFirst stands where the first entry's predecessor would, so that a journal can't be passed off
// as another ledger's.
func BeforeFirst(ledger [16]byte) [32]byte { return keys.Digest("TS1/ledger", ledger[:]) }

// Seal returns e with the signature, where there is a signer, and the hash.
func (e Entry) Seal(signer keys.PrivateKey) Entry {
	if !signer.IsZero() {
		e.Signer = signer.Public().Fingerprint()
		e.Signature = signer.Sign(keys.Entry, e.fields()...)
	}
	e.Hash = tlog.RecordHash(e.Record())
	return e
}

// Signed reports whether an officer signed the entry.
func (e Entry) Signed() bool { return len(e.Signature) > 0 }

// VerifySignature checks the officer's signature, if there is one, with the keys that count. The
// error says what is wrong.
func (e Entry) VerifySignature(officers map[keys.Fingerprint]keys.PublicKey) error {
	if !e.Signed() {
		return nil
	}
	key, listed := officers[e.Signer]
	if !listed {
		return fmt.Errorf("its signer, key %s, is in no trust root", e.Signer)
	}
	if key.Verify(keys.Entry, e.Signature, e.fields()...) != nil {
		return fmt.Errorf("the signature of key %s does not verify", e.Signer)
	}
	return nil
}

// Check bounds what the caller may say in an entry. Refusals are InvalidName and OutOfRange; a body
// that is not JSON is an error.
func (e Entry) Check() error {
	for _, text := range []struct {
		field, value string
		least, most  int
	}{{"kind", e.Kind, 1, maxKind}, {"actor", e.Actor, 1, maxActor}, {"subject", e.Subject, 0, maxSubject}} {
		s := text.value
		if len(s) < text.least || len(s) > text.most || !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			return reserve.Refuse(reserve.InvalidName, "%s %q: expected %d to %d bytes of UTF-8 without NUL", text.field, clip(s), text.least, text.most)
		}
	}
	if len(e.Body) > MaxBody {
		return reserve.Refuse(reserve.OutOfRange, "journal entry of %d bytes, at most %d", len(e.Body), MaxBody)
	}
	if !utf8.Valid(e.Body) || !json.Valid(e.Body) || len(e.Body) < 2 {
		return fmt.Errorf("journal: the body of an entry is not JSON")
	}
	return nil
}

// fields are what the officer signs.
func (e Entry) fields() [][]byte {
	return [][]byte{be64(uint64(e.Sequence)), e.Previous[:], be64(uint64(e.Time.Unix())),
		[]byte(e.Kind), []byte(e.Actor), []byte(e.Subject), e.SignerBytes(), e.Body, e.Content[:]}
}

// SignerBytes returns the signer's fingerprint, or nothing when nobody signed.
func (e Entry) SignerBytes() []byte {
	if e.Signer == (keys.Fingerprint{}) {
		return []byte{}
	}
	return e.Signer[:]
}

func be64(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }

// clip bounds text from outside before it enters a message.
func clip(s string) string {
	if len(s) > 100 {
		return s[:100] + "…"
	}
	return s
}
