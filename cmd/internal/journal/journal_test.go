package journal

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/testvectors/labeled"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func refusedAs(err error, reason reserve.Reason) bool {
	var r *reserve.Refusal
	return errors.As(err, &r) && r.Reason == reason
}

// An office is an issuer whose one officer signs entries and checkpoints.
type office struct {
	root, issue, log keys.PrivateKey
	trust            reserve.Trust
}

const catalogText = `{"schema": "tallystick/catalog/1", "name": "test", "version": 1, "evaluation_days": 0, "terms": [],
  "products": [{"name": "Switch", "product_ids": ["C9300-24T"], "entitlements": ["ports"]}],
  "entitlements": [{"id": 1, "tag": "ports", "name": "Ports", "metric": "capacity", "unit": "port", "class": "enforced", "grace_days": 0}]}`

func newOffice(name string, logStatus keys.Status) office {
	key := func(role string) keys.PrivateKey { return must(keys.NewPrivateKey(labeled.Reader(name + role))) }
	o := office{root: key("root"), issue: key("issue"), log: key("log")}
	spare := key("spare")
	catalog := must(reserve.ReadCatalog([]byte(catalogText)))
	template := keys.RootTemplate{Name: name, Issued: 2500, RevalidateHours: 24, CatalogDigest: catalog.Digest(), Keys: []keys.Key{
		{Index: 1, Public: o.root.Public(), Roles: keys.RoleRoot, Status: keys.Active},
		{Index: 2, Public: o.issue.Public(), Roles: keys.RoleIssue, Status: keys.Active},
		{Index: 3, Public: o.log.Public(), Roles: keys.RoleLog, Status: logStatus},
		{Index: 4, Public: spare.Public(), Roles: keys.RoleLog, Status: keys.Active},
	}, Policies: []keys.Policy{{Role: keys.RoleRoot, Threshold: 1}, {Role: keys.RoleIssue, Threshold: 1}, {Role: keys.RoleLog, Threshold: 1}}}
	o.trust = must(reserve.NewTrust([][]byte{must(template.Sign(nil, o.root))}, catalog.Raw()))
	return o
}

var acme = newOffice("acme", keys.Active)

// A log is a journal in memory.
type log struct {
	entries []Entry
	stored  []tlog.Hash
}

func newLog(o office, size int) (l log) {
	previous := BeforeFirst([16]byte{1})
	for n := range size {
		signer := o.issue
		if n%3 == 2 {
			signer = keys.PrivateKey{} // something that a device proved
		}
		e := Entry{Sequence: uint32(n + 1), Time: time.Unix(1790000000+int64(n), 0).UTC(), Kind: "authorize", Actor: "alice",
			Subject: "C9300-24T:A", Body: fmt.Appendf(nil, `{"number":%d}`, n), Content: [32]byte{byte(n)}, Previous: previous}.Seal(signer)
		l.entries, previous = append(l.entries, e), e.Hash
		l.stored = append(l.stored, must(tlog.StoredHashesForRecordHash(int64(n), e.Hash, l.nodes()))...)
	}
	return l
}

func (l log) nodes() tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) (out []tlog.Hash, err error) {
		for _, i := range indexes {
			out = append(out, l.stored[i])
		}
		return out, nil
	})
}

func (l log) tree(size int) Tree {
	return Tree{uint32(size), must(tlog.TreeHash(int64(size), l.nodes()))}
}

func (l log) checkpoint(o office, size int) []byte {
	return must(SignCheckpoint(l.tree(size), Origin([16]byte{1}, 0), o.log))
}

func (l log) prove(o office, sequence, size int) []byte {
	return must(Prove(l.entries[sequence-1], l.checkpoint(o, size), l.nodes())).Text()
}

func TestProofs(t *testing.T) {
	l := newLog(acme, 20)
	for size := 1; size <= 20; size++ {
		for n := 1; n <= size; n++ {
			p, err := OpenProof(l.prove(acme, n, size), acme.trust)
			if err != nil || fmt.Sprint(p.Entry) != fmt.Sprint(l.entries[n-1]) || p.Tree != l.tree(size) {
				t.Fatalf("entry %d of %d: %+v, %v", n, size, p.Entry, err)
			}
		}
	}
}

