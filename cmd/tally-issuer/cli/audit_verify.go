package cli

import (
	"slices"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/journal"
	"tallystick/cmd/internal/ledger"
)

func auditVerifyCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "verify", Usage: "check that books and journal are whole and agree",
		Description: cli.Describe("Checks every signature, the journal's tree and its checkpoints, every code that devices gave against their receipt "+
			"chains, and that the books are what follows from all of it. No keyring is needed, and nothing is written.\n\n"+
			"Who can write the file can also replace its trust roots and cut off its end. --trust takes the bundle that devices have, and "+
			"--checkpoint one that was printed: only with both the answer rests on nothing in the file. The anchor on this machine is compared too.\n\n"+
			"The exit status is 16 when a difference was found.",
			"tally-issuer audit verify --trust issuer.tally --checkpoint may.txt",
			"tally-issuer audit verify --ledger /media/audit/ledger.db --json"),
		Flags: cli.Flags([]ucli.Flag{
			trustFlag("the trust bundle in `FILE` says whose keys count"),
			&ucli.StringFlag{Name: "checkpoint", TakesFile: true, Usage: "the journal must continue the checkpoint in `FILE`, signed or three lines typed off paper"},
		}, booksFlags()),
		Action: func(c *ucli.Context) error { return verifyBooks(c, env) },
	}
}

type differenceJSON struct {
	Entry  uint32 `json:"entry,omitempty"`
	Device string `json:"device,omitempty"`
	Text   string `json:"text"`
}

type keptJSON struct {
	Size   uint32 `json:"size"`
	Signed bool   `json:"signed"`
}

type auditJSON struct {
	Ledger      string `json:"ledger"`
	Whole       bool   `json:"whole"` // no difference was found
	Issuer      string `json:"issuer"`
	Fingerprint string `json:"fingerprint"`
	Trust       string `json:"trust"` // whose trust roots counted: "bundle" or "ledger"
	Log         string `json:"log"`
	treeJSON
	Devices     uint64           `json:"devices"`
	Signatures  uint64           `json:"signatures"`
	Checkpoint  *keptJSON        `json:"checkpoint,omitempty"`
	Anchor      *keptJSON        `json:"anchor,omitempty"`
	Differences []differenceJSON `json:"differences"`
	More        uint64           `json:"more"` // differences that are not listed

	damagedAnchor string // its file
}

func verifyBooks(c *ucli.Context, env *cli.Env) error {
	var audit issuer.Audit
	var err error
	if audit.Trust, err = readTrust(c); err != nil {
		return err
	}
	if audit.Checkpoint, audit.Name, err = keptCheckpoint(c); err != nil {
		return err
	}
	out := cli.Out(c)
	return withBooks(c, env, func(is *issuer.Issuer) error {
		progress := out.Progress()
		found, err := is.Audit(c.Context, audit, func(p ledger.Progress) { progress.Show(p.Done, p.Total, p.Signatures, "signatures") })
		progress.End()
		if err != nil {
			return err
		}
		a := auditOf(is.LedgerPath(), audit, found)
		a.print(out)
		if err := out.JSON(a); err != nil {
			return err
		}
		if !a.Whole {
			return cli.Status(cli.ExitAuditMismatch)
		}
		return nil
	})
}

// keptCheckpoint reads what --checkpoint names: a file, or the text itself.
func keptCheckpoint(c *ucli.Context) (text []byte, name string, err error) {
	name = c.String("checkpoint")
	if name == "" {
		return nil, "", nil
	}
	if first, _, several := strings.Cut(name, "\n"); several {
		return []byte(name), first, nil
	}
	text, err = readFile(name, journal.MaxCheckpoint)
	return text, name, err
}

func auditOf(file string, audit issuer.Audit, found issuer.Audited) auditJSON {
	a := auditJSON{Ledger: file, Whole: len(found.Differences) == 0, Trust: "ledger", Log: found.Origin, treeJSON: treeOf(found.Tree),
		Devices: found.Devices, Signatures: found.Signatures, Differences: []differenceJSON{}, More: found.More}
	if !found.Trust.IsZero() {
		a.Issuer, a.Fingerprint = found.Trust.Root().Name()+trainingMark(found.Trust.Root().Training()), found.Trust.Fingerprint().String()
	}
	if !audit.Trust.IsZero() {
		a.Trust = "bundle"
	}
	if audit.Checkpoint != nil {
		a.Checkpoint = &keptJSON{found.Checkpoint.Size, found.Signed}
	}
	if found.Anchor.Size > 0 {
		a.Anchor = &keptJSON{Size: found.Anchor.Size}
	}
	a.damagedAnchor = found.DamagedAnchor
	for _, d := range found.Differences {
		a.Differences = append(a.Differences, differenceJSON{d.Sequence, d.Device, d.Text})
	}
	return a
}

func (a auditJSON) print(out *cli.Output) {
	whose := "the ledger's own trust roots"
	if a.Trust == "bundle" {
		whose = "the trust bundle given"
	}
	out.Printf("ledger       %s\nissuer       %s\nfingerprint  %s, of %s\n", a.Ledger, a.Issuer, a.Fingerprint, whose)
	out.Printf("journal      %d entries of log %s\nroot hash    %s\ndevices      %d\nsignatures   %d\n", a.Size, a.Log, a.Root, a.Devices, a.Signatures)
	if a.Checkpoint != nil {
		signed := "as it was printed"
		if a.Checkpoint.Signed {
			signed = "signed"
		}
		out.Printf("checkpoint   of %d entries, %s\n", a.Checkpoint.Size, signed)
	}
	if a.Anchor != nil {
		out.Printf("anchor       of %d entries\n", a.Anchor.Size)
	}
	out.Printf("\n")
	for _, d := range a.Differences {
		difference := ledger.Difference{Sequence: d.Entry, Device: d.Device, Text: d.Text}
		out.Printf("DIFFERENCE   %s\n", difference.Error())
	}
	switch {
	case a.More > 0:
		out.Printf("             and %d more\n", a.More)
	case a.Whole:
		out.Printf("no difference was found\n")
	}
	a.advise(out)
}

// advise tells what to do next, and what the answer rests on.
func (a auditJSON) advise(out *cli.Output) {
	if a.damagedAnchor != "" {
		out.Note("the anchor %q is damaged and was compared with nothing", a.damagedAnchor)
	}
	if !a.Whole {
		out.Hint("keep a copy of the ledger as it is, and don't use it until the difference is explained")
		if at := slices.IndexFunc(a.Differences, func(d differenceJSON) bool { return d.Entry != 0 }); at >= 0 {
			out.Hint("`tally-issuer audit show --entry %d` shows the journal entry", a.Differences[at].Entry)
		}
		return
	}
	if a.Trust == "ledger" {
		out.Note("whose keys count is what the ledger itself says: compare the fingerprint with the one that devices show, or give --trust")
	}
	if a.Checkpoint == nil && a.Anchor == nil {
		out.Note("there was no anchor and no --checkpoint to compare with: that the journal's end was cut off would not show")
	}
}
