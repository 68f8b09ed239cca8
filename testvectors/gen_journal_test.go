package testvectors_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// The journal of an issuer, built from SPEC.md: entries, the tree over them, checkpoints and proofs.

func journalVectors() *vectorFile {
	return &vectorFile{
		name:   "journal",
		about:  "What an auditor reads: entries of a journal, the tree over them, checkpoints, and proofs that a customer keeps.",
		source: "reserve/SPEC.md, Journal",
		groups: []*vectorGroup{entryGroup(), brokenEntryGroup(), treeGroup(), checkpointGroup(), brokenCheckpointGroup(),
			proofGroup(), brokenProofGroup(), historyGroup(), brokenHistoryGroup()},
	}
}

const roleLog = 32

// The keys of the journal's issuer, besides 1 for roots and 2 for authorizations.
const (
	logKey             = 3 // signs checkpoints
	retiredKey         = 4 // signed entries and checkpoints in version 1, and was retired
	compromisedKey     = 5 // likewise, and was compromised
	formerLogKey       = 6 // had the role log in version 1
	otherSuiteKey      = 7 // has the role log and a suite that nobody can use, though its bytes are a key of suite 1
	journalTime        = 1790000000
	journalLedger      = "journal of the vectors"
	proofHead          = "c2sp.org/tlog-proof@v1"
	mostEntries        = 1<<32 - 1
	mostBody           = 1 << 20
	mostCheckpoint     = 4096
	mostSignatureLines = 100
)

// smallCatalog keeps the context short: a journal's reader has no use for a catalog.
const smallCatalog = `{"schema":"tallystick/catalog/1","name":"R","version":1,"evaluation_days":0,"terms":[],` +
	`"products":[{"name":"R","product_ids":["AC-100"],"entitlements":["a"]}],"entitlements":[` +
	`{"id":1,"tag":"a","name":"A","metric":"device","unit":"device","class":"enforced","grace_days":0}]}`

func ledgerID(label string) []byte { return secret(label)[:16] }

// stranger is a key that no trust root lists.
func stranger() signer { return newSigner(secret("stranger")) }

// journalBundle has both versions of the journal's issuer.
func journalBundle() []byte {
	one := changedRoot(func(r *rootForm) {
		r.catalog = catalogSum(smallCatalog)
		r.keys = append(r.keys, listedKey(logKey, roleLog), listedKey(retiredKey, roleIssue|roleLog), listedKey(compromisedKey, roleIssue|roleLog),
			listedKey(formerLogKey, roleIssue|roleLog), keyForm{index: otherSuiteKey, suite: 3, roles: roleLog, status: active, public: issuerKey(otherSuiteKey).public},
			keyForm{index: otherSuiteKey + 1, suite: 2, roles: roleLog, status: active, public: cat(2, secret("suite 2"))})
		r.policies = append(r.policies, policyForm{role: roleLog, threshold: 1})
	})
	two := one.nextRoot()
	two.keys[retiredKey-1].status, two.keys[compromisedKey-1].status, two.keys[formerLogKey-1].roles = retired, compromised, roleIssue
	return bundleBody(smallCatalog, one.signed(1), two.signed(1))
}

func journalContext() fields { return fields{{"bundle", hexed(journalBundle())}} }

// An entryForm is an entry of the journal field by field.
type entryForm struct {
	number                  []byte
	previous                []byte
	time                    []byte
	kind, actor, subject    string
	signer                  []byte
	body                    string
	content, signatureBytes []byte
}

// firstEntry is entry 1 of the vectors' journal, by nobody.
func firstEntry() entryForm {
	return entryForm{number: u64(1), previous: digest("TS1/ledger", ledgerID(journalLedger)), time: u64(journalTime), kind: "authorize", actor: "alice",
		subject: "AC-100:R1", body: `{"number":1}`, content: secret("rows of entry 1")}
}

func (e entryForm) signedFields() [][]byte {
	return [][]byte{e.number, e.previous, e.time, []byte(e.kind), []byte(e.actor), []byte(e.subject), e.signer, []byte(e.body), e.content}
}

// by returns the entry with the signature of a key.
func (e entryForm) by(s signer) entryForm {
	e.signer = fingerprintOf(1, s.public)
	e.signatureBytes = s.sign("TS1/leaf", e.signedFields()...)
	return e
}

func (e entryForm) record() []byte {
	return labeled("TS1/leaf", append(e.signedFields(), e.signatureBytes)...)
}

func leafHash(record []byte) []byte {
	sum := sha256.Sum256(cat(0, record))
	return sum[:]
}

func nodeHash(left, right []byte) []byte {
	sum := sha256.Sum256(cat(1, left, right))
	return sum[:]
}

