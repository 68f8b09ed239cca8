package cli

import (
	"slices"

	ucli "github.com/urfave/cli/v2"
)

// Flags joins lists of flags, for a verb's Flags field.
func Flags(lists ...[]ucli.Flag) []ucli.Flag { return slices.Concat(lists...) }

// CodeFlags are the flags of a verb that prints a code with Output.ShowCode.
func CodeFlags() []ucli.Flag {
	return []ucli.Flag{
		QRFlag(),
		&ucli.BoolFlag{Name: "paste", Usage: "print the one-line form, to copy and paste"},
		&ucli.BoolFlag{Name: "spell", Usage: "print the spoken form, to dictate"},
	}
}

// QRFlag is the --qr of a verb that prints something with ShowCode or ShowText.
func QRFlag() ucli.Flag {
	return Enum("qr", "`WHEN` to draw the QR code (auto: on a terminal that has room for it)", qrAuto, qrAlways, qrNever, qrOnly)
}

// CodeInputFlags are the flags of a verb that reads a code with ReadCode.
func CodeInputFlags() []ucli.Flag {
	return []ucli.Flag{
		&ucli.StringFlag{Name: "file", TakesFile: true, Usage: "read the code from `FILE` (- for standard input)"},
	}
}

// CodesInputFlags are the flags of a verb that reads any number of codes with ReadCodes.
func CodesInputFlags() []ucli.Flag {
	return []ucli.Flag{
		&ucli.StringFlag{Name: "file", TakesFile: true, Usage: "read codes from `FILE` (- for standard input)"},
	}
}

// DryRunFlag is the --dry-run of every verb that changes something.
func DryRunFlag() ucli.Flag {
	return &ucli.BoolFlag{Name: "dry-run", Usage: "show what would be done, and change nothing"}
}

// DryRun reports whether --dry-run was given.
func DryRun(c *ucli.Context) bool { return c.Bool("dry-run") }

// YesFlag is the --yes of every verb that calls Confirm.
func YesFlag() ucli.Flag {
	return &ucli.BoolFlag{Name: "yes", Usage: "go on without asking"}
}

// PassphraseFlag is the flag of every verb that calls Passphrase.
func PassphraseFlag() ucli.Flag {
	return &ucli.IntFlag{Name: passphraseFlag, Usage: "read the passphrase from file descriptor `N` (its first line)"}
}

// OpFlag is the --op of every verb that scripts repeat safely.
func OpFlag() ucli.Flag {
	return &ucli.StringFlag{Name: "op", Usage: "an `ID` of your own for this act: repeating it with the same ID does it once"}
}

// maxOp is the length of an operation's ID in characters.
const maxOp = 64

// Op returns the ID given with --op, "" for none. The error is a usage error: an ID has at most 64
// letters, digits, and . _ : -
func Op(c *ucli.Context) (string, error) {
	id := c.String("op")
	for _, r := range id {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		case r == '.', r == '_', r == ':', r == '-':
		default:
			return "", Usage("flag --op: %q holds a character that is not a letter, a digit or one of . _ : -", id)
		}
	}
	if len(id) > maxOp {
		return "", Usage("flag --op: an ID has at most %d characters", maxOp)
	}
	return id, nil
}
