package issuer

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tallystick/reserve"
	"tallystick/testvectors/labeled"
)

// requestOf is the request of a device that is made of its name.
func (f *office) requestOf(serial, identity string) reserve.Request {
	f.t.Helper()
	return f.instance(serial, labeled.Reader(serial+identity), time.Unix(1_790_000_000, 0)).Request()
}

// batchFile has a row "request,grants" for each pair of a serial number and grants.
func (f *office) batchFile(pairs ...string) []byte {
	var b strings.Builder
	b.WriteString("request,device,account,grants\n")
	for i := 0; i < len(pairs); i += 2 {
		if known, ok := strings.CutPrefix(pairs[i], "known "); ok {
			fmt.Fprintf(&b, ",%s,,%s\n", known, pairs[i+1])
			continue
		}
		serial, identity, _ := strings.Cut(pairs[i], " ")
		fmt.Fprintf(&b, "%s,,%s,%s\n", f.requestOf(serial, identity).Code().Paste(), plant, pairs[i+1])
	}
	return []byte(b.String())
}

func (f *office) planBatch(b Batch, data []byte) *BatchPlan {
	f.t.Helper()
	rows, err := ReadBatch(data, b)
	if err != nil {
		f.t.Fatal(err)
	}
	p, err := f.PlanBatch(f.t.Context(), b, rows)
	if err != nil {
		f.t.Fatal(err)
	}
	return p
}

func (f *office) batchStates(p *BatchPlan) string {
	var out []string
	for i := range p.Rows {
		out = append(out, string(p.Rows[i].State))
	}
	return strings.Join(out, " ")
}

func (f *office) wantBatch(p *BatchPlan, want string) {
	f.t.Helper()
	if got := f.batchStates(p); got != want {
		f.t.Errorf("rows are %s, want %s", got, want)
		for i := range p.Rows {
			f.t.Log(p.Rows[i].Place(), p.Rows[i].UDI, p.Rows[i].Err)
		}
	}
}

func (f *office) wantBooks() {
	f.t.Helper()
	if err := f.ledger.Verify(f.t.Context(), reserve.Trust{}, nil); err != nil {
		f.t.Error(err)
	}
}

// TestBatchMixed: new devices, known ones, one with a new identity and one that has it all already,
// between each other. Every row comes to what Plan says of it alone, and books and journal agree.
func TestBatchMixed(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 100, 0)
	f.buy("network-advantage", 100, 0)
	first := f.planBatch(Batch{}, f.batchFile("K1", "dna-advantage=1", "K2", "dna-advantage=2"))
	if err := f.Batch(t.Context(), first, func(int) {}); err != nil {
		t.Fatal(err)
	}
	empty := f.requestOf("K3", "old")
	if _, err := f.tryAuthorize(Wish{Request: &empty, Account: plant, Changes: grants(t, "dna-advantage=1")}); err != nil {
		t.Fatal(err)
	}
	data := f.batchFile("N1", "dna-advantage=3", "known K1", "dna-advantage=5", "N2", "dna-advantage=1 network-advantage=1",
		"K2", "dna-advantage=2", "K3 new", "dna-advantage=1", "N3", "dna-advantage=4")
	p := f.planBatch(Batch{}, data)
	f.wantBatch(p, "sign sign sign again refused sign") // the old identity of K3 holds something
	for i := range p.Rows {
		row := &p.Rows[i]
		if row.State != BatchSign {
			continue
		}
		alone, err := f.Plan(t.Context(), p.Batch.wish(row))
		if err != nil || alone.Number != row.Number || !slices.Equal(alone.draws, row.draws) {
			t.Errorf("%s: number %d with %v, alone number %d with %v: %v", row.UDI, row.Number, row.draws, alone.Number, alone.draws, err)
		}
	}
	if err := f.Batch(t.Context(), p, func(int) {}); err != nil {
		t.Fatal(err)
	}
	f.wantBatch(p, "signed signed signed again refused signed")
	f.wantBooks()
	f.wantPool("dna-advantage", 100, 3+5+1+2+1+4, 3+5+1+2+1+4)
	again := f.planBatch(Batch{}, data)
	f.wantBatch(again, "again again again again refused again")
	for i := range p.Rows {
		if string(again.Rows[i].Authorization) != string(p.Rows[i].Authorization) {
			t.Errorf("row %d has another authorization the second time", i)
		}
	}
}

// TestBatchDisturbed: somebody else writes after the preview. What still holds is done, and what does
// not is refused, by itself or with all others.
func TestBatchDisturbed(t *testing.T) {
	for _, whole := range []bool{false, true} {
		f := newOffice(t)
		f.buy("dna-advantage", 10, 0)
		p := f.planBatch(Batch{Whole: whole}, f.batchFile("N1", "dna-advantage=3", "N2", "dna-advantage=4", "N3", "dna-advantage=1"))
		f.wantBatch(p, "sign sign sign")
		other := f.newDevice("X1")
		f.authorize(f.request(other, "dna-advantage=5"))
		err := f.Batch(t.Context(), p, func(int) {})
		if whole {
			wantReason(t, err, reserve.PoolExhausted)
			f.wantPool("dna-advantage", 10, 5, 5)
		} else {
			if err != nil {
				t.Error(err)
			}
			f.wantBatch(p, "signed refused signed")
			f.wantPool("dna-advantage", 10, 9, 9)
		}
		f.wantBooks()
	}
}

// TestBatchAnswer: what a batch came to is packed and read back as it was.
func TestBatchAnswer(t *testing.T) {
	rows := []BatchRow{{Line: 2, device: 7, Number: 1}, {Line: 3, device: 8, Number: 1}, {Line: 4, device: 9, Number: 2}, {Line: 9, device: 10, Number: 2}, {Line: 10, device: 3, Number: 1}}
	runs, ok := unpackRows(packRows(rows))
	want := []batchRun{{2, 7, 1, 2}, {4, 9, 2, 1}, {9, 10, 2, 1}, {10, 3, 1, 1}}
	if !ok || !slices.Equal(runs, want) {
		t.Errorf("%v, want %v", runs, want)
	}
	for _, bad := range [][]byte{{1}, {1, 1, 1}, {0xff}, {1, 1, 0xff, 0xff, 0x7f, 1}} {
		if runs, ok := unpackRows(bad); ok {
			t.Errorf("%x reads as %v", bad, runs)
		}
	}
}

// TestReadReceived: codes in lines, over several lines, and between other text.
func TestReadReceived(t *testing.T) {
	f := newOffice(t)
	f.buy("dna-advantage", 10, 0)
	u := f.newDevice("A1")
	installed := f.install(u, f.authorize(f.request(u, "dna-advantage=1")))
	line := installed.Receipt().Code().Lines()[0]
	for text, want := range map[string][]bool{
		line:                      {true},
		line + "\n" + line + "\n": {true, true},
		"# none\n\n" + line + "\n\nnothing here\n": {true, false},
		line[:14] + "\n" + line[14:]:               {true},
		"nothing here\n" + line:                    {true},
	} {
		rows, err := ReadReceived(text)
		var got []bool
		for _, r := range rows {
			got = append(got, r.Err == nil)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v: %v", text, got, want, err)
		}
	}
	for _, text := range []string{"", "\n\n", "# nothing"} {
		if _, err := ReadReceived(text); reasonOf(err) != reserve.OutOfRange {
			t.Errorf("%q: %v", text, err)
		}
	}
}
