package issuer

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"tallystick/cmd/internal/ledger"
	"tallystick/testvectors/labeled"
)

// died is what the clock throws when the program is to die.
type died struct{}

// world is what the office takes from outside. Its clock is where the program dies: an act reads it
// for its journal entry, after all rows are written and right before the commit.
func (m *model) world() World {
	return World{WorkFactor: 1, Actor: "model", Rand: labeled.Reader("model"), Now: m.clock, AnchorDir: anchorsOf(m.dir)}
}

// clock tells the time, until the fuse has burned down.
func (m *model) clock() time.Time {
	if m.fuse > 0 {
		if m.fuse--; m.fuse == 0 {
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

// reopen is the next process.
func (m *model) reopen() {
	m.must(m.office.Close())
	m.must(m.open())
}

// perform runs an act of the office that may die before it commits, and reports whether it did. Then
// the next process opens the ledger.
func (m *model) perform(act func()) (dead bool) {
	if m.seldom("die", 8) {
		m.fuse = m.draw("at", 1, 4)
	}
	defer func() {
		m.fuse = 0
		if r := recover(); r != nil {
			if _, ok := r.(died); !ok {
				panic(r)
			}
			dead = true
			m.happened["the program died"]++
			m.reopen()
		}
	}()
	act()
	return false
}

// copyHome copies the files of a home whose ledger nobody writes to.
func copyHome(from, to string) {
	if err := os.MkdirAll(to, 0o700); err != nil {
		panic(err)
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, e.Name()), data, 0o600)
		}
		if err != nil {
			panic(err)
		}
	}
}

// anchorsOf is where the anchor of a home is kept. It is copied and put back with the home: what the
// program sees is then what it sees when a whole machine was put back.
func anchorsOf(dir string) string { return dir + "-anchors" }

// keepLedger copies the closed ledger, as a backup does.
func (m *model) keepLedger() {
	m.must(m.office.Close())
	dir, err := os.MkdirTemp(filepath.Dir(m.dir), "copy-*")
	m.must(err)
	copyHome(m.dir, dir)
	copyHome(anchorsOf(m.dir), anchorsOf(dir))
	m.must(m.open())
	m.kept = &copyOf{dir, m.books.clone()}
}

// putLedgerBack puts the copy in the ledger's place.
func (m *model) putLedgerBack() {
	if m.kept == nil {
		m.Skip("there is no copy")
	}
	m.must(m.office.Close())
	m.must(os.RemoveAll(m.dir))
	copyHome(m.kept.dir, m.dir)
	m.must(os.RemoveAll(anchorsOf(m.dir)))
	copyHome(anchorsOf(m.kept.dir), anchorsOf(m.dir))
	m.must(m.open())
	m.books, m.lost, m.before = m.kept.books.clone(), true, nil
}

// view reads the ledger.
func (m *model) view(read func(*ledger.Tx) error) {
	m.must(m.office.View(context.Background(), read))
}

// buy deposits a purchase.
func (m *model) buy() {
	if len(m.books.lots) >= 6 {
		m.Skip("there is enough")
	}
	l := modelLots[m.draw("lot", 0, len(modelLots)-1)]
	n := uint32(m.draw("quantity", 1, 2))
	dead := m.perform(func() {
		_, _, err := m.office.AddLicense(context.Background(), m.purchase(l.tag, n, m.draw("days", 0, 1)*m.draw("ends in", 5, 60)), Memo{}, false)
		m.must(err)
	})
	if !dead {
		m.books.readLots(m)
	}
}

// daysPass lets purchases end.
func (m *model) daysPass() { m.now = m.now.AddDate(0, 0, m.draw("days", 1, 25)) }
