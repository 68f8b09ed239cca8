package ledger

import (
	"context"
	"crypto/ed25519"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tallystick/reserve"
)

var benchDevices = flag.Int("devices", 0, "benchmark verification with this many devices as well")

// madeLedger is one with many devices, each with three authorizations of which the second was
// confirmed, written 1,000 entries a transaction as a batch does.
func madeLedger(b *testing.B, devices int) *Ledger {
	path := filepath.Join(os.TempDir(), fmt.Sprintf("tallystick-bench-%d.db", devices))
	if _, err := os.Stat(path); err == nil {
		return reopen(b, path)
	}
	l := newLedger(b)
	lot := addLot(b, l, "ports", reserve.MaxCount, 0)
	const each = 250
	for first := 0; first < devices; first += each {
		instances := make([]reserve.Instance, min(each, devices-first))
		var group sync.WaitGroup
		for i := range instances {
			group.Go(func() { instances[i] = newInstance(fmt.Sprint("MADE", first+i)) })
		}
		group.Wait()
		if err := l.Update(context.Background(), func(tx *Tx) error {
			for _, i := range instances {
				if err := made(tx, i, lot); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := l.Backup(context.Background(), path); err != nil {
		b.Fatal(err)
	}
	return l
}

func made(tx *Tx, i reserve.Instance, lot reserve.LotID) error {
	d, _, err := tx.EnrollDevice(i.Request(), plant7)
	if err != nil {
		return err
	}
	if _, err := tx.Append(event("enroll")); err != nil {
		return err
	}
	for n := range uint32(3) {
		a, err := acme.issueTo(tx, d.ID, draw(lot, 4, n+1))
		if err != nil {
			return err
		}
		if n == 1 {
			installed, _, err := reserve.Install(i, a.Body(), testNow)
			if err != nil {
				return err
			}
			if err := receive(tx, d.ID, installed.Receipt()); err != nil {
				return err
			}
		}
	}
	return nil
}

// BenchmarkAudit tells signatures a second, and what bare crypto/ed25519 does on as many cores in the
// same run.
func BenchmarkAudit(b *testing.B) {
	sizes := []int{1_000, 10_000}
	if *benchDevices > 0 {
		sizes = []int{*benchDevices}
	}
	for _, devices := range sizes {
		b.Run(fmt.Sprint(devices), func(b *testing.B) {
			l := madeLedger(b, devices)
			var signatures uint64
			b.ResetTimer()
			for range b.N {
				found, err := l.Audit(context.Background(), Evidence{Trust: acme.trust}, nil)
				if err != nil || found.Err() != nil {
					b.Fatal(err, found.Err())
				}
				signatures += found.Signatures
			}
			rate := float64(signatures) / b.Elapsed().Seconds()
			b.StopTimer()
			bare := bareRate()
			b.ReportMetric(rate, "signatures/s")
			b.ReportMetric(bare, "bare/s")
			b.ReportMetric(rate/bare, "of-bare")
		})
	}
}

// bareRate measures crypto/ed25519 alone, for a second on all cores that Go uses.
func bareRate() float64 {
	public, private, err := ed25519.GenerateKey(testRand("bare"))
	if err != nil {
		panic(err)
	}
	message := make([]byte, 200)
	signature := ed25519.Sign(private, message)
	var verified atomic.Uint64
	begun := time.Now()
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for time.Since(begun) < time.Second {
				for range 64 {
					if !ed25519.Verify(public, message, signature) {
						panic("a good signature does not verify")
					}
				}
				verified.Add(64)
			}
		})
	}
	group.Wait()
	return float64(verified.Load()) / time.Since(begun).Seconds()
}
