package bigledger

import (
	"encoding/json"
	"fmt"
	"time"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/testvectors/labeled"
)

// A life is everything that happens to one device, ready to be written.
type life struct {
	device  int
	request reserve.Request
	issued  [passes]issue
	answer  *reply // nil when there is none
}

// An issue is one authorization, and the books before and after it.
type issue struct {
	authorization reserve.Authorization
	charged       reserve.Issued
	before, after reserve.Books
}

// A reply is a code that the device gave.
type reply struct {
	received      ledger.Received
	before, after reserve.Books
}

// live plays a device's life: sequences and times are those of the journal entries of its
// authorizations.
func (m *maker) live(device int, sequences [passes]uint32, times [passes]time.Time) (life, error) {
	instance, err := reserve.NewInstance(udiOf(device), m.trust, labeled.Reader(fmt.Sprint("bigledger device ", device)), times[0])
	if err != nil {
		return life{}, err
	}
	l := life{device: device, request: instance.Request()}
	books := reserve.Books{Identity: instance.Identity()}
	for pass := range passes {
		if l.issued[pass], err = m.authorize(device, pass, books, sequences[pass], keys.DayOf(times[pass])); err != nil {
			return life{}, err
		}
		books = l.issued[pass].after
	}
	how := m.answerOf(device)
	if how == silent {
		return l, nil
	}
	installed, _, err := reserve.Install(instance, l.issued[passes-1].authorization.Body(), times[passes-1])
	if err != nil {
		return life{}, err
	}
	receipt, kind := reserve.Receipt{}, ledger.Confirmation
	if how == returns {
		receipt, kind = installed.Return().Receipt(), ledger.Return
	} else {
		receipt = installed.Receipt()
	}
	after, outcome, err := books.Receive(receipt)
	l.answer = &reply{ledger.Received{Kind: kind, Position: outcome.Position, Body: receipt.Body()}, books, after}
	return l, err
}

func (m *maker) authorize(device, pass int, before reserve.Books, sequence uint32, day keys.Day) (issue, error) {
	n, err := before.Next()
	if err != nil {
		return issue{}, err
	}
	draws := m.draws(device, pass, day)
	grants, err := reserve.GrantsOf(draws)
	if err != nil {
		return issue{}, err
	}
	a, err := reserve.SignAuthorization(m.trust, before.Identity,
		reserve.Draft{Number: n, Sequence: sequence, Issued: day, Grants: grants}, m.issue)
	if err != nil {
		return issue{}, err
	}
	charged := reserve.Issued{Number: n, Draws: draws, Digest: a.Digest()}
	after, err := before.Issue(charged)
	return issue{a, charged, before, after}, err
}

// The events, as package issuer writes them into the journal.
type accountEvent struct {
	Path        string `json:"path"`
	Reservation bool   `json:"reservation"`
	Export      bool   `json:"export_control"`
	Holding     bool   `json:"holding"`
	Coterm      string `json:"coterm"`
}

type licenseEvent struct {
	License     int64  `json:"license"`
	Account     string `json:"account"`
	Entitlement string `json:"entitlement"`
	Quantity    uint32 `json:"quantity"`
	Starts      string `json:"starts"`
	Ends        string `json:"ends"`
	Order       string `json:"order,omitempty"`
}

type enrollEvent struct {
	Device      string `json:"device"`
	Fingerprint string `json:"fingerprint"`
	Account     string `json:"account"`
	Request     []byte `json:"request"`
}

type authorizeEvent struct {
	Device        string      `json:"device"`
	Fingerprint   string      `json:"fingerprint"`
	Account       string      `json:"account"`
	Number        uint16      `json:"number"`
	Authorization []byte      `json:"authorization"`
	Draws         []drawEvent `json:"draws"`
}

type drawEvent struct {
	License     int64  `json:"license"`
	Entitlement uint16 `json:"entitlement"`
	Count       uint32 `json:"count"`
	Ends        string `json:"ends"`
}

type receiveEvent struct {
	Device      string `json:"device"`
	Fingerprint string `json:"fingerprint"`
	Kind        string `json:"kind"`
	Code        []byte `json:"code"`
	Position    uint16 `json:"position,omitempty"`
}

func body(event any) []byte {
	b, err := json.Marshal(event)
	if err != nil {
		panic("bigledger: " + err.Error())
	}
	return b
}
