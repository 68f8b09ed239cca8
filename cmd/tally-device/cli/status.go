package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

// The formats of status.
const (
	formatText        = "text"
	formatJSON        = "json"
	formatNagios      = "nagios"
	formatOpenMetrics = "openmetrics"
)

func statusCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "status", Usage: "show what this device holds and where it stands", ArgsUsage: "[CODE...]",
		Description: cli.Describe("Shows registration, authorization and export control, and each entitlement: held, state, last valid day.\n\n"+
			"--format nagios prints one line and ends with 0 for OK, 1 for WARNING, 2 for CRITICAL, 3 for UNKNOWN. "+
			"--format openmetrics is for a monitoring system's text collector.\n\n"+
			"With codes, any that are left, in any order and of either side, it also says what each is to this device, and the one next step "+
			"with its command. They are taken from the arguments, from --file, and from standard input or the terminal with -. It changes nothing.",
			"tally-device status", "tally-device status --json", "tally-device status --format nagios",
			"tally-device status --file codes.txt"),
		Flags: cli.Flags([]ucli.Flag{cli.Enum("format", "output format", formatText, formatJSON, formatNagios, formatOpenMetrics), stateFlag()},
			cli.CodesInputFlags()),
		Action: func(c *ucli.Context) error { return runStatus(c, env) },
	}
}

type statusJSON struct {
	Registration     string            `json:"registration"`
	Authorization    string            `json:"authorization"`
	ExportControl    string            `json:"export_control"`
	Entitlements     []entitlementJSON `json:"entitlements"`
	LastConfirmation *string           `json:"last_confirmation"` // of the three, the one in force; the others are null
	LastReturn       *string           `json:"last_return"`
	LastCancellation *string           `json:"last_cancellation"`
	Number           reserve.Number    `json:"number"` // of the authorization installed; 0 is none
	Device           string            `json:"device"`
	Fingerprint      string            `json:"fingerprint"`
	Issuer           string            `json:"issuer"`
	IssuerPrint      string            `json:"issuer_fingerprint"`
	Training         bool              `json:"training"`
	RootVersion      uint16            `json:"root_version"`
	CatalogVersion   uint16            `json:"catalog_version"`
	Day              string            `json:"day"` // terms are judged by it, UTC
	ClockAheadDays   int               `json:"clock_ahead_days"`
	EvaluationHours  int               `json:"evaluation_hours_left"`
	SignerHours      *int              `json:"signer_hours_left"` // of running, with a signer that is not trusted any more; else null
	*resolvedStatus                    // where codes were given
}

type entitlementJSON struct {
	Tag      string  `json:"tag"`
	Name     string  `json:"name"`
	Unit     string  `json:"unit"`
	Held     uint64  `json:"held"`
	Used     *uint64 `json:"used"` // null: use is not measured
	State    string  `json:"state"`
	Licensed bool    `json:"licensed"`
	Ends     string  `json:"ends"`      // "" is perpetual, or nothing held
	DaysLeft *int    `json:"days_left"` // null without an end

	Covered    uint64   `json:"covered"`              // held of it and of the tiers that include it, valid or in grace
	CoveredBy  []string `json:"covered_by,omitempty"` // those tiers
	GraceUntil string   `json:"grace_until"`          // the last day of grace after the end; "" without an end
}

func runStatus(c *ucli.Context, env *cli.Env) error {
	format := c.String("format")
	if cli.Out(c).IsJSON() && c.IsSet("format") && format != formatJSON {
		return cli.Usage("flags --json and --format=%s exclude each other", format)
	}
	pieces, err := statusCodes(c, format)
	if err != nil {
		return err
	}
	d, err := openFor(c, env, format)
	if err != nil {
		return err
	}
	s := d.Status(env.Now())
	j := statusOf(s)
	out := cli.Out(c)
	if r, err := d.Confirmation(); err == nil {
		j.setCode(r)
	} else if s.LastAct != reserve.NoAct {
		out.Warn(cli.WarnNoLastCode, "the last code is left out: %v", err)
	}
	if len(pieces) > 0 {
		r := resolveCodes(c, d, s, pieces)
		j.resolvedStatus = &r
	}
	switch format {
	case formatNagios:
		return printNagios(out, s)
	case formatOpenMetrics:
		printMetrics(out, s)
	case formatJSON:
		out.AnswerJSON()
	default:
		printStatus(out, s, j)
		if j.resolvedStatus != nil {
			j.show(c)
		}
	}
	return out.JSON(j)
}

// openFor is open; the answer of a monitoring plug-in says so itself where there is no status.
func openFor(c *ucli.Context, env *cli.Env, format string) (*device.Device, error) {
	d, _, err := open(c, env)
	if err != nil && format == formatNagios {
		f := cli.Explain(err, programName)
		cli.Out(c).Printf("UNKNOWN - %s\n", f.Message)
		return nil, cli.Status(nagiosUnknown)
	}
	return d, err
}

// statusCodes reads the codes that status is given.
func statusCodes(c *ucli.Context, format string) ([]codec.Piece, error) {
	args := c.Args().Slice()
	given := len(args) > 0 || c.String("file") != ""
	if given && (format == formatNagios || format == formatOpenMetrics) {
		return nil, cli.Usage("codes and --format=%s exclude each other", format)
	}
	pieces, err := cli.ReadCodes(c, args, false)
	if err == nil && given && len(pieces) == 0 {
		err = &codec.Error{Problem: codec.Empty}
	}
	return pieces, err
}

