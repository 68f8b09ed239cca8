package ledger

import (
	"errors"
	"strings"
	"unicode/utf8"

	"tallystick/reserve"
)

// checkText bounds text from outside, in bytes. Control characters are kept as they are, since the
// ledger shows nothing; a NUL would end the text for SQLite's own functions.
func checkText(field, s string, least, most int) error {
	if len(s) < least || len(s) > most || !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
		return reserve.Refuse(reserve.InvalidName, "%s %q: expected %d to %d bytes of UTF-8 without NUL", field, clip(s), least, most)
	}
	return nil
}

// clip bounds text from outside before it enters a message.
func clip(s string) string {
	if len(s) > 100 {
		return s[:100] + "…"
	}
	return s
}

// blob makes sure that an empty blob is not taken for NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// isRefused reports whether err is a refusal for reason.
func isRefused(err error, reason reserve.Reason) bool {
	return errors.Is(err, &reserve.Refusal{Reason: reason})
}
