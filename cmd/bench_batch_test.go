//go:build unix

package cmd_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"tallystick/cmd/internal/bigledger"
	"tallystick/cmd/internal/issuer"
)

var benchRows = flag.Int("batch.rows", 10_000, "rows of the file that BenchmarkBatch authorizes")

// BenchmarkBatch authorizes the devices of a file with a process of its own, from the file to the
// outcome's, and again; beside it, in the same run, a stripped pipeline signs as often with bare
// crypto/ed25519 on all cores and inserts the very same rows, in transactions of the same size, into
// tables with the same indexes, but without triggers and foreign keys.
//
// "of-stripped" is what the batch reaches of the stripped pipeline's speed, cpu-of-stripped the same in
// processor time, which the load of other processes disturbs less.
func BenchmarkBatch(b *testing.B) {
	for b.Loop() {
		s := benchSite(b)
		bare := filepath.Join(s, "bare.db")
		copyFile(b, filepath.Join(s, "home", "ledger.db"), bare)
		first := batchProcess(b, s)
		again := batchProcess(b, s)
		stripped := strip(b, filepath.Join(s, "home", "ledger.db"), bare)
		n := float64(*benchRows)
		b.ReportMetric(first.took.Seconds(), "s/batch")
		b.ReportMetric(float64(first.cpu.Microseconds())/n, "cpu-us/row")
		b.ReportMetric(float64(first.memory)/(1<<20), "MB-peak")
		b.ReportMetric(again.took.Seconds(), "s/again")
		b.ReportMetric(first.took.Seconds()/again.took.Seconds(), "times-faster-again")
		b.ReportMetric(first.cpu.Seconds()/again.cpu.Seconds(), "cpu-times-faster-again")
		b.ReportMetric(float64(again.memory)/(1<<20), "MB-peak-again")
		b.ReportMetric(stripped.took.Seconds(), "s/stripped")
		b.ReportMetric(float64(stripped.cpu.Microseconds())/n, "cpu-us/stripped-row")
		b.ReportMetric(100*stripped.took.Seconds()/first.took.Seconds(), "%of-stripped")
		b.ReportMetric(100*stripped.cpu.Seconds()/first.cpu.Seconds(), "%cpu-of-stripped")
	}
}

// benchSite is a directory with an issuer and a file of requests.
func benchSite(b *testing.B) string {
	dir := b.TempDir()
	prepareLicensed(b, dir, built(b, dir, "tally-device"))
	child(b, dir, "tally-issuer license add --account acme --entitlement network-advantage --quantity 2000000000 --perpetual --passphrase-fd 3")
	writeBatch(b, filepath.Join(dir, "rows.csv"), readTrust(b, filepath.Join(dir, "issuer.tally")), *benchRows, "acme", "network-advantage=1")
	return dir
}

// A cost is what something took.
type cost struct {
	took, cpu time.Duration
	memory    int64 // the most that a process had, in bytes
}

func batchProcess(b *testing.B, dir string) cost {
	b.Helper()
	c := site{dir: dir}.command("tally-issuer", strings.Fields("batch authorize rows.csv --outcome outcome.csv --yes --quiet --passphrase-fd 3")...)
	began := time.Now()
	if out, err := c.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	took := time.Since(began)
	usage := c.ProcessState.SysUsage().(*syscall.Rusage)
	return cost{took, c.ProcessState.UserTime() + c.ProcessState.SystemTime(), maxRSS(usage)}
}

// maxRSS is in bytes; systems differ in the unit.
func maxRSS(u *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" {
		return int64(u.Maxrss)
	}
	return int64(u.Maxrss) << 10
}

// BenchmarkBatchGrowth authorizes a thousand new devices in ledgers that have ever more devices, with
// three authorizations each. -big.devices 1000000 goes to three million.
func BenchmarkBatchGrowth(b *testing.B) {
	const rows = 1000
	for _, devices := range bigledger.Sizes() {
		b.Run(fmt.Sprint(devices), func(b *testing.B) {
			h := bigledger.Of(b, devices)
			for b.Loop() {
				b.StopTimer()
				h := copied(b, h)
				is, err := issuer.Open(h.Path(), h.World())
				if err != nil {
					b.Fatal(err)
				}
				o, err := is.Unlock([]byte(bigledger.Passphrase))
				if err != nil {
					b.Fatal(err)
				}
				trust, err := is.Trust(context.Background())
				if err != nil {
					b.Fatal(err)
				}
				file := filepath.Join(b.TempDir(), "rows.csv")
				writeBatch(b, file, trust, rows, h.Account(1).String(), "multigigabit-ports=1")
				data, err := os.ReadFile(file)
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				cpu := processorTime()
				read, err := issuer.ReadBatch(data, issuer.Batch{})
				if err != nil {
					b.Fatal(err)
				}
				plan, err := o.PlanBatch(context.Background(), issuer.Batch{}, read)
				if err != nil {
					b.Fatal(err)
				}
				if err := o.Batch(context.Background(), plan, func(int) {}); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64((processorTime()-cpu).Microseconds())/rows, "cpu-us/row")
				if n := plan.Count(issuer.BatchSigned); n != rows {
					b.Fatalf("%d of %d rows were signed", n, rows)
				}
				is.Close()
			}
		})
	}
}

func copyFile(b *testing.B, from, to string) {
	b.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		b.Fatal(err)
	}
}