func statusOf(s device.Status) statusJSON {
	j := statusJSON{Registration: s.Registration, Authorization: s.Authorization, ExportControl: s.ExportControl,
		Entitlements: []entitlementJSON{}, Number: s.Number, Device: s.Identity.UDI().String(), Fingerprint: s.Identity.DID().String(),
		Issuer: s.Trust.Root().Name(), IssuerPrint: s.Trust.Fingerprint().String(), Training: s.Trust.Root().Training(),
		RootVersion: s.Trust.Root().Version(), CatalogVersion: s.Trust.Catalog().Version(), Day: s.Today.String(),
		ClockAheadDays: s.ClockAhead, EvaluationHours: int(s.Evaluation / time.Hour)}
	if s.Compromised {
		hours := int(s.SignerGrace / time.Hour)
		j.SignerHours = &hours
	}
	for _, a := range s.Entitlements {
		j.Entitlements = append(j.Entitlements, entitlementOf(s, a))
	}
	return j
}

func entitlementOf(s device.Status, a reserve.Answer) entitlementJSON {
	e := entitlementJSON{Tag: a.Tag, Name: a.Name, Unit: a.Unit, Held: a.Held, State: a.State, Licensed: a.Licensed,
		Ends: endsJSON(a.Ends), Covered: a.Covered, GraceUntil: endsJSON(graceUntil(s, a))}
	if a.Ends != 0 {
		left := daysLeft(a.Ends, s.Today)
		e.DaysLeft = &left
	}
	if a.Covered > a.Held || a.Held == 0 && a.Covered > 0 {
		e.CoveredBy = tiersOf(s, a.Tag)
	}
	return e
}

// graceUntil returns the last day on which what ends may be used all the same.
func graceUntil(s device.Status, a reserve.Answer) keys.Day {
	e, err := s.Trust.Catalog().Entitlement(a.Tag)
	if err != nil || a.Ends == 0 {
		return 0
	}
	return keys.Day(min(int(a.Ends)+int(e.GraceDays), 1<<16-1))
}

// tiersOf returns the tags that are held and include tag.
func tiersOf(s device.Status, tag string) []string {
	catalog := s.Trust.Catalog()
	e, err := catalog.Entitlement(tag)
	if err != nil {
		return nil
	}
	var tiers []string
	for _, a := range s.Entitlements {
		tier, err := catalog.Entitlement(a.Tag)
		if err == nil && a.Held > 0 && a.Tag != tag && slices.Contains(catalog.Covers(e.ID), tier.ID) {
			tiers = append(tiers, a.Tag)
		}
	}
	return tiers
}

// setCode fills in the code in force.
func (j *statusJSON) setCode(r device.Result) {
	code := r.Code.Lines()[0]
	switch actKind(r) {
	case kindConfirmation:
		j.LastConfirmation = &code
	case kindReturn:
		j.LastReturn = &code
	default:
		j.LastCancellation = &code
	}
}

// daysLeft counts the valid days after today; negative once it ended.
func daysLeft(ends, today keys.Day) int { return int(ends) - int(today) }

func printStatus(out *cli.Output, s device.Status, j statusJSON) {
	line := func(label, format string, args ...any) {
		out.Printf("%-19s "+format+"\n", append([]any{label}, args...)...)
	}
	line("device", "%s", j.Device)
	line("device fingerprint", "%s", j.Fingerprint)
	training := ""
	if j.Training {
		training = " (training)"
	}
	line("issuer", "%s%s, fingerprint %s", j.Issuer, training, j.IssuerPrint)
	line("registration", "%s", j.Registration)
	line("authorization", "%s", j.Authorization)
	line("export control", "%s", j.ExportControl)
	if s.Number != 0 {
		line("installed", "authorization %d, signed on %s", s.Number, s.Issued)
	}
	if j.Authorization == reserve.EvaluationMode {
		line("evaluation", "%d hours of use left", j.EvaluationHours)
	}
	switch {
	case s.Compromised && s.SignerGrace > 0:
		line("signer", "not trusted any more: what is installed stays for %d hours of running", *j.SignerHours)
	case s.Compromised:
		line("signer", "not trusted any more, and the hours that this allows are over")
	}
	for _, last := range []struct {
		label string
		code  *string
	}{{"confirmation code", j.LastConfirmation}, {"return code", j.LastReturn}, {"cancellation code", j.LastCancellation}} {
		if last.code != nil {
			line(last.label, "%s", *last.code)
		}
	}
	out.Printf("\n")
	var rows [][]string
	for _, e := range j.Entitlements {
		rows = append(rows, []string{e.Tag, fmt.Sprint(e.Held), e.State, untilText(e)})
	}
	out.Table([]string{"ENTITLEMENT", "HELD", "STATE", "UNTIL"}, rows)
	if s.ClockAhead > 0 && s.Number != 0 { // before the first installation nothing is judged by it
		out.Warn(cli.WarnClockAhead, "the clock is %d days ahead of the latest day this device was shown; correct it if it is wrong", s.ClockAhead)
	}
}

// untilText says how long something is held or what it is covered by, and once that is over, for how
// long it may be used all the same.
func untilText(e entitlementJSON) string {
	switch {
	case e.Held == 0 && len(e.CoveredBy) > 0:
		return "by " + strings.Join(e.CoveredBy, ", ")
	case e.Ends == "" && e.Held > 0:
		return "perpetual"
	case e.Ends == "":
		return ""
	case *e.DaysLeft >= 0:
		return fmt.Sprintf("%s (%d days)", e.Ends, *e.DaysLeft)
	case e.State == reserve.StateGrace:
		return fmt.Sprintf("ended %s, grace to %s", e.Ends, e.GraceUntil)
	}
	return "ended " + e.Ends
}
