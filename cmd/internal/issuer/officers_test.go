package issuer

import (
	"fmt"
	"sync"
	"testing"

	"tallystick/cmd/internal/ledger"
	"tallystick/reserve"
)

// Two officers with the same home open give out what there is once: whoever comes late is told that the
// books changed, looks again, and in the end that nothing is left.
func TestTwoOfficersAtOnce(t *testing.T) {
	const licenses, devices = 5, 6
	f := newOffice(t)
	f.buy("dna-advantage", licenses, 0)
	is, err := Open(f.home, f.world)
	f.must(err)
	defer is.Close()
	other, err := is.Unlock([]byte(testPassphrase))
	f.must(err)
	officers := []*Officer{f.Officer, other}
	given := make([]int, len(officers))
	var group sync.WaitGroup
	for i, o := range officers {
		var wishes []Wish
		for k := range devices {
			wishes = append(wishes, f.request(f.newDevice(fmt.Sprintf("D%d%d", i, k)), "dna-advantage=1"))
		}
		group.Go(func() {
			for _, w := range wishes {
				switch err := insistOn(t, o, w); {
				case err == nil:
					given[i]++
				case reasonOf(err) != reserve.PoolExhausted:
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if given[0]+given[1] != licenses {
		t.Errorf("%v of %d licenses were given out", given, licenses)
	}
	f.wantPool("dna-advantage", licenses, licenses, licenses)
	f.must(f.View(t.Context(), func(tx *ledger.Tx) error {
		n, err := tx.CountDevices(ledger.DeviceFilter{})
		if n != licenses {
			t.Errorf("%d devices are enrolled", n)
		}
		return err
	}))
	f.verify()
}

// insistOn plans and authorizes until the books are as they were previewed.
func insistOn(t *testing.T, o *Officer, w Wish) error {
	for {
		p, err := o.Plan(t.Context(), w)
		if err == nil {
			_, err = o.Authorize(t.Context(), w, p)
		}
		if reasonOf(err) != reserve.Busy {
			return err
		}
	}
}
