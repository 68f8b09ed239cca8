package issuer

import (
	"encoding/json"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// The kinds of journal entries. Each body is one of the types below in JSON; fields are added,
// never renamed.
const (
	eventRoot      = "trust-root"
	eventCatalog   = "catalog"
	eventAccount   = "account"
	eventLicense   = "license"
	eventEnroll    = "enroll"
	eventAuthorize = "authorize"
	eventReceive   = "receive"
	eventBatch     = "batch"
	eventReprint   = "reprint"

	eventRename     = "account-rename"
	eventMoveDevice = "device-move"
	eventLabel      = "device-label"
	eventExpect     = "device-expect"
	eventOptionKey  = "option-key"
	eventConvert    = "convert"

	eventAnchor               = "anchor"
	eventRecover              = "recover"
	eventRebase               = "rebase"
	eventRecoverAuthorization = "recover-authorization"
	eventRecovered            = "recovered"
)

// EventKinds are the kinds of all journal entries there can be, in the order of a life.
var EventKinds = []string{ledger.CreateKind, eventRoot, eventCatalog, eventAccount, eventRename, eventLicense, eventLicenseImport, eventLicenseMove, eventLicenseRemove,
	eventExpect, eventEnroll, eventAuthorize, eventReprint, eventReceive, eventBatch, eventMoveDevice, eventLabel, eventOptionKey, eventConvert,
	eventWriteOff, eventRMA, eventSettle, eventAnchor, eventRecover, eventRebase, eventRecoverAuthorization, eventRecovered}

type initEvent struct {
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint"`
	Root        []byte `json:"root"`
	Training    bool   `json:"training,omitempty"`
}

type rootEvent struct {
	Version uint16 `json:"version"`
	Root    []byte `json:"root"`
	Change  string `json:"change"`
	Memo
}

type catalogEvent struct {
	Name        string `json:"name"`
	Version     uint16 `json:"version"`
	Digest      []byte `json:"digest"`
	RootVersion uint16 `json:"root_version"`
	Root        []byte `json:"root"`
	Memo
}

type accountEvent struct {
	Path        string `json:"path"`
	Reservation bool   `json:"reservation"`
	Export      bool   `json:"export_control"`
	Holding     bool   `json:"holding"`
	Coterm      string `json:"coterm"`

	FailedOpen     *uint32 `json:"failed_open,omitempty"` // the policy on failed devices; missing: as above it
	FailedLicenses *uint32 `json:"failed_licenses,omitempty"`
	FailedYear     *uint32 `json:"failed_year,omitempty"`

	Closed bool `json:"closed,omitempty"`
	Memo
}

type renameEvent struct {
	From string `json:"from"`
	To   string `json:"to"`
	Memo
}

type moveDeviceEvent struct {
	Device      string `json:"device"`
	Fingerprint string `json:"fingerprint"`
	From        string `json:"from"`
	To          string `json:"to"`
	Memo
}

type labelEvent struct {
	Device string `json:"device"`
	Label  string `json:"label"`
	Memo
}

type optionKeyEvent struct {
	Device      string `json:"device"`
	Index       uint16 `json:"index"`
	Option      string `json:"option"`
	Entitlement string `json:"entitlement"`
	Count       uint32 `json:"count"`
	Ends        string `json:"ends"`
	Whole       bool   `json:"whole_only,omitempty"`
	Ineligible  string `json:"not_eligible,omitempty"`
	Removed     bool   `json:"removed,omitempty"`
	Another     bool   `json:"another,omitempty"` // on the officer's word, than one like it that was converted
	Op          string `json:"op,omitempty"`
	Memo
}

type convertEvent struct {
	Device      string `json:"device"`
	Index       uint16 `json:"index"`
	Option      string `json:"option"`
	Entitlement string `json:"entitlement"`
	Count       uint32 `json:"count"`
	License     int64  `json:"license"`
	Account     string `json:"account"`
	Ends        string `json:"ends"`
	Op          string `json:"op,omitempty"`
	Memo
}

type expectEvent struct {
	Count     int      `json:"count"`
	Devices   []string `json:"devices"` // the first of them
	Withdrawn bool     `json:"withdrawn,omitempty"`
	Memo
}

type enrollEvent struct {
	Device      string `json:"device"`
	Fingerprint string `json:"fingerprint"`
	Account     string `json:"account"`
	Request     []byte `json:"request"`
	Replaces    string `json:"replaces,omitempty"`
	Memo
}

type authorizeEvent struct {
	Device        string      `json:"device"`
	Fingerprint   string      `json:"fingerprint"`
	Account       string      `json:"account"`
	Number        uint16      `json:"number"`
	Authorization []byte      `json:"authorization"`
	Draws         []drawEvent `json:"draws"`
	Replaces      string      `json:"replaces,omitempty"` // a device that was written off
	Request       []byte      `json:"request,omitempty"`  // of a device that is enrolled by the same entry
	Op            string      `json:"op,omitempty"`
	Memo
}

// batchEvent says that every row of a batch was done; each has an entry of its own before it.
type batchEvent struct {
	Rows   int    `json:"rows"`
	Digest []byte `json:"digest"` // of the rows
	Op     string `json:"op,omitempty"`
	Memo
}

type drawEvent struct {
	License     int64  `json:"license"`
	Entitlement uint16 `json:"entitlement"`
	Count       uint32 `json:"count"`
	Ends        string `json:"ends"`
	Borrowed    string `json:"borrowed_from,omitempty"` // the higher tier that the license is of
}

type receiveEvent struct {
	Device      string `json:"device"`
	Fingerprint string `json:"fingerprint"`
	Kind        string `json:"kind"`
	Code        []byte `json:"code"`
	Position    uint16 `json:"position,omitempty"`
	Finding     string `json:"finding,omitempty"` // why nothing was credited
	Alarm       string `json:"alarm,omitempty"`   // a device that was written off runs: AlarmAlive
}

type reprintEvent struct {
	Device string `json:"device"`
	Number uint16 `json:"number"`
	Op     string `json:"op,omitempty"`
	Memo
}

type anchorEvent struct {
	Size uint32 `json:"size"`
	Root []byte `json:"root"`
	Memo
}

type recoverEvent struct {
	Size       uint32 `json:"lost_size"` // entries of the lost journal, 0 when unknown
	Root       []byte `json:"lost_root"`
	Checkpoint string `json:"checkpoint"` // the newest that is left
	Memo
}

type recoveredEvent struct {
	Epoch  int   `json:"epoch"`
	Waived int64 `json:"waived"` // devices that were given up
	Memo
}

func drawEvents(draws []reserve.Draw) []drawEvent {
	out := make([]drawEvent, 0, len(draws))
	for _, d := range draws {
		out = append(out, drawEvent{License: int64(d.Lot), Entitlement: uint16(d.Grant.Entitlement), Count: d.Grant.Count, Ends: dayText(d.Grant.Ends)})
	}
	return slices.Clip(out)
}

// dayText writes a day for records; without end is "never".
func dayText(d keys.Day) string { return d.String() }

// body marshals an event; the types above can't fail to.
func body(event any) []byte {
	b, err := json.Marshal(event)
	if err != nil {
		panic("issuer: " + err.Error())
	}
	return b
}
