package cli

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

type entrySigner struct {
	Fingerprint string `json:"fingerprint"`
	Key         uint8  `json:"key"` // its number in the trust root; 0 when none lists it
	Roles       string `json:"roles"`
	Status      string `json:"status"`
}

// entryJSON is one entry with all its fields.
type entryJSON struct {
	Entry     uint32          `json:"entry"`
	Time      string          `json:"time"`
	Kind      string          `json:"kind"`
	Officer   string          `json:"officer"`
	Subject   string          `json:"subject"`
	Event     json.RawMessage `json:"event"`
	Signer    *entrySigner    `json:"signer,omitempty"`
	Signature string          `json:"signature,omitempty"` // hexadecimal, as what follows
	Content   string          `json:"content"`
	Previous  string          `json:"previous"`
	Hash      string          `json:"hash"` // of the leaf
}

func entryOf(e ledger.Entry, trust reserve.Trust) entryJSON {
	j := entryJSON{Entry: e.Sequence, Time: e.Time.Format(time.RFC3339), Kind: e.Kind, Officer: e.Actor, Subject: e.Subject, Event: e.Body,
		Signature: hex.EncodeToString(e.Signature), Content: hex.EncodeToString(e.Content[:]), Previous: hex.EncodeToString(e.Previous[:]), Hash: hex.EncodeToString(e.Hash[:])}
	if e.Signed() {
		j.Signer = &entrySigner{Fingerprint: e.Signer.String()}
		if k, listed := signerOf(e, trust); listed {
			j.Signer.Key, j.Signer.Roles, j.Signer.Status = k.Index, k.Roles.String(), k.Status.String()
		}
	}
	return j
}

func (j entryJSON) print(out *cli.Output) {
	out.Printf("entry      %d\ntime       %s\nofficer    %s\nwhat       %s\nabout      %s\n", j.Entry, j.Time, j.Officer, j.Kind, j.Subject)
	switch {
	case j.Signer == nil:
		out.Printf("signed by  nobody: a device's code proves itself\n")
	case j.Signer.Key == 0:
		out.Printf("signed by  key %s, which no trust root lists\n", j.Signer.Fingerprint)
	default:
		out.Printf("signed by  key %d, %s (%s, %s)\n", j.Signer.Key, j.Signer.Fingerprint, j.Signer.Roles, j.Signer.Status)
	}
	if j.Signature != "" {
		out.Printf("signature  %s\n           %s\n", j.Signature[:len(j.Signature)/2], j.Signature[len(j.Signature)/2:])
	}
	out.Printf("content    %s\nprevious   %s\nleaf hash  %s\n\n", j.Content, j.Previous, j.Hash)
	var event bytes.Buffer
	if json.Indent(&event, j.Event, "", "  ") != nil {
		event.Write(j.Event)
	}
	for line := range strings.Lines(event.String() + "\n") {
		out.Printf("%s\n", strings.TrimSuffix(line, "\n"))
	}
}

// showEntry answers audit show --entry.
func showEntry(c *ucli.Context, env *cli.Env) error {
	n := c.Uint64("entry")
	for _, other := range []string{"officer", "since", "until", "kind", "device", "account", "limit", "format", "out", "columns"} {
		if c.IsSet(other) {
			return cli.Usage("flag --entry shows one entry whole, and excludes --%s", other)
		}
	}
	return withBooks(c, env, func(is *issuer.Issuer) error {
		return is.View(c.Context, func(tx *ledger.Tx) error {
			e, err := entry(tx, n)
			if err != nil {
				return err
			}
			trust, err := tx.Trust()
			if err != nil {
				return err
			}
			j := entryOf(e, trust)
			j.print(cli.Out(c))
			return cli.Out(c).JSON(j)
		})
	})
}

// entry returns the entry with a number that somebody gave.
func entry(tx *ledger.Tx, n uint64) (ledger.Entry, error) {
	size, _, err := tx.Head()
	if err != nil {
		return ledger.Entry{}, err
	}
	if n < 1 || n > uint64(size) {
		return ledger.Entry{}, reserve.Refuse(reserve.OutOfRange, "there is no journal entry %d; there are %d", n, size)
	}
	e, found, err := tx.Entry(uint32(n))
	if err == nil && !found {
		err = reserve.Refuse(reserve.LedgerDamaged, "journal entry %d is missing", n)
	}
	return e, err
}
