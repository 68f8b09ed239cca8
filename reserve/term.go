package reserve

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"tallystick/keys"
)

// A Term is how long a subscription runs: a whole number of months, written "1m" or "3y".
type Term struct{ months uint16 }

// maxMonths bounds a term to ten years.
const maxMonths = 120

// ParseTerm reads "6m" or "3y". The refusal is InvalidName.
func ParseTerm(s string) (Term, error) {
	if len(s) >= 2 && len(s) <= 4 {
		n, err := strconv.ParseUint(s[:len(s)-1], 10, 16)
		if s[len(s)-1] == 'y' {
			n *= 12
		} else if s[len(s)-1] != 'm' {
			n = 0
		}
		if t := (Term{uint16(n)}); err == nil && n >= 1 && n <= maxMonths {
			return t, nil
		}
	}
	return Term{}, Refuse(InvalidName, "term %q: expected months or years, such as 1m, 3y, at most %dy", clip(s), maxMonths/12)
}

// String returns the shortest spelling: "3y", "18m".
func (t Term) String() string {
	if t.months%12 == 0 {
		return fmt.Sprintf("%dy", t.months/12)
	}
	return fmt.Sprintf("%dm", t.months)
}

// Ends returns the last valid day of a term that starts on day start: a year from 2026-03-01 ends
// on 2027-02-28, one month from 2026-01-31 on 2026-02-27.
func (t Term) Ends(start keys.Day) keys.Day {
	at := start.Time()
	first := time.Date(at.Year(), at.Month()+time.Month(t.months), 1, 0, 0, 0, 0, time.UTC)
	lastOfMonth := first.AddDate(0, 1, -1).Day()
	return keys.DayOf(first.AddDate(0, 0, min(at.Day(), lastOfMonth)-2))
}

// MarshalJSON writes the shortest spelling.
func (t Term) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// UnmarshalJSON reads a term and refuses any but the shortest spelling.
func (t *Term) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("term %q: expected text, such as \"3y\"", clip(string(data)))
	}
	parsed, err := ParseTerm(s)
	if err != nil {
		return err
	}
	if parsed.String() != s {
		return fmt.Errorf("term %q is written %q", s, parsed)
	}
	*t = parsed
	return nil
}
