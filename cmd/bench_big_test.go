package cmd_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tallystick/cmd/internal/bigledger"
	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/cmd/internal/ledger"
	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/testvectors/labeled"
)

// BenchmarkBig tells what books cost as they grow: 1,000 devices, then ten times as many each time.
//
//	go test -run '^$' -bench Big ./cmd                                                  # through 10,000
//	go test -run '^$' -bench Big -timeout 0 ./cmd -big.devices 1000000 -big.dir DIR     # through a million
//
// Making a million devices takes most of an hour, so DIR keeps them; 5 GB.
func BenchmarkBig(b *testing.B) {
	empty := bigledger.Of(b, 0)
	for _, n := range bigledger.Sizes() {
		h := bigledger.Of(b, n)
		b.Run(fmt.Sprint("devices=", n), func(b *testing.B) {
			b.Run("open", func(b *testing.B) { benchOpen(b, h) })
			b.Run("open-empty", func(b *testing.B) { benchOpen(b, empty) })
			b.Run("show-device", func(b *testing.B) { benchVerb(b, h, nil, "device", "show", h.UDI(n/2+1).String()) })
			b.Run("show-empty", func(b *testing.B) { benchVerb(b, empty, nil, "account", "list") })
			b.Run("pools", func(b *testing.B) { benchPools(b, h) })
			b.Run("compliance", func(b *testing.B) { benchVerb(b, h, nil, "report", "compliance", "--format", "csv") })
			b.Run("alerts", func(b *testing.B) { benchVerb(b, h, nil, "report", "alerts", "--format", "csv") })
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
func benchVerb(b *testing.B, h bigledger.Home, stdout io.Writer, args ...string) {
	for b.Loop() {
		onHome(b, h, stdout, args...)
	}
}

// benchOpen times what every verb begins with: opening, and comparing with the anchor.
func benchOpen(b *testing.B, h bigledger.Home) {
	for b.Loop() {
		is, err := issuer.OpenReadOnly(h.Path(), h.World())
		if err != nil {
			b.Fatal(err)
		}
		if err := is.View(context.Background(), is.Frozen); err != nil {
			b.Fatal(err)
		}
		is.Close()
	}
	if info, err := os.Stat(h.Ledger()); err == nil && h.Devices > 0 {
		b.ReportMetric(float64(info.Size())/float64(h.Devices), "bytes/device")
	}
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

// benchWrite times, on a copy of the home, enrolling and authorizing one more device, previewed as an
// officer does, and taking its confirmation; each is durable when it returns.
func benchWrite(b *testing.B, h bigledger.Home) {
	h = copied(b, h)
	is, err := issuer.Open(h.Path(), h.World())
	if err != nil {
		b.Fatal(err)
	}
	defer is.Close()
	o, err := is.Unlock([]byte(bigledger.Passphrase))
	if err != nil {
		b.Fatal(err)
	}
	trust, err := is.Trust(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	var authorizing, receiving time.Duration
	n := 0
	for b.Loop() {
		n++
		b.StopTimer()
		instance := newcomer(b, trust, n)
		request := instance.Request()
		w := issuer.Wish{Request: &request, Account: h.Account(n * 7 % h.Accounts()), Changes: []issuer.Change{{Tag: "network-advantage", Count: 1}}}
		b.StartTimer()
		began := time.Now()
		done := authorize(b, o, w)
		authorizing += time.Since(began)
		b.StopTimer()
		installed, _, err := reserve.Install(instance, done.Authorization, bigledger.Today)
		if err != nil {
			b.Fatal(err)
		}
		code, err := codec.Decode(installed.Receipt().Code().Paste(), reserve.Kinds()...)
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		began = time.Now()
		if _, err := is.Receive(context.Background(), code, issuer.KindConfirmation, false); err != nil {
			b.Fatal(err)
		}
		receiving += time.Since(began)
	}
	b.ReportMetric(float64(authorizing.Microseconds())/float64(n), "µs/authorize")
	b.ReportMetric(float64(receiving.Microseconds())/float64(n), "µs/receive")
}

func newcomer(b *testing.B, trust reserve.Trust, n int) reserve.Unreserved {
	b.Helper()
	udi, err := reserve.NewUDI("C9300-24T", fmt.Sprintf("NEW%06d", n))
	if err != nil {
		b.Fatal(err)
	}
	instance, err := reserve.NewInstance(udi, trust, labeled.Reader(udi.String()), bigledger.Today)
	if err != nil {
		b.Fatal(err)
	}
	return instance
}

func authorize(b *testing.B, o *issuer.Officer, w issuer.Wish) issuer.Issuance {
	b.Helper()
	plan, err := o.Plan(context.Background(), w)
	if err != nil {
		b.Fatal(err)
	}
	done, err := o.Authorize(context.Background(), w, plan)
	if err != nil {
		b.Fatal(err)
	}
	return done
}

// copied copies a home, so that what is written into it is not there the next time.
func copied(b *testing.B, h bigledger.Home) bigledger.Home {
	b.Helper()
	to := bigledger.Home{Dir: b.TempDir(), Devices: h.Devices}
	if err := os.CopyFS(to.Path(), os.DirFS(h.Path())); err != nil {
		b.Fatal(err)
	}
	if err := os.CopyFS(to.State(), os.DirFS(h.State())); err != nil {
		b.Fatal(err)
	}
	return to
}
