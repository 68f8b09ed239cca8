package ledger

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tallystick/reserve"
)

// With these the test binary is one of several processes that spend from one pool.
var (
	spendAt   = flag.String("spend", "", "path of a ledger")
	spendFrom = flag.Int64("lot", 0, "number of the lot")
	spendFor  = flag.Int64("device", 0, "number of the device")
)

// spend takes one more license for a device at a time, until there are none, and returns how many
// it got.
func spend(l *Ledger, id DeviceID, lot reserve.LotID) (got uint32, err error) {
	for {
		err := l.Update(context.Background(), func(tx *Tx) error {
			_, err := acme.issueTo(tx, id, draw(lot, 3, got+1))
			return err
		})
		if refusedAs(err, reserve.PoolExhausted) {
			return got, nil
		}
		if err != nil {
			return got, err
		}
		got++
	}
}

func spendOnce() int {
	l, err := Open(*spendAt)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer l.Close()
	got, err := spend(l, DeviceID(*spendFor), reserve.LotID(*spendFrom))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(got)
	return 0
}

// spenders makes a ledger with a pool of some licenses and devices that want them all.
func spenders(t *testing.T, devices int, licenses uint32) (*Ledger, reserve.LotID, []DeviceID) {
	l := newLedger(t)
	lot := addLot(t, l, "premier", licenses, 0)
	var ids []DeviceID
	for i := range devices {
		ids = append(ids, enroll(t, l, newInstance(fmt.Sprintf("SPEND%d", i))).ID)
	}
	return l, lot, ids
}

// spendAll lets all devices spend at the same time, each with a ledger from open.
func spendAll(t *testing.T, ids []DeviceID, lot reserve.LotID, open func() *Ledger) []uint32 {
	t.Helper()
	got := make([]uint32, len(ids))
	var group sync.WaitGroup
	for i, id := range ids {
		l := open()
		group.Go(func() {
			var err error
			if got[i], err = spend(l, id, lot); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	return got
}

func checkSpent(t *testing.T, l *Ledger, licenses uint32, got []uint32) {
	t.Helper()
	var sum uint32
	for _, n := range got {
		sum += n
	}
	if sum != licenses {
		t.Errorf("%d licenses were given out of %d: %v", sum, licenses, got)
	}
	view(t, l, func(tx *Tx) error {
		pools, err := tx.Pools(plant7, testToday)
		if err != nil || len(pools) != 1 || pools[0].Available != 0 || pools[0].Reserved != uint64(licenses) {
			t.Errorf("pools are %+v, %v", pools, err)
		}
		return err
	})
	verified(t, l)
}

func TestManyHandlesSpendOnePool(t *testing.T) {
	const licenses = 61
	l, lot, ids := spenders(t, 8, licenses)
	checkSpent(t, l, licenses, spendAll(t, ids, lot, func() *Ledger { return reopen(t, l.Path()) }))
}

func TestManyGoroutinesShareAHandle(t *testing.T) {
	const licenses = 17
	l, lot, ids := spenders(t, 4, licenses)
	checkSpent(t, l, licenses, spendAll(t, ids, lot, func() *Ledger { return l }))
}

func TestManyProcessesSpendOnePool(t *testing.T) {
	if testing.Short() || sqlite.name != "sqlite3" { // the processes run on the first engine
		t.Skip()
	}
	const licenses = 53
	l, lot, ids := spenders(t, 8, licenses)
	got := make([]uint32, len(ids))
	var group sync.WaitGroup
	for i, id := range ids {
		group.Go(func() {
			out, err := spender(l, lot, id).CombinedOutput()
			n, parseErr := strconv.ParseUint(strings.TrimSpace(string(out)), 10, 32)
			if err != nil || parseErr != nil {
				t.Errorf("%v: %s", err, out)
			}
			got[i] = uint32(n)
		})
	}
	group.Wait()
	checkSpent(t, l, licenses, got)
}

func spender(l *Ledger, lot reserve.LotID, id DeviceID) *exec.Cmd {
	return exec.Command(os.Args[0], "-spend", l.Path(), "-lot", fmt.Sprint(lot), "-device", fmt.Sprint(id))
}

// A process that is killed leaves what it committed, whole, and nothing else; and the next one
// doesn't wait for it.
func TestKilledProcess(t *testing.T) {
	if testing.Short() || sqlite.name != "sqlite3" {
		t.Skip()
	}
	l, lot, ids := spenders(t, 12, 1<<20)
	for i, id := range ids {
		c := spender(l, lot, id)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(30+9*i) * time.Millisecond)
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait()
		verified(t, l)
		view(t, l, func(tx *Tx) error {
			charges := must(tx.Charges(id))
			if n := len(must(tx.Authorizations(id))); len(charges) == 1 && int(charges[0].Count) != n {
				t.Errorf("killed after %d authorizations with %d charged", n, charges[0].Count)
			}
			return nil
		})
	}
}

func TestBusy(t *testing.T) {
	l := newLedger(t)
	other := reopen(t, l.Path())
	if _, err := other.conn.ExecContext(context.Background(), "PRAGMA busy_timeout = 50"); err != nil {
		t.Fatal(err)
	}
	update(t, l, func(tx *Tx) error {
		begin := time.Now()
		err := other.Update(context.Background(), func(*Tx) error { return nil })
		if !refusedAs(err, reserve.Busy) || time.Since(begin) > 5*time.Second {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
		view(t, other, func(tx *Tx) error { // readers don't wait
			_, err := tx.Accounts()
			return err
		})
		_, err = tx.AddLot(NewLot{Account: plant7, Tag: "premier", Quantity: 1, Starts: testToday})
		return err
	})
	update(t, other, func(*Tx) error { return nil })
}

// A View sees one moment, whatever is committed meanwhile.
func TestViewIsOneMoment(t *testing.T) {
	l := newLedger(t)
	other := reopen(t, l.Path())
	view(t, l, func(tx *Tx) error {
		before, _, err := tx.Head()
		if err != nil {
			return err
		}
		addLot(t, other, "premier", 5, 0)
		after, _, err := tx.Head()
		if before != after {
			t.Errorf("the head moved from %d to %d", before, after)
		}
		if lots := must(tx.Lots(plant7)); len(lots) != 0 {
			t.Errorf("%d lots came to be", len(lots))
		}
		return err
	})
}

func TestCanceled(t *testing.T) {
	l := newLedger(t)
	ctx, cancel := context.WithCancel(context.Background())
	err := l.Update(ctx, journaled(func(tx *Tx) error {
		if _, err := tx.AddLot(NewLot{Account: plant7, Tag: "premier", Quantity: 1, Starts: testToday}); err != nil {
			return err
		}
		cancel()
		return nil
	}))
	if err != context.Canceled {
		t.Errorf("Update: %v", err)
	}
	if err := l.View(ctx, func(*Tx) error { return nil }); err != context.Canceled {
		t.Errorf("View: %v", err)
	}
	view(t, l, func(tx *Tx) error {
		if lots := must(tx.Lots(plant7)); len(lots) != 0 {
			t.Error("what was canceled was committed")
		}
		return nil
	})
}
