package testvectors_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"time"

	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
	reservedevice "tallystick/reserve/device"
)

// The checks of what a device does. A whole device opens the record, as a file in the layout that
// SPEC.md describes, and the record is read again from the file.

// memoryFiles is a file system without a disk.
type memoryFiles struct{ content map[string][]byte }

// A memoryFile appends to a file.
type memoryFile struct {
	files memoryFiles
	name  string
}

func (f memoryFile) Write(b []byte) (int, error) {
	f.files.content[f.name] = append(f.files.content[f.name], b...)
	return len(b), nil
}
func (memoryFile) Sync() error  { return nil }
func (memoryFile) Close() error { return nil }

func (memoryFiles) MakeDir(string) error        { return nil }
func (memoryFiles) Lock(string) (func(), error) { return func() {}, nil }
func (memoryFiles) SyncDir(string) error        { return nil }
func (f memoryFiles) Remove(name string) error  { delete(f.content, path.Base(name)); return nil }
func (f memoryFiles) Stat(name string) (reservedevice.Stamp, error) {
	b, ok := f.content[path.Base(name)]
	if !ok {
		return reservedevice.Stamp{}, fs.ErrNotExist
	}
	sum := digest("a stamp", b)
	return reservedevice.Stamp{ID: binary.BigEndian.Uint64(sum), Size: int64(len(b))}, nil
}

func (f memoryFiles) Read(name string, _ int64) ([]byte, reservedevice.Stamp, error) {
	s, err := f.Stat(name)
	return f.content[path.Base(name)], s, err
}

func (f memoryFiles) Create(name string) (reservedevice.File, error) {
	f.content[path.Base(name)] = nil
	return memoryFile{f, path.Base(name)}, nil
}

func (f memoryFiles) Replace(from, to string) error {
	f.content[path.Base(to)] = f.content[path.Base(from)]
	return f.Remove(from)
}

const recordHead = "tallystick-device 1"

var acts = []string{"none", "installed", "returned", "canceled"}

// recordFile is the file of a record.
func recordFile(o object) []byte {
	d := deviceOf(o)
	seconds := func(name string) []byte { return u64(o.int(name))[4:] }
	body := func(name string) []byte {
		if o[name] == nil {
			return bs(nil)
		}
		return bs(o.bytes(name))
	}
	held := 0
	if o.bool("held") {
		held = 1
	}
	record := cat(1, d.seed, bs(o.bytes("bundle")), bs(d.request(1, 1)), u16(o.int("floor")), slices.Index(acts, o.text("act")), held,
		u16(o.int("latest")), seconds("ran"), seconds("mark"), seconds("evaluation"), seconds("revalidate"), seconds("count"),
		o.bytes("previous"), body("report"), body("installed"))
	return cat(recordHead, " ", encodedHex(recordSum(record)), "\n", record)
}

func recordSum(record []byte) []byte {
	sum := sha256.Sum256(cat(recordHead, "\n", record))
	return sum[:]
}

// readRecord reads the file of a record.
func readRecord(file []byte, udi string) (object, error) {
	head, record, _ := bytes.Cut(file, []byte("\n"))
	if string(head) != recordHead+" "+encodedHex(recordSum(record)) {
		return nil, fmt.Errorf("the first line of the file is %q", head)
	}
	r := codec.NewReader(record)
	version, seed, bundle, request := r.U8(), r.Raw(32), r.Bytes(len(record)), r.Bytes(len(record))
	o := object{"seed": encodedHex(seed), "udi": udi, "bundle": encodedHex(bundle), "floor": r.U16(), "act": acts[r.U8()], "held": r.U8() == 1,
		"latest": r.U16(), "ran": r.U32(), "mark": r.U32(), "evaluation": r.U32(), "revalidate": r.U32(), "count": r.U32(),
		"previous": encodedHex(r.Raw(8))}
	for _, name := range []string{"report", "installed"} {
		o[name] = nil
		if b := r.Bytes(len(record)); len(b) > 0 {
			o[name] = encodedHex(b)
		}
	}
	if err := r.End(); err != nil || version != 1 || !bytes.Equal(request, deviceOf(o).request(1, 1)) {
		return nil, fmt.Errorf("the record has version %d and the request %x: %v", version, request, err)
	}
	return o, nil
}

func deviceOptions(files memoryFiles, o object) []reservedevice.Option {
	now := keys.Day(o.int("clock")).Time().Add(12 * time.Hour)
	return []reservedevice.Option{reservedevice.WithFiles(files), reservedevice.WithClock(func() time.Time { return now }),
		reservedevice.WithUptime(func() time.Duration { return time.Duration(o.int("uptime")) * time.Second })}
}

func checkCreation(_, input object) finding {
	files := memoryFiles{map[string][]byte{}}
	if input.bool("exists") {
		files.content["state"] = []byte("a record")
	}
	trust, err := reserve.OpenTrust(input.bytes("bundle"))
	if err != nil {
		return finding{err: fmt.Errorf("the bundle: %v", err)}
	}
	udi, err := reserve.ParseUDI(input.text("udi"))
	if err != nil {
		return finding{err: err}
	}
	options := append(deviceOptions(files, input), reservedevice.WithRand(bytes.NewReader(input.bytes("seed"))))
	d, err := reservedevice.Create("dir", udi, trust, options...)
	if err != nil {
		return finding{err: err}
	}
	q, err := d.Request()
	if err != nil {
		return finding{err: err}
	}
	record, err := readRecord(files.content["state"], input.text("udi"))
	return finding{err: err, output: object{"code": codeObject(q.Code()), "record": record}}
}

func codeObject(c codec.Code) object {
	return object{"kind": c.Kind().Number, "body": encodedHex(c.Body())}
}

func checkEvent(context, input object) finding {
	before := maps.Clone(context.object("record"))
	for name := range before {
		if v, ok := input[name]; ok {
			before[name] = v
		}
	}
	files := memoryFiles{map[string][]byte{"state": recordFile(before)}}
	d, err := reservedevice.Open("dir", deviceOptions(files, input)...)
	if err != nil {
		return finding{err: fmt.Errorf("the device of the context: %v", err)}
	}
	output, err := happens(d, input)
	if err != nil {
		return finding{err: err}
	}
	after, err := readRecord(files.content["state"], before["udi"].(string))
	if err != nil {
		return finding{err: err}
	}
	was, err := readRecord(recordFile(before), before["udi"].(string))
	maps.DeleteFunc(after, func(name string, v any) bool { return v == was[name] })
	output["record"] = after
	return finding{err: err, output: output}
}

// happens has an event happen to a device.
func happens(d *reservedevice.Device, input object) (object, error) {
	var r reservedevice.Result
	var err error
	switch input.text("event") {
	case "return":
		r, err = d.Return()
	case "confirmation":
		r, err = d.Confirmation()
	case "cancel":
		r, err = d.Cancel(reserve.Number(input.int("through")))
	case "report":
		r, err = d.Report()
	case "bundle":
		var t reserve.Trust
		if t, err = reserve.OpenTrust(input.bytes("body")); err == nil {
			_, err = d.Obey(t)
		}
		return object{"code": nil}, err
	case "use":
		a := d.Check(input.text("tag"), input.int("count"))
		return object{"code": nil, "licensed": a.Licensed}, a.Err
	default:
		err = errors.New("no such event")
	}
	if err != nil {
		return nil, err
	}
	return object{"code": codeObject(r.Code)}, nil
}
