package testvectors_test

import (
	"fmt"
	"math/big"

	"filippo.io/edwards25519"
)

func requestVectors() *vectorFile {
	return &vectorFile{
		name:   "request",
		about:  "What a device is: UDI, identity, and the request that carries them.",
		source: "reserve/SPEC.md, UDI, Device identity, Receipt chain, Request",
		groups: []*vectorGroup{identityGroup(), udiGroup(), requestGroup(), requestKeyGroup(), requestFormGroup(), requestSizeGroup()},
	}
}

// longUDI is the longest there is.
const longUDI = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345:0123456789._/+=-ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGHIJK="

// exampleUDI is that of most devices here.
const exampleUDI = "AC-100:FOC2440A1B7"

func exampleDevice() *device { return newDevice(secret("device "+exampleUDI), exampleUDI) }

func identityGroup() *vectorGroup {
	g := &vectorGroup{name: "What follows from a seed and a UDI", operation: "identity"}
	for _, udi := range []string{exampleUDI, "A:1", "WS-C3650-24TS=:FDO1934E0Q1", "0:0._/+=-", longUDI} {
		d := newDevice(secret("device "+udi), udi)
		g.valid(udi, "", fields{{"seed", hexed(d.seed)}, {"udi", udi}}, identityOutput(d))
	}
	d := newDevice(secret("device "+exampleUDI), "AC-100:FOC2440A1B8")
	g.valid("the seed of another device", "", fields{{"seed", hexed(d.seed)}, {"udi", string(d.udi)}}, identityOutput(d))
	return g
}

func identityOutput(d *device) fields {
	var chain []fields
	for _, p := range []int{1, 2, 3, 2046, 2047, 2048} {
		chain = append(chain, fields{{"position", p}, {"x", hexed(d.x[p])}})
	}
	return fields{{"signingSeed", hexed(d.signerSeed)}, {"publicKey", hexed(d.key.public)}, {"keyDigest", hexed(d.keyDigest)},
		{"salt", hexed(d.salt)}, {"chain", chain}, {"anchor", hexed(d.anchor)}, {"did", hexed(d.did)},
		{"fingerprint", shortened(d.did)}, {"locator", locator(d.did)}}
}

// locator is the first 20 bits of a DID as five hex digits.
func locator(did []byte) string { return encodeJSON(hexed(did))[1:6] }

func udiGroup() *vectorGroup {
	g := &vectorGroup{name: "Packed UDIs", operation: "udi"}
	good := func(comment, udi string) {
		g.valid(comment, "", fields{{"packed", hexed(packedUDI(udi))}}, fields{{"udi", udi}})
	}
	bad := func(comment, flags string, packed []byte) {
		g.invalid(comment, flags, fields{{"packed", hexed(packed)}}, "code-malformed")
	}
	good("the shortest", "A:1")
	good("an even number of characters", "AB:1")
	good("the example of SPEC.md", exampleUDI)
	good("a spare part", "C9300-24T=:FOC1")
	good("every character", "0._/+=-:9ABCDEFGHIJKLMNOPQRSTUVWXYZ12345678")
	good("32 and 64 characters, the most there are", longUDI)
	const flag = "UDI"
	bad("33 characters of product ID", flag+" Limit", packedUDI("A"+longUDI[:96]))
	bad("65 characters of serial number", flag+" Limit", packedUDI(longUDI[1:]+"1"))
	bad("98 characters", flag+" Limit", packedUDI(longUDI+"1"))
	bad("no character", flag, packedUDI(""))
	bad("one character", flag, packedUDI("A"))
	bad("no colon", flag, packedUDI("AC-100FOC2440A1B7"))
	bad("two colons", flag, packedUDI("AC:100:FOC2440"))
	bad("no product ID", flag, packedUDI(":FOC2440A1B7"))
	bad("no serial number", flag, packedUDI("AC-100:"))
	for _, c := range "._/+=-" {
		bad(fmt.Sprintf("a product ID that begins with %c", c), flag, packedUDI(string(c)+"A:1"))
		bad(fmt.Sprintf("a serial number that begins with %c", c), flag, packedUDI("A:"+string(c)+"1"))
	}
	bad("1849 in 11 bits", flag, cat(3, pushed([2]int{1849, 11}, [2]int{1, 6})))
	bad("2047 in 11 bits", flag, cat(3, pushed([2]int{2047, 11}, [2]int{1, 6})))
	bad("43 in 6 bits", flag, cat(3, pushed([2]int{10*43 + 42, 11}, [2]int{43, 6})))
	bad("63 in 6 bits", flag, cat(3, pushed([2]int{10*43 + 42, 11}, [2]int{63, 6})))
	for _, bit := range []int{0, 6} {
		packed := packedUDI("A:1")
		packed[len(packed)-1] |= 1 << bit
		bad(fmt.Sprintf("filling bit %d is not zero", bit), flag+" Padding", packed)
	}
	full := packedUDI(exampleUDI)
	bad("the last byte is missing", "Truncated", full[:len(full)-1])
	bad("a byte too many", "Trailing", cat(full, 0))
	bad("nothing", "Truncated", nil)
	bad("a length of 255", flag+" Limit", cat(255, full[1:]))
	return g
}

