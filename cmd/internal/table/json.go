package table

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

func writeJSON(w *bufio.Writer, d Document) error {
	head := appendString([]byte(`{"schema":`), "tallystick/"+strings.ReplaceAll(d.Verb, " ", "-")+"/1")
	for _, f := range d.Facts {
		if f.ID == "" {
			continue
		}
		head = append(appendString(append(head, ','), f.ID), ':')
		head = appendJSON(head, f.Value, KindText)
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	for _, s := range d.Sections {
		_, _ = w.Write(append(appendString([]byte{','}, s.Name), ":["...)) // the buffer keeps its error
		separator := ""
		err := s.eachObject(func(object []byte) error {
			_, _ = w.WriteString(separator)
			separator = ","
			_, err := w.Write(object)
			return err
		})
		if err != nil {
			return err
		}
		_ = w.WriteByte(']')
	}
	_, err := w.WriteString("}\n")
	return err
}

func writeNDJSON(w *bufio.Writer, d Document) error {
	s, err := d.only(NDJSON)
	if err != nil {
		return err
	}
	return s.eachObject(func(object []byte) error {
		_, err := w.Write(append(object, '\n'))
		return err
	})
}

// eachObject calls f with every row as an object, whose memory is used again.
func (s Section) eachObject(f func([]byte) error) error {
	names := make([][]byte, len(s.Columns)) // with what stands before and after them
	for i, c := range s.Columns {
		before := byte(',')
		if i == 0 {
			before = '{'
		}
		names[i] = append(appendString([]byte{before}, c.ID), ':')
	}
	var object []byte
	return s.each(func(row Row) error {
		object = object[:0]
		for i, v := range row {
			object = append(object, names[i]...)
			object = appendJSON(object, v, s.Columns[i].Kind)
		}
		object = append(object, '}')
		return f(object)
	})
}

// appendJSON appends a value; kind decides what stands for nothing.
func appendJSON(b []byte, v Value, kind Kind) []byte {
	switch v.kind {
	case isNumber:
		return strconv.AppendInt(b, v.number, 10)
	case isFlag:
		return strconv.AppendBool(b, v.number != 0)
	case isCounts:
		return appendCounts(b, v.text)
	case isObject:
		return appendObject(b, v.text)
	case isText, isDate:
		return appendString(b, v.text)
	}
	switch kind {
	case KindNumber, KindFlag, KindObject:
		return append(b, "null"...)
	case KindCounts:
		return append(b, "{}"...)
	}
	return append(b, `""`...)
}

// appendCounts appends an object, or what it can't be made of as text.
func appendCounts(b []byte, text string) []byte {
	start := len(b)
	separator := byte('{')
	for pair := range strings.SplitSeq(text, " ") {
		tag, n, _ := strings.Cut(pair, "=")
		if _, err := strconv.ParseUint(n, 10, 64); err != nil {
			return appendString(b[:start], text)
		}
		b = append(appendString(append(b, separator), tag), ':')
		b = append(b, n...)
		separator = ','
	}
	return append(b, '}')
}

// appendObject appends JSON in one line, with the escapes that appendString makes.
func appendObject(b []byte, text string) []byte {
	var line bytes.Buffer
	if err := json.Compact(&line, []byte(text)); err != nil {
		return appendString(b, text)
	}
	for rest := line.Bytes(); len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r < utf8.RuneSelf && r != 0x7f {
			b = append(b, rest[:size]...)
		} else {
			b = appendRune(b, r) // inside a string: outside there is nothing but ASCII
		}
		rest = rest[size:]
	}
	return b
}

// appendString appends a JSON string. Besides what JSON asks for, everything is escaped that a
// terminal acts on or shows as nothing.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for len(s) > 0 {
		plain := 0
		for plain < len(s) && s[plain] >= ' ' && s[plain] < 0x7f && s[plain] != '"' && s[plain] != '\\' {
			plain++
		}
		b = append(b, s[:plain]...)
		if s = s[plain:]; s == "" {
			break
		}
		r, size := utf8.DecodeRuneInString(s)
		b = appendRune(b, r)
		s = s[size:]
	}
	return append(b, '"')
}

func appendRune(b []byte, r rune) []byte {
	switch {
	case r == '"' || r == '\\':
		return append(b, '\\', byte(r))
	case r == '\n':
		return append(b, `\n`...)
	case r == '\t':
		return append(b, `\t`...)
	case r != utf8.RuneError && unicode.IsPrint(r):
		return utf8.AppendRune(b, r)
	case r > 0xffff:
		high, low := utf16.EncodeRune(r)
		return fmt.Appendf(b, `\u%04x\u%04x`, high, low)
	}
	return fmt.Appendf(b, `\u%04x`, r)
}
