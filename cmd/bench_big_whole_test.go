//go:build unix

package cmd_test

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tallystick/cmd/internal/bigledger"
	"tallystick/cmd/internal/ledger"
	"tallystick/testvectors/labeled"
)

// benchExport writes all devices as CSV into a pipe, in a process of its own.
func benchExport(b *testing.B, program string, h bigledger.Home) {
	var rows, peak int
	var spent time.Duration
	for b.Loop() {
		c := processOn(program, h, "export", "devices", "--format", "csv")
		out, err := c.StdoutPipe()
		if err != nil {
			b.Fatal(err)
		}
		if err := c.Start(); err != nil {
			b.Fatal(err)
		}
		lines := bufio.NewScanner(bufio.NewReaderSize(out, 1<<16))
		for n := 0; lines.Scan(); n++ {
			if rows++; n%1000 == 0 { // while it waits for the pipe, it is still there
				peak = max(peak, peakMemory(c.Process.Pid))
			}
		}
		if err := c.Wait(); err != nil || lines.Err() != nil {
			b.Fatal(err, lines.Err())
		}
		rows-- // the names of the columns
		spent += c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	}
	if rows != b.N*h.Devices {
		b.Fatalf("%d rows of %d devices, %d times", rows, h.Devices, b.N)
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(rows)/spent.Seconds(), "rows/cpu-s")
	b.ReportMetric(float64(peak)/1e6, "peak-MB")
}

// peakMemory returns the most memory that a process ever had, in bytes; 0 where Linux doesn't tell.
func peakMemory(pid int) int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	var kib int
	_, _ = fmt.Sscan(after, &kib) // 0 when there is none
	return kib << 10
}

// benchAudit tells how many signatures an audit verifies in a second, beside crypto/ed25519 alone on as
// many cores.
func benchAudit(b *testing.B, h bigledger.Home) {
	l, err := ledger.OpenReadOnly(h.Ledger())
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	before := bareVerifications(b)
	var signatures uint64
	for b.Loop() {
		found, err := l.Audit(context.Background(), ledger.Evidence{}, nil)
		if err != nil || found.Err() != nil {
			b.Fatal(err, found.Err())
		}
		signatures += found.Signatures
	}
	rate := float64(signatures) / b.Elapsed().Seconds()
	bare := (before + bareVerifications(b)) / 2 // the machine may be busier now
	b.ReportMetric(rate, "signatures/s")
	b.ReportMetric(bare, "bare/s")
	b.ReportMetric(rate/bare, "of-bare")
}

// bareVerifications measures crypto/ed25519 for a second on all cores that Go uses, per second.
func bareVerifications(b *testing.B) float64 {
	b.Helper()
	public, private, err := ed25519.GenerateKey(labeled.Reader("bare"))
	if err != nil {
		b.Fatal(err)
	}
	message := make([]byte, 200)
	signature := ed25519.Sign(private, message)
	var verified atomic.Uint64
	var group sync.WaitGroup
	began := time.Now()
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for time.Since(began) < time.Second && ed25519.Verify(public, message, signature) {
				verified.Add(1)
			}
		})
	}
	group.Wait()
	return float64(verified.Load()) / time.Since(began).Seconds()
}
