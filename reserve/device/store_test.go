package device

import (
	"bytes"
	"testing"
)

// FuzzUnseal asserts that there is one way to write a record: whatever reads is what seal writes.
func FuzzUnseal(f *testing.F) {
	good := seal([]byte("a record\nof two lines"))
	f.Add(good)
	f.Add(seal(nil))
	f.Add(good[:len(good)-1])
	f.Add([]byte("tallystick-device 1 \n"))
	f.Add([]byte("tallystick-device 2 " + digest("tallystick-device 2", nil) + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if payload, err := unseal(data); err == nil && !bytes.Equal(seal(payload), data) {
			t.Errorf("%q reads as %q", data, payload)
		}
	})
}

func TestUnsealGoodOnes(t *testing.T) {
	for _, payload := range []string{"", "x", "\n\n", "tallystick-device 1 "} {
		if got, err := unseal(seal([]byte(payload))); err != nil || string(got) != payload {
			t.Errorf("%q: %q, %v", payload, got, err)
		}
	}
}
