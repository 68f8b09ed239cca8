//go:build unix

package cmd_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"tallystick/cmd/internal/bigledger"
	"tallystick/cmd/internal/issuer"
	"tallystick/codec"
	"tallystick/reserve"
	"tallystick/testvectors/labeled"
)

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
	var authorizing, receiving watch
	n := 0
	for b.Loop() {
		n++
		b.StopTimer()
		instance := newcomer(b, trust, n)
		request := instance.Request()
		w := issuer.Wish{Request: &request, Account: h.Account(n * 7 % h.Accounts()), Changes: []issuer.Change{{Tag: "network-advantage", Count: 1}}}
		b.StartTimer()
		authorizing.begin()
		done := authorize(b, o, w)
		authorizing.end()
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
		receiving.begin()
		if _, err := is.Receive(context.Background(), code, issuer.KindConfirmation, false); err != nil {
			b.Fatal(err)
		}
		receiving.end()
	}
	authorizing.tell(b, "authorize")
	receiving.tell(b, "receive")
}

// A watch adds up what something takes: time, most of which is waiting for the disk, and processor
// time.
type watch struct {
	began             time.Time
	at, took, working time.Duration
}

func (w *watch) begin() { w.began, w.at = time.Now(), processorTime() }

func (w *watch) end() {
	w.took += time.Since(w.began)
	w.working += processorTime() - w.at
}

func (w *watch) tell(b *testing.B, what string) {
	b.ReportMetric(float64(w.took.Microseconds())/1000/float64(b.N), "ms/"+what)
	b.ReportMetric(float64(w.working.Microseconds())/1000/float64(b.N), "cpu-ms/"+what)
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

// copied copies a home, so that what is written into it is not there the next time. The copy is on the
// disk when it returns: what is timed does not wait for that.
func copied(b *testing.B, h bigledger.Home) bigledger.Home {
	b.Helper()
	to := bigledger.Home{Dir: b.TempDir(), Devices: h.Devices}
	if err := os.CopyFS(to.Path(), os.DirFS(h.Path())); err != nil {
		b.Fatal(err)
	}
	if err := os.CopyFS(to.State(), os.DirFS(h.State())); err != nil {
		b.Fatal(err)
	}
	f, err := os.Open(to.Ledger())
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		b.Fatal(err)
	}
	return to
}
