package ledger

import (
	"iter"

	"tallystick/keys"
	"tallystick/reserve"
)

// An OptionKeyID names an option key in this ledger.
type OptionKeyID int64

// A Conversion says how much of an option key has become licenses.
type Conversion string

// The states of conversion.
const (
	Unconverted        Conversion = "unconverted"
	PartiallyConverted Conversion = "partially-converted"
	Converted          Conversion = "converted"
	NotEligible        Conversion = "not-eligible"
)

// An OptionKey is a license of the older kind: locked to one device, for one option.
type OptionKey struct {
	ID         OptionKeyID
	UDI        reserve.UDI
	Index      uint16   // its place in the device's list
	Option     string   // what the device calls it, text from outside
	Tag        string   // the entitlement that it becomes; "" if there is none
	Quantity   uint32   // 1 for one that is not counted
	Ends       keys.Day // its last valid day; 0 is without end
	Whole      bool     // can only be converted whole
	Ineligible string   // why it can't be converted; "" if it can
	Converted  uint32   // how many of Quantity have become licenses
	Removed    bool     // it was taken off the device
	Sequence   uint32   // the journal entry that registered it
}

// State returns how much of the key is converted.
func (k OptionKey) State() Conversion {
	switch {
	case k.Ineligible != "":
		return NotEligible
	case k.Converted == 0:
		return Unconverted
	case k.Converted < k.Quantity:
		return PartiallyConverted
	}
	return Converted
}

// Active reports whether the device still runs on the key, or a part of it, on a day: it is then not
// to reserve licenses as well.
func (k OptionKey) Active(today keys.Day) bool {
	return !k.Removed && k.Converted < k.Quantity && (k.Ends == 0 || k.Ends >= today)
}

const (
	maxOption     = 64
	maxIneligible = 256
)

