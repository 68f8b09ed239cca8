package cli

import (
	"fmt"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

// What a code is, as JSON names it. A confirmation, return or cancellation code is one kind of code
// to type, and three things to say.
const (
	kindRequest      = "request"
	kindConfirmation = "confirmation"
	kindReturn       = "return"
	kindCancellation = "cancellation"
	kindStatus       = "status"
)

// codeAnswer is the JSON of a verb that prints a code.
type codeAnswer struct {
	*cli.ShownCode        // left out by --dry-run
	Device         string `json:"device"`

	// Number is the authorization installed or, for a return or a cancellation, the last one that
	// can't be installed any more.
	Number  reserve.Number `json:"number,omitempty"`
	Changes []changeJSON   `json:"changes,omitempty"`
	Missing []string       `json:"missing,omitempty"` // enforced, and still without a license after install
	repeated
}

type changeJSON struct {
	Tag    string `json:"tag"`
	Before uint64 `json:"before"`
	After  uint64 `json:"after"`
	Ends   string `json:"ends"` // the first last valid day among them; "" is perpetual, or nothing held
}

func changesOf(list []device.Change) []changeJSON {
	out := []changeJSON{}
	for _, c := range list {
		out = append(out, changeJSON{Tag: c.Tag, Before: c.Before.Count, After: c.After.Count, Ends: endsJSON(c.After.Ends)})
	}
	return out
}

// endsJSON is an end day in JSON: "" without end.
func endsJSON(d keys.Day) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// actKind is what the code of a result is.
func actKind(r device.Result) string {
	if r.Code.Kind().Number == reserve.StatusKind.Number {
		return kindStatus
	}
	switch r.Act {
	case reserve.Returned:
		return kindReturn
	case reserve.Canceled:
		return kindCancellation
	}
	return kindConfirmation
}

// actTitle says what the code of a result is, to a person.
func actTitle(r device.Result, udi reserve.UDI) string {
	switch kind := actKind(r); {
	case kind == kindStatus && r.Act == reserve.Canceled:
		return fmt.Sprintf("status report of %s: authorizations after the installed one, through %d, can't be installed", udi, r.Number)
	case kind == kindStatus:
		return fmt.Sprintf("status report of %s", udi)
	case kind == kindReturn:
		return fmt.Sprintf("return code of %s: everything through authorization %d was given up", udi, r.Number)
	case kind == kindCancellation:
		return fmt.Sprintf("cancellation code of %s: authorizations through %d can't be installed", udi, r.Number)
	}
	return fmt.Sprintf("confirmation code of %s for authorization %d", udi, r.Number)
}

// againVerb is the verb that prints the code of a result again.
func againVerb(r device.Result) string {
	switch {
	case actKind(r) != kindStatus:
		return "confirmation"
	case r.Act == reserve.Canceled:
		return "cancel"
	}
	return "report"
}

// showResult prints the code of something the device did. a has what the verb adds to it.
func showResult(c *ucli.Context, d *device.Device, r device.Result, a codeAnswer) error {
	udi := d.Identity().UDI()
	a.Device, a.Number, a.Changes, a.Repeated = udi.String(), r.Number, changesOf(r.Changes), r.Repeated
	hint := fmt.Sprintf("give this code to the security officer; `%s %s` prints it again", programName, againVerb(r))
	return showCode(c, a, actKind(r), r.Code, actTitle(r, udi), hint, againVerb(r))
}

// showCode says what a code is and what to do with it, then prints it last, so that it stays on the
// screen. again is the verb that prints it again.
func showCode(c *ucli.Context, a codeAnswer, kind string, code codec.Code, title, hint, again string) error {
	shown := cli.CodeJSON(code)
	shown.Kind, a.ShownCode = kind, &shown
	texts := cli.CodeTexts{Title: title, Hint: hint, Again: again}
	if err := cli.ShowCode(c, code, texts); err != nil {
		return err
	}
	return cli.Out(c).JSON(a)
}

// showDryRun prints what a verb would do, line by line.
func showDryRun(c *ucli.Context, d *device.Device, r device.Result, lines []string, missing []string) error {
	out := cli.Out(c)
	for _, line := range lines {
		out.Printf("%s\n", line)
	}
	return out.JSON(codeAnswer{Device: d.Identity().UDI().String(), Number: r.Number, Changes: changesOf(r.Changes),
		Missing: missing, repeated: repeated{r.Repeated, true}})
}
