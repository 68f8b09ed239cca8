package testvectors_test

import "fmt"

// A statusForm is a status report before it is signed.
type statusForm struct {
	header, flags    int
	device           []byte
	floor, installed int
	digest           []byte
	latest, running  int
	root, statement  int
	previous         []byte
	extensions       []byte // with their count; nil is none
	after            []byte
}

func firstStatus(d *device) statusForm {
	return statusForm{header: 0x14, device: d.did[:4], floor: 1, latest: firstDay, root: 1, statement: 1, previous: zeros(8)}
}

func (s statusForm) content() []byte {
	extensions := s.extensions
	if extensions == nil {
		extensions = []byte{0}
	}
	return cat(s.header, s.flags, s.device, uv(s.floor), uv(s.installed), s.digest, u16(s.latest), uv(s.running), u16(s.root),
		uv(s.statement), s.previous, extensions)
}

func (s statusForm) signed(d *device) []byte { return signedStatus(d, s.content(), s.after) }

func signedStatus(d *device, content, after []byte) []byte {
	return cat(content, d.key.sign("TS1/sta", d.did, content), after)
}

func (s statusForm) sum() []byte { return digest("TS1/body", s.content())[:8] }

func (s statusForm) output() fields {
	return fields{{"floor", s.floor}, {"installed", s.installed}, {"authorization", hexed(s.digest)}, {"latest", s.latest},
		{"running", s.running}, {"root", s.root}, {"statement", s.statement}, {"previous", hexed(s.previous)}, {"sum", hexed(s.sum())}}
}

func statusVectors() *vectorFile {
	return &vectorFile{
		name:   "status",
		about:  "Status reports: what they say, and what the books of an issuer make of it.",
		source: "reserve/SPEC.md, Status report, Issuer",
		groups: []*vectorGroup{statusGroup(), statusFormGroup(), statusSizeGroup(), statusSignatureGroup(), torsionStatusGroup(), firstReportGroup(),
			reportGroup(), contradictionGroup(), suspectReportGroup(), recoveredReportGroup(), lostReportGroup()},
	}
}

func newStatusGroup(name string, d *device) *vectorGroup {
	return &vectorGroup{name: name, operation: "status", context: booksForm{device: d}.identity()}
}

func statusGroup() *vectorGroup {
	d := exampleDevice()
	g := newStatusGroup("Reports", d)
	good := func(comment, flags string, change func(*statusForm)) {
		s := firstStatus(d)
		change(&s)
		g.body(comment, flags, s.signed(d), s.output())
	}
	held := func(number, floor int) func(*statusForm) {
		return func(s *statusForm) { s.installed, s.floor, s.digest = number, floor, issuedSum(number) }
	}
	good("a fresh device", "", func(*statusForm) {})
	good("number 1 is installed", "", held(1, 2))
	good("number 1 is installed, everything through 8 is canceled", "", held(1, 9))
	good("number 1023 is installed, the last", "Limit", held(1023, 1024))
	good("everything is returned, the last number too", "Limit", func(s *statusForm) { s.floor = 1024 })
	good("number 200 is installed: two bytes each", "", held(200, 201))
	good("39 hours of running", "", func(s *statusForm) { s.running = 39 })
	good("the longest running time", "Limit", func(s *statusForm) { s.running = 1<<32 - 1 })
	good("the last day", "Limit", func(s *statusForm) { s.latest = 65535 })
	good("a later statement", "", func(s *statusForm) { s.statement, s.previous = 300, issuedSum(9) })
	good("the last statement", "Limit", func(s *statusForm) { s.statement, s.previous = 1<<32-1, issuedSum(9) })
	good("the first statement names one before it, which nobody checks", "", func(s *statusForm) { s.previous = issuedSum(90) })
	good("another trust root", "", func(s *statusForm) { s.root = 1024 })
	good("an unknown extension", "Extension", func(s *statusForm) { s.extensions = cat(1, 5, bs([]byte("later"))) })
	good("two unknown extensions", "Extension", func(s *statusForm) { s.extensions = cat(2, 0, 0, 127, bs([]byte("later"))) })
	return g
}

func statusFormGroup() *vectorGroup {
	d := exampleDevice()
	g := newStatusGroup("Reports that break the format, or are of another device", d)
	bad := func(comment, flags, err string, change func(*statusForm)) {
		s := firstStatus(d)
		change(&s)
		g.bad(comment, flags, s.signed(d), err)
	}
	const malformed = "code-malformed"
	addHeaders(g, 4, 0, func(header, flags int) []byte {
		s := firstStatus(d)
		s.header, s.flags = header, flags
		return s.signed(d)
	})
	for bit := range 8 {
		bad(fmt.Sprintf("flag %#02x", 1<<bit), "Header", "code-unsupported", func(s *statusForm) { s.flags = 1 << bit })
	}
	bad("floor 0", "Number Limit", malformed, func(s *statusForm) { s.floor = 0 })
	bad("floor 1025", "Number Limit", malformed, func(s *statusForm) { s.floor = 1025 })
	bad("number 1 is installed and could still be", "Number", malformed, func(s *statusForm) { s.installed, s.digest = 1, issuedSum(1) })
	bad("number 3 is installed, the floor is 2", "Number", malformed, func(s *statusForm) { s.floor, s.installed, s.digest = 2, 3, issuedSum(3) })
	bad("number 1024 is installed", "Number Limit", malformed, func(s *statusForm) { s.floor, s.installed, s.digest = 1024, 1024, issuedSum(1) })
	bad("statement 0", "Number", malformed, func(s *statusForm) { s.statement = 0 })
	bad("a digest though nothing is installed", "Format", malformed, func(s *statusForm) { s.digest = issuedSum(1) })
	bad("no digest though something is installed", "Format", malformed, func(s *statusForm) { s.floor, s.installed = 2, 1 })
	addStatusBytes(g, d)
	addExtensions(g, func(extensions []byte) []byte {
		s := firstStatus(d)
		s.extensions = extensions
		return s.signed(d)
	})
	bad("another device", "Address", "wrong-device", func(s *statusForm) { s.device = flipped(s.device, 3, 0) })
	bad("another device and floor 0", "Order", malformed, func(s *statusForm) { s.device, s.floor = zeros(4), 0 })
	bad("another device and a critical extension", "Order", "code-unsupported", func(s *statusForm) { s.device, s.extensions = zeros(4), cat(1, 0x80, 0) })
	bad("statement 0 and a critical extension", "Order", malformed, func(s *statusForm) { s.statement, s.extensions = 0, cat(1, 0x80, 0) })
	other := newDevice(secret("another device"), "AC-100:FOC2440A1B8")
	g.bad("a report of another device", "Address", firstStatus(other).signed(other), "wrong-device")
	return g
}

