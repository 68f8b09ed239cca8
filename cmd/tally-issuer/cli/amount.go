package cli

import (
	"encoding/json"
	"strconv"
)

// An amount is a number of licenses, or one without limit: null in JSON, beside "unlimited": true.
type amount struct {
	n         uint64
	unlimited bool
}

// String returns the number for a table.
func (a amount) String() string {
	if a.unlimited {
		return "unlimited"
	}
	return strconv.FormatUint(a.n, 10)
}

// MarshalJSON writes the number, or null.
func (a amount) MarshalJSON() ([]byte, error) {
	if a.unlimited {
		return []byte("null"), nil
	}
	return json.Marshal(a.n)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (a *amount) UnmarshalJSON(data []byte) error {
	*a = amount{unlimited: true}
	if string(data) == "null" {
		return nil
	}
	a.unlimited = false
	return json.Unmarshal(data, &a.n)
}
