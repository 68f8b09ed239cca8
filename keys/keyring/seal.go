package keyring

import (
	"bytes"
	"crypto/fips140"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"filippo.io/age"
	"filippo.io/age/armor"

	"tallystick/keys"
)

// The work that scrypt does for one try at the passphrase, as the binary logarithm of its cost N.
// Each step doubles time and memory: 18 takes about a second and 256 MiB, 22 takes 4 GiB.
const (
	DefaultWork = 18
	MaxWork     = 22
)

// MaxSize is the size of the largest sealed ring that Open reads, in bytes.
const MaxSize = 1 << 20

// What Open and Seal refuse. What needs newer software matches keys.ErrUnsupported instead.
var (
	// ErrPassphrase says that the ring is whole and the passphrase is not the one it was sealed
	// with.
	ErrPassphrase = errors.New("wrong passphrase")

	// ErrNoPassphrase says that the passphrase is empty.
	ErrNoPassphrase = errors.New("passphrase is empty")

	// ErrNotApproved says that the program runs under GODEBUG=fips140=only, where age can't be used.
	ErrNotApproved = errors.New("age is not approved for GODEBUG=fips140=only")

	// ErrDamaged says that the bytes are not a keyring, or not as Seal wrote them. No passphrase
	// helps; a backup does.
	ErrDamaged = errors.New("keyring is damaged")
)

// The first line is magic, a version, a space and a checksum, in every version to come.
const (
	magic        = "tallystick keyring "
	checksumName = "TS1/keyring"
)

var version = strconv.Itoa(formatVersion)

// Seal encrypts the ring under a passphrase, whose bytes are taken as they are. logN is the work
// that each try at the passphrase takes: DefaultWork, or 1 to MaxWork. The result is text of
// about 400 bytes and 100 to 190 more for each key; because age chooses salt and key at random, it
// is different every time.
func (r Ring) Seal(passphrase []byte, logN int) ([]byte, error) {
	if logN < 1 || logN > MaxWork {
		return nil, fmt.Errorf("sealing keyring: work factor %d is not 1 to %d", logN, MaxWork)
	}
	if err := checkUse(passphrase); err != nil {
		return nil, fmt.Errorf("sealing keyring: %w", err)
	}
	sealed, err := encrypt(r.encode(), passphrase, logN)
	if err != nil {
		return nil, fmt.Errorf("sealing keyring: %w", err)
	}
	return append([]byte(firstLine(version, sealed)+"\n"), sealed...), nil
}

// Open decrypts a sealed ring. It reads at most MaxSize bytes and spends at most the work of
// MaxWork. The error matches ErrPassphrase, ErrNoPassphrase, ErrDamaged, keys.ErrUnsupported or
// ErrNotApproved.
func Open(data, passphrase []byte) (Ring, error) {
	if err := checkUse(passphrase); err != nil {
		return Ring{}, fmt.Errorf("opening keyring: %w", err)
	}
	sealed, err := checkFirstLine(data)
	if err != nil {
		return Ring{}, fmt.Errorf("opening keyring: %w", err)
	}
	plain, err := decrypt(sealed, passphrase)
	if err != nil {
		return Ring{}, fmt.Errorf("opening keyring: %w", err)
	}
	ring, err := decode(plain)
	if err != nil {
		return Ring{}, fmt.Errorf("opening keyring: %w", err)
	}
	return ring, nil
}

func checkUse(passphrase []byte) error {
	if fips140.Enforced() {
		return ErrNotApproved
	}
	if len(passphrase) == 0 {
		return ErrNoPassphrase
	}
	return nil
}

func firstLine(version string, sealed []byte) string {
	return fmt.Sprintf("%s%s %x", magic, version,
		keys.Digest(checksumName, []byte(version), sealed))
}

// checkFirstLine returns what follows the first line. The version counts only when the checksum,
// which covers it, holds: a damaged digit must not send anybody looking for newer software.
func checkFirstLine(data []byte) ([]byte, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrDamaged, len(data), MaxSize)
	}
	line, sealed, _ := bytes.Cut(data, []byte("\n"))
	rest, ok := bytes.CutPrefix(line, []byte(magic))
	if !ok {
		return nil, fmt.Errorf("%w: it does not begin with %q", ErrDamaged, magic)
	}
	v, _, _ := bytes.Cut(rest, []byte(" "))
	if string(line) != firstLine(string(v), sealed) {
		return nil, fmt.Errorf("%w: its checksum does not match", ErrDamaged)
	}
	if string(v) != version {
		return nil, fmt.Errorf("version %q: %w", v, keys.ErrUnsupported)
	}
	return sealed, nil
}

// encrypt can't fail: age refuses an empty passphrase alone, which checkUse did before, and a buffer
// takes everything.
func encrypt(plain, passphrase []byte, logN int) ([]byte, error) {
	recipient, err := age.NewScryptRecipient(string(passphrase))
	if err != nil {
		return nil, err
	}
	recipient.SetWorkFactor(logN)
	var sealed bytes.Buffer
	armored := armor.NewWriter(&sealed)
	w, err := age.Encrypt(armored, recipient)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if err := armored.Close(); err != nil {
		return nil, err
	}
	return sealed.Bytes(), nil
}

func decrypt(sealed, passphrase []byte) ([]byte, error) {
	identity, err := age.NewScryptIdentity(string(passphrase))
	if err != nil { // only for an empty passphrase, which checkUse refused
		return nil, err
	}
	identity.SetMaxWorkFactor(MaxWork)
	r, err := age.Decrypt(armor.NewReader(bytes.NewReader(sealed)), identity)
	var other *age.NoIdentityMatchError
	switch {
	case errors.As(err, &other) && slices.Equal(other.StanzaTypes, []string{"scrypt"}):
		return nil, ErrPassphrase
	case err != nil:
		return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxPlain+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	if len(plain) > maxPlain {
		return nil, fmt.Errorf("%w: more than %d bytes of content", ErrDamaged, maxPlain)
	}
	return plain, nil
}
