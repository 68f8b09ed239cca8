package cli

import "tallystick/reserve"

// refusalExplanations are what the protocol's rules refuse.
var refusalExplanations = []explanation{
	{string(reserve.WrongDevice), ExitWrongDevice, "The code is for another device.",
		hint{"`%s status` shows this device's product and serial number: ask for an authorization for it",
			"`%s inspect CODE` shows which device the code is for"}},
	{string(reserve.UnknownDevice), ExitWrongDevice, "No such device on the books.",
		hint{"", "`%s device list` shows the devices; a new one is enrolled by its request code: `%s authorize REQUEST`"}},

	{string(reserve.UnknownIssuer), ExitTrust, "Another issuer made it.",
		hint{"`%s trust show` shows the issuer this device obeys", "`%s trust show` shows this issuer's fingerprint"}},
	{string(reserve.TrainingCode), ExitTrust, "Training and production don't mix.",
		hint{"ask for a code of the production issuer", "use the issuer that the device was set up with"}},
	{string(reserve.BadSignature), ExitTrust, "The signature does not hold: altered, or signed with another key.",
		hint{"do not use this code: ask the security officer to print it again",
			"do not act on this code: have the device show it again"}},
	{string(reserve.KeyRetired), ExitTrust, "The signing key was out of force.",
		hint{"ask for an authorization signed with a current key", "`%s key list` shows the keys in force"}},
	{string(reserve.KeyCompromised), ExitTrust, "The signing key is marked as compromised.",
		hint{"do not use this code: tell the security officer where it came from",
			"`%s key list` shows the keys in force"}},
	{string(reserve.ThresholdNotMet), ExitTrust, "Fewer valid signatures than the trust root demands.",
		hint{"ask the security officer for the code with every signature",
			"a role must keep a key: `%s key new` makes another one for it first"}},
	{string(reserve.TrustTooOld), ExitTrust, "The trust bundle is older than what is needed or installed.",
		hint{"get the issuer's newest trust bundle, then `%s trust update FILE`",
			"`%s trust publish --out FILE` writes the newest trust bundle"}},
	{string(reserve.CatalogTooOld), ExitTrust, "The code names an entitlement that the catalog does not know.",
		hint{"get the issuer's newest trust bundle, then `%s trust update FILE`",
			"`%s catalog show` shows the catalog; `%s trust publish --out FILE` writes it for the devices"}},
	{string(reserve.TrustMismatch), ExitTrust, "The trust bundle does not hold together.",
		same("do not use this bundle: get it again from the security officer and compare the fingerprint")},
	{string(reserve.FingerprintOther), ExitTrust, "The fingerprint is not the one expected.",
		same("stop and compare fingerprints with the other side by voice or on paper")},
	{string(reserve.ReceiptMismatch), ExitTrust, "The confirmation or return code fits no state of any device on the books.",
		hint{"", "have the device show it again: `tally-device confirmation`"}},

	{string(reserve.Superseded), ExitSuperseded, "The code's number can no longer be used.",
		hint{"`%s status` shows what is installed; ask the security officer for a new authorization",
			"`%s device show UDI` shows the number in force"}},
	{string(reserve.AuthorizationExpired), ExitSuperseded, "The authorization's last day is over.",
		hint{"ask the security officer for a new authorization", "`%s authorize --device UDI --grant TAG=N` signs a new one"}},

	{string(reserve.NotLicensed), ExitNothing, "Not licensed, or fewer than asked.",
		hint{"`%s status` shows what is held", ""}},
	{string(reserve.NothingInstalled), ExitNothing, "No authorization is installed.",
		hint{"`%s install CODE` installs an authorization", ""}},
	{string(reserve.NothingIssued), ExitNothing, "Nothing was issued that this could be about.",
		hint{"`%s request` prints the code to ask for an authorization with", "`%s device show UDI` shows what was issued"}},

	{string(reserve.PoolExhausted), ExitPool, "The account has fewer licenses available than are to be reserved.",
		hint{"", "`%s account show ACCOUNT` shows what is available; `%s license add` records a purchase"}},
}

