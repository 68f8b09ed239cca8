package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/reserve"
)

func batchCommand(env *cli.Env) *ucli.Command {
	return group("batch", "do the same for many devices at once", batchAuthorizeCommand(env), batchReceiveCommand(env), batchRMACommand(env),
		batchMoveCommand(env), batchReissueCommand(env))
}

// batchFlags are on every batch.
func batchFlags(rest ...ucli.Flag) []ucli.Flag {
	return cli.Flags(rest, outcomeFlags(), []ucli.Flag{cli.YesFlag()}, officerFlags())
}

func outcomeFlags() []ucli.Flag {
	return []ucli.Flag{
		&ucli.StringFlag{Name: "outcome", TakesFile: true, Usage: "write what became of each row to `FILE`; its end, .csv, .json or .ndjson, names the format"},
		&ucli.BoolFlag{Name: "all-or-nothing", Usage: "do nothing at all while any row is refused"},
	}
}

func outFlag() ucli.Flag {
	return &ucli.StringFlag{Name: "out", TakesFile: true, Usage: "write each code to a file in `DIR`, which is made if it isn't there"}
}

// A batchRun carries a batch out and gives its outcome while it goes on.
type batchRun struct {
	c       *ucli.Context
	env     *cli.Env
	rows    int
	row     func(i int) outcomeRow // row i, once it is through
	columns string                 // of the outcome
	files   codeFiles
	what    string // "authorized", of rows
	todo    string // "signed", as the preview says it
	before  string // "signed before: the same codes again"
	word    string // that is typed for yes; "" where nobody is asked

	list    []outcomeJSON // with --json and no --outcome
	done    int           // rows that were done just now
	again   int           // … before
	open    int           // … if anything had been done
	refused int
	failed  int                 // codes that could not be written
	told    []func(*cli.Output) // warnings about rows, given when all are through
	coded   bool                // there are codes for devices
}

// carryOut runs act, which tells how many rows are through, and meanwhile writes what became of them.
func (b *batchRun) carryOut(act func(done func(rows int)) error) error {
	through := make(chan int, b.rows+1)
	finished := make(chan error, 1)
	go func() { finished <- b.writeOutcome(b.stream(through)) }()
	progress := cli.Out(b.c).Progress()
	err := act(func(rows int) {
		through <- rows
		if !b.prints() {
			progress.Show(uint64(rows), uint64(b.rows), uint64(rows), "rows")
		}
	})
	progress.End()
	close(through)
	writing := <-finished
	if b.files.dir != "" && b.coded {
		issuer.SyncFiles()
	}
	const rest = "what was done is done; the same command again does the rest and gives the whole outcome"
	if errors.Is(err, context.Canceled) {
		cli.Out(b.c).Hint(rest)
		return context.Canceled
	}
	if err == nil {
		err = writing
	}
	if err != nil {
		return cli.WithHint(err, rest)
	}
	return nil
}

// prints reports whether codes are printed as they come.
func (b *batchRun) prints() bool { return b.files.dir == "" && b.c.String("outcome") == "" }

// errStopped ends an outcome whose batch was stopped.
var errStopped = errors.New("the batch was stopped")

