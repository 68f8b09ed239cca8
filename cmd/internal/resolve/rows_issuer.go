package resolve

// The IDs of what the issuer's program meets.
const (
	LedgerFrozen        = "ledger-frozen"
	AnchorMissing       = "anchor-missing"
	RecoveryDevice      = "recovery-device"
	RecoveryWaive       = "recovery-waive"
	RecoveryImport      = "recovery-import"
	RecoveryEnroll      = "recovery-enroll"
	RecoveryFinish      = "recovery-finish"
	RecoveryOthers      = "recovery-others"
	QuarantinedDevice   = "quarantined"
	QuarantinedFreed    = "quarantined-freed"
	DeviceFailed        = "device-failed"
	DeviceFailedEmpty   = "device-failed-empty"
	DeviceReplaced      = "device-replaced"
	DeadDeviceAlive     = "dead-device-alive"
	ReturnPending       = "return-pending"
	WrittenOff          = "written-off"
	CodeNotTaken        = "code-not-taken"
	UnknownNumber       = "number-unknown"
	UnknownNumberOpen   = "number-unknown-open"
	SuspectDevice       = "suspect"
	IdentityReplaced    = "identity-replaced"
	IdentitySuperseded  = "identity-superseded"
	FormerAlive         = "former-identity-alive"
	RequestNotAnswered  = "request-not-answered"
	UnknownDevice       = "unknown-device"
	NothingIssued       = "nothing-issued"
	NumbersUsedUpThere  = "numbers-used-up"
	TooManyOut          = "too-many-out"
	TooManyUseless      = "too-many-useless"
	KeyOutOfForce       = "key-out-of-force"
	DeviceTrustBehind   = "trust-behind"
	AuthorizationEnded  = "authorization-ended"
	AuthorizationOut    = "authorization-out"
	AuthorizationsOut   = "authorizations-out"
	SetBack             = "set-back"
	LicensesEnded       = "licenses-ended"
	NothingOut          = "in-order"
	EverythingCameBack  = "empty"
	AnotherIssuersCodes = "another-issuer"
)

