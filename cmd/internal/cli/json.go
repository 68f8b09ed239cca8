package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// encodeObject returns value as one line of JSON with a schema in front of its fields. value must
// marshal to an object without a field of that name, which isn't checked.
func encodeObject(verb string, value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // "<" is as readable as it is harmless here
	if err := e.Encode(value); err != nil {
		return nil, fmt.Errorf("encoding the answer: %w", err)
	}
	fields, ok := bytes.CutPrefix(bytes.TrimSpace(b.Bytes()), []byte("{"))
	if !ok {
		return nil, fmt.Errorf("encoding the answer: %T is not an object", value)
	}
	schema, err := json.Marshal("tallystick/" + verb + "/1")
	if err != nil {
		return nil, err
	}
	object := append([]byte(`{"schema":`), schema...)
	if string(fields) != "}" {
		object = append(object, ',')
	}
	return append(escapeUnprintable(append(object, fields...)), '\n'), nil
}

// withWarnings adds a verb's warnings to the end of its object, none to one that had none.
func withWarnings(object []byte, list []warning) []byte {
	if len(list) == 0 {
		return object
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(list); err != nil { // texts alone: it can't fail
		return object
	}
	object = append(bytes.TrimSuffix(bytes.TrimSpace(object), []byte("}")), `,"warnings":`...)
	return append(append(object, escapeUnprintable(bytes.TrimSpace(b.Bytes()))...), "}\n"...)
}

// escapeUnprintable escapes in JSON what encoding/json leaves as it is and a terminal acts on or
// shows as nothing: DEL, the C1 controls, bidirectional overrides and other format characters, odd
// spaces. Outside strings JSON is ASCII, so every such character stands inside one.
func escapeUnprintable(object []byte) []byte {
	var b bytes.Buffer
	for len(object) > 0 {
		r, size := utf8.DecodeRune(object)
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\ufffd`) // can come from a json.RawMessage alone
		case unicode.IsPrint(r) || r < ' ':
			b.Write(object[:size])
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		object = object[size:]
	}
	return b.Bytes()
}
