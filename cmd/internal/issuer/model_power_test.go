package issuer

import (
	"bytes"
	"os"
	"path/filepath"
)

// A fate is what became of an act of the office.
type fate int

const (
	done   fate = iota
	undone      // the program died before it was committed: nothing happened
	unseen      // it was committed, and nobody saw the answer
	partly      // of several commits some were made
)

// perform runs an act of the office. The power may go while it works, at any byte of what the commit
// writes, or when it is done; then the next process opens what is on the disk.
func (m *model) perform(act func()) fate {
	if m.calm || !m.seldom("the power goes", 8) {
		act()
		return done
	}
	before := m.head()
	if m.draw("in the commit", 0, 1) == 0 {
		m.fuse = m.draw("at", 1, 4)
		if m.untilDeath(act) {
			return m.reborn(undone, before)
		}
		return done
	}
	return m.cutCommit(act, before)
}

// untilDeath runs an act and reports whether the program died of it.
func (m *model) untilDeath(act func()) (dead bool) {
	defer func() {
		m.fuse = 0
		if r := recover(); r != nil {
			if _, ok := r.(died); !ok {
				panic(r)
			}
			dead = true
		}
	}()
	act()
	return false
}

// cutCommit runs an act and cuts what its commit wrote to the log, anywhere from nothing to all of
// it: only the last byte makes it count. A log that began anew or was played back can't be cut so.
func (m *model) cutCommit(act func(), before uint32) fate {
	file := filepath.Join(m.dir, ledgerFile)
	data, size := readOrNil(file), sizeOf(file+"-wal")
	earlier := m.copyAway()
	act()
	m.wreck = m.copyAway()
	if m.draw("the anchor didn't follow", 0, 1) == 0 {
		replaceDir(anchorsOf(earlier), anchorsOf(m.wreck))
	}
	grown := sizeOf(file+"-wal") - size
	if grown <= 0 || !bytes.Equal(data, readOrNil(file)) {
		return m.reborn(unseen, m.head())
	}
	part := int64(m.draw("bytes", 0, int(grown)))
	m.must(os.Truncate(filepath.Join(m.wreck, ledgerFile+"-wal"), size+part))
	if part == grown {
		return m.reborn(unseen, m.head())
	}
	replaceDir(anchorsOf(earlier), anchorsOf(m.wreck)) // it follows a commit that is on the disk
	return m.reborn(undone, before)
}

// reborn opens what the dead program left, whose journal has to end where it should.
func (m *model) reborn(f fate, head uint32) fate {
	m.must(m.office.Close())
	replaceDir(m.wreck, m.dir)
	replaceDir(anchorsOf(m.wreck), anchorsOf(m.dir))
	m.must(m.open())
	switch got := m.head(); {
	case f == undone && m.inParts && got > head:
		f = partly
	case got != head:
		m.fail("after a power cut the journal ends at entry %d, expected %d", got, head)
	}
	m.happened[[]string{"", "the office died before the commit", "the office died after the commit", "the office died between two commits"}[f]]++
	return f
}
