package cmd_test

import (
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

var (
	batchKills = flag.Int("batch.kills", 20, "how many processes TestBatchKilled kills")
	batchSeed  = flag.Uint64("batch.seed", 1, "when TestBatchKilled kills")
)

// killedRows are enough for several transactions.
const killedRows = 3500

// TestBatchKilled kills a batch at random moments and gives the same command again, until it is done.
// Then the authorizations in the ledger, the outcome and the files with codes are those of a batch that
// nobody disturbed, byte for byte.
func TestBatchKilled(t *testing.T) {
	kills, rows := *batchKills, killedRows
	if testing.Short() {
		kills, rows = min(kills, 3), 1500
	}
	origin := newSite(t, 1_000_000)
	writeBatch(t, filepath.Join(origin.dir, "rows.csv"), readTrust(t, filepath.Join(origin.dir, "issuer.tally")), rows, "acme", "dna-advantage=2")
	killBatches(t, origin, "authorize", 0, rows, kills)
}

// TestReplacementsKilled does that to a batch of RMAs, which are acts of three entries each.
func TestReplacementsKilled(t *testing.T) {
	kills, rows := *batchKills/3, killedRows/7
	if testing.Short() {
		kills, rows = min(kills, 1), 250
	}
	origin := newSite(t, 1_000_000)
	path := filepath.Join(origin.dir, "rows.csv")
	writeBatch(t, path, readTrust(t, filepath.Join(origin.dir, "issuer.tally")), 2*rows, "acme", "dna-advantage=2")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(data), "\n")
	replacements := "failed,request\n"
	for i, line := range lines[1+rows : 1+2*rows] {
		request, _, _ := strings.Cut(line, ",")
		replacements += fmt.Sprintf("ROW%07d,%s\n", i, request)
	}
	rewrite := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rewrite(strings.Join(lines[:1+rows], ""))
	origin.run("tally-issuer batch authorize rows.csv --outcome authorized.csv --yes --quiet --passphrase-fd 3")
	origin.run(fmt.Sprintf("tally-issuer account set acme --failed-open %d --failed-licenses %d --failed-year %[1]d --passphrase-fd 3", rows, 2*rows))
	rewrite(replacements)
	killBatches(t, origin, "rma", rows, rows, kills)
}

// killBatches kills batches of a verb over rows.csv, whose codes are for the devices after the first
// ones.
func killBatches(t *testing.T, origin site, verb string, first, rows, kills int) {
	k := &batchKiller{t: t, origin: origin, line: "tally-issuer batch " + verb + " rows.csv --out codes --outcome outcome.csv --yes --passphrase-fd 3 --json",
		first: first, rows: rows, random: rand.New(rand.NewPCG(*batchSeed, 0)), landed: map[int]int{}}
	calm := k.fresh()
	began := time.Now()
	calm.run(k.line)
	k.usual = time.Since(began)
	k.want = k.result(calm)
	if again := calm.run(k.line); k.result(calm) != k.want || parseAnswer(again).raw == "" {
		t.Fatalf("the same file again came to something else\n%s", again)
	}
	for k.kills < kills {
		k.batch(kills)
		if t.Failed() {
			t.Fatalf("seed %d, after %d kills", *batchSeed, k.kills)
		}
	}
	t.Logf("seed %d: %d kills survived; what was in the ledger then: %v", *batchSeed, k.kills, k.landed)
}

type batchKiller struct {
	t      *testing.T
	origin site
	line   string
	first  int // devices that are there before
	rows   int
	random *rand.Rand
	usual  time.Duration
	want   batchResult
	kills  int
	landed map[int]int // by how many rows were in the ledger
}

// A batchResult stands for everything that a batch leaves behind.
type batchResult struct{ ledger, outcome, codes [32]byte }

// fresh copies the issuer to another directory.
func (k *batchKiller) fresh() site {
	s := site{k.t, k.t.TempDir()}
	copySite(k.t, k.origin.dir, s.dir)
	if err := os.Link(filepath.Join(k.origin.dir, "rows.csv"), filepath.Join(s.dir, "rows.csv")); err != nil {
		k.t.Fatal(err)
	}
	return s
}

// batch kills one batch up to six times and lets it end then.
func (k *batchKiller) batch(kills int) {
	s := k.fresh()
	for range 6 {
		if k.kills == kills || !k.kill(s) {
			break
		}
		k.kills++
		k.landed[k.done(s)]++
	}
	s.run(k.line)
	if got := k.result(s); got != k.want {
		k.t.Errorf("ledger the same: %v, outcome: %v, codes: %v", got.ledger == k.want.ledger, got.outcome == k.want.outcome, got.codes == k.want.codes)
	}
	k.books(s, func(l *ledger.Ledger) error { return l.Verify(context.Background(), reserve.Trust{}, nil) })
}

// kill starts the batch and kills it at a random moment; false when it had ended.
func (k *batchKiller) kill(s site) bool {
	words := strings.Fields(k.line)
	c := s.command(words[0], words[1:]...)
	if err := c.Start(); err != nil {
		k.t.Fatal(err)
	}
	timer := time.AfterFunc(time.Duration(k.random.Int64N(int64(k.usual))), func() { _ = c.Process.Kill() })
	_ = c.Wait()
	timer.Stop()
	return !c.ProcessState.Exited()
}

func (k *batchKiller) books(s site, look func(*ledger.Ledger) error) {
	k.t.Helper()
	l, err := ledger.Open(filepath.Join(s.dir, "home", "ledger.db"))
	if err != nil {
		k.t.Fatal(err)
	}
	defer l.Close()
	if err := look(l); err != nil {
		k.t.Fatal(err)
	}
}

// from is the first device that the batch enrolls.
func (k *batchKiller) from() ledger.DeviceID { return ledger.DeviceID(k.first + 1) }

// done counts the rows that are in the ledger.
func (k *batchKiller) done(s site) (n int) {
	k.books(s, func(l *ledger.Ledger) error {
		return l.View(context.Background(), func(tx *ledger.Tx) error {
			for _, err := range tx.IssuedTo(k.from(), k.rows, 1) {
				if err != nil {
					return err
				}
				n++
			}
			return nil
		})
	})
	return n
}

func (k *batchKiller) result(s site) (r batchResult) {
	k.t.Helper()
	h := sha256.New()
	k.books(s, func(l *ledger.Ledger) error {
		return l.View(context.Background(), func(tx *ledger.Tx) error {
			for i, err := range tx.IssuedTo(k.from(), k.rows+1, 1) {
				if err != nil {
					return err
				}
				fmt.Fprintf(h, "%s %d %x\n", i.UDI, i.Sequence, i.Body)
			}
			return nil
		})
	})
	h.Sum(r.ledger[:0])
	data, err := os.ReadFile(filepath.Join(s.dir, "outcome.csv"))
	if err != nil {
		k.t.Fatal(err)
	}
	r.outcome = sha256.Sum256(data)
	h.Reset()
	files := 0
	err = filepath.WalkDir(filepath.Join(s.dir, "codes"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(h, "%s %x\n", d.Name(), data)
		files++
		return err
	})
	if err != nil || files != k.rows {
		k.t.Errorf("%d files with codes for %d rows: %v", files, k.rows, err)
	}
	h.Sum(r.codes[:0])
	return r
}
