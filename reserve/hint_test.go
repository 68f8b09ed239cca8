package reserve

import (
	"strings"
	"testing"
)

// A hint reads as the fingerprint that it is the beginning of.
func TestHintText(t *testing.T) {
	for first := range 256 {
		did := DID{byte(first), 0x5b, 0xff, 0x35, byte(first)}
		for _, hint := range []string{HintText(did.Prefix()), LocatorText(did.Locator())} {
			if start, ok := strings.CutSuffix(hint, "…"); !ok || !strings.HasPrefix(did.String(), start) {
				t.Errorf("hint %q of %s", hint, did)
			}
		}
		if hint := HintText(did.Prefix()); len(hint) != len("2PZ0-SF…") {
			t.Errorf("hint %q", hint)
		}
	}
}
