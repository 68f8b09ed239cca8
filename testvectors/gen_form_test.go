package testvectors_test

// A requestForm is a request field by field.
type requestForm struct {
	header, flags, suite int
	public, anchor       []byte
	root, catalog        int
	udi                  string
	packed               []byte // instead of the UDI
	extensions           []byte // with their count; nil is none
	after                []byte
}

func exampleRequest() requestForm {
	d := exampleDevice()
	return requestForm{header: 0x11, suite: 1, public: d.key.public, anchor: d.anchor, root: 1, catalog: 1, udi: exampleUDI}
}

func (q requestForm) body() []byte {
	packed := q.packed
	if packed == nil {
		packed = packedUDI(q.udi)
	}
	if q.extensions == nil {
		q.extensions = []byte{0}
	}
	return cat(q.header, q.flags, q.suite, q.public, q.anchor, u16(q.root), u16(q.catalog), packed, q.extensions, q.after)
}

// An extensionForm is one extension.
type extensionForm struct {
	kind int
	data []byte
}

func extensionBytes(list []extensionForm) (b []byte) {
	for _, e := range list {
		b = cat(b, e.kind, bs(e.data))
	}
	return b
}

func extensionFields(list []extensionForm) []fields {
	all := []fields{}
	for _, e := range list {
		all = append(all, fields{{"type", e.kind}, {"data", hexed(e.data)}})
	}
	return all
}

func (q requestForm) output(list []extensionForm) fields {
	keyDigest := fingerprintOf(1, q.public)[:16]
	did := digest("TS1/did", keyDigest, q.anchor, u16(2048), []byte{80}, []byte(q.udi))
	return fields{{"suite", 1}, {"publicKey", hexed(q.public)}, {"anchor", hexed(q.anchor)}, {"root", q.root},
		{"catalog", q.catalog}, {"udi", q.udi}, {"extensions", extensionFields(list)},
		{"salt", hexed(digest("TS1/salt", keyDigest, []byte(q.udi))[:16])}, {"did", hexed(did)},
		{"fingerprint", shortened(did)}, {"locator", locator(did)}}
}
