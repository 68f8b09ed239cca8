package cli

import (
	"encoding/json"
	"fmt"
	"time"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
)

func deviceHistoryCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name: "history", Usage: "everything that the journal has about a device", ArgsUsage: "UDI",
		Description: cli.Describe("Lists the journal's entries about a device, all its identities, oldest first: when, what, who, and whether an officer signed it.",
			"tally-issuer device history C9300-24T:FCW2149L0KK"),
		Flags: []ucli.Flag{homeFlag()},
		Action: func(c *ucli.Context) error {
			udi, err := oneArgument(c, "UDI")
			if err != nil {
				return err
			}
			return withReader(c, env, func(is *issuer.Issuer) error { return showHistory(c, is, udi) })
		},
	}
}

type historyJSON struct {
	Entry  uint32          `json:"entry"`
	Time   string          `json:"time"`
	Kind   string          `json:"kind"`
	Actor  string          `json:"actor"`
	Signer string          `json:"signer"` // fingerprint of the officer's key; "" when the device's code proves it
	Event  json.RawMessage `json:"event"`
}

func showHistory(c *ucli.Context, is *issuer.Issuer, name string) error {
	list, rows := []historyJSON{}, [][]string{}
	var device ledger.Device
	err := is.View(c.Context, func(tx *ledger.Tx) (err error) {
		if device, err = tx.FindDevice(name); err != nil {
			return err
		}
		for e, err := range tx.Entries(ledger.EntryFilter{Subject: device.UDI.String()}) {
			if err != nil {
				return err
			}
			h := historyJSON{Entry: e.Sequence, Time: e.Time.Format(time.RFC3339), Kind: e.Kind, Actor: e.Actor, Event: e.Body}
			if e.Signer != (keys.Fingerprint{}) {
				h.Signer = e.Signer.String()
			}
			list = append(list, h)
			rows = append(rows, []string{fmt.Sprint(e.Sequence), e.Time.Format("2006-01-02 15:04"), e.Kind, eventText(e), e.Actor})
		}
		return nil
	})
	if err != nil {
		return err
	}
	out := cli.Out(c)
	out.Table([]string{"ENTRY", "TIME (UTC)", "WHAT", "", "BY"}, rows)
	return out.JSON(struct {
		Device  deviceJSON    `json:"device"`
		Entries []historyJSON `json:"entries"`
	}{deviceJSON{device.UDI.String(), device.DID.String()}, list})
}

// eventText tells the part of an event that a person looks for.
func eventText(e ledger.Entry) string {
	var b struct {
		Number  uint16 `json:"number"`
		Kind    string `json:"kind"`
		From    string `json:"from"`
		To      string `json:"to"`
		Account string `json:"account"`
		Label   string `json:"label"`
	}
	if json.Unmarshal(e.Body, &b) != nil {
		return ""
	}
	switch {
	case b.To != "":
		return b.From + " to " + b.To
	case b.Kind != "":
		return b.Kind
	case b.Number != 0:
		return fmt.Sprintf("authorization %d", b.Number)
	case b.Label != "":
		return b.Label
	}
	return b.Account
}
