package issuer

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/testvectors/labeled"
)

// died is what the clock throws when the program is to die.
type died struct{}

// world is what the office takes from outside. Its clock is where the program dies: an act reads it
// for its journal entry, after all rows are written and right before the commit.
func (m *model) world() World {
	m.opened++
	return World{WorkFactor: 1, Actor: "model", Rand: labeled.Reader(fmt.Sprintf("model %d", m.opened)), Now: m.clock,
		AnchorDir: anchorsOf(m.dir)}
}

// clock tells the time, until the fuse has burned down.
func (m *model) clock() time.Time {
	if m.fuse > 0 {
		if m.fuse--; m.fuse == 0 {
			m.wreck = m.copyAway()
			panic(died{})
		}
	}
	return m.now
}

func (m *model) open() error {
	is, err := Open(m.dir, m.world())
	if err != nil {
		return err
	}
	m.office, err = is.Unlock([]byte(testPassphrase))
	return err
}

// head is the number of the newest journal entry.
func (m *model) head() (sequence uint32) {
	m.view(func(tx *ledger.Tx) (err error) {
		sequence, _, err = tx.Head()
		return err
	})
	return sequence
}

// copyAway copies the home and its anchor as they are on the disk now, whoever has them open.
func (m *model) copyAway() string {
	dir, err := os.MkdirTemp(filepath.Dir(m.dir), "copy-*")
	m.must(err)
	copyHome(m.dir, dir)
	copyHome(anchorsOf(m.dir), anchorsOf(dir))
	return dir
}

// anchorsOf is where the anchor of a home is kept.
func anchorsOf(dir string) string { return dir + "-anchors" }

// replaceDir puts a copy of a directory in the place of another.
func replaceDir(from, to string) {
	if err := os.RemoveAll(to); err != nil {
		panic(err)
	}
	copyHome(from, to)
}

func readOrNil(name string) []byte {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	return data
}

func sizeOf(name string) int64 { return int64(len(readOrNil(name))) }

// copyHome copies the files of a home, but for what SQLite keeps for the processes that run.
func copyHome(from, to string) {
	if err := os.MkdirAll(to, 0o700); err != nil {
		panic(err)
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		if e.Name() == ledgerFile+"-shm" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, e.Name()), data, 0o600)
		}
		if err != nil {
			panic(err)
		}
	}
}

// view reads the ledger.
func (m *model) view(read func(*ledger.Tx) error) {
	m.must(m.office.View(context.Background(), read))
}

// buy deposits a purchase.
func (m *model) buy() {
	if len(m.books.lots) >= 8 {
		m.Skip("there is enough")
	}
	m.buyOf(pick(m, "tag", modelTags))
}

func (m *model) buyOf(tag string) {
	bought := m.purchase(m.anAccount("account"), tag, uint32(m.draw("quantity", 1, 2)), m.draw("days", 0, 1)*m.draw("ends in", 5, 60))
	if m.draw("it begins later", 0, 2) == 2 {
		bought.Starts = m.today() + keys.Day(m.draw("begins in", 1, 5))
	}
	var lot ledger.Lot
	buy := command{m.drawOp(), fmt.Sprintf("buy %+v", bought), func(op string) (repeated bool, err error) {
		p := bought
		p.Op = op
		lot, repeated, err = m.office.AddLicense(ctx, p, Memo{}, false)
		return repeated, err
	}}
	if m.command("buying", buy, m.books.open(bought.Account), false) {
		m.bought(lot, bought.Account, bought.Quantity)
	}
}
