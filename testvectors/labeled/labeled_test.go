package labeled_test

import (
	"encoding/hex"
	"io"
	"testing"

	"tallystick/testvectors/labeled"
)

const want = "7a2930f83072d5bd421480da3cab38c666f16ab295d42bde1e14569cf629e752b6babd4ea1dabc73"

// TestReader pins the stream: codes that documents print were made with it.
func TestReader(t *testing.T) {
	b := make([]byte, 40)
	if _, err := io.ReadFull(labeled.Reader("label"), b); err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(b); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
