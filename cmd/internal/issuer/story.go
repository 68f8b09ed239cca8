package issuer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A Story is what people look for in a journal entry's event, whatever kind it is.
type Story struct {
	Device   string   // PID:SN, when it is about one
	Accounts []string // that it names, as they were called then
	Text     string   // what happened to how many of what; from outside, not escaped
	Reason   string   // the officer's memo
	Ref      string
}

// About reports whether the event names an account, or one below it.
func (s Story) About(account ledger.Path) bool {
	return slices.ContainsFunc(s.Accounts, func(a string) bool {
		return a == account.String() || strings.HasPrefix(a, account.String()+"/")
	})
}

// opaque are fields of events that tell a person nothing: codes, digests, positions.
var opaque = []string{"authorization", "checkpoint", "code", "digest", "fingerprint", "lost_root", "op", "position", "replacement_fingerprint", "request", "root"}

// Tell reads the event of an entry. Fields that are not known here, of events of any version, are
// told as they are called. tag names an entitlement.
func Tell(e ledger.Entry, tag func(reserve.EntitlementID) (string, bool)) (s Story) {
	var told []string
	amount, entitlement := "", ""
	for _, f := range fieldsOf(e.Body) {
		text := f.text()
		switch {
		case f.name == "draws":
			told = append(told, drawText(f.value, tag)...)
		case f.name == "pending":
			told = append(told, "pending return "+strings.Join(drawText(f.value, tag), " "))
		case f.name == "evidence":
			told = append(told, evidenceText(f.value)...)
		case f.name == "device":
			s.Device = text
		case f.name == "reason":
			s.Reason = text
		case f.name == "ref":
			s.Ref = text
		case f.name == "entitlement":
			entitlement = text
		case f.name == "quantity" || f.name == "count":
			amount = text
		case slices.Contains(opaque, f.name) || text == "":
		case f.name == "account" || f.name == "path":
			s.Accounts = append(s.Accounts, text)
		case f.name == "from" || f.name == "to":
			s.Accounts = append(s.Accounts, text)
			told = append(told, f.name+" "+text)
		default:
			told = append(told, strings.ReplaceAll(f.name, "_", " ")+" "+text)
		}
	}
	switch {
	case entitlement != "" && amount != "":
		told = append([]string{entitlement + "=" + amount}, told...)
	case entitlement+amount != "":
		told = append([]string{entitlement + amount}, told...)
	}
	s.Text = strings.Join(told, ", ")
	return s
}

// drawText sums what an authorization takes by entitlement.
func drawText(value json.RawMessage, tag func(reserve.EntitlementID) (string, bool)) (out []string) {
	var draws []drawEvent
	if json.Unmarshal(value, &draws) != nil {
		return nil
	}
	sums := map[uint16]uint64{}
	var order []uint16
	for _, d := range draws {
		if _, seen := sums[d.Entitlement]; !seen {
			order = append(order, d.Entitlement)
		}
		sums[d.Entitlement] += uint64(d.Count)
	}
	for _, id := range order {
		name, ok := tag(reserve.EntitlementID(id))
		if !ok {
			name = strconv.Itoa(int(id))
		}
		out = append(out, fmt.Sprintf("%s=%d", name, sums[id]))
	}
	if len(out) == 0 {
		return []string{"nothing granted"}
	}
	return out
}

// evidenceText names the files of evidence.
func evidenceText(value json.RawMessage) (out []string) {
	var list []evidenceEvent
	if json.Unmarshal(value, &list) != nil {
		return nil
	}
	for _, e := range list {
		out = append(out, "evidence "+e.File)
	}
	return out
}

type field struct {
	name  string
	value json.RawMessage
}

// fieldsOf returns the fields of an object in their order; none of what is not an object.
func fieldsOf(object []byte) (out []field) {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	for d.More() {
		name, err := d.Token()
		text, ok := name.(string)
		var value json.RawMessage
		if err != nil || !ok || d.Decode(&value) != nil {
			return out
		}
		out = append(out, field{text, value})
	}
	return out
}

// text is a value as a person reads it: nothing for what is empty, zero, off or never.
func (f field) text() string {
	var value any
	d := json.NewDecoder(bytes.NewReader(f.value))
	d.UseNumber()
	if d.Decode(&value) != nil {
		return ""
	}
	switch v := value.(type) {
	case string:
		if v == keys.Day(0).String() {
			return ""
		}
		return v
	case json.Number:
		if v == "0" {
			return ""
		}
		return v.String()
	case bool:
		if v {
			return "yes"
		}
	case []any:
		var list []string
		for _, e := range v {
			if s, ok := e.(string); ok {
				list = append(list, s)
			}
		}
		return strings.Join(list, " ")
	}
	return ""
}
