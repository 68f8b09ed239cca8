package ledger

import (
	"fmt"
	"slices"
	"time"

	"tallystick/reserve"
)

// A Provision is a device that is new on the books, together with its first authorization.
type Provision struct {
	Request       reserve.Request
	Account       Path
	Authorization reserve.Authorization
	Issued        reserve.Issued // what the authorization takes from which lots
	Body          []byte         // of the one journal entry that stands for both
}

// AddProvisions enrolls devices and stores the first authorization of each, in their order, every
// one with a journal entry of its own: e with the device for its subject and the provision's body. The authorizations carry NextSequence and the numbers after
// it. It does what EnrollDevice, AddAuthorization, SaveBooks and Append do one after the other, with
// the same checks, at a fraction of the cost: no row is read back, and what lots have reserved is
// written once for all. Entries are hashed and signed ahead of the rows that are being written.
//
// The refusals are theirs: UnknownAccount, AccountClosed, PoolExhausted, RoleMissing, InvalidName and
// OutOfRange. After an error the transaction can't be committed, unless it was inside Attempt. A
// device or an instance that is on the books already is an error: the caller has looked. first is the
// number of the first device; the others have those after it.
func (tx *Tx) AddProvisions(e Event, list []Provision) (first DeviceID, err error) {
	if len(list) == 0 {
		return 0, nil
	}
	if len(tx.state.touched) > 0 {
		return 0, fmt.Errorf("ledger: devices are provided with a change before them that has no journal entry")
	}
	p, err := tx.newProviding(e, list)
	if err != nil {
		return 0, err
	}
	return p.first, tx.fail(p.run())
}

// sealAhead is how many entries may be signed before their rows are written.
const sealAhead = 64

// providing is an AddProvisions under way.
type providing struct {
	tx       *Tx
	event    Event
	list     []Provision
	accounts map[Path]int64
	first    DeviceID // of the devices that are added
	debits   map[reserve.LotID]Charge
	edge     *edge
	begin    [][]byte // the fields of the checkpoint that belongs to the first entry
	stop     chan struct{}
}

// A provided is a provision whose entry is signed.
type provided struct {
	entry   Entry
	charges []Charge
	err     error
}

func (tx *Tx) newProviding(e Event, list []Provision) (*providing, error) {
	p := &providing{tx: tx, event: e, list: list, accounts: map[Path]int64{}, debits: map[reserve.LotID]Charge{}, stop: make(chan struct{})}
	if err := p.check(); err != nil {
		return nil, err
	}
	var last DeviceID
	if _, err := tx.one("SELECT id FROM device ORDER BY id DESC LIMIT 1", nil, &last); err != nil {
		return nil, err
	}
	p.first = last + 1
	size, _, err := tx.Head()
	if err != nil {
		return nil, err
	}
	if p.edge, err = tx.edge(size); err != nil {
		return nil, err
	}
	p.begin, err = tx.checkpointFields(size)
	return p, err
}

// checkpointFields returns what the next entry covers of the checkpoint that ends with entry size.
func (tx *Tx) checkpointFields(size uint32) ([][]byte, error) {
	if tx.state.later {
		return nil, nil
	}
	var note []byte
	found, err := tx.one("SELECT note FROM checkpoint WHERE size = $1", []any{size}, &note)
	if err != nil || !found {
		return nil, err
	}
	return [][]byte{[]byte("checkpoint"), be64(uint64(size)), note}, nil
}

// check makes sure of everything that can be known before anything is written.
func (p *providing) check() error {
	next, err := p.tx.NextSequence()
	if err != nil {
		return err
	}
	if p.event.Signer.IsZero() {
		return reserve.Refuse(reserve.RoleMissing, "the journal entry %q needs an officer's signature", clip(p.event.Kind))
	}
	if err := p.tx.checkSigners(p.event); err != nil {
		return err
	}
	lots := map[reserve.LotID]Lot{}
	for i, v := range p.list {
		if err := checkSame(v.Authorization, v.Issued); err != nil {
			return err
		}
		if want := uint64(next) + uint64(i); uint64(v.Authorization.Sequence()) != want {
			return fmt.Errorf("ledger: an authorization names journal entry %d, its own is %d", v.Authorization.Sequence(), want)
		}
		if _, known := p.accounts[v.Account]; !known {
			if p.accounts[v.Account], err = p.tx.openAccountID(v.Account); err != nil {
				return err
			}
		}
		if err := p.checkDraws(v, lots); err != nil {
			return err
		}
	}
	return nil
}