// below is the largest power of two below n.
func below(n int) int {
	k := 1
	for 2*k < n {
		k *= 2
	}
	return k
}

func treeRoot(leaves [][]byte) []byte {
	if len(leaves) == 1 {
		return leaves[0]
	}
	k := below(len(leaves))
	return nodeHash(treeRoot(leaves[:k]), treeRoot(leaves[k:]))
}

func auditPath(m int, leaves [][]byte) [][]byte {
	if len(leaves) == 1 {
		return nil
	}
	if k := below(len(leaves)); m < k {
		return append(auditPath(m, leaves[:k]), treeRoot(leaves[k:]))
	} else {
		return append(auditPath(m-k, leaves[k:]), treeRoot(leaves[:k]))
	}
}

// history makes entries 1 to size. Officers signed 1, 4, 7 and so on, the others are of codes received.
func history(size int) (all []entryForm) {
	e := firstEntry()
	for n := 1; n <= size; n++ {
		e.number, e.time, e.content = u64(n), u64(journalTime+n), secret(fmt.Sprint("rows of entry ", n))
		e.body = fmt.Sprintf(`{"number":%d}`, n)
		e.signer, e.signatureBytes = nil, nil
		if n%3 == 1 {
			e = e.by(issuerKey(2))
		}
		all = append(all, e)
		e.previous = leafHash(e.record())
	}
	return all
}

func recordsOf(entries []entryForm) (all [][]byte) {
	for _, e := range entries {
		all = append(all, e.record())
	}
	return all
}

func leavesOf(entries []entryForm) (all [][]byte) {
	for _, r := range recordsOf(entries) {
		all = append(all, leafHash(r))
	}
	return all
}

func originOf(ledger []byte, epoch int) string { return fmt.Sprintf("tallystick/%x/%d", ledger, epoch) }

func base64Of(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// A noteForm is a checkpoint.
type noteForm struct {
	origin, size, root string
	signatures         []string // lines
}

func (n noteForm) text() string { return n.origin + "\n" + n.size + "\n" + n.root + "\n" }

func (n noteForm) String() string { return n.text() + "\n" + strings.Join(n.signatures, "") }

// checkpointOf is a checkpoint of the vectors' journal, not signed yet.
func checkpointOf(size int, root []byte) noteForm {
	return noteForm{origin: originOf(ledgerID(journalLedger), 1), size: fmt.Sprint(size), root: base64Of(root)}
}

// by returns the checkpoint with a line of a key more.
func (n noteForm) by(s signer) noteForm {
	return n.with(n.origin, s, plainSignature(s, []byte(n.text())))
}

func (n noteForm) with(name string, s signer, signature []byte) noteForm {
	return n.line(noteForm{origin: name}.named(name, s, signature))
}

// named is a line of a name with the key ID that a key has under the log's.
func (n noteForm) named(name string, s signer, signature []byte) string {
	return fmt.Sprintf("\u2014 %s %s\n", name, base64Of(cat(keyID(n.origin, s.public), signature)))
}

func (n noteForm) line(line string) noteForm {
	n.signatures = append(slices.Clone(n.signatures), line)
	return n
}

func keyID(name string, public []byte) []byte {
	sum := sha256.Sum256(cat(name, "\n", 1, public))
	return sum[:4]
}

// A proofForm is a proof.
type proofForm struct {
	head, extra, index string
	path               []string
	checkpoint         string
}

func (p proofForm) String() string {
	return p.head + "\nextra " + p.extra + "\nindex " + p.index + "\n" + strings.Join(p.path, "") + "\n" + p.checkpoint
}

// proofOf proves an entry of a journal by a checkpoint of a key over all of it.
func proofOf(number int, entries []entryForm, s signer) proofForm {
	leaves := leavesOf(entries)
	return joinedProof(entries[number-1], uint32(number-1), auditPath(number-1, leaves), checkpointOf(len(leaves), treeRoot(leaves)).by(s))
}

func joinedProof(e entryForm, index uint32, path [][]byte, n noteForm) proofForm {
	p := proofForm{head: proofHead, extra: base64Of(e.record()), index: fmt.Sprint(index), checkpoint: n.String()}
	for _, h := range path {
		p.path = append(p.path, base64Of(h)+"\n")
	}
	return p
}

func (e entryForm) output() fields {
	return fields{{"number", binary.BigEndian.Uint64(e.number)}, {"time", fmt.Sprint(binary.BigEndian.Uint64(e.time))},
		{"kind", long(e.kind)}, {"actor", long(e.actor)}, {"subject", long(e.subject)}, {"signer", hexed(e.signer)}, {"body", long(e.body)},
		{"hash", hexed(leafHash(e.record()))}}
}
