package ledger

import (
	"iter"
	"strings"

	"tallystick/reserve"
)

// An Expected is a device that purchasing announced.
type Expected struct {
	Serial    string
	Product   string // product ID; "" is any
	Account   Path   // where it is to go; the zero Path is anywhere
	Reference string // order reference, text from outside
	Sequence  uint32 // the journal entry that announced it
	Enrolled  bool   // a device with this serial number is enrolled by now
}

// Name returns PID:SN, or the serial number alone.
func (e Expected) Name() string {
	if e.Product == "" {
		return e.Serial
	}
	return e.Product + ":" + e.Serial
}

// ParseExpected reads PID:SN, or a serial number alone. The refusal is InvalidName.
func ParseExpected(name string) (Expected, error) {
	if strings.Contains(name, ":") {
		u, err := reserve.ParseUDI(name)
		if err != nil {
			return Expected{}, err
		}
		return Expected{Product: u.Product(), Serial: u.Serial()}, nil
	}
	u, err := reserve.NewUDI("X", name) // any product ID will do, as in FindDevice
	if err != nil {
		return Expected{}, err
	}
	return Expected{Serial: u.Serial()}, nil
}

// Expect announces a device, or corrects what was announced; repeated says that it was announced
// just so. Refusals are UnknownAccount, AccountClosed and InvalidName (of the reference).
func (tx *Tx) Expect(e Expected) (repeated bool, err error) {
	if err := checkText("reference", e.Reference, 0, maxReference); err != nil {
		return false, err
	}
	present, found, err := tx.announced(e)
	if err != nil {
		return false, err
	}
	if found && present.Account == e.Account && present.Reference == e.Reference {
		return true, nil
	}
	var account any
	if !e.Account.IsZero() {
		if account, err = tx.openAccountID(e.Account); err != nil {
			return false, err
		}
	}
	return false, tx.insertExpectation(e, true, account)
}

// Unexpect takes an announcement back; repeated says that there is none.
func (tx *Tx) Unexpect(e Expected) (repeated bool, err error) {
	if _, found, err := tx.announced(e); err != nil || !found {
		return true, err
	}
	return false, tx.insertExpectation(Expected{Serial: e.Serial, Product: e.Product}, false, nil)
}

func (tx *Tx) insertExpectation(e Expected, expected bool, account any) error {
	sequence, err := tx.NextSequence()
	if err != nil {
		return err
	}
	return tx.execOne("expected device", `INSERT INTO expectation (serial, product, sequence, expected, account, reference)
		VALUES ($1, $2, $3, $4, $5, $6)`, e.Serial, e.Product, sequence, expected, account, e.Reference)
}

const selectExpected = `SELECT e.serial, e.product, coalesce(a.path, ''), e.reference, e.sequence,
	EXISTS (SELECT 1 FROM device d WHERE d.serial = e.serial AND d.superseded = 0 AND (e.product = '' OR d.udi = e.product || ':' || e.serial))
	FROM expected e LEFT JOIN account a ON a.id = e.account`

func (tx *Tx) expected(query string, args ...any) ([]Expected, error) {
	var out []Expected
	err := tx.each(query, args, func(scan func(...any) error) error {
		var e Expected
		err := scan(&e.Serial, &e.Product, &e.Account.text, &e.Reference, &e.Sequence, &e.Enrolled)
		out = append(out, e)
		return err
	})
	return out, err
}

// announced returns the announcement of just this product ID and serial number.
func (tx *Tx) announced(e Expected) (Expected, bool, error) {
	list, err := tx.expected(selectExpected+" WHERE e.serial = $1 AND e.product = $2", e.Serial, e.Product)
	return first(list), len(list) > 0, err
}

// Announced returns the announcement that a device fits, found false when it fits none. any reports
// whether anything is announced at all: where nothing is, no device is unexpected.
func (tx *Tx) Announced(u reserve.UDI) (e Expected, found, any bool, err error) {
	list, err := tx.expected(selectExpected+" WHERE e.serial = $1 AND e.product IN ('', $2) ORDER BY e.product DESC LIMIT 1", u.Serial(), u.Product())
	if err != nil || len(list) > 0 {
		return first(list), len(list) > 0, true, err
	}
	any, err = tx.AnyAnnounced()
	return Expected{}, false, any, err
}

// AnyAnnounced reports whether any device is announced.
func (tx *Tx) AnyAnnounced() (bool, error) {
	var serial string
	return tx.one("SELECT serial FROM expected LIMIT 1", nil, &serial)
}

// expectedPage is how many are in memory at a time.
const expectedPage = 500

// ExpectedDevices streams what is announced, by serial number; awaited leaves out what is enrolled
// by now.
func (tx *Tx) ExpectedDevices(awaited bool) iter.Seq2[Expected, error] {
	return func(yield func(Expected, error) bool) {
		serial, product := "", ""
		for {
			page, err := tx.expected(selectExpected+" WHERE (e.serial, e.product) > ($1, $2) ORDER BY e.serial, e.product LIMIT $3", serial, product, expectedPage)
			for _, e := range page {
				serial, product = e.Serial, e.Product
				if awaited && e.Enrolled {
					continue
				}
				if !yield(e, nil) {
					return
				}
			}
			if err != nil {
				yield(Expected{}, err)
			}
			if err != nil || len(page) < expectedPage {
				return
			}
		}
	}
}
