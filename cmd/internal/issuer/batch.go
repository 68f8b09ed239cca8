package issuer

import (
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
)

// MaxBatchRows bounds the rows of a batch. Each takes about half a kilobyte of memory while it is
// under way.
const MaxBatchRows = 100_000

// A Batch is what holds for all rows of a batch of authorizations, and what stands for a cell that a
// row leaves out.
type Batch struct {
	Account ledger.Path
	Changes []Change
	Only    bool     // give up what isn't named
	Until   keys.Day // licenses have to last through this day; 0: any license valid today
	Whole   bool     // all rows or none
	Memo    Memo

	Op     string   // repeating the same operation gives the same answer; "": what is asked for is its own ID
	Digest [32]byte // of the rows, as they were asked for
}

// A BatchState says what is to become of a row, or did.
type BatchState string

// The states.
const (
	BatchSign    BatchState = "sign"  // an authorization will be signed
	BatchAgain   BatchState = "again" // it was signed before: its stored bytes are the answer
	BatchSigned  BatchState = "signed"
	BatchRefused BatchState = "refused"
)

// A BatchRow is a row of a batch of authorizations: what it asks for, and what came of it.
type BatchRow struct {
	Line    int    // in its file, from 1; in a folder the place of its file
	File    string // in a folder the name of its file
	Name    string // the device, as a row without a request names it
	UDI     reserve.UDI
	DID     reserve.DID // zero where the row could not be read
	Account ledger.Path // it may be the zero Path for a device that is known
	Arrival Arrival     // of a new device: whether purchasing announced it

	State         BatchState
	Number        reserve.Number
	Sequence      uint32 // of the journal entry that charged for it
	Authorization []byte // the body of the code, once it is signed
	Column        string // that is wrong, "" for the row as a whole
	Err           error  // why it is refused

	Act *ActRow // of a batch of acts; nil in one of authorizations

	request *reserve.Request // until it is signed
	changes []Change
	draws   []reserve.Draw
	device  ledger.DeviceID // once it is signed
	fresh   bool            // a device that is new on the books and takes nobody's place
	instead bool            // a new identity that takes the place of an older one
}

// entries is how many journal entries come of a row that is to be signed.
func (r *BatchRow) entries() uint32 {
	switch {
	case r.State != BatchSign:
		return 0
	case r.instead: // it is enrolled by an entry of its own
		return 2
	}
	return 1
}

// An ActRow is what rows of other batches have beyond those of authorizations.
type ActRow struct {
	Kind   string      // of a code that was received
	Alarm  string      // AlarmAlive, or nothing
	Former bool        // it is of a former identity
	From   ledger.Path // the account that a device was moved from
	Failed string      // the device that is replaced

	reading codec.Reading // of a device's code
	account ledger.Path   // that a row names
	maps    []Mapping
	reason  string
	found   bool // what is refused about it is to be written down
}

// writes reports whether a row of a plan changes anything.
func (r *BatchRow) writes() bool {
	return r.State == BatchSign || r.State == BatchRefused && r.Act != nil && r.Act.found
}

// wish is the wish of a row.
func (b Batch) wish(r *BatchRow) Wish {
	return Wish{Request: r.request, Device: r.Name, Account: r.Account, Changes: r.changes, Only: b.Only, Until: b.Until, Memo: b.Memo}
}

func (r *BatchRow) refuse(err error) {
	r.State, r.Err = BatchRefused, err
	r.request, r.draws = nil, nil
}

// A BatchPool is what a batch does to one pool.
type BatchPool struct {
	Account       ledger.Path
	Entitlement   reserve.EntitlementID
	Tag           string
	Before, After uint64 // available; no number to show where it is Unlimited
	Unlimited     bool
	Wanted        uint64 // by all rows together, beyond what is reserved for their devices
	LeftOut       []int  // places in the batch of the rows that find no room in it beside the others
}

// Short reports whether the pool has less than is wanted of it.
func (p BatchPool) Short() bool { return len(p.LeftOut) > 0 }

// A BatchPlan is the preview of a batch. Making one changes nothing.
type BatchPlan struct {
	Batch Batch
	Rows  []BatchRow
	Pools []BatchPool // that are touched, by account and tag
	trust reserve.Trust
	today keys.Day
	head  uint32 // the newest journal entry when the plan was made, or of what was done of it

	disturbed bool // somebody else wrote since
}

// Count returns how many rows are in a state.
func (p *BatchPlan) Count(s BatchState) (n int) {
	for i := range p.Rows {
		if p.Rows[i].State == s {
			n++
		}
	}
	return n
}

// Signs reports whether anything is to be signed, or written down.
func (p *BatchPlan) Signs() bool {
	return slices.ContainsFunc(p.Rows, func(r BatchRow) bool { return r.writes() }) && !p.Blocked()
}

// Blocked reports whether nothing is done because a row is refused.
func (p *BatchPlan) Blocked() bool { return p.Batch.Whole && p.Count(BatchRefused) > 0 }