// pushed packs values of so many bits each.
func pushed(list ...[2]int) []byte {
	n, width := new(big.Int), 0
	for _, x := range list {
		n.Or(n.Lsh(n, uint(x[1])), big.NewInt(int64(x[0])))
		width += x[1]
	}
	fill := (8 - width%8) % 8
	return n.Lsh(n, uint(fill)).FillBytes(make([]byte, (width+fill)/8))
}

func (g *vectorGroup) body(comment, flags string, body []byte, output fields) {
	g.valid(comment, flags, fields{{"body", hexed(body)}}, output)
}

func (g *vectorGroup) bad(comment, flags string, body []byte, err string) {
	g.invalid(comment, flags, fields{{"body", hexed(body)}}, err)
}

func requestGroup() *vectorGroup {
	g := &vectorGroup{name: "Requests", operation: "request"}
	good := func(comment, flags string, change func(*requestForm)) {
		q := exampleRequest()
		change(&q)
		g.body(comment, flags, q.body(), q.output(nil))
	}
	good("a request", "", func(*requestForm) {})
	good("the versions are hints: 0", "", func(q *requestForm) { q.root, q.catalog = 0, 0 })
	good("the versions are hints: 65535", "", func(q *requestForm) { q.root, q.catalog = 65535, 65535 })
	good("another anchor is another device", "Identity", func(q *requestForm) { q.anchor = zeros(16) })
	good("another serial number is another device", "Identity", func(q *requestForm) { q.udi = "AC-100:FOC2440A1B8" })
	good("another key is another device", "Identity", func(q *requestForm) { q.public = newSigner(secret("another device key")).public })
	good("the shortest UDI", "", func(q *requestForm) { q.udi = "A:1" })
	good("the longest UDI", "Limit", func(q *requestForm) { q.udi = longUDI })
	extended := func(comment, flags string, list ...extensionForm) {
		q := exampleRequest()
		q.extensions = cat(len(list), extensionBytes(list))
		g.body(comment, flags, q.body(), q.output(list))
	}
	const flag = "Extension"
	extended("an unknown extension", flag, extensionForm{1, []byte("abc")})
	extended("an extension of type 0 without data", flag, extensionForm{0, nil})
	extended("types 0 and 127", flag, extensionForm{0, []byte{1}}, extensionForm{127, []byte{2}})
	var most []extensionForm
	for n := range 15 {
		most = append(most, extensionForm{n, []byte{byte(n)}})
	}
	extended("15 extensions, the most there are", flag+" Limit", most...)
	return g
}

// requestKeyGroup is about the device's public key.
func requestKeyGroup() *vectorGroup {
	g := &vectorGroup{name: "The public key of a request", operation: "request"}
	bad := func(comment string, public []byte) {
		q := exampleRequest()
		q.public = public
		g.bad(comment, "WeakKey", q.body(), "code-malformed")
	}
	for _, p := range smallOrder() {
		bad("small order: "+p.name, p.bytes)
	}
	for _, p := range notCanonical() {
		bad("not canonical: "+p.name, p.bytes)
	}
	bad("no point of the curve: y = 2", littleEndian(big.NewInt(2)))
	bad("no point of the curve: y = 7", littleEndian(big.NewInt(7)))
	mixed := exampleRequest()
	mixed.public = withTorsion(mixed.public)
	g.body("a point of large order with a part of small order", "WeakKey", mixed.body(), mixed.output(nil))
	least := exampleRequest()
	for y := int64(3); ; y++ { // the least y that a point of large order has
		if p, err := new(edwards25519.Point).SetBytes(littleEndian(big.NewInt(y))); err == nil {
			least.public = p.Bytes()
			break
		}
	}
	g.body("a point with a small y", "WeakKey", least.body(), least.output(nil))
	return g
}