// recordExplanations are what settings forbid, what must be looked at first, and what is not there.
var recordExplanations = []explanation{
	{string(reserve.ReservationOff), ExitNotPermitted, "License reservation is switched off.",
		hint{"`%s init` switches reservation on", "`%s account set ACCOUNT --reservation on` switches it on"}},
	{string(reserve.ExportOff), ExitNotPermitted, "Export-controlled entitlements are switched off for the account.",
		hint{"", "`%s account set --help` tells how to switch it on"}},
	{string(reserve.HoldingAccount), ExitNotPermitted, "Nothing is reserved from a holding account.",
		hint{"", "name the owner's account with --from ACCOUNT; `%s account list` shows which are holding accounts"}},
	{string(reserve.NotEntitled), ExitNotPermitted, "The product has no such entitlement.",
		hint{"", "`%s catalog show` lists products and their entitlements"}},
	{string(reserve.RoleMissing), ExitNotPermitted, "The officer's key does not have the role.",
		hint{"", "`%s key list` shows who may sign what"}},
	{string(reserve.AlreadyInit), ExitNotPermitted, "It is set up already, and is never overwritten.",
		hint{"`%s status` shows the identity that is there; --state DIR names another place",
			"`%s trust show` shows the issuer that is there; --home DIR names another place"}},
	{string(reserve.AlreadyExists), ExitNotPermitted, "It exists already.", same("")},
	{string(reserve.DuplicateDevice), ExitNotPermitted, "The serial number is enrolled with another identity.",
		hint{"", "`%s device show UDI` shows the enrolled one and its account; another identity is taken once the return code of " +
			"that one was received: `tally-device return`, then `%s receive CODE`"}},
	{string(reserve.NumbersExhausted), ExitNotPermitted, "The device has used up its authorization numbers.",
		hint{"`%s return` gives everything up; then `%s init --product PID --serial SN --state DIR` makes a new identity in an " +
			"empty directory",
			"a device whose numbers are used up gives everything up with `tally-device return`, then makes a new identity in an " +
				"empty directory: `tally-device init --product PID --serial SN --state DIR`"}},
	{string(reserve.OutOfRange), ExitUsage, "A number is outside what is possible.", same("")},
	{string(reserve.OperationReused), ExitNotPermitted, "The operation's ID was used before, for something else.", same("give each act an ID of its own")},

	{string(reserve.Suspect), ExitQuarantined, "The device's codes contradict the books; nothing moves until it is looked at.",
		hint{"", "have it give everything up with `tally-device return`, and take that code: `%s receive CODE`"}},
	{string(reserve.Quarantined), ExitQuarantined, "The device is quarantined.",
		hint{"", "`%s device show UDI` shows what stays reserved for it; look for its copies, and use none of them"}},
	{string(reserve.Frozen), ExitQuarantined, "The ledger may be older than what was signed; nothing is issued or credited.",
		hint{"", "`%s recover show` tells what is missing and how to go on"}},
	{string(reserve.NothingLost), ExitNothing, "There is nothing to recover.", same("")},

	{string(reserve.StateMissing), ExitDamaged, "No device state where it was looked for.",
		hint{"`%s init --product PID --serial SN` creates it; --state DIR names another place", ""}},
	{string(reserve.StateDamaged), ExitDamaged, "The device state is damaged.",
		hint{"keep a copy of its directory, put no older copy in its place, and tell the security officer: licenses may be reserved", ""}},
	{string(reserve.KeyringMissing), ExitDamaged, "No keyring where it was looked for.",
		hint{"", "`%s key restore FILE` puts a backup in its place; --home DIR names another home"}},
	{string(reserve.KeyringDamaged), ExitDamaged, "The keyring is damaged.", hint{"", "`%s key restore FILE` puts a backup in its place"}},
	{string(reserve.LedgerMissing), ExitDamaged, "No ledger where it was looked for.",
		hint{"", "--home DIR names another place; `%s init --name ORG --catalog FILE` makes a new issuer in an empty directory"}},
	{string(reserve.LedgerDamaged), ExitDamaged, "The ledger is damaged.",
		hint{"", "keep a copy of the home directory as it is; an older copy of the ledger has forgotten what was issued since, " +
			"and could issue it twice"}},
	{string(reserve.Busy), ExitBusy, "Another process is at work.", same("try again in a moment")},

	{string(reserve.UnknownAccount), ExitUsage, "No such account.", hint{"", "`%s account list` shows the accounts"}},
	{string(reserve.UnknownEntitlement), ExitUsage, "No such entitlement.",
		hint{"`%s status` lists the entitlements", "`%s catalog show` lists the entitlements"}},
	{string(reserve.UnknownProduct), ExitUsage, "No such product.",
		hint{"the issuer's catalog lists the products: `tally-issuer catalog show`", "`%s catalog show` lists the products"}},
	{string(reserve.InvalidName), ExitUsage, "A name, number or date does not read.", same("")},
	{string(reserve.InvalidCatalog), ExitUsage, "The catalog does not read, or changes the meaning of what was issued.", same("")},
}
