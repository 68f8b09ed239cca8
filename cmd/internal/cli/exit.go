package cli

// Exit statuses of both programs. Scripts branch on them: one is added, never changed, and none is
// 126 or above but 130, since shells use those.
const (
	ExitDone          = 0
	ExitFailed        = 1
	ExitUsage         = 2
	ExitMistyped      = 3
	ExitWrongKind     = 4
	ExitWrongDevice   = 5
	ExitTrust         = 6
	ExitSuperseded    = 7
	ExitNothing       = 8
	ExitPool          = 9
	ExitNotPermitted  = 10
	ExitQuarantined   = 11
	ExitDamaged       = 12
	ExitAwaiting      = 13
	ExitBusy          = 14
	ExitSomeRows      = 15
	ExitAuditMismatch = 16
	ExitPolicy        = 17
	ExitInterrupted   = 130
)

// An exitClass is one row of the table of exit statuses.
type exitClass struct {
	status int
	means  string
}

// exitClasses is the table that the man page prints.
var exitClasses = []exitClass{
	{ExitDone, "Done, or already done."},
	{ExitFailed, "Failed, and nothing below says why."},
	{ExitUsage, "The command line is wrong, or names something that does not exist."},
	{ExitMistyped, "The code is mistyped or damaged; the message names line and group."},
	{ExitWrongKind, "The wrong kind of code, or a version or feature that this program does not know."},
	{ExitWrongDevice, "Not for this device, or an unknown device."},
	{ExitTrust, "Signature or trust: unknown issuer, revoked key, training code in production, not enough signatures, wrong passphrase."},
	{ExitSuperseded, "Superseded: the authorization's number can no longer be used, or something newer is installed, or it has expired."},
	{ExitNothing, "Not licensed, or fewer than asked; nothing requested or nothing installed where the verb needs it; an alert that report alerts --check looked for. (status --format nagios uses 0 to 3 as Nagios does.)"},
	{ExitPool, "The pool is exhausted; the message says what is missing where."},
	{ExitNotPermitted, "Not permitted: role, account setting, holding account, or it exists already."},
	{ExitQuarantined, "The device is quarantined or suspect, or the ledger is frozen."},
	{ExitDamaged, "State, keyring or ledger is damaged or missing."},
	{ExitAwaiting, "Kept for a second officer's approval; this version has no verb that ends with it."},
	{ExitBusy, "Busy: another process holds it. Try again."},
	{ExitSomeRows, "Rows of a file are wrong or refused, or devices were not renewed; the answer says which."},
	{ExitAuditMismatch, "audit verify found a difference."},
	{ExitPolicy, "Refused by the account's policy on failed devices; the message says which limit, and what would make room."},
	{ExitInterrupted, "Interrupted."},
}
