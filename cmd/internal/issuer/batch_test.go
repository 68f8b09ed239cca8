package issuer

import (
	"fmt"
	"math/rand/v2"
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
	trust, err := f.Trust(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	udi, err := reserve.NewUDI("C9300-24T", serial)
	if err != nil {
		f.t.Fatal(err)
	}
	i, err := reserve.NewInstance(udi, trust, labeled.Reader(serial+identity), time.Unix(1_790_000_000, 0))
	if err != nil {
		f.t.Fatal(err)
	}
	return i.Request()
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

// TestBatchLeavesOutTheFewest: in each pool no smaller number of rows would do, and what is left fits.
func TestBatchLeavesOutTheFewest(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 12 {
		f := newOffice(t)
		quantity := 4 + random.IntN(12)
		f.buy("dna-advantage", uint32(quantity), 0)
		var pairs []string
		var wishes []int
		for i := range 6 {
			n := 1 + random.IntN(6)
			wishes = append(wishes, n)
			pairs = append(pairs, fmt.Sprintf("R%d", i), fmt.Sprintf("dna-advantage=%d", n))
		}
		p := f.planBatch(Batch{}, f.batchFile(pairs...))
		left := 0
		for i := range p.Rows {
			if p.Rows[i].State == BatchRefused {
				left++
				wantReason(t, p.Rows[i].Err, reserve.PoolExhausted)
			}
		}
		if want := fewest(wishes, quantity); left != want {
			t.Errorf("round %d: %v of %d: %d rows are left out, %d would do", round, wishes, quantity, left, want)
		}
		if err := f.Batch(t.Context(), p, func(int) {}); err != nil || p.Count(BatchRefused) != left {
			t.Errorf("round %d: %d rows are refused: %v", round, p.Count(BatchRefused), err)
		}
		// Done in part or not, the same rows are left out.
		again := f.planBatch(Batch{}, f.batchFile(pairs...))
		for i := range p.Rows {
			if (p.Rows[i].State == BatchRefused) != (again.Rows[i].State == BatchRefused) ||
				p.Rows[i].Err != nil && p.Rows[i].Err.Error() != again.Rows[i].Err.Error() {
				t.Errorf("round %d, row %d: %v, then %v", round, i, p.Rows[i].Err, again.Rows[i].Err)
			}
		}
	}
}

// TestBatchLeavesOutOfSeveralPools: no row is left out that would still fit, in the pools that all rows
// draw on, and what was done of the batch before changes nothing.
func TestBatchLeavesOutOfSeveralPools(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	tags := []string{"dna-advantage", "network-advantage"}
	for round := range 12 {
		f := newOffice(t)
		free := map[string]int{}
		for _, tag := range tags {
			free[tag] = 3 + random.IntN(8)
			f.buy(tag, uint32(free[tag]), 0)
		}
		var pairs []string
		var wishes []map[string]int
		for i := range 7 {
			wish, text := map[string]int{}, ""
			for _, tag := range tags {
				if wish[tag] = random.IntN(5); wish[tag] > 0 {
					text += fmt.Sprintf(" %s=%d", tag, wish[tag])
				}
			}
			if text == "" {
				wish["dna-advantage"], text = 1, "dna-advantage=1"
			}
			wishes, pairs = append(wishes, wish), append(pairs, fmt.Sprintf("R%d", i), strings.TrimSpace(text))
		}
		p := f.planBatch(Batch{}, f.batchFile(pairs...))
		var in []int
		for i := range p.Rows {
			if p.Rows[i].State == BatchSign {
				in = append(in, i)
				for _, tag := range tags {
					free[tag] -= wishes[i][tag]
				}
			}
		}
		for i := range p.Rows {
			if p.Rows[i].State == BatchRefused && wishes[i][tags[0]] <= free[tags[0]] && wishes[i][tags[1]] <= free[tags[1]] {
				t.Errorf("round %d: row %d of %v is left out, and %v is left", round, i, wishes, free)
			}
		}
		part := []string{}
		for _, i := range in[len(in)/2:] {
			part = append(part, pairs[2*i], pairs[2*i+1])
		}
		f.must(f.Batch(t.Context(), f.planBatch(Batch{}, f.batchFile(part...)), func(int) {}))
		again := f.planBatch(Batch{}, f.batchFile(pairs...))
		for i := range p.Rows {
			was, is := p.Rows[i], again.Rows[i]
			if (was.State == BatchRefused) != (is.State == BatchRefused) || was.Err != nil && was.Err.Error() != is.Err.Error() {
				t.Errorf("round %d, row %d of %v: %v, and after rows %v: %v", round, i, wishes, was.Err, in[len(in)/2:], is.Err)
			}
		}
	}
}

// fewest tries every set of rows.
func fewest(wishes []int, quantity int) int {
	best := len(wishes)
	for set := range 1 << len(wishes) {
		sum, left := 0, 0
		for i, n := range wishes {
			if set>>i&1 == 1 {
				left++
			} else {
				sum += n
			}
		}
		if sum <= quantity {
			best = min(best, left)
		}
	}
	return best
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
