package bigledger

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var (
	keepIn  = flag.String("big.dir", "", "keep homes in `DIR`, and take those that are there; without it they are made anew each time")
	largest = flag.Int("big.devices", 10_000, "the most devices that a home of a benchmark has")
)

// Sizes returns the numbers of devices that benchmarks are run with: powers of ten from 1,000 through
// what -big.devices says.
func Sizes() []int {
	var out []int
	for n := 1000; n <= *largest; n *= 10 {
		out = append(out, n)
	}
	return out
}

// Of returns a home with so many devices: the one in -big.dir, made before if it isn't there, else one
// that is gone after the benchmark. Only one process at a time may make homes in -big.dir.
func Of(tb testing.TB, devices int) Home {
	tb.Helper()
	if *keepIn == "" {
		return finished(tb, Home{tb.TempDir(), devices})
	}
	dir, err := filepath.Abs(*keepIn)
	if err != nil {
		tb.Fatal(err)
	}
	return finished(tb, Home{filepath.Join(dir, fmt.Sprint(devices)), devices})
}

// finishedFile is beside a home that is whole. A crash leaves one without it, which is gone on with.
const finishedFile = "finished"

func finished(tb testing.TB, h Home) Home {
	tb.Helper()
	mark := filepath.Join(h.Dir, finishedFile)
	if _, err := os.Stat(mark); err == nil {
		return h
	} else if !errors.Is(err, fs.ErrNotExist) {
		tb.Fatal(err)
	}
	began, told := time.Now(), time.Now()
	progress := func(done, total uint32) {
		if time.Since(told) > 10*time.Second {
			told = time.Now()
			fmt.Fprintf(os.Stderr, "making a home with %d devices: %d of %d journal entries\n", h.Devices, done, total)
		}
	}
	if err := Make(context.Background(), h, progress); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(mark, []byte(time.Since(began).String()), 0o600); err != nil {
		tb.Fatal(err)
	}
	return h
}
