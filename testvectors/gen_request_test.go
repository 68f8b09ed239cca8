package testvectors_test

func requestVectors() *vectorFile {
	return &vectorFile{
		name:   "request",
		about:  "What a device is: UDI, identity, and the request that carries them.",
		source: "reserve/SPEC.md, UDI, Device identity, Receipt chain, Request",
		groups: []*vectorGroup{identityGroup(), requestGroup()},
	}
}

func identityGroup() *vectorGroup {
	g := &vectorGroup{name: "What follows from a seed and a UDI", operation: "identity"}
	for _, udi := range []string{"AC-100:FOC2440A1B7", "A:1"} {
		d := newDevice(secret("device "+udi), udi)
		g.valid(udi, "", fields{{"seed", hexed(d.seed)}, {"udi", udi}}, identityOutput(d))
	}
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

func requestOutput(d *device, root, catalog int, extensions []fields) fields {
	return fields{{"suite", 1}, {"publicKey", hexed(d.key.public)}, {"anchor", hexed(d.anchor)}, {"root", root},
		{"catalog", catalog}, {"udi", string(d.udi)}, {"extensions", extensions}, {"salt", hexed(d.salt)}, {"did", hexed(d.did)},
		{"fingerprint", shortened(d.did)}, {"locator", locator(d.did)}}
}

func requestGroup() *vectorGroup {
	g := &vectorGroup{name: "Requests", operation: "request"}
	d := newDevice(secret("device AC-100:FOC2440A1B7"), "AC-100:FOC2440A1B7")
	body := d.request(1, 1)
	g.valid("a request", "", fields{{"body", hexed(body)}}, requestOutput(d, 1, 1, []fields{}))
	g.invalid("a byte after it", "Trailing", fields{{"body", hexed(cat(body, 0))}}, "code-malformed")
	return g
}
