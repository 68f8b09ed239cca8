package reserve

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// strictJSON decodes one JSON value and refuses unknown fields, fields given twice or in another
// case, deep nesting and anything after the value. Where the place is known, the error names it.
func strictJSON(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if err := checkFields(d); err != nil {
		return fmt.Errorf("line %d: %v", lineAt(data, d.InputOffset()), err)
	}
	d = json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) { // its own text names types of Go
			return fmt.Errorf("line %d: field %q can't be a %s", lineAt(data, wrong.Offset), wrong.Field, clip(wrong.Value))
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return fmt.Errorf("the text ends too early")
		}
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("more than one value")
	}
	return nil
}

func lineAt(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(int(offset), len(data))], []byte("\n"))
}

// checkFields walks the tokens, because encoding/json alone is too kind: of two fields of one
// name it takes the last, and it matches names in any case, by Unicode's rules ("claſs").
func checkFields(d *json.Decoder) error {
	type level struct {
		object, value bool
		seen          map[string]bool
	}
	var stack []level
	for {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		top := len(stack) - 1
		if key, ok := token.(string); ok && top >= 0 && stack[top].object && !stack[top].value {
			if strings.Trim(key, "abcdefghijklmnopqrstuvwxyz_") != "" {
				return fmt.Errorf("field %q is not one of a catalog; names are lower case", clip(key))
			}
			if stack[top].seen[key] {
				return fmt.Errorf("field %q is given twice", key)
			}
			stack[top].seen[key], stack[top].value = true, true
			continue
		}
		if delim, ok := token.(json.Delim); ok && (delim == '}' || delim == ']') {
			stack = stack[:top]
			top--
		} else if ok {
			if top >= 0 {
				stack[top].value = false
			}
			if len(stack) == maxNesting {
				return fmt.Errorf("more than %d objects and lists in one another", maxNesting)
			}
			stack = append(stack, level{object: delim == '{', seen: map[string]bool{}})
			continue
		}
		if top >= 0 {
			stack[top].value = false
		}
	}
}