// checkDraws is Tx.checkDraws for a device that is not there yet.
func (p *providing) checkDraws(v Provision, lots map[reserve.LotID]Lot) error {
	for _, d := range v.Issued.Draws {
		l, known := lots[d.Lot]
		if !known {
			var err error
			if l, err = p.tx.mustLot(d.Lot); err != nil {
				return err
			}
			lots[d.Lot] = l
		}
		fits := l.Account == v.Account && l.Ends == d.Grant.Ends && l.Starts <= v.Authorization.Issued()
		if fits && l.Entitlement != d.Grant.Entitlement {
			catalog, err := p.tx.Catalog()
			if err != nil {
				return err
			}
			fits = slices.Contains(catalog.Covers(d.Grant.Entitlement), l.Entitlement)
		}
		if !fits {
			return fmt.Errorf("ledger: authorization %d of %s, in account %q, grants %s on license %d, which is of account %q and entitlement %d, from %s to %s",
				v.Authorization.Number(), v.Request.Identity().UDI(), v.Account, d.Grant, l.ID, l.Account, l.Entitlement, l.Starts, l.Ends)
		}
	}
	return nil
}

// run writes the rows of each entry while the ones after it are signed.
func (p *providing) run() error {
	defer close(p.stop)
	_, head, err := p.tx.Head()
	if err != nil {
		return err
	}
	write, err := p.tx.provisionWriter()
	if err != nil {
		return err
	}
	sealed := p.sealAll(head)
	var last Entry
	for i := range p.list {
		s := <-sealed
		if s.err != nil {
			return s.err
		}
		if err := p.write(write, i, s); err != nil {
			return err
		}
		last = s.entry
	}
	if err := p.debit(); err != nil {
		return err
	}
	clear(p.tx.state.touched)
	p.tx.state.head, p.tx.state.later = &newest{last.Sequence, last.Hash}, true
	p.tx.state.log = p.event.Log
	return p.tx.ctx.Err()
}

// sealAll makes the entries in a goroutine of its own: each names the one before it, so they are made
// one after the other.
func (p *providing) sealAll(head [32]byte) <-chan provided {
	out := make(chan provided, sealAhead)
	go func() {
		defer close(out)
		for i := range p.list {
			s := p.seal(i, head)
			head = s.entry.Hash
			select {
			case out <- s:
			case <-p.stop:
				return
			}
			if s.err != nil {
				return
			}
		}
	}()
	return out
}

func (p *providing) seal(i int, previous [32]byte) (s provided) {
	v, e := p.list[i], p.event
	e.Subject, e.Body = v.Request.Identity().UDI().String(), v.Body
	if s.err = e.check(); s.err != nil {
		return s
	}
	s.charges = chargesOf(after(v))
	s.entry = Entry{Sequence: v.Authorization.Sequence(), Time: time.Unix(e.Time.Unix(), 0).UTC(), Kind: e.Kind, Actor: e.Actor,
		Subject: e.Subject, Body: e.Body, Content: p.content(i), Previous: previous}.Seal(e.Signer)
	return s
}

// after is what the books of a provided device are.
func after(v Provision) reserve.Books {
	return reserve.Books{Identity: v.Request.Identity(), Issued: []reserve.Issued{v.Issued}}
}

// content is Tx.content of what is written for entry i, in the order of records.
func (p *providing) content(i int) [32]byte {
	v := p.list[i]
	id, device := v.Request.Identity(), be64(uint64(p.first)+uint64(i))
	did, number := id.DID(), be64(uint64(v.Issued.Number))
	zero := be64(0)
	fields := [][]byte{
		[]byte("device"), device, did[:], []byte(id.UDI().String()), []byte(id.UDI().Serial()), v.Request.Body(),
		[]byte("device_history"), device, be64(uint64(p.accounts[v.Account])), nil, zero,
		[]byte("authorization"), device, number, be64(uint64(v.Authorization.Issued())), nil, v.Issued.Digest[:], v.Authorization.Body(), zero,
	}
	for place, d := range v.Issued.Draws {
		fields = append(fields, []byte("draw"), device, number, be64(uint64(place)), be64(uint64(d.Lot)), be64(uint64(d.Grant.Entitlement)),
			be64(uint64(d.Grant.Count)), be64(uint64(d.Grant.Ends)))
	}
	if i == 0 {
		fields = append(fields, p.begin...)
	}
	return contentDigest(fields)
}