// AddOptionKey registers a key. Refusals are OutOfRange, InvalidName, UnknownEntitlement and
// AlreadyExists, when another key has its index: on a device it would be overwritten.
func (tx *Tx) AddOptionKey(k OptionKey) (OptionKeyID, error) {
	if k.Quantity < 1 || k.Quantity > reserve.MaxCount {
		return 0, reserve.Refuse(reserve.OutOfRange, "quantity %d, expected 1 to %d", k.Quantity, reserve.MaxCount)
	}
	if err := checkText("option", k.Option, 1, maxOption); err != nil {
		return 0, err
	}
	if err := checkText("reason", k.Ineligible, 0, maxIneligible); err != nil {
		return 0, err
	}
	entitlement, err := tx.keyEntitlement(k)
	if err != nil {
		return 0, err
	}
	if other, found, err := tx.OptionKey(k.UDI, k.Index); err != nil {
		return 0, err
	} else if found {
		return 0, reserve.Refuse(reserve.AlreadyExists, "index %d of %s has the key %q already", k.Index, k.UDI, other.Option)
	}
	sequence, err := tx.NextSequence()
	if err != nil {
		return 0, err
	}
	id, err := tx.insert(`INSERT INTO option_key (udi, slot, option, entitlement, quantity, ends, whole, ineligible, sequence)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
		k.UDI.String(), k.Index, k.Option, entitlement, k.Quantity, k.Ends, k.Whole, k.Ineligible, sequence)
	return OptionKeyID(id), err
}

func (tx *Tx) keyEntitlement(k OptionKey) (any, error) {
	if k.Tag == "" {
		if k.Ineligible == "" {
			return nil, reserve.Refuse(reserve.UnknownEntitlement, "key %q: name the entitlement it becomes, or why it can't be converted", k.Option)
		}
		return nil, nil
	}
	catalog, err := tx.Catalog()
	if err != nil {
		return nil, err
	}
	e, err := catalog.Entitlement(k.Tag)
	return e.ID, err
}

const selectOptionKey = `SELECT k.id, k.udi, k.slot, k.option, coalesce(e.tag, ''), k.quantity, k.ends, k.whole, k.ineligible, k.converted, k.removed, k.sequence
	FROM option_key_state k LEFT JOIN entitlement e ON e.id = k.entitlement`

func (tx *Tx) optionKeys(query string, args ...any) ([]OptionKey, error) {
	var out []OptionKey
	err := tx.each(query, args, func(scan func(...any) error) error {
		var k OptionKey
		var udi string
		err := scan(&k.ID, &udi, &k.Index, &k.Option, &k.Tag, &k.Quantity, &k.Ends, &k.Whole, &k.Ineligible, &k.Converted, &k.Removed, &k.Sequence)
		if err != nil {
			return err
		}
		if k.UDI, err = reserve.ParseUDI(udi); err != nil {
			return tx.damaged("option key %d: %v", k.ID, err)
		}
		out = append(out, k)
		return nil
	})
	return out, err
}

// OptionKey returns the key at an index of a device; found is false when there is none.
func (tx *Tx) OptionKey(u reserve.UDI, index uint16) (k OptionKey, found bool, err error) {
	list, err := tx.optionKeys(selectOptionKey+" WHERE k.udi = $1 AND k.slot = $2 AND k.removed = 0", u.String(), index)
	return first(list), len(list) > 0, err
}

// ConvertedBefore returns how many licenses were made of keys like k, which were taken off its place
// since: keys of the same device, index, option and entitlement.
func (tx *Tx) ConvertedBefore(k OptionKey) (n uint64, err error) {
	_, err = tx.one(`SELECT coalesce(sum(k.converted), 0) FROM option_key_state k JOIN entitlement e ON e.id = k.entitlement
		WHERE k.udi = $1 AND k.slot = $2 AND k.option = $3 AND e.tag = $4 AND k.removed = 1`, []any{k.UDI.String(), k.Index, k.Option, k.Tag}, &n)
	return n, err
}

// OptionKeyByID returns a key that is in the books, also one that was taken off its device.
func (tx *Tx) OptionKeyByID(id OptionKeyID) (OptionKey, error) {
	list, err := tx.optionKeys(selectOptionKey+" WHERE k.id = $1", id)
	if err == nil && len(list) != 1 {
		err = tx.damaged("there is no option key %d", id)
	}
	return first(list), err
}

// OptionKeysOf returns the keys of a device that were not taken off it, by index.
func (tx *Tx) OptionKeysOf(u reserve.UDI) ([]OptionKey, error) {
	return tx.optionKeys(selectOptionKey+" WHERE k.udi = $1 AND k.removed = 0 ORDER BY k.slot", u.String())
}

// optionKeyPage is how many are in memory at a time.
const optionKeyPage = 500

// OptionKeys streams all keys, those taken off their devices too, in the order they were registered.
func (tx *Tx) OptionKeys() iter.Seq2[OptionKey, error] {
	return func(yield func(OptionKey, error) bool) {
		after := OptionKeyID(0)
		for {
			page, err := tx.optionKeys(selectOptionKey+" WHERE k.id > $1 ORDER BY k.id LIMIT $2", after, optionKeyPage)
			for _, k := range page {
				after = k.ID
				if !yield(k, nil) {
					return
				}
			}
			if err != nil {
				yield(OptionKey{}, err)
			}
			if err != nil || len(page) < optionKeyPage {
				return
			}
		}
	}
}

// RemoveOptionKey notes that a key was taken off its device.
func (tx *Tx) RemoveOptionKey(id OptionKeyID) error {
	sequence, err := tx.NextSequence()
	if err != nil {
		return err
	}
	return tx.execOne("option key", "INSERT INTO option_key_removal (option_key, sequence) VALUES ($1, $2)", id, sequence)
}

// Convert notes that a quantity of a key became a lot. The schema refuses to count a key twice.
func (tx *Tx) Convert(id OptionKeyID, lot reserve.LotID, quantity uint32) error {
	sequence, err := tx.NextSequence()
	if err != nil {
		return err
	}
	return tx.execOne("conversion", "INSERT INTO conversion (option_key, sequence, lot, quantity) VALUES ($1, $2, $3, $4)", id, sequence, lot, quantity)
}

// AnyOptionKey reports whether any option key was ever registered.
func (tx *Tx) AnyOptionKey() (bool, error) {
	var id int64
	return tx.one("SELECT id FROM option_key LIMIT 1", nil, &id)
}
