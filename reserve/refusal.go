package reserve

import "fmt"

// A Reason is the stable identifier of a refusal. Scripts branch on it (it is the "id" of a JSON
// error), so a reason is added, never renamed. Each has one exit status and one hint, kept where
// people meet them: in the command line programs.
type Reason string

// The reasons, grouped by what the person has to do about them.
const (
	// The code is of another kind than the verb takes, or is newer than this program.
	WrongKind   Reason = "code-kind"
	Unsupported Reason = "code-unsupported"
	Malformed   Reason = "code-malformed" // reads and its digest holds, but it is not a valid message

	// The code is for somebody else.
	WrongDevice   Reason = "wrong-device"
	UnknownDevice Reason = "unknown-device"

	// The code or the bundle can't be trusted.
	UnknownIssuer    Reason = "unknown-issuer"
	TrainingCode     Reason = "training-code"
	BadSignature     Reason = "bad-signature"
	KeyRetired       Reason = "key-retired"
	KeyCompromised   Reason = "key-compromised"
	ThresholdNotMet  Reason = "threshold-not-met"
	TrustTooOld      Reason = "trust-too-old"
	CatalogTooOld    Reason = "catalog-too-old"
	TrustMismatch    Reason = "trust-mismatch"
	FingerprintOther Reason = "fingerprint-mismatch"
	ReceiptMismatch  Reason = "receipt-mismatch"

	// The code came too late.
	Superseded           Reason = "superseded"
	AuthorizationExpired Reason = "authorization-expired"

	// There is nothing to act on.
	NothingInstalled Reason = "nothing-installed"
	NothingIssued    Reason = "nothing-issued"

	// The books don't cover it.
	PoolExhausted Reason = "pool-exhausted"
	LicenseEnded  Reason = "license-ended"

	// It is not permitted.
	ReservationOff   Reason = "reservation-off"
	ExportOff        Reason = "export-control-off"
	HoldingAccount   Reason = "holding-account"
	AccountClosed    Reason = "account-closed"
	NotEmpty         Reason = "account-not-empty"
	WrongAccount     Reason = "wrong-account"  // the device belongs to another one
	LicensingMode    Reason = "licensing-mode" // it runs on option keys, or on a reservation, not on both
	NotEligible      Reason = "not-eligible"   // the option key can't be converted
	AlreadyConverted Reason = "already-converted"
	NotEntitled      Reason = "not-entitled" // the product has no such entitlement
	RoleMissing      Reason = "role-missing"
	AlreadyInit      Reason = "already-initialized"
	AlreadyExists    Reason = "already-exists"
	DuplicateDevice  Reason = "duplicate-device" // the serial is enrolled with another identity
	NumbersExhausted Reason = "numbers-exhausted"
	OutOfRange       Reason = "out-of-range"
	OperationReused  Reason = "operation-reused" // the same --op with another wish
	DeviceWrittenOff Reason = "device-written-off"
	ReplacementHolds Reason = "replacement-holds" // what is to replace a device holds licenses of its own
	PolicyThreshold  Reason = "policy-threshold"  // too much would be in use twice

	// Something has to be looked at before anything moves.
	Suspect     Reason = "device-suspect"
	Quarantined Reason = "device-quarantined"
	Frozen      Reason = "ledger-frozen" // the books may be older than what was signed
	NothingLost Reason = "nothing-lost"  // there is nothing to recover

	// The durable record is not there or not whole.
	StateMissing   Reason = "state-missing"
	StateDamaged   Reason = "state-damaged"
	KeyringMissing Reason = "keyring-missing"
	KeyringDamaged Reason = "keyring-damaged"
	LedgerMissing  Reason = "ledger-missing"
	LedgerDamaged  Reason = "ledger-damaged"
	Busy           Reason = "busy"

	// It is not there, or it does not read.
	UnknownAccount     Reason = "unknown-account"
	UnknownLicense     Reason = "unknown-license"
	UnknownEntitlement Reason = "unknown-entitlement"
	UnknownProduct     Reason = "unknown-product"
	UnknownOptionKey   Reason = "unknown-option-key"
	InvalidName        Reason = "invalid-name"
	InvalidCatalog     Reason = "invalid-catalog"
)

// A Refusal is an error that a person or a script can act on: what was refused, and why. Every
// refusal of the packages reserve, reserve/device, the ledger and the issuer is a *Refusal, so
// errors.As finds it below any wrapping.
type Refusal struct {
	Reason Reason
	Text   string // lower case, no period; everything from outside is in %q
}

func (r *Refusal) Error() string { return r.Text }

// Is reports whether target is a refusal for the same reason, so that
// errors.Is(err, &Refusal{Reason: Superseded}) reads as it should.
func (r *Refusal) Is(target error) bool {
	other, ok := target.(*Refusal)
	return ok && other.Reason == r.Reason && (other.Text == "" || other.Text == r.Text)
}

// Refuse builds a refusal from a format and its arguments.
func Refuse(reason Reason, format string, args ...any) error {
	return &Refusal{Reason: reason, Text: fmt.Sprintf(format, args...)}
}
