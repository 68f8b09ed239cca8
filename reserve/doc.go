// Package reserve is the protocol of license reservation and its rules, for both sides: what the
// codes say, who may believe which, and what follows for a device and for the books. SPEC.md beside
// it has every byte and every step, THREATS.md who is trusted with what.
//
// It is pure: bytes come in and values go out, time and randomness are parameters, and nothing opens
// a file, asks a person or knows a terminal. Package device (reserve/device) keeps a device's side of
// it on a disk, package issuer (cmd/internal/issuer) an issuer's in a ledger.
//
// # The codes
//
// An [Identity] makes a [Request]. The officer answers with an [Authorization], made of a [Draft] by
// [SignAuthorization]: the whole of what the device is to hold, under a number that only grows. The
// device confirms or returns it with a [Receipt], a position on its hash chain, which proves itself
// against the request. A [Status] is the signed report of what is installed. [Kinds] has the numbers of
// all, [Inspect] says what any of them says.
//
// Reading is in two steps wherever a signature decides. [ParseAuthorization] gives an
// [UnverifiedAuthorization], which is good for being shown; [OpenAuthorization] verifies and gives an
// Authorization, and nothing else does. What a device obeys is its [Trust], the trust roots of one
// issuer and its [Catalog].
//
// # The two state machines
//
// An [Instance] is a device: [Unreserved] or [Reserved], each with the transitions that its state has.
// Install, Return and Cancel return the next state; whoever keeps it stores it before a code is shown.
// [Rights] is what an Instance allows, for a product that asks often.
//
// [Books] are what an issuer knows of one device: what it issued, and how far the device's codes prove
// it has come. Charge, what has to stay reserved, is for each license the most that any authorization
// could still give the device; Issue and Receive are the only ways on, [Books.WriteOff] and
// [Books.Rebase] for devices that failed and books that were put back. [Allocate] chooses the licenses
// that an authorization draws on.
//
// What is refused is a [Refusal] with a stable [Reason].
package reserve