var issuerRows = []row{
	{LedgerFrozen, "The books are older than what was signed",
		"Every verb that issues or takes something ends with ledger-frozen, exit status 11.",
		"A backup was put back. What was signed since may be installed anywhere.",
		[]line{{Officer, "tally-issuer recover show", "tells what is missing; a newer copy of the home, if there is one, is put back with `tally-issuer restore DIR`"},
			{Officer, "tally-issuer recover begin", "only where there is no newer copy"}}},
	{AnchorMissing, "The books came without their anchor",
		"Every verb that issues or takes something ends with ledger-frozen, exit status 11, and says that the anchor is missing, damaged or another ledger's.",
		"The home came to another machine, and nothing is lost; or the anchor was, or another file is in its place.",
		[]line{{Officer, "tally-issuer recover show", ""}, {Officer, "tally-issuer recover anchor CHECKPOINT", "with the newest checkpoint that was ever printed"}}},
	{RecoveryEnroll, "A device is not in the books that are being recovered",
		"A request code of a device that is not on the books, during a recovery.",
		"It may have been enrolled in the part that was lost.",
		[]line{{Officer, "tally-issuer recover enroll @CODE --from ACCOUNT", ""}}},
	{RecoveryImport, "An authorization is not in the books that are being recovered",
		"An authorization code that this issuer signed, of a number that the books don't have, during a recovery.",
		"It was issued in the part that was lost, and may be installed.",
		[]line{{Officer, "tally-issuer recover import --device UDI @CODE", ""}}},
	{CodeNotTaken, "A code of the device was not taken",
		"A confirmation, return, cancellation or status report at hand says more than the books.",
		"It proves itself. Taking it is always safe.",
		[]line{{Officer, "tally-issuer receive @CODE", ""}}},
	{RecoveryDevice, "A device is not settled in a recovery",
		"`tally-issuer recover show` lists it.",
		"What it holds of the lost part is not known. The authorization of the recovery is numbered above all of that.",
		[]line{{Officer, "tally-issuer recover device UDI", "asked again, it prints the same code"}, install, receive}},
	{RecoveryWaive, "A device failed before it was settled in a recovery",
		"`tally-issuer device resolve UDI --failed`, while `tally-issuer recover show` lists it.",
		"It gives no code any more, and what it holds of the lost part is not known. Settle the other devices first: all that are left are given up at once.",
		[]line{{Officer, "tally-issuer recover show", "lists the other devices"},
			{Officer, "tally-issuer recover finish --waive --reason TEXT", "gives up those that are left"},
			{Officer, "tally-issuer write-off --device UDI --reason TEXT", "frees what is reserved for it"}}},
	{RecoveryFinish, "Every device is settled, and the books are still frozen",
		"`tally-issuer recover show` lists no device any more.",
		"Nothing of the lost part can be installed any more.",
		[]line{{Officer, "tally-issuer recover finish", ""}}},
	{RecoveryOthers, "Other devices are not settled in a recovery",
		"This device is settled, and nothing can be issued to it yet.",
		"The books stay frozen until the last device is settled.",
		[]line{{Officer, "tally-issuer recover show", "lists them"}}},
	{QuarantinedDevice, "There are two copies of a device",
		"`tally-issuer device show UDI` says QUARANTINED: two of its signed reports contradict each other.",
		"Which copy is the real one can't be told. Nothing is issued to it and nothing is credited from it, for good. Look for the copies, and take them out of use.",
		[]line{{Officer, "tally-issuer write-off --device UDI --reason TEXT", "frees what is reserved for it"}}},
	{QuarantinedFreed, "There are two copies of a device, and nothing is reserved for it any more",
		"`tally-issuer device show UDI` says QUARANTINED, and lists nothing as reserved.",
		"Nothing is issued to this identity again. The copies may run on with what they hold; evidence of one says nothing of the other. The device itself goes on with another identity.",
		[]line{{Officer, "tally-issuer device history UDI", "shows the reports that contradict each other"},
			{Operator, "tally-device init --product PID --serial SN --state DIR --trust FILE", "another identity, in an empty directory"},
			{Operator, "tally-device request --state DIR", ""}, toOfficer}},
	{DeviceReplaced, "A device failed without a return code, and its replacement is here",
		"`tally-issuer device resolve UDI --failed CODE`, with the request code of the replacement.",
		"What the failed device holds becomes pending return, and may be in use twice until something shows that it is not.",
		[]line{{Officer, "tally-issuer rma --failed UDI --reason TEXT @CODE", "the replacement gets the same"}, install, receive}},
	{DeviceFailed, "A device failed without a return code",
		"`tally-issuer device resolve UDI --failed`: it burnt, was lost or is out of reach, and no code will come.",
		"What it holds stays reserved until an officer decides. With a replacement at hand, give its request code as well.",
		[]line{{Officer, "tally-issuer write-off --device UDI --reason TEXT", "frees what is reserved for it"}}},
	{DeviceFailedEmpty, "A device failed, and nothing is reserved for it",
		"`tally-issuer device resolve UDI --failed`, of a device whose newest authorization grants nothing.",
		"There is nothing to write off. Another identity of it, or another device, is authorized like any other.",
		[]line{{Officer, "tally-issuer device show UDI", "shows that nothing is reserved"}}},
	{DeadDeviceAlive, "A device that was written off runs",
		"`tally-issuer receive CODE` says ALARM; `tally-issuer report alerts` lists it.",
		"What it holds may be in use twice. It is given nothing any more but an authorization that takes everything away.",
		[]line{{Officer, "tally-issuer authorize --device UDI --only", "grants nothing; asked again, it is the same code"}, install, receive}},
	{ReturnPending, "A device was written off, and may still hold something",
		"`tally-issuer device show UDI` says return-pending.",
		"Its licenses are available to others already. Its return code, should it turn up, ends this; so does evidence.",
		[]line{{Officer, "tally-issuer device settle UDI --evidence EVIDENCE --reason TEXT", "with a photo, or a certificate of destruction"}}},
	{WrittenOff, "A device was written off, and holds nothing",
		"`tally-issuer device show UDI` says written-off.",
		"Nobody waits for anything. This identity is given nothing any more; a device that was found, or repaired, goes on with another one.",
		[]line{{Officer, "tally-issuer device show UDI", "shows what became of it"},
			{Operator, "tally-device init --product PID --serial SN --state DIR --trust FILE", "where it is to be used again: another identity, in an empty directory"},
			{Operator, "tally-device request --state DIR", ""}, toOfficer}},
	{SuspectDevice, "A device holds what these books never issued",
		"`tally-issuer device show UDI` says SUSPECT.",
		"The books lost their newest part, or it was signed with the same keys elsewhere. Nothing moves until the device proves that it holds nothing.",
		[]line{{Operator, "tally-device return", "gives up what is installed"}, receive}},
	{UnknownNumberOpen, "An authorization that the books don't have may still be installed",
		"An authorization code of this issuer's keys whose number the books never issued; the device reported that it is not installed.",
		"The books lost their newest part, or it was signed with the same keys elsewhere.",
		[]line{{Operator, "tally-device cancel --through NUMBER", "the device will never install it"}, receive}},
	{UnknownNumber, "An authorization that the books don't have",
		"An authorization code of this issuer's keys whose number the books never issued.",
		"The books lost their newest part, or it was signed with the same keys elsewhere. Whether it is installed is not known.",
		[]line{{Operator, "tally-device report", "says whether it is installed"}, toOfficer}},
	{IdentityReplaced, "A device was reset, and its former identity holds licenses",
		"`tally-issuer authorize CODE` ends with duplicate-device, exit status 10.",
		"Somebody made another identity for the same serial number, and what the former one holds stays reserved. Where its record still is, " +
			"`tally-device return` there comes first, and nothing is pending.",
		[]line{{Officer, "tally-issuer rma --failed UDI --reason TEXT @CODE", "the new identity gets what the former one held"}, install, receive}},
	{IdentitySuperseded, "The code is of a former identity",
		"A code of an identity that another one took the place of.",
		"Nothing is reserved for the former identity, and nothing is expected of it.",
		[]line{{Officer, "tally-issuer device resolve UDI", "tells about the present identity"}}},
	{FormerAlive, "A former identity that was written off runs",
		"`tally-issuer receive CODE` says ALARM, of an older identity of a device that was set up anew.",
		"A copy runs on with what the present identity has been given by now. The present one is not concerned: nothing is to be taken away from it.",
		[]line{{Operator, "tally-device return", "on the copy that runs with the former identity"}, receive}},
	{RequestNotAnswered, "A request was not answered",
		"A request code of a device that is not on the books.",
		"Nothing was ever issued to it.",
		[]line{{Officer, "tally-issuer authorize @CODE --from ACCOUNT --grant TAG=N", "compare the fingerprint with the device's"}, install, receive}},
	{UnknownDevice, "No device on the books made the code",
		"A code of a device, and no identity on the books that could have made it.",
		"The device obeys another issuer, was reset since, or was never enrolled here. Its request code tells who it is.",
		[]line{{Operator, "tally-device request", ""}, toOfficer}},
	{NothingIssued, "Enrolled, and nothing was issued",
		"`tally-issuer device show UDI` says enrolled.",
		"Nothing is out.",
		[]line{{Officer, "tally-issuer authorize --device UDI --grant TAG=N", ""}, install, receive}},
	{NumbersUsedUpThere, "The identity has used up its numbers",
		"`tally-issuer authorize --device UDI` ends with numbers-exhausted, exit status 10.",
		"What is installed stays. For anything new the device needs another identity, once it gave everything up.",
		[]line{{Operator, "tally-device return", "everything is given up"}, receive,
			{Operator, "tally-device init --product PID --serial SN --state DIR --trust FILE", "another identity, in an empty directory"},
			{Operator, "tally-device request --state DIR", ""}, toOfficer}},
	{TooManyOut, "Too many authorizations were never confirmed",
		"`tally-issuer authorize --device UDI` ends with out-of-range.",
		"The device would refuse a number that is so far ahead of what it has confirmed. Any code of it moves that on.",
		[]line{{Officer, "tally-issuer reprint --device UDI", "the newest; with it all before are over"}, install, receive}},
	{TooManyUseless, "Too many authorizations were never confirmed, and the newest can't be installed any more",
		"`tally-issuer authorize --device UDI` ends with out-of-range, and the newest one has ended or its key is out of force.",
		"The device would refuse a number that is so far ahead of what it has confirmed, and so far it has nothing to confirm.",
		[]line{{Operator, "tally-device cancel --through NUMBER", "those that are out become unusable; what is installed is kept"}, receive}},
	{KeyOutOfForce, "The authorization is signed with a key that is out of force",
		"`tally-issuer reprint --device UDI` ends with key-compromised or key-retired, exit status 6; or the device says that the signer is not trusted any more.",
		"The device will not install it, or keeps it for some hours only.",
		[]line{{Officer, "tally-issuer authorize --device UDI --grant TAG=N", "the same once more, signed with a key that is in force"}, install, receive}},
	{DeviceTrustBehind, "The device's trust root is too old for the authorization",
		"The device's request code or newest report names an older trust root than its authorization needs.",
		"The authorization is good. The device has to take the newest trust bundle first.",
		[]line{{Officer, "tally-issuer trust publish --out FILE", "writes the bundle, which is carried to the device"}, {Operator, "tally-device trust update FILE", ""},
			{Officer, "tally-issuer reprint --device UDI", ""}, install, receive}},
	{AuthorizationEnded, "An authorization ended before it was installed",
		"`tally-device install CODE` ends with authorization-expired, exit status 7.",
		"It will never be installed. What the device had before is still there.",
		[]line{{Officer, "tally-issuer authorize --device UDI --grant TAG=N", "with licenses that last longer"}, install, receive}},
	{AuthorizationsOut, "Several authorizations are out",
		"`tally-issuer device show UDI` says outstanding, and lists more than one as unconfirmed.",
		"Any of them may be installed. Once the newest one is, the others never will be.",
		[]line{{Officer, "tally-issuer reprint --device UDI", "the newest one"}, install, receive}},
	{AuthorizationOut, "An authorization was issued and not confirmed",
		"`tally-issuer device show UDI` says outstanding.",
		"It was lost on the way, or it is installed and the confirmation was lost. The same step is right in both cases.",
		[]line{{Officer, "tally-issuer reprint --device UDI", ""}, install, receive}},
	{SetBack, "A device may have been put back to before a return",
		"A status report names as installed what the device gave up before.",
		"The report came late, or an older copy of the device's record was put back and runs on without a license.",
		[]line{{Officer, "tally-issuer receive @CODE", "credits nothing"},
			{Operator, "tally-device status", "tells whether that authorization is installed now"},
			{Operator, "tally-device return", "if it is"}, receive}},
	{LicensesEnded, "What the device holds has ended",
		"`tally-issuer report alerts` lists it; the device shows Grace or Restricted.",
		"Nothing is to be given back first: another authorization replaces what is installed.",
		[]line{{Officer, "tally-issuer authorize --device UDI --grant TAG=N", "with licenses that last longer"}, install, receive}},
	{AnotherIssuersCodes, "The codes are of another issuer, or of training",
		"An authorization code that names another issuer; the device ends with unknown-issuer or training-code, exit status 6.",
		"Nothing of it concerns these books.",
		[]line{{Officer, "tally-issuer trust show", "this issuer's fingerprint, to be compared"}, {Operator, "tally-device trust show", "the fingerprint that the device obeys"}}},
	{EverythingCameBack, "Everything came back",
		"`tally-issuer device show UDI` says empty.",
		"Nothing is installed, nothing is out, nothing is reserved.",
		[]line{{Officer, "tally-issuer authorize --device UDI --grant TAG=N", "if it is to hold something again"}}},
	{NothingOut, "What was issued is installed",
		"`tally-issuer device show UDI` says steady.",
		"Nobody waits for anything.",
		[]line{{Officer, "tally-issuer device show UDI", "shows what it holds"}}},
}
