package ledger

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
)

const (
	pageSize     = 4096 // bytes, SQLite's own choice
	checksumSize = 8    // bytes, at the end of each page
)

// seal writes the checksum of every page of a database that nobody has open. SQLite leaves them out
// of the copies it makes: it writes the pages before the one that says there are checksums.
func seal(path string) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	block := make([]byte, 256*pageSize)
	for at := int64(0); ; {
		n, err := io.ReadFull(f, block)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		for page := block[:n]; len(page) >= pageSize; page = page[pageSize:] {
			sum := checksum(page[:pageSize-checksumSize])
			copy(page[pageSize-checksumSize:pageSize], sum[:])
		}
		if _, err := f.WriteAt(block[:n], at); err != nil {
			return err
		}
		at += int64(n)
	}
}

// checksum is that of sqlite.org/cksumvfs.html, over a multiple of 8 bytes.
func checksum(page []byte) (sum [checksumSize]byte) {
	var s1, s2 uint32
	for ; len(page) >= 8; page = page[8:] {
		s1 += binary.LittleEndian.Uint32(page) + s2
		s2 += binary.LittleEndian.Uint32(page[4:]) + s1
	}
	binary.LittleEndian.PutUint32(sum[:], s1)
	binary.LittleEndian.PutUint32(sum[4:], s2)
	return sum
}