// requestFormGroup is about everything else that a request may have wrong.
func requestFormGroup() *vectorGroup {
	g := &vectorGroup{name: "Requests that break the format", operation: "request"}
	bad := func(comment, flags, err string, change func(*requestForm)) {
		q := exampleRequest()
		change(&q)
		g.bad(comment, flags, q.body(), err)
	}
	addHeaders(g, 1, 0, func(header, flags int) []byte {
		q := exampleRequest()
		q.header, q.flags = header, flags
		return q.body()
	})
	for _, suite := range []int{0, 2, 3, 255} {
		bad(fmt.Sprintf("suite %d", suite), "Suite", "code-unsupported", func(q *requestForm) { q.suite = suite })
	}
	bad("suite 2 with a key that is none of suite 1", "Suite Order", "code-unsupported", func(q *requestForm) { q.suite, q.public = 2, zeros(32) })
	whole := exampleRequest().body()
	ends := []struct {
		name string
		size int
	}{{"nothing", 0}, {"the header alone", 1}, {"the flags", 2}, {"the suite", 3}, {"half the key", 19}, {"the key", 35},
		{"the anchor", 51}, {"the root", 53}, {"the catalog", 55}, {"the length of the UDI", 56}, {"half the UDI", 62},
		{"the UDI: the count of extensions is missing", len(whole) - 1}}
	for _, e := range ends {
		err := "code-malformed"
		g.bad("it ends after "+e.name, "Truncated", whole[:e.size], err)
	}
	bad("a byte after it", "Trailing", "code-malformed", func(q *requestForm) { q.after = []byte{0} })
	bad("a whole request after it", "Trailing", "code-malformed", func(q *requestForm) { q.after = whole })
	bad("a UDI that is none", "UDI", "code-malformed", func(q *requestForm) { q.packed = packedUDI("AC-100FOC2440A1B7") })
	addExtensions(g, func(extensions []byte) []byte {
		q := exampleRequest()
		q.extensions = extensions
		return q.body()
	})
	bad("a critical extension, and a byte after the request", "Order", "code-malformed", func(q *requestForm) {
		q.extensions, q.after = cat(1, 0x80, bs(nil)), []byte{0}
	})
	return g
}

// addHeaders adds what the first two bytes of a message of that kind may have wrong.
func addHeaders(g *vectorGroup, kind, flags int, body func(header, flags int) []byte) {
	for _, version := range []int{0, 2, 3, 15} {
		g.bad(fmt.Sprintf("version %d", version), "Header Version", body(version<<4|kind, flags), "code-unsupported")
	}
	for _, other := range []int{0, kind%10 + 1, 3, 15} {
		if other != kind {
			g.bad(fmt.Sprintf("the header of kind %d", other), "Header", body(0x10|other, flags), "code-malformed")
		}
	}
	g.bad("another version of another kind", "Header Order", body(0x2f, flags), "code-unsupported")
	g.bad("the header of another kind and an unknown flag", "Header Order", body(0x1f, flags|0x40), "code-malformed")
	g.bad("another version and an unknown flag", "Header Order", body(0x20|kind, flags|0x40), "code-unsupported")
}

// addExtensions adds what extensions, behind a u8 with their count, may have wrong.
func addExtensions(g *vectorGroup, body func(extensions []byte) []byte) {
	const flag = "Extension"
	add := func(comment, flags, err string, extensions ...any) {
		g.bad(comment, flags, body(cat(extensions...)), err)
	}
	add("a critical extension", flag, "code-unsupported", 1, 0x80, bs([]byte("abc")))
	add("a critical extension of type 255 without data", flag, "code-unsupported", 1, 0xff, 0)
	add("a critical extension after another", flag, "code-unsupported", 2, 1, 0, 0x81, 0)
	add("two extensions of one type", flag+" NotCanonical", "code-malformed", 2, 1, 0, 1, 0)
	add("extensions in descending order", flag+" NotCanonical", "code-malformed", 2, 2, 0, 1, 0)
	add("critical extensions in descending order", flag+" Order", "code-malformed", 2, 0x82, 0, 0x81, 0)
	sixteen := []any{16}
	for n := range 16 {
		sixteen = append(sixteen, n, 0)
	}
	add("16 extensions", flag+" Limit", "code-malformed", sixteen...)
	add("255 extensions", flag+" Limit", "code-malformed", 255)
	add("data that is longer than the message", flag+" Truncated", "code-malformed", 1, 1, 9)
	add("an extension without a length", flag+" Truncated", "code-malformed", 1, 1)
	add("an extension without anything", flag+" Truncated", "code-malformed", 1)
	add("a length of 1 in two bytes", flag+" NotCanonical", "code-malformed", 1, 1, 0x81, 0, 0xaa)
	add("a length of 0 in five bytes", flag+" NotCanonical", "code-malformed", 1, 1, 0x80, 0x80, 0x80, 0x80, 0)
	add("a length of 2^32", flag+" NotCanonical", "code-malformed", 1, 1, 0x80, 0x80, 0x80, 0x80, 0x10)
	add("a length in six bytes", flag+" NotCanonical", "code-malformed", 1, 1, 0x81, 0x80, 0x80, 0x80, 0x80, 0, 0xaa)
	add("a length of 4097", flag+" Limit", "code-malformed", 1, 1, uv(4097))
	add("fewer extensions than are counted", flag, "code-malformed", 2, 1, 0)
	add("more extensions than are counted", flag+" Trailing", "code-malformed", 1, 1, 0, 2, 0)
}