// stream yields the rows as they come through.
func (b *batchRun) stream(through <-chan int) iter.Seq2[outcomeRow, error] {
	return func(yield func(outcomeRow, error) bool) {
		ready := 0
		for i := range b.rows {
			for i >= ready {
				n, more := <-through
				if !more {
					yield(outcomeRow{}, errStopped)
					return
				}
				ready = n
			}
			row := b.row(i)
			if err := b.show(&row); err != nil {
				yield(outcomeRow{}, err)
				return
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// show counts a row and writes or prints its code. A code that can't be written is told, and given by
// the same command again.
func (b *batchRun) show(r *outcomeRow) error {
	switch {
	case r.status == rowRefused:
		b.refused++
		if b.refused <= maxPreviewRows {
			text := fmt.Sprintf("%s is not %s: %s", r.place(), b.what, r.message())
			b.told = append(b.told, func(out *cli.Output) { out.Warn(cli.WarnRowRefused, "%s", text) })
		}
	case r.again:
		b.again++
	default:
		b.done++
	}
	if r.alarm != "" {
		text := r.alarmText()
		b.told = append(b.told, func(out *cli.Output) { out.Warn(cli.WarnAlive, "%s", text) })
	}
	if err := b.showCode(r); err != nil {
		return err
	}
	if cli.Out(b.c).IsJSON() && b.c.String("outcome") == "" {
		b.list = append(b.list, r.json())
	}
	return nil
}

// alarmText says what is to be done about a device that was written off and runs. The present identity
// of a device that was set up anew is not the one that runs: nothing is to be taken away from it.
func (r *outcomeRow) alarmText() string {
	if r.former {
		return fmt.Sprintf("ALARM: an older identity of %s was written off and runs; look for the copy that runs with it", r.device)
	}
	if r.err != nil { // it is suspect: nothing is issued to it
		return fmt.Sprintf("ALARM: %s was written off and runs; it has to give up what it holds with `tally-device return`", r.device)
	}
	return fmt.Sprintf("ALARM: %s was written off and runs; `tally-issuer authorize --device %s --only` takes away what it holds", r.device, r.device)
}

func (b *batchRun) showCode(r *outcomeRow) error {
	if !r.coded {
		return nil
	}
	b.coded = true
	if b.prints() {
		return cli.ShowCode(b.c, r.code, cli.CodeTexts{Title: fmt.Sprintf("authorization %s for %s", r.number, r.device)})
	}
	if b.files.dir == "" {
		return nil
	}
	u, n, err := codeOwner(r)
	if err != nil {
		return err
	}
	file, err := b.files.writeMany(u, n, r.code)
	if err != nil {
		b.failed++
		if b.failed <= maxPreviewRows {
			text := fmt.Sprintf("%s is %s, but its code could not be written: %v", r.device, b.what, err)
			b.told = append(b.told, func(out *cli.Output) { out.Warn(cli.WarnCodeUnwritten, "%s", text) })
		}
		return nil
	}
	r.codeFile = file
	return nil
}

func codeOwner(r *outcomeRow) (u reserve.UDI, n reserve.Number, err error) {
	if u, err = reserve.ParseUDI(r.device); err == nil {
		_, err = fmt.Sscan(r.number, &n)
	}
	return u, n, err
}

// A batchAnswer is the JSON of every batch.
type batchAnswer struct {
	Rows     int           `json:"rows"`
	Done     int           `json:"done"`    // just now
	Before   int           `json:"before"`  // were done before
	Refused  int           `json:"refused"` // rows
	Outcome  string        `json:"outcome,omitempty"`
	Outcomes []outcomeJSON `json:"outcomes,omitempty"` // without --outcome
	Pools    []batchPool   `json:"pools,omitempty"`
	repeated
}

// end tells the sums: status 15 when a row was refused, or its code was not written.
func (b *batchRun) end(pools []issuer.BatchPool) error {
	out := cli.Out(b.c)
	for _, tell := range b.told {
		tell(out)
	}
	if b.refused > maxPreviewRows {
		out.Warn(cli.WarnRowRefused, "and %d rows more are not %s", b.refused-maxPreviewRows, b.what)
	}
	answer := batchAnswer{Rows: b.rows, Done: b.done, Before: b.again, Refused: b.refused, Outcome: b.c.String("outcome"), Outcomes: b.list,
		Pools: poolsJSON(pools), repeated: repeated{Repeated: b.again > 0 && b.done+b.open == 0, DryRun: cli.DryRun(b.c)}}
	if err := out.JSON(answer); err != nil {
		return err
	}
	if !cli.DryRun(b.c) {
		out.Note("%d rows %s, %d before, %d not", b.done, b.what, b.again, b.refused)
	}
	if b.refused+b.failed > 0 {
		return cli.Status(cli.ExitSomeRows)
	}
	return nil
}

type batchPool struct {
	Account     string `json:"account"`
	Entitlement string `json:"entitlement"`
	Before      amount `json:"before"` // available; null when unlimited
	After       amount `json:"after"`
	Unlimited   bool   `json:"unlimited"`
	Wanted      uint64 `json:"wanted"`
	LeftOut     []int  `json:"left_out,omitempty"` // rows that find no room in it beside those that are signed, counted from 1
}

func poolsJSON(pools []issuer.BatchPool) (out []batchPool) {
	for _, p := range pools {
		j := batchPool{Account: p.Account.String(), Entitlement: p.Tag, Before: amount{p.Before, p.Unlimited}, After: amount{p.After, p.Unlimited},
			Unlimited: p.Unlimited, Wanted: p.Wanted}
		for _, i := range p.LeftOut {
			j.LeftOut = append(j.LeftOut, i+1)
		}
		out = append(out, j)
	}
	return out
}
