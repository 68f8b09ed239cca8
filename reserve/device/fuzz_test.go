package device_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/reserve/device"
	"tallystick/testvectors/corpus"
)

// stateMemory is what opening a state of so many bytes may allocate in all: the record's trust
// bundle, which is most of it, is read and written again for comparison.
func stateMemory(size int) int { return 256<<10 + 320*size }

// sealed puts the header of a state file before a record, as anybody can.
func sealed(record []byte) []byte {
	const head = "tallystick-device 1"
	return fmt.Appendf(nil, "%s %s\n%s", head, checksum(head+"\n"+string(record)), record)
}

// vectorRecords are the records of the device that the vectors of authorizations are about: new, with
// something installed, and after it was returned.
func vectorRecords(t testing.TB) [][]byte {
	t.Helper()
	for _, v := range corpus.Vectors(t, "authorization", "authorization") {
		about := v.Context.Object(t, "device")
		trust := must(reserve.OpenTrust(v.Context.Bytes(t, "bundle")))
		udi := must(reserve.ParseUDI(about.Text(t, "udi")))
		day := keys.Day(v.Context.Int(t, "clock")).Time()
		fresh := must(reserve.NewInstance(udi, trust, bytes.NewReader(about.Bytes(t, "seed")), day))
		if held, _, err := reserve.Install(fresh, v.Input.Bytes(t, "body"), day); err == nil {
			reported, _ := reserve.Report(held)
			return [][]byte{reserve.Encode(fresh), reserve.Encode(reported), reserve.Encode(held.Return())}
		}
	}
	t.Fatal("no vector can be installed")
	return nil
}

// FuzzOpen opens a directory with any state file, and any record under a right header. It is the
// record that was written, or one of the two refusals that people act on.
func FuzzOpen(f *testing.F) {
	for _, record := range vectorRecords(f) {
		f.Add(record)
		f.Add(sealed(record))
	}
	f.Add([]byte("tallystick-device 2 " + checksum("tallystick-device 2\n") + "\n"))
	name := filepath.Join(diskDir, "state")
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, content := range [][]byte{data, sealed(data)} {
			d := newDisk()
			d.entries[name] = &inode{content: content}
			options := append(newClock().options(), device.WithFiles(d))
			var opened *device.Device
			var err error
			corpus.Allocates(t, stateMemory(len(content)), func() { opened, err = device.Open(diskDir, options...) })
			if err != nil {
				checkStateRefusal(t, err)
			}
			if (opened == nil) == (err == nil) || !bytes.Equal(d.entries[name].content, content) {
				t.Fatalf("opened %v, error %v", opened != nil, err)
			}
			if err != nil {
				continue
			}
			_, record, _ := bytes.Cut(content, []byte("\n"))
			if i := must(reserve.ParseInstance(record)); i.Identity() != opened.Identity() || !bytes.Equal(sealed(record), content) {
				t.Errorf("the device is %s, and its record is of %s", opened.Identity().UDI(), i.Identity().UDI())
			}
		}
	})
}

func checkStateRefusal(t *testing.T, err error) {
	t.Helper()
	damaged, newer := errors.Is(err, &reserve.Refusal{Reason: reserve.StateDamaged}), errors.Is(err, &reserve.Refusal{Reason: reserve.Unsupported})
	if !damaged && !newer || strings.ContainsAny(err.Error(), "\n\r\x1b") {
		t.Errorf("refused with %q", err)
	}
}
