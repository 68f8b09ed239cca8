package cli

import (
	"fmt"
	"slices"
)

// A WarningID names a warning for scripts. It is stable, like the ID of an error; every one has its row
// in the table below.
type WarningID string

// The warnings.
const (
	WarnTraining      WarningID = "training-issuer"
	WarnClockBehind   WarningID = "clock-behind"
	WarnClockAhead    WarningID = "clock-ahead"
	WarnFrozen        WarningID = "ledger-frozen"
	WarnPassphrase    WarningID = "wrong-passphrase"
	WarnKeyLacking    WarningID = "key-lacking"
	WarnNotTrusted    WarningID = "signer-not-trusted"
	WarnUnverified    WarningID = "not-verifiable"
	WarnNoLastCode    WarningID = "last-code-left-out"
	WarnNotCounted    WarningID = "evaluation-not-counted"
	WarnReportsGone   WarningID = "reports-what-it-gave-up"
	WarnAlive         WarningID = "dead-device-alive"
	WarnNotCarried    WarningID = "not-carried-over"
	WarnNotRenewed    WarningID = "not-renewed"
	WarnPolicyLeft    WarningID = "policy-left"
	WarnRowRefused    WarningID = "row-refused"
	WarnCodeUnwritten WarningID = "code-not-written"
	WarnNoRoom        WarningID = "drawing-too-large"
	WarnLargePage     WarningID = "page-too-large"
)

// warningMeanings is the table of warnings; a man page prints those of its program.
var warningMeanings = []struct {
	id    WarningID
	of    string // the program; "" is both
	means string
}{
	{WarnTraining, "tally-device", "The issuer is for training: what it authorizes is for practice only."},
	{WarnClockBehind, "tally-issuer", "This machine's clock is behind the newest journal entry."},
	{WarnClockAhead, "tally-device", "The device's clock is ahead of the latest day that it was shown."},
	{WarnFrozen, "tally-issuer", "The ledger is frozen: it can be read, and nothing is issued or credited."},
	{WarnPassphrase, "tally-issuer", "What was typed is not the passphrase; it is asked for again."},
	{WarnKeyLacking, "tally-issuer", "The keyring has no private key for one that the trust root lists as active: it may be an older copy."},
	{WarnNotTrusted, "tally-device", "What is installed was signed with a key that is not trusted any more; it stays for the time of grace."},
	{WarnUnverified, "tally-device", "Nothing can be verified, since the record of this device can't be read."},
	{WarnNoLastCode, "tally-device", "The device's last code is left out, since it can't be computed."},
	{WarnNotCounted, "tally-device", "The time of evaluation can't be counted, so it can't be used."},
	{WarnReportsGone, "tally-issuer", "The device reports as installed what it gave up before: it may have been set back to an older state."},
	{WarnAlive, "tally-issuer", "A device that was written off runs: what it holds may be in use twice."},
	{WarnNotCarried, "tally-issuer", "A replacement does not get something that the failed device had."},
	{WarnNotRenewed, "tally-issuer", "A device was to be renewed and was not."},
	{WarnPolicyLeft, "tally-issuer", "An account was put below another one, and the policy of the former one does not count its failed devices any more."},
	{WarnRowRefused, "tally-issuer", "A row of a batch was refused."},
	{WarnCodeUnwritten, "tally-issuer", "An authorization is signed, but its code could not be written to its file; the same command again writes it."},
	{WarnLargePage, "tally-issuer", "An HTML page has more rows than many browsers can show."},
	{WarnNoRoom, "", "The QR code that was asked for does not fit the window."},
}

// A warning is a warning in a verb's JSON.
type warning struct {
	ID      WarningID `json:"id"`
	Message string    `json:"message"`
}

// Warn prints a warning on standard error: something the person should know, though it went on. The
// object of --json lists it as well, under "warnings". An ID without a row is a mistake in the program,
// and panics.
func (o *Output) Warn(id WarningID, format string, args ...any) {
	if !slices.ContainsFunc(Warnings(), func(m Message) bool { return m.ID == string(id) }) {
		panic(fmt.Sprintf("cli: no meaning for the warning %q", id))
	}
	text := o.placed(fmt.Sprintf(format, args...))
	o.warnings = append(o.warnings, warning{id, oneLine(text)})
	o.say("warning", format, args...)
}

// A Message is what is documented of an error or a warning.
type Message struct {
	ID    string
	Exit  int // of an error
	Means string
}

// Warnings returns all warnings, in the order of the man page.
func Warnings() []Message {
	var list []Message
	for _, w := range warningMeanings {
		list = append(list, Message{ID: string(w.id), Means: w.means})
	}
	return list
}

// Errors returns all errors, in the order of the man page.
func Errors() []Message {
	var list []Message
	for _, e := range slices.Concat(explanations...) {
		list = append(list, Message{e.id, e.exit, e.means})
	}
	return list
}
