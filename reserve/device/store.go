package device

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tallystick/reserve"
)

// Names in the directory.
const (
	stateName = "state"
	newName   = "state.new"
	lockName  = "lock"
)

const (
	magic         = "tallystick-device"
	formatVersion = 1
	maxHeader     = 128 // bytes, the line end included
	maxStateSize  = maxHeader + reserve.MaxRecordSize
	lockInterval  = 10 * time.Millisecond
)

// seal puts the header before an encoded record.
func seal(payload []byte) []byte {
	head := magic + " " + strconv.Itoa(formatVersion)
	return append([]byte(head+" "+digest(head, payload)+"\n"), payload...)
}

// digest covers the version with the record, so that a damaged version is not taken for a newer one.
func digest(head string, payload []byte) string {
	h := sha256.New()
	h.Write([]byte(head + "\n"))
	h.Write(payload)
	return hex.EncodeToString(h.Sum(nil))
}

// unseal returns the record in the content of a state file.
func unseal(data []byte) ([]byte, error) {
	if len(data) == 0 {
		return nil, errors.New("the file is empty")
	}
	line, payload, ok := bytes.Cut(data, []byte("\n"))
	if !ok || len(line) >= maxHeader {
		return nil, errors.New("it does not begin as a device state does")
	}
	fields := strings.Split(string(line), " ")
	if len(fields) != 3 || fields[0] != magic {
		return nil, errors.New("it does not begin as a device state does")
	}
	if fields[2] != digest(fields[0]+" "+fields[1], payload) {
		return nil, errors.New("its checksum does not fit its content")
	}
	version, err := strconv.ParseUint(fields[1], 10, 16)
	if err != nil || version < 1 || strconv.FormatUint(version, 10) != fields[1] {
		return nil, errors.New("its version does not read")
	}
	if version > formatVersion {
		return nil, reserve.Refuse(reserve.Unsupported, "written by a newer program: version %d; this program knows version %d", version, formatVersion)
	}
	return payload, nil
}

// A store is the directory of one device.
type store struct {
	config
	dir string
}

func (s store) path(name string) string { return filepath.Join(s.dir, name) }

// read loads and verifies the record. The refusals are StateMissing, StateDamaged and Unsupported.
func (s store) read() (reserve.Instance, Stamp, error) {
	payload, stamp, err := s.payload()
	if err != nil {
		return nil, Stamp{}, err
	}
	i, err := reserve.ParseInstance(payload)
	if err != nil {
		return nil, Stamp{}, s.explain(err)
	}
	return i, stamp, nil
}

// payload loads the record and checks that it is whole. Its refusals are those of read.
func (s store) payload() ([]byte, Stamp, error) {
	name := s.path(stateName)
	data, stamp, err := s.files.Read(name, maxStateSize)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, Stamp{}, s.missing()
	case errors.Is(err, syscall.ENOTDIR):
		return nil, Stamp{}, reserve.Refuse(reserve.StateMissing, "%q is not the directory of a device state", s.dir)
	case errors.Is(err, errTooLong):
		return nil, Stamp{}, damaged(name, err)
	case err != nil:
		return nil, Stamp{}, fmt.Errorf("reading the device state: %w", err)
	}
	payload, err := unseal(data)
	if err != nil {
		return nil, Stamp{}, s.explain(err)
	}
	return payload, stamp, nil
}

// missing tells a record that was never there from one that is gone. The lock file is made before the
// record, so it may also be all that an interrupted Create left.
func (s store) missing() error {
	if _, err := s.files.Stat(s.path(lockName)); err == nil {
		return reserve.Refuse(reserve.StateMissing, "the device state in %q is gone: its lock file is there, the record is not", s.dir)
	}
	return reserve.Refuse(reserve.StateMissing, "there is no device state in %q", s.dir)
}

// explain names the file in what is wrong with it.
func (s store) explain(err error) error {
	name := s.path(stateName)
	var refusal *reserve.Refusal
	if errors.As(err, &refusal) && refusal.Reason == reserve.Unsupported {
		return reserve.Refuse(reserve.Unsupported, "device state %q: %v", name, err)
	}
	return damaged(name, err)
}

// damaged leaves what to do to the caller: keep a copy, put no older one in its place, which would
// bring back what was returned since, and tell the security officer.
func damaged(name string, why error) error {
	return reserve.Refuse(reserve.StateDamaged, "device state %q is damaged: %v", name, why)
}

// write makes a record durable. After an error the old record or the new one is in place, and
// whether it is durable is not known.
func (s store) write(i reserve.Instance) error {
	payload := reserve.Encode(i)
	if _, err := reserve.ParseInstance(payload); err != nil {
		// A record that can't be read again would take the identity, and every license, with it.
		return fmt.Errorf("writing the device state: it would not read again: %w", err)
	}
	if err := s.writeNew(seal(payload)); err != nil {
		s.files.Remove(s.path(newName)) // a left-over is harmless; the first error is the one that counts
		return fmt.Errorf("writing the device state: %w", err)
	}
	if err := s.files.SyncDir(s.dir); err != nil {
		return fmt.Errorf("writing the device state: %w", err)
	}
	return nil
}

func (s store) writeNew(data []byte) error {
	name := s.path(newName)
	if err := s.files.Remove(name); err != nil { // left by a process that died; the lock is ours
		return err
	}
	f, err := s.files.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return s.files.Replace(name, s.path(stateName))
}

// lock waits for the lock, at most as long as wait. The refusal is Busy.
func (s store) lock(wait time.Duration) (release func(), err error) {
	for start := time.Now(); ; time.Sleep(lockInterval) {
		release, err := s.files.Lock(s.path(lockName))
		switch {
		case err == nil:
			return release, nil
		case errors.Is(err, fs.ErrNotExist):
			return nil, reserve.Refuse(reserve.StateMissing, "there is no device state in %q", s.dir)
		case !errors.Is(err, ErrLocked):
			return nil, fmt.Errorf("locking the device state: %w", err)
		case time.Since(start) >= wait:
			return nil, reserve.Refuse(reserve.Busy, "another process is changing the device state in %q", s.dir)
		}
	}
}

// exists reports whether there is anything by the name of the state file.
func (s store) exists() (bool, error) {
	_, err := s.files.Stat(s.path(stateName))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
