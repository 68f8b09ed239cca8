package ledger

import (
	"iter"

	"tallystick/keys"
	"tallystick/reserve"
)

// devicePage is how many devices are in memory at a time.
const devicePage = 500

// A DeviceFilter selects devices. A zero field selects all.
type DeviceFilter struct {
	Account    Path             // of this account
	Below      bool             // and of the accounts below it
	Standing   reserve.Standing // only with this standing, on Day
	Day        keys.Day         // what a device that was written off may be holding counts through its end; 0: for ever
	Flagged    bool             // only those suspect or quarantined
	Contains   string           // UDI or label contains it, ASCII letters in any case
	Superseded bool             // superseded identities too
	Unsettled  *Recovery        // only those that this recovery has still to settle

	Label       string                // the label contains it, ASCII letters in any case
	Entitlement string                // only those that something with this tag is reserved for
	EndsBefore  keys.Day              // only those that something is reserved for that ends before this day; with an Entitlement, of that
	Granted     reserve.EntitlementID // only those that it was ever granted to
}

// Devices streams the devices that f selects, in the order they were enrolled.
func (tx *Tx) Devices(f DeviceFilter) iter.Seq2[Device, error] {
	return func(yield func(Device, error) bool) {
		after := DeviceID(0)
		for {
			where := f.conditions(after)
			page, err := tx.devices(selectDevice+where.text+" ORDER BY d.id LIMIT "+where.next(devicePage), where.args...)
			for _, d := range page {
				if !yield(d, nil) {
					return
				}
				after = d.ID
			}
			if err != nil {
				yield(Device{}, err)
			}
			if err != nil || len(page) < devicePage {
				return
			}
		}
	}
}

// CountDevices returns how many devices f selects.
func (tx *Tx) CountDevices(f DeviceFilter) (int64, error) {
	var n int64
	where := f.conditions(0)
	_, err := tx.one("SELECT count(*)"+f.from()+where.text, where.args, &n)
	return n, err
}

func (f DeviceFilter) conditions(after DeviceID) *conditions {
	var c conditions
	c.add("d.id > ", after)
	Scope{f.Account, f.Below}.add(&c)
	f.stands(&c)
	if f.Flagged {
		c.fixed("(d.suspect = 1 OR d.quarantined = 1)")
	}
	if f.Granted != 0 {
		c.add("EXISTS (SELECT 1 FROM draw g WHERE g.device = d.id AND g.entitlement = ?)", f.Granted)
	}
	if f.Contains != "" {
		c.add("(instr(lower(d.udi), lower(?)) > 0 OR instr(lower(d.label), lower(?)) > 0)", f.Contains)
	}
	if f.Label != "" {
		c.add("instr(lower(d.label), lower(?)) > 0", f.Label)
	}
	f.holds(&c)
	if f.Unsettled != nil {
		c.fixed("d.written_off = 0") // since then it was given nothing that it could hold
		c.add(`NOT EXISTS (SELECT 1 FROM authorization x WHERE x.device = d.id AND x.rebased = 1 AND x.sequence > ? AND d.floor >= x.number)`, f.Unsettled.Sequence)
		c.add(`NOT EXISTS (SELECT 1 FROM waiver w WHERE w.device = d.id AND w.epoch = ?)`, f.Unsettled.Epoch)
	}
	if !f.Superseded {
		c.fixed("d.superseded = 0")
	}
	return &c
}

// pendingOn is the condition that a device d that was written off may be holding something on a day.
const pendingOn = "EXISTS (SELECT 1 FROM exposure x JOIN lot l ON l.id = x.lot WHERE x.device = d.id AND " + runningOn + ")"

// stands adds the standing that is asked for.
func (f DeviceFilter) stands(c *conditions) {
	switch f.Standing {
	case "":
	case reserve.ReturnPending:
		c.fixed("d.written_off = 1")
		c.add(pendingOn, f.Day)
	case reserve.WrittenOff:
		c.fixed("d.written_off = 1")
		c.add("NOT "+pendingOn, f.Day)
	default:
		c.add("d.standing = ", string(f.Standing))
	}
}

// holds adds what is asked of the licenses that are reserved for a device.
func (f DeviceFilter) holds(c *conditions) {
	if f.Entitlement == "" && f.EndsBefore == 0 {
		return
	}
	some := "EXISTS (SELECT 1 FROM charge h JOIN lot l ON l.id = h.lot JOIN entitlement e ON e.id = l.entitlement WHERE h.device = d.id"
	if f.Entitlement != "" {
		some += " AND e.tag = " + c.next(f.Entitlement)
	}
	if f.EndsBefore != 0 {
		some += " AND l.ends > 0 AND l.ends < " + c.next(f.EndsBefore)
	}
	c.fixed(some + ")")
}