func addStatusBytes(g *vectorGroup, d *device) {
	s := firstStatus(d)
	whole := s.signed(d)
	for _, x := range []struct {
		name string
		size int
	}{{"nothing", 0}, {"the header", 1}, {"the flags", 2}, {"half the device", 4}, {"the device", 6}, {"the floor", 7}, {"the number installed", 8},
		{"the latest day", 10}, {"the running time", 11}, {"the root", 13}, {"the statement", 14}, {"the previous digest", 22}, {"the extensions", 23},
		{"all but a byte", len(whole) - 1}} {
		g.bad("it ends after "+x.name, "Truncated", whole[:x.size], "code-malformed")
	}
	g.bad("a byte after it", "Trailing", cat(whole, 0), "code-malformed")
	raw := func(comment string, floor, installed, running, statement []byte) {
		content := cat(s.header, s.flags, s.device, floor, installed, u16(s.latest), running, u16(s.root), statement, s.previous, 0)
		g.bad(comment, "NotCanonical", signedStatus(d, content, nil), "code-malformed")
	}
	one, none, long := []byte{1}, []byte{0}, []byte{0x81, 0}
	raw("the floor in two bytes", long, none, none, one)
	raw("number 0 in two bytes", one, []byte{0x80, 0}, none, one)
	raw("the running time in two bytes", one, none, long, one)
	raw("a running time of 2^32 hours", one, none, uv(1<<32), one)
	raw("the statement in two bytes", one, none, none, long)
	raw("statement 2^32", one, none, none, uv(1<<32))
}

func statusSignatureGroup() *vectorGroup {
	d := exampleDevice()
	g := newStatusGroup("The signature of a report", d)
	s := firstStatus(d)
	s.installed, s.floor, s.digest = 1, 2, issuedSum(1)
	content := s.content()
	whole := s.signed(d)
	g.body("a good one", "", whole, s.output())
	bad := func(comment string, signature []byte) {
		g.bad(comment, "Signature", cat(content, signature), "bad-signature")
	}
	for _, x := range []struct {
		name    string
		at, bit int
	}{{"the floor: now 3", 6, 0}, {"the digest", 8, 0}, {"the latest day", 17, 0}, {"the running time", 18, 0}, {"the root", 20, 1},
		{"the statement: now 3", 21, 1}, {"the previous digest", 29, 7}, {"R", 31, 0}, {"S", 70, 0}, {"S, the highest bit", len(whole) - 1, 7}} {
		g.bad("one bit the other way: "+x.name, "FlippedBit", flipped(whole, x.at, x.bit), "bad-signature")
	}
	signature := whole[len(content):]
	bad("zeros", zeros(64))
	bad("S and the group order added up", withOrder(signature))
	bad("by another key", issuerKey(1).sign("TS1/sta", d.did, content))
	for _, label := range []string{"TS1/aut", "TS1/req", "TS1/use", "TS1/root"} {
		bad("with the label "+label, d.key.sign(label, d.did, content))
	}
	bad("over the content without the DID", d.key.sign("TS1/sta", content))
	bad("over the DID and the content in one field", d.key.sign("TS1/sta", cat(d.did, content)))
	bad("for another DID with the same first bytes", d.key.sign("TS1/sta", flipped(d.did, 31, 0), content))
	bad("over the content alone", plainSignature(d.key, content))
	message := labeled("TS1/sta", d.did, content)
	bad("R with a part of small order", cofactorSignature(d.signerSeed, message))
	bad("R in an encoding that is not canonical", identitySignature(d.signerSeed, message, notCanonical()[1].bytes))
	g.body("R is the identity, in its one encoding", "Signature", cat(content, identitySignature(d.signerSeed, message, cat(1, zeros(31)))), s.output())
	return g
}

// torsionStatusGroup is about a device whose key has a part of small order. Its own signatures hold
// or do not hold by chance, and every verifier has to agree which.
func torsionStatusGroup() *vectorGroup {
	plain := exampleDevice()
	d := *plain
	d.key.public = withTorsion(plain.key.public)
	d.keyDigest = fingerprintOf(1, d.key.public)[:16]
	d.did = digest("TS1/did", d.keyDigest, d.anchor, u16(2048), []byte{80}, d.udi)
	g := newStatusGroup("A device key with a part of small order", &d)
	s := firstStatus(&d)
	content := s.content()
	message := labeled("TS1/sta", d.did, content)
	g.body("the part cancels out", "Signature", cat(content, mixedSignature(d.signerSeed, message, true)), s.output())
	g.bad("the part does not cancel out, but would with the cofactor", "Signature", cat(content, mixedSignature(d.signerSeed, message, false)), "bad-signature")
	return g
}
