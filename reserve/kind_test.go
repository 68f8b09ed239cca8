package reserve

import (
	"errors"
	"testing"

	"tallystick/codec"
)

// A message that is too long is refused before anything in it is looked at: a later version that is
// too long, too.
func TestMessagesHaveALimit(t *testing.T) {
	for _, test := range []struct {
		kind  codec.Kind
		parse func([]byte) error
	}{
		{RequestKind, func(b []byte) error { _, err := ParseRequest(b); return err }},
		{AuthorizationKind, func(b []byte) error { _, err := ParseAuthorization(b); return err }},
		{StatusKind, func(b []byte) error { _, err := StatusDevice(b); return err }},
		{BundleKind, func(b []byte) error { _, err := OpenTrust(b); return err }},
	} {
		for size, want := range map[int]Reason{test.kind.Max: Unsupported, test.kind.Max + 1: Malformed} {
			body := make([]byte, size)
			body[0] = 0x20 | byte(test.kind.Number)
			if err := test.parse(body); !errors.Is(err, &Refusal{Reason: want}) {
				t.Errorf("%s of version 2, %d bytes: %v, want %s", test.kind.Name, size, err, want)
			}
		}
	}
}
