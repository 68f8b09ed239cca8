package cli

import (
	"slices"

	"tallystick/reserve"
)

// explanations is the table behind Explain and the man page, in the order of the man page. Hints
// hold exact commands; %s is the program's name.
var explanations = [][]explanation{programExplanations, codeExplanations, refusalExplanations, recordExplanations}

// Hints returns the table's hints for the program of that name, so that a test can compare the
// commands they hold with the program. The hints that verbs give on their own account are not here.
func Hints(program string) []string {
	var list []string
	for _, e := range slices.Concat(explanations...) {
		if h := e.hint.in(program); h != "" {
			list = append(list, h)
		}
	}
	return list
}

// programExplanations are what the programs find themselves.
var programExplanations = []explanation{
	{IDFailed, ExitFailed, "Nothing else fits; the message says what failed.", same("")},
	{IDInternal, ExitFailed, "A fault of this program.", same("this is a fault of the program: report it with the lines above")},
	{IDUsage, ExitUsage, "The command line can't be understood.", same("")},
	{IDNoTerminal, ExitUsage, "Something must be asked, and there is no terminal to ask at.",
		same("give the answer as a flag: --yes, --passphrase-fd N, or the code as an argument")},
	{IDNotConfirmed, ExitFailed, "The typed word was not the one asked for; nothing was done.", same("")},
	{IDInterrupted, ExitInterrupted, "Interrupted by a signal or at a prompt.", same("")},
	{IDPassphrase, ExitTrust, "The passphrase does not open the keyring.",
		same("try again; mind Caps Lock and the keyboard layout")},
	{IDNoPassphrase, ExitUsage, "The passphrase can't be read, is empty or too long; or a new one is too short or was typed differently the second time.", same("")},
	{IDNotApproved, ExitFailed, "The program runs under GODEBUG=fips140=only, where a keyring can't be opened or made; it is not damaged.",
		hint{issuer: "run what signs without GODEBUG=fips140=only, or with GODEBUG=fips140=on; what only shows something works as it is"}},
	{IDSomeRows, ExitSomeRows, "Rows of a file are wrong or refused, and nothing was done.", same("mend these rows, then give the same command again")},
	{IDDiskFull, ExitFailed, "The disk is full, or may hold no more of this user's; nothing was done by half.",
		same("make room on that disk, then give the same command again")},
	{IDDiskReadOnly, ExitFailed, "The disk can only be read.",
		hint{"what only shows something works all the same; for the rest the state's disk has to be writable: look why it isn't (`mount`, the system log), or name another with --state DIR",
			"what only shows something works all the same; for the rest copy the home to a disk that can be written, and name it with --home DIR"}},
	{IDDiskFailed, ExitFailed, "The disk fails.",
		hint{"look into the system log and replace the disk; `%s confirmation` shows the last code for as long as it can be read",
			"look into the system log, copy the home to another disk, and let `%s audit verify` say whether all of it is there"}},
	{IDFileDenied, ExitFailed, "This user may not open or write a file.",
		hint{"run it as the user whose state it is, such as root", "run it as the user whose home it is"}},
}

// codeExplanations are the problems of reading a code, with the IDs of package codec.
var codeExplanations = []explanation{
	{"code-empty", ExitMistyped, "No code was given.",
		same("give the code as arguments, with --file FILE or on standard input")},
	{"code-character", ExitMistyped, "A character that no code contains.",
		same("codes hold digits and letters, nothing else: compare that group with the source")},
	{"code-mistyped", ExitMistyped, "A line has more mistakes than can be mended.",
		same("compare that line with the source, group by group")},
	{"code-length", ExitMistyped, "A line is too short or too long.",
		same("a full line has 10 groups of 4 characters; only the last one may be shorter")},
	{"code-line-order", ExitMistyped, "A line stands in another line's place.",
		same("enter the lines in the order of their numbers")},
	{"code-mixed-kinds", ExitMistyped, "The lines belong to codes of different kinds.",
		same("enter the lines of one code only")},
	{"code-incomplete", ExitMistyped, "A line is missing.",
		same("enter every line; the last one is marked as last inside the code")},
	{"code-damaged", ExitMistyped, "Every line reads, but together they are not a code.",
		same("lines of two codes are mixed, or a paste was damaged: take the whole code again from one place")},
	{"code-too-long", ExitMistyped, "More text than a code of this kind can have.",
		same("give one code at a time")},
	{"code-unknown-kind", ExitWrongKind, "A kind of code that this program does not know.",
		same("a newer program may know it: `%s --version` shows this one's version")},
	{"code-version", ExitWrongKind, "A code of another protocol version.",
		same("a newer program may read it: `%s --version` shows this one's version")},
	{string(reserve.WrongKind), ExitWrongKind, "A good code, but not of the kind that the verb takes.",
		hint{"`%s inspect CODE` says what it is; an authorization code goes to `%s install CODE`, a trust bundle to " +
			"`%s trust update FILE`, and the codes that a device prints go to the security officer",
			"`%s inspect CODE` says what it is; a request code goes to `%s authorize REQUEST`, what else a device prints to " +
				"`%s receive CODE`, and an authorization code to the device"}},
	{string(reserve.Unsupported), ExitWrongKind, "The code needs a feature that this program does not know.",
		same("a newer program may know it: `%s --version` shows this one's version")},
	{string(reserve.Malformed), ExitWrongKind, "The code reads and its check holds, but its content is not valid.",
		same("typing it again won't help: ask for a new code and report this one")},
}
