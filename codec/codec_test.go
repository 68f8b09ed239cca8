package codec

import (
	"bytes"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// The kinds of the tests, much as the protocol declares them.
var (
	authorization = Kind{Name: "authorization code", Letter: 'A', Number: 2, Max: 1 << 14}
	request       = Kind{Name: "request code", Letter: 'R', Number: 1, Max: 1 << 10}
	receipt       = Kind{Name: "confirmation or return code", Letter: 'C', Number: 3, Bits: 100}
	status        = Kind{Name: "status report", Letter: 'S', Number: 4, Max: 1 << 10}
	trustRoot     = Kind{Name: "trust root", Letter: 'T', Number: 7, Max: 1 << 15}
	kinds         = []Kind{authorization, request, receipt, status, trustRoot}
)

// Property tests start from the same seed each time, so that a failure is there again.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{"rapid.seed": "1", "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	flag.Parse()
	os.Exit(m.Run())
}

// random returns a generator that is the same in every run.
func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

func randomBody(r *rand.Rand, k Kind, size int) []byte {
	if k.Bits != 0 {
		size = (k.Bits + 7) / 8
	}
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	if k.Bits != 0 {
		b[size-1] &^= 1<<(8*size-k.Bits) - 1
	}
	return b
}

func encode(t testing.TB, k Kind, body []byte) Code {
	t.Helper()
	c, err := Encode(k, body)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// problem returns the Error that err is, and fails when it is another.
func problem(t testing.TB, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an *Error", err)
	}
	return e
}

// reads fails unless the text reads as the body.
func reads(t testing.TB, text string, c Code) Reading {
	t.Helper()
	r, err := Decode(text, kinds...)
	if err != nil {
		t.Fatalf("%v, for\n%s", err, text)
	}
	if r.Kind != c.Kind() || !bytes.Equal(r.Body, c.Body()) {
		t.Fatalf("read as %s %x, want %s %x, for\n%s", r.Kind.Name, r.Body, c.Kind().Name, c.Body(), text)
	}
	return r
}

func lines(rows []string) string { return strings.Join(rows, "\n") }
