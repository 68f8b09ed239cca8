package cmd_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tallystick/codec"
	"tallystick/reserve"
	"tallystick/testvectors/labeled"
)

// writeBatch writes a file of requests of devices that are always the same, in the paste form.
func writeBatch(tb testing.TB, path string, trust reserve.Trust, rows int, account, grants string) {
	tb.Helper()
	lines := make([]string, rows)
	var next atomic.Int64
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(rows); i = next.Add(1) - 1 {
				udi, err := reserve.NewUDI("C9300-24T", fmt.Sprintf("ROW%07d", i))
				if err != nil {
					panic(err)
				}
				instance, err := reserve.NewInstance(udi, trust, labeled.Reader(udi.String()), time.Unix(1_790_000_000, 0))
				if err != nil {
					panic(err)
				}
				lines[i] = fmt.Sprintf("%s,%s,%s\n", instance.Request().Code().Paste(), account, grants)
			}
		})
	}
	group.Wait()
	var b bytes.Buffer
	b.WriteString("request,account,grants\n")
	for _, line := range lines {
		b.WriteString(line)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		tb.Fatal(err)
	}
}

// readTrust reads a published bundle.
func readTrust(tb testing.TB, path string) reserve.Trust {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	reading, err := codec.Decode(string(data), reserve.Kinds()...)
	if err != nil {
		tb.Fatal(err)
	}
	trust, err := reserve.OpenTrust(reading.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return trust
}

// copySite copies what an issuer keeps.
func copySite(tb testing.TB, from, to string) {
	tb.Helper()
	for _, dir := range []string{"home", "anchors"} {
		if err := os.CopyFS(filepath.Join(to, dir), os.DirFS(filepath.Join(from, dir))); err != nil {
			tb.Fatal(err)
		}
	}
}