// Nothing of a proof can be changed.
func TestProofIsTight(t *testing.T) {
	text := newLog(acme, 9).prove(acme, 5, 9)
	for i := range text {
		changed := bytes.Clone(text)
		changed[i] ^= 1
		if p, err := OpenProof(changed, acme.trust); err == nil {
			t.Fatalf("byte %d changed: accepted as %+v", i, p.Entry)
		}
	}
	if _, err := OpenProof(text, newOffice("mallory", keys.Active).trust); !refusedAs(err, reserve.BadSignature) {
		t.Errorf("another issuer's trust: %v", err)
	}
	for name, changed := range spoiled(string(text)) {
		if _, err := OpenProof([]byte(changed), acme.trust); !refusedAs(err, reserve.Malformed) && !refusedAs(err, reserve.BadSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func spoiled(text string) map[string]string {
	lines := strings.Split(text, "\n")
	record := must(base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra ")))
	without := func(at int) string { return strings.Join(slices.Delete(slices.Clone(lines), at, at+1), "\n") }
	return map[string]string{
		"nothing":         "",
		"no entry":        without(1),
		"no index":        without(2),
		"shorter path":    without(3),
		"no signature":    strings.Join(lines[:len(lines)-3], "\n") + "\n",
		"a line more":     text + "\n",
		"other ends":      strings.ReplaceAll(text, "\n", "\r\n"),
		"spaces":          strings.Replace(text, "index ", "index  ", 1),
		"another index":   strings.Replace(text, "index 4", "index 3", 1),
		"another version": strings.Replace(text, "@v1", "@v2", 1),
		"padded record":   strings.Replace(text, lines[1], "extra "+base64.StdEncoding.EncodeToString(append(record, 0)), 1),
		"long path":       strings.Replace(text, "\n\n", strings.Repeat("\n"+lines[3], maxPath)+"\n\n", 1),
		"huge":            text + strings.Repeat("x", MaxProof),
	}
}

// An entry whose officer's signature is somebody else's is refused, though the tree has it.
func TestProofOfForgedEntry(t *testing.T) {
	forger := acme
	forger.issue = must(keys.NewPrivateKey(labeled.Reader("forger")))
	text := newLog(forger, 4).prove(forger, 2, 4)
	if _, err := OpenProof(text, acme.trust); !refusedAs(err, reserve.BadSignature) || !strings.Contains(err.Error(), "in no trust root") {
		t.Errorf("a stranger's entry: %v", err)
	}
}

func TestRecord(t *testing.T) {
	e := newLog(acme, 1).entries[0]
	e.Body = []byte(`"` + strings.Repeat("x", MaxBody-2) + `"`)
	e.Kind, e.Actor, e.Subject = strings.Repeat("k", maxKind), strings.Repeat("a", maxActor), strings.Repeat("s", maxSubject)
	e = e.Seal(acme.issue)
	again, err := ParseRecord(e.Record())
	if err != nil || fmt.Sprint(again) != fmt.Sprint(e) {
		t.Errorf("the longest entry: %v", err)
	}
	record := newLog(acme, 1).entries[0].Record()
	for at := range record {
		if _, err := ParseRecord(record[:at]); !refusedAs(err, reserve.Malformed) {
			t.Errorf("cut at %d: %v", at, err)
		}
	}
	lengths := bytes.Clone(record)
	lengths[len(recordLabel)+8] = 0xff // the first field is longer than memory
	for name, r := range map[string][]byte{"length": lengths, "longer": append(record, 0), "huge": make([]byte, maxRecord+1)} {
		if _, err := ParseRecord(r); !refusedAs(err, reserve.Malformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseTree(t *testing.T) {
	l := newLog(acme, 3)
	signed := l.checkpoint(acme, 3)
	text := l.tree(3).Text(Origin([16]byte{1}, 0))
	for _, good := range []string{string(signed), text} {
		tree, origin, err := ParseTree([]byte(good))
		if err != nil || tree != l.tree(3) || origin != "tallystick/01000000000000000000000000000000/1" {
			t.Errorf("%q: %v %q %v", good, tree, origin, err)
		}
	}
	for name, bad := range map[string]string{
		"nothing": "", "no line end": strings.TrimSuffix(text, "\n"), "a line more": text + "extension\n", "size 0": strings.Replace(text, "\n3\n", "\n0\n", 1),
		"plus": strings.Replace(text, "\n3\n", "\n+3\n", 1), "zeros": strings.Replace(text, "\n3\n", "\n03\n", 1), "too large": strings.Replace(text, "\n3\n", "\n4294967296\n", 1),
		"no origin": "\n" + text, "huge": text + "\n" + strings.Repeat("x", MaxCheckpoint), "root": strings.Replace(text, "=\n", "\n", 1),
	} {
		if _, _, err := ParseTree([]byte(bad)); !refusedAs(err, reserve.Malformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Other tools verify checkpoints with the key that is printed for them.
func TestKeys(t *testing.T) {
	l := newLog(acme, 3)
	printed, err := SignersOf(acme.trust).Keys(Origin([16]byte{1}, 0))
	if err != nil || len(printed) != 2 {
		t.Fatalf("keys %q, %v", printed, err)
	}
	if _, err := note.Open(l.checkpoint(acme, 3), note.VerifierList(must(note.NewVerifier(printed[0])))); err != nil {
		t.Error(err)
	}
	for _, origin := range []string{"with space", "with+plus", ""} {
		if _, err := SignersOf(acme.trust).Keys(origin); !refusedAs(err, reserve.Malformed) {
			t.Errorf("origin %q: %v", origin, err)
		}
	}
}

// Who has a log key that was marked compromised can sign any checkpoint; those made before still have
// their place in the journal.
func TestCompromisedLogKey(t *testing.T) {
	o := newOffice("robbed", keys.Compromised)
	signed := newLog(o, 3).checkpoint(o, 3)
	if _, _, err := SignersOf(o.trust).Open(signed); !refusedAs(err, reserve.BadSignature) {
		t.Errorf("SignersOf: %v", err)
	}
	if _, _, err := EverSigners(o.trust).Open(signed); err != nil {
		t.Errorf("EverSigners: %v", err)
	}
	retired := newOffice("retired", keys.Retired)
	if _, _, err := SignersOf(retired.trust).Open(newLog(retired, 3).checkpoint(retired, 3)); err != nil {
		t.Errorf("a retired key: %v", err)
	}
}
