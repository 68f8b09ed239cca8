package resolve

// The IDs of what the device's program meets.
const (
	SetBackHolding   = "set-back-holding"
	SetBackOpen      = "set-back-open"
	SetBackInstalled = "set-back-installed"
	TrustBehind      = "trust-behind"
	NotInstalled     = "not-installed"
	NumbersUsedUp    = "numbers-used-up"
	SignerUntrusted  = "signer-untrusted"
	Refused          = "authorization-refused"
	TermEnded        = "term-ended"
	ConfirmationLost = "confirmation-lost"
	ReturnLost       = "return-lost"
	CancellationLost = "cancellation-lost"
	ReportLost       = "report-lost"
	RequestLost      = "request-lost"
	StateLost        = "state-lost"
)

var deviceRows = []row{
	{SetBackHolding, "The record was put back to before a return",
		"A return or cancellation code of this device is at hand, and the device holds licenses that it gave up by it.",
		"The licenses may be in use elsewhere. What the device holds now is in no books.",
		[]line{{Operator, "tally-device return", "it gives up again what it gave up before"}, toOfficer}},
	{SetBackOpen, "The record was put back to before a cancellation",
		"A return or cancellation code of this device is at hand, and the device would still install what it made unusable by it.",
		"The device holds nothing that it should not hold, but it could install it.",
		[]line{{Operator, "tally-device cancel --through NUMBER", "it makes them unusable again"}, toOfficer}},
	{SetBackInstalled, "The record was put back to before an installation",
		"A confirmation code or a status report of this device is at hand that is newer than its record.",
		"The officer knows what was installed then, and keeps it reserved. The device has forgotten it.",
		[]line{{Officer, "tally-issuer reprint --device UDI --number NUMBER", "that authorization once more"},
			{Operator, "tally-device install CODE", "the confirmation is the same as before"}}},
	{TrustBehind, "The trust root or the catalog is too old for the authorization",
		"`tally-device install CODE` ends with exit status 6: trust-too-old or catalog-too-old.",
		"The authorization is good. The device has to take the issuer's newest trust bundle first.",
		[]line{{Officer, "tally-issuer trust publish --out FILE", "writes the bundle, which is carried to the device"},
			{Operator, "tally-device trust update FILE", ""}, {Operator, "tally-device install @CODE", ""}}},
	{NotInstalled, "An authorization was not installed",
		"An authorization code for this device is at hand, and the device does not hold what it grants.",
		"It is good, and installing it replaces what is installed.",
		[]line{{Operator, "tally-device install @CODE", "prints the confirmation code"},
			{Officer, "tally-issuer receive CODE", ""}}},
	{NumbersUsedUp, "The identity has used up its numbers",
		"`tally-device cancel` ends with numbers-exhausted, exit status 10, or the officer's `tally-issuer authorize` does.",
		"What is installed stays. For anything new the device needs another identity.",
		[]line{{Operator, "tally-device return", "everything is given up"}, {Officer, "tally-issuer receive CODE", ""},
			{Operator, "tally-device init --product PID --serial SN --state DIR --trust FILE", "another identity, in an empty directory"},
			{Operator, "tally-device request --state DIR", ""}, toOfficer}},
	{SignerUntrusted, "A key that signed what is installed is compromised",
		"`tally-device status` says that the signer is not trusted any more, and how many hours are left.",
		"What is installed works until the hours are over. Only another authorization helps.",
		[]line{{Operator, "tally-device report", ""}, toOfficer}},
	{Refused, "The authorization at hand is refused",
		"`tally-device install CODE` ends with exit status 5 (for another device, or for a former identity of this one), 6 (another issuer, " +
			"training, a key out of force, a signature that does not hold) or 7 (everything in it has ended).",
		"It will never be installed here. Whether there is another one, the officer knows.",
		[]line{{Operator, "tally-device report", "tells the officer where this device stands"}, toOfficer}},
	{TermEnded, "What is installed has ended",
		"`tally-device status` shows Grace, Restricted or Expired.",
		"Nothing is to be given back first: another authorization replaces what is installed.",
		[]line{{Operator, "tally-device report", ""}, toOfficer}},
	{ConfirmationLost, "Installed, and the confirmation code may be lost",
		"The device holds licenses; the officer still has them in transit.",
		"The confirmation code can be shown at any time, and taking it twice does no harm.",
		[]line{{Operator, "tally-device confirmation", "prints it again"}, {Officer, "tally-issuer receive CODE", ""}}},
	{ReturnLost, "Returned, and the return code may be lost",
		"The device holds nothing any more; the officer still has licenses reserved for it.",
		"The return code can be shown at any time, and taking it twice does no harm.",
		[]line{{Operator, "tally-device confirmation", "prints it again"}, {Officer, "tally-issuer receive CODE", ""}}},
	{CancellationLost, "Canceled, and the code may be lost",
		"The device will not install an authorization that the officer still counts.",
		"The code can be shown at any time, and taking it twice does no harm.",
		[]line{{Operator, "tally-device confirmation", "prints it again"}, {Officer, "tally-issuer receive CODE", ""}}},
	{ReportLost, "Canceled while something is installed, and the report may be lost",
		"The device holds licenses and will not install an authorization that the officer still counts.",
		"Only a signed status report says both. It can be printed at any time.",
		[]line{{Operator, "tally-device report", ""}, {Officer, "tally-issuer receive CODE", ""}}},
	{RequestLost, "Nothing was ever installed",
		"The request code was not carried, or no authorization that fits came back.",
		"The request code is the same each time; if it was answered before, the answer is there.",
		[]line{{Operator, "tally-device request", ""}, toOfficer}},
	{StateLost, "The device's record is gone or damaged",
		"Every verb of tally-device ends with exit status 12.",
		"What was installed is lost with it, and the officer still has it reserved. An older copy must not be put in its place.",
		[]line{{Operator, "tally-device init --product PID --serial SN --state DIR --trust FILE", "another identity, in an empty directory"},
			{Operator, "tally-device request --state DIR", ""}, toOfficer}},
}
