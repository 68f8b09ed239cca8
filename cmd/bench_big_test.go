//go:build unix

package cmd_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"tallystick/cmd/internal/bigledger"
	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
)

// BenchmarkBig tells what books cost as they grow: 1,000 devices, then ten times as many each time.
//
//	go test -run '^$' -bench Big ./cmd                                                  # through 10,000
//	go test -run '^$' -bench Big -timeout 0 ./cmd -big.devices 1000000 -big.dir DIR     # through a million
//
// Making a million devices takes half an hour of two processors, so DIR keeps them: 5 GB, and as much
// again for a copy while the benchmark of writing runs. Of each verb, of-empty is its processor time in
// that of opening a ledger that is new.
func BenchmarkBig(b *testing.B) {
	empty := bigledger.Of(b, 0)
	program := built(b, b.TempDir(), "tally-issuer")
	for _, n := range bigledger.Sizes() {
		h := bigledger.Of(b, n)
		someone := h.UDI(n/2 + 1).String()
		b.Run(fmt.Sprint("devices=", n), func(b *testing.B) {
			b.Run("open", func(b *testing.B) { benchOpen(b, h, empty) })
			b.Run("show", func(b *testing.B) { benchShow(b, h, empty, someone) })
			b.Run("show-process", func(b *testing.B) { benchProcess(b, program, h, empty, someone) })
			b.Run("pools", func(b *testing.B) { benchPools(b, h) })
			b.Run("compliance", func(b *testing.B) { benchVerb(b, h, "report", "compliance", "--format", "csv") })
			b.Run("alerts", func(b *testing.B) { benchVerb(b, h, "report", "alerts", "--format", "csv") })
			b.Run("export", func(b *testing.B) { benchExport(b, program, h) })
			b.Run("audit", func(b *testing.B) { benchAudit(b, h) })
			b.Run("write", func(b *testing.B) { benchWrite(b, h) })
		})
	}
}

// onHome runs tally-issuer on a home, in this process.
func onHome(b *testing.B, h bigledger.Home, stdout io.Writer, args ...string) {
	b.Helper()
	var complaints bytes.Buffer
	env := &cli.Env{Args: append([]string{"tally-issuer"}, args...), Stdout: stdout, Stderr: &complaints,
		Now: func() time.Time { return bigledger.Today },
		Getenv: func(name string) string {
			return map[string]string{"TALLY_HOME": h.Path(), "XDG_STATE_HOME": h.State()}[name]
		}}
	if status := programs["tally-issuer"].Run(context.Background(), env); status != 0 || complaints.Len() > 0 {
		b.Fatalf("%q: exit status %d\n%s", args, status, complaints.Bytes())
	}
}

// benchVerb times a verb from its command line to its answer.
func benchVerb(b *testing.B, h bigledger.Home, args ...string) {
	for b.Loop() {
		onHome(b, h, nil, args...)
	}
}

// benchOpen times what every verb begins with: opening, and comparing with the anchor.
func benchOpen(b *testing.B, h, empty bigledger.Home) {
	open := func(h bigledger.Home) {
		is, err := issuer.OpenReadOnly(h.Path(), h.World())
		if err != nil {
			b.Fatal(err)
		}
		defer is.Close()
		if err := is.View(context.Background(), is.Frozen); err != nil {
			b.Fatal(err)
		}
	}
	besides(b, func() { open(h) }, func() { open(empty) })
	if info, err := os.Stat(h.Ledger()); err == nil {
		b.ReportMetric(float64(info.Size())/float64(h.Devices), "bytes/device")
	}
}

// benchShow times showing a device, besides opening an empty ledger.
func benchShow(b *testing.B, h, empty bigledger.Home, device string) {
	besides(b, func() { onHome(b, h, nil, "device", "show", device) }, func() { onHome(b, empty, nil, "account", "list") })
}

// besides times one and tells how much processor time it takes in that of other, each in turn.
func besides(b *testing.B, one, other func()) {
	var spent, beside time.Duration
	for b.Loop() {
		at := processorTime()
		one()
		b.StopTimer()
		between := processorTime()
		other()
		spent, beside = spent+between-at, beside+processorTime()-between
		b.StartTimer()
	}
	tellBesides(b, spent, beside)
}

func tellBesides(b *testing.B, spent, beside time.Duration) {
	b.ReportMetric(float64(spent.Microseconds())/1000/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(spent)/float64(beside), "of-empty")
}

// benchProcess is benchShow with whole processes.
func benchProcess(b *testing.B, program string, h, empty bigledger.Home, device string) {
	var spent, beside time.Duration
	run := func(h bigledger.Home, args ...string) time.Duration {
		c := processOn(program, h, args...)
		if out, err := c.CombinedOutput(); err != nil {
			b.Fatalf("%q: %v\n%s", args, err, out)
		}
		return c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	}
	for b.Loop() {
		spent += run(h, "device", "show", device)
		b.StopTimer()
		beside += run(empty, "account", "list")
		b.StartTimer()
	}
	tellBesides(b, spent, beside)
}

func processOn(program string, h bigledger.Home, args ...string) *exec.Cmd {
	c := exec.Command(program, args...)
	c.Env = append(os.Environ(), "TALLY_HOME="+h.Path(), "XDG_STATE_HOME="+h.State())
	return c
}

// processorTime is what this process has used so far.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// benchPools times the pools of one virtual account, with the ledger open.
func benchPools(b *testing.B, h bigledger.Home) {
	l, err := ledger.OpenReadOnly(h.Ledger())
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	n := 0
	for b.Loop() {
		n += 7
		err := l.View(context.Background(), func(tx *ledger.Tx) error {
			pools, err := tx.Pools(h.Account(n%h.Accounts()), keys.DayOf(bigledger.Today))
			if err == nil && len(pools) != 3 {
				err = fmt.Errorf("%d pools", len(pools))
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
