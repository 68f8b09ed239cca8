package cli

import (
	"fmt"
	"strings"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/codec"
	"tallystick/reserve"
)

// places has the outcome name the files of a folder, where the rows are of one.
func (b *batchRun) places(plan *issuer.BatchPlan) {
	if plan.Rows[0].File != "" {
		b.columns = "file" + strings.TrimPrefix(b.columns, "line")
	}
}

// run previews a plan, asks, does it and gives the outcome. ready returns what does it, once an
// officer has agreed.
func (b *batchRun) run(plan *issuer.BatchPlan, ready func() (func(done func(int)) error, error)) error {
	out := cli.Out(b.c)
	if cli.DryRun(b.c) {
		printBlock(out, b.preview(plan, len(plan.Rows)))
		return b.only(plan)
	}
	if plan.Blocked() {
		return b.blocked(plan)
	}
	act := func(done func(int)) error {
		done(len(plan.Rows))
		return nil
	}
	if plan.Signs() {
		if b.word != "" {
			if err := cli.Confirm(b.c, b.preview(plan, maxPreviewRows), b.word); err != nil {
				return err
			}
		}
		var err error
		if act, err = ready(); err != nil {
			return err
		}
	}
	if err := b.files.prepare(); err != nil {
		return err
	}
	if err := b.carryOut(act); err != nil {
		return err
	}
	if b.done > 0 && b.coded {
		out.Hint("each device confirms with `tally-device install`; enter its confirmation code with `tally-issuer receive`")
	}
	return b.end(plan.Pools)
}

// blocked tells why nothing was done.
func (b *batchRun) blocked(plan *issuer.BatchPlan) error {
	printBlock(cli.Out(b.c), b.preview(plan, maxPreviewRows))
	if err := b.only(plan); err != nil && cli.Out(b.c).IsJSON() {
		return err
	}
	return cli.WithHint(cli.Fail(cli.IDSomeRows, "%d of %d rows are refused; nothing was done", plan.Count(issuer.BatchRefused), len(plan.Rows)),
		"mend these rows, or leave out --all-or-nothing")
}

// only gives the answer for a batch of which nothing is done.
func (b *batchRun) only(plan *issuer.BatchPlan) error {
	for i := range plan.Rows {
		row := b.row(i)
		row.coded = false
		switch {
		case row.status == rowRefused:
			b.refused++
		case row.again:
			b.again++
		default:
			b.open++
		}
		if cli.Out(b.c).IsJSON() {
			b.list = append(b.list, row.json())
		}
	}
	return b.end(plan.Pools)
}

// outcomeOf is the outcome of a row.
func outcomeOf(r *issuer.BatchRow) outcomeRow {
	o := outcomeRow{line: r.Line, file: r.File, device: r.Name, account: r.Account.String(), status: rowDone, column: r.Column, err: r.Err,
		again: r.State == issuer.BatchAgain}
	if r.DID != (reserve.DID{}) {
		o.device, o.fingerprint = r.UDI.String(), r.DID.String()
	}
	if r.Act != nil {
		o.failed, o.kind, o.alarm, o.former = r.Act.Failed, r.Act.Kind, r.Act.Alarm, r.Act.Former
	}
	switch {
	case r.State == issuer.BatchRefused:
		o.status = rowRefused
		return o
	case r.State == issuer.BatchSign:
		o.status = "sign"
	}
	if r.Number != 0 {
		o.number = fmt.Sprint(r.Number)
	}
	if len(r.Authorization) > 0 {
		var err error
		if o.code, err = codec.Encode(reserve.AuthorizationKind, r.Authorization); err != nil {
			panic("issuer: an authorization that is no code: " + err.Error())
		}
		o.coded = true
	}
	return o
}
