package issuer

// The kinds of journal entries about what was bought: see event.go. An import is a verb of operation
// IDs alone; its rows are entries like those of single purchases.
const (
	eventLicenseImport = "license-import"
	eventLicenseMove   = "license-move"
	eventLicenseRemove = "license-remove"
)

type licenseEvent struct {
	License     int64  `json:"license"`
	Account     string `json:"account"`
	Entitlement string `json:"entitlement"`
	Quantity    uint32 `json:"quantity"` // 0 when it is without limit
	Unlimited   bool   `json:"unlimited,omitempty"`
	Starts      string `json:"starts"`
	Ends        string `json:"ends"`
	Order       string `json:"order,omitempty"`
	Op          string `json:"op,omitempty"`
	Line        int    `json:"line,omitempty"` // of the file that was imported
	Memo
}

type licenseMoveEvent struct {
	License     int64  `json:"license"`
	From        string `json:"from"`
	To          string `json:"to"`
	Target      int64  `json:"target"` // the license that it went to
	Entitlement string `json:"entitlement"`
	Quantity    uint32 `json:"quantity"` // 0 when it is without limit
	Unlimited   bool   `json:"unlimited,omitempty"`
	Op          string `json:"op,omitempty"`
	Memo
}

type licenseRemoveEvent struct {
	License     int64  `json:"license"`
	Account     string `json:"account"`
	Entitlement string `json:"entitlement"`
	Removed     uint32 `json:"removed"` // 0 when it was without limit
	Left        uint32 `json:"left"`
	Unlimited   bool   `json:"unlimited,omitempty"`
	Op          string `json:"op,omitempty"`
	Memo
}
