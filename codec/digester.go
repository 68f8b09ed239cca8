package codec

import (
	"crypto/sha256"
	"hash"
)

// A digester reads the payload of a paste form piece by piece and finds out where its digest holds.
// It hashes every byte once, however many ends are tried.
type digester struct {
	kind    Kind
	data    []byte
	acc     uint32 // bits that make no byte yet
	bits    int
	symbols int
	hash    hash.Hash
	hashed  int  // bytes of data that the hash has taken
	found   bool // the digest holds over data[:hashed]
	scratch [sha256.Size]byte
}

func newDigester(k Kind) *digester {
	d := &digester{kind: k, hash: sha256.New()}
	d.hash.Write(k.digestPrefix())
	return d
}

// full reports whether there is more than a code of this kind can have.
func (d *digester) full() bool { return len(d.data) > d.kind.Max+DigestSize }

// line reads a line of text up to the first character that codes do not use. It stops where the
// digest holds.
func (d *digester) line(text string) {
	fresh := false
	for _, r := range text {
		v := foldRune(r)
		if v < ignored {
			d.add(v)
			if fresh = true; d.full() {
				return
			}
			continue
		}
		if fresh && d.ends() || v == refused {
			return
		}
		fresh = false
	}
	if fresh {
		d.ends()
	}
}

func (d *digester) add(v byte) {
	d.acc = d.acc<<5 | uint32(v)
	d.symbols++
	if d.bits += 5; d.bits >= 8 {
		d.bits -= 8
		d.data = append(d.data, byte(d.acc>>d.bits))
	}
}

// ends reports whether the payload can end here: whole bytes, and the last of them their digest.
func (d *digester) ends() bool {
	end := len(d.data) - DigestSize
	if end < d.hashed || base32Len(len(d.data)) != d.symbols || d.acc&(1<<d.bits-1) != 0 {
		return false
	}
	d.hash.Write(d.data[d.hashed:end])
	d.hashed = end
	sum := d.hash.Sum(d.scratch[:0])
	d.found = [DigestSize]byte(sum) == [DigestSize]byte(d.data[end:])
	return d.found
}

// mark remembers what was read so far, for reset.
func (d *digester) mark() digester {
	m := *d
	m.hash = clone(d.hash)
	return m
}

// reset forgets what was read since the mark.
func (d *digester) reset(m digester) {
	*d = m
	d.data = d.data[:len(m.data):len(m.data)]
}

// clone copies the state of a SHA-256 hash. It can't fail: every SHA-256 of the standard library is
// a hash.Cloner.
func clone(h hash.Hash) hash.Hash {
	c, err := h.(hash.Cloner).Clone()
	if err != nil {
		panic("codec: SHA-256 can't be cloned: " + err.Error())
	}
	return c
}
