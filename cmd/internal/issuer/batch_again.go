package issuer

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A batch of which every row was done is written down as one operation, so that asked for again it
// gives the same answer, whatever happened to its devices since, and at once.

// operation is the ID of a batch.
func (b Batch) operation() string {
	if b.Op != "" {
		return b.Op
	}
	digest := b.wishDigest()
	return "batch:" + hex.EncodeToString(digest[:16])
}

// wishDigest stands for what is asked for.
func (b Batch) wishDigest() [32]byte {
	text, err := json.Marshal(struct {
		Account string
		Changes []Change
		Only    bool
		Until   keys.Day
	}{b.Account.String(), b.Changes, b.Only, b.Until})
	if err != nil {
		panic("issuer: " + err.Error())
	}
	return keys.Digest("TS1/wish", []byte(eventBatch), text, b.Digest[:])
}

// rememberBatch writes down that a batch was done, if it was.
func (o *Officer) rememberBatch(tx *ledger.Tx, p *BatchPlan) error {
	for i := range p.Rows {
		if p.Rows[i].State == BatchRefused {
			return nil
		}
	}
	result := packRows(p.Rows)
	if _, found, err := tx.Operation(p.Batch.operation(), eventBatch, p.Batch.wishDigest()); err != nil || found || len(result) > maxBatchResult {
		return err
	}
	if err := tx.AddOperation(ledger.Operation{ID: p.Batch.operation(), Verb: eventBatch, Wish: p.Batch.wishDigest(), Result: result}); err != nil {
		return err
	}
	_, err := o.append(tx, p.trust, eventBatch, "", batchEvent{Rows: len(p.Rows), Digest: p.Batch.Digest[:], Op: p.Batch.Op, Memo: p.Batch.Memo})
	return err
}

// maxBatchResult is what the ledger takes for an answer. More have only batches of a hundred thousand
// known devices in no order at all; asked for again they are decided about row by row.
const maxBatchResult = 1 << 20

// packRows writes which authorization each row came to: of each run of rows the differences to what was
// to be expected after the one before, and how many there are.
func packRows(rows []BatchRow) (packed []byte) {
	for i := 0; i < len(rows); {
		n := 1
		for i+n < len(rows) && rows[i+n].Line == rows[i].Line+n && rows[i+n].device == rows[i].device+ledger.DeviceID(n) && rows[i+n].Number == rows[i].Number {
			n++
		}
		packed = binary.AppendUvarint(packed, uint64(rows[i].Line))
		packed = binary.AppendUvarint(packed, uint64(rows[i].device))
		packed = binary.AppendUvarint(packed, uint64(rows[i].Number))
		packed = binary.AppendUvarint(packed, uint64(n))
		i += n
	}
	return packed
}

// batchRun is a run of rows.
type batchRun struct {
	line   int
	device ledger.DeviceID
	number reserve.Number
	count  int
}

func unpackRows(packed []byte) (runs []batchRun, ok bool) {
	for len(packed) > 0 {
		var v [4]uint64
		for i := range v {
			n := 0
			if v[i], n = binary.Uvarint(packed); n <= 0 {
				return nil, false
			}
			packed = packed[n:]
		}
		if v[0] > MaxBatchFile || v[2] > uint64(reserve.LastNumber) || v[3] > MaxBatchRows {
			return nil, false
		}
		runs = append(runs, batchRun{int(v[0]), ledger.DeviceID(v[1]), reserve.Number(v[2]), int(v[3])})
	}
	return runs, true
}

// BatchBefore returns the plan of a batch that was done before, found false when it was not. What a
// device has put behind itself since is refused as Superseded, and what one was to hold that was written
// off since as DeviceWrittenOff: neither is ever shown again. files are the names of the files in a folder. The refusal is
// OperationReused.
func (is *Issuer) BatchBefore(ctx context.Context, b Batch, files []string) (p *BatchPlan, found bool, err error) {
	err = is.ledger.View(ctx, func(tx *ledger.Tx) error {
		if err := is.Frozen(tx); err != nil {
			return err
		}
		var op ledger.Operation
		if op, found, err = tx.Operation(b.operation(), eventBatch, b.wishDigest()); err != nil || !found {
			return err
		}
		p = &BatchPlan{Batch: b, today: is.today()}
		if p.head, _, err = tx.Head(); err != nil {
			return err
		}
		return p.unpack(tx, op, files)
	})
	return p, found, err
}

func (p *BatchPlan) unpack(tx *ledger.Tx, op ledger.Operation, files []string) error {
	damaged := reserve.Refuse(reserve.LedgerDamaged, "operation %q has an answer that can't be read", op.ID)
	runs, ok := unpackRows(op.Result)
	if !ok {
		return damaged
	}
	for _, run := range runs {
		from := len(p.Rows)
		for i, err := range tx.IssuedTo(run.device, run.count, run.number) {
			if err != nil {
				return err
			}
			row, err := rowAgain(i)
			if err != nil {
				return err
			}
			row.Line = run.line + len(p.Rows) - from
			if row.Line-1 < len(files) {
				row.File = files[row.Line-1]
			}
			p.Rows = append(p.Rows, row)
		}
		if len(p.Rows)-from != run.count {
			return damaged
		}
	}
	if len(p.Rows) == 0 {
		return damaged
	}
	return nil
}

// rowAgain is a row that was done. Its signature is not verified again, which would take longer than
// everything else: what was stored is compared with its digest, and every page of the file has one.
func rowAgain(i ledger.IssuedRow) (BatchRow, error) {
	row := BatchRow{UDI: i.UDI, DID: i.DID, Account: i.Account, State: BatchAgain, Number: i.Number, Sequence: i.Sequence, Authorization: i.Body, device: i.Device}
	u, err := reserve.ParseAuthorization(i.Body)
	if err == nil && u.Digest() != i.Digest {
		err = reserve.Refuse(reserve.LedgerDamaged, "its digest is another")
	}
	if err != nil {
		return row, reserve.Refuse(reserve.LedgerDamaged, "the ledger is damaged: what it keeps as authorization %d of %s is not what was signed: %v", i.Number, i.UDI, err)
	}
	switch {
	case !i.Alive:
		row.Authorization = nil
		row.refuse(supersededNumber(i.Number, i.UDI))
	case i.Lost:
		row.Authorization = nil
		row.refuse(wasWrittenOff(i.UDI))
	}
	return row, nil
}
