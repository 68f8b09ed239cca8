package testvectors_test

import "encoding/json"

// Authorizations, built and signed from SPEC.md field by field.

// A grantForm is one grant.
type grantForm struct{ id, count, ends int }

// An authorizationForm is an authorization before it is signed.
type authorizationForm struct {
	header, flags               int
	device, issuer              []byte
	root, entry, number, issued int
	grants                      []grantForm
	extensions                  []extensionForm
	signers                     []int // key indices
}

// grantBytes writes grants in groups, in the order given.
func grantBytes(grants []grantForm) (b []byte) {
	for i := 0; i < len(grants); {
		j := i
		var group []byte
		for ; j < len(grants) && grants[j].ends == grants[i].ends; j++ {
			group = cat(group, uv(grants[j].id), uv(grants[j].count))
		}
		b = cat(b, j-i, u16(grants[i].ends), group)
		i = j
	}
	return append(b, 0)
}

// head is everything before the grants.
func (a authorizationForm) head() []byte {
	return cat(a.header, a.flags, a.device, a.issuer, u16(a.root), uv(a.entry), uv(a.number), u16(a.issued))
}

// tail is the counts and the extensions.
func (a authorizationForm) tail(signatures int) []byte {
	return cat(len(a.extensions)<<4|signatures, extensionBytes(a.extensions))
}

func (a authorizationForm) content(signatures int) []byte {
	return cat(a.head(), grantBytes(a.grants), a.tail(signatures))
}

// A signedMessage is what the signatures of an authorization are over.
type signedMessage struct {
	label        string
	did          []byte
	fingerprints [][]byte
	role         int
	content      []byte
	tags         [][]byte
	udi          []byte
}

func (m signedMessage) fields() [][]byte {
	return [][]byte{m.did, pae(m.fingerprints...), u16(m.role), m.content, pae(m.tags...), pae(m.udi)}
}

// A world is a device, what it trusts, and what its state is.
type world struct {
	device    *device
	first     rootForm
	newest    rootForm
	roots     [][]byte
	catalog   string
	floor     int
	installed []byte
	latest    int
	clock     int
}

// newWorld is a fresh device that trusts these versions, each signed by key 1 and perhaps others.
func newWorld(roots ...signedRoot) world {
	w := world{device: exampleDevice(), first: roots[0].form, newest: roots[len(roots)-1].form, catalog: vectorCatalog,
		floor: 1, latest: firstDay, clock: firstDay}
	for _, r := range roots {
		w.roots = append(w.roots, r.bytes)
	}
	return w
}

func (w world) context() fields {
	installed := any(nil)
	if w.installed != nil {
		installed = hexed(w.installed)
	}
	return fields{{"device", fields{{"seed", hexed(w.device.seed)}, {"udi", string(w.device.udi)}}},
		{"bundle", hexed(bundleBody(w.catalog, w.roots...))}, {"floor", w.floor}, {"installed", installed},
		{"latest", w.latest}, {"clock", w.clock}}
}

// wish is an authorization as the issuer of the world would make it: 2 of base and 5 ports for a
// year, number 1, signed by key 2.
func (w world) wish() authorizationForm {
	_, hint := issuerOf(w.first)
	return authorizationForm{header: 0x12, flags: w.newest.flags & 1, device: w.device.did[:4], issuer: hint, root: w.newest.version,
		entry: 7, number: 1, issued: firstDay, grants: []grantForm{{1, 2, firstDay + 365}, {200, 5, firstDay + 365}}, signers: []int{2}}
}

// tags are the tags of the catalog by ID.
func tagsOf(catalog string) map[int]string {
	var c struct {
		Entitlements, Retired []struct {
			ID  int
			Tag string
		}
	}
	if err := json.Unmarshal([]byte(catalog), &c); err != nil {
		panic(err)
	}
	tags := map[int]string{}
	for _, e := range append(c.Entitlements, c.Retired...) {
		tags[e.ID] = e.Tag
	}
	return tags
}

// message is what signers sign for a content.
func (w world) message(a authorizationForm, content []byte) signedMessage {
	m := signedMessage{label: "TS1/aut", did: w.device.did, role: roleIssue, content: content, udi: w.device.udi}
	if a.flags&2 != 0 {
		m.role |= roleExport
	}
	for _, i := range a.signers {
		m.fingerprints = append(m.fingerprints, fingerprintOf(1, issuerKey(i).public))
	}
	tags := tagsOf(w.catalog)
	for _, g := range a.grants {
		m.tags = append(m.tags, []byte(tags[g.id]))
	}
	return m
}

// body returns the authorization with the signatures of its signers.
func (w world) body(a authorizationForm) []byte { return w.bodyOf(a, a.content(len(a.signers))) }

// bodyOf signs a content that may not be the form's.
func (w world) bodyOf(a authorizationForm, content []byte) []byte {
	return w.bodyBy(a, w.message(a, content))
}

// bodyBy puts signatures over a message behind its content.
func (w world) bodyBy(a authorizationForm, m signedMessage) []byte {
	b := cat(m.content)
	for _, i := range a.signers {
		b = cat(b, i, issuerKey(i).sign(m.label, m.fields()...))
	}
	return b
}

// An authorizationMaker adds tests of one world.
type authorizationMaker struct {
	*vectorGroup
	world world
}

func newAuthorizationMaker(name string, w world) authorizationMaker {
	return authorizationMaker{&vectorGroup{name: name, operation: "authorization", context: w.context()}, w}
}

// output is what a device reads, and has afterwards.
func (w world) output(a authorizationForm, repeated bool) fields {
	grants := []fields{}
	for _, g := range a.grants {
		grants = append(grants, fields{{"id", g.id}, {"count", g.count}, {"ends", g.ends}})
	}
	floor, latest := w.floor, w.latest
	if !repeated {
		floor, latest = a.number+1, max(w.latest, a.issued)
	}
	return fields{{"training", a.flags&1 != 0}, {"export", a.flags&2 != 0}, {"root", a.root}, {"entry", a.entry}, {"number", a.number},
		{"issued", a.issued}, {"grants", grants}, {"extensions", extensionFields(a.extensions)}, {"signers", a.signers},
		{"digest", hexed(authorizationSum(a))}, {"repeated", repeated}, {"floor", floor}, {"latest", latest},
		{"confirmation", receiptLine(w.device.receipt(2 * a.number))}}
}

func authorizationSum(a authorizationForm) []byte { return digest("TS1/body", a.content(0))[:8] }

// changedInput is the body, and those fields of the context that the world has otherwise.
func (m authorizationMaker) changedInput(w world, body []byte) fields {
	input := fields{{"body", hexed(body)}}
	before, now := m.world.context(), w.context()
	for i, f := range now {
		if encodeJSON(f.value) != encodeJSON(before[i].value) {
			input = append(input, f)
		}
	}
	return input
}

// installs adds a wish that the device takes.
func (m authorizationMaker) installs(comment, flags string, change func(*world, *authorizationForm)) {
	w := m.world
	a := w.wish()
	change(&w, &a)
	m.valid(comment, flags, m.changedInput(w, w.body(a)), w.output(a, false))
}

// refuses adds a wish that the device refuses.
func (m authorizationMaker) refuses(comment, flags, err string, change func(*world, *authorizationForm)) {
	w := m.world
	a := w.wish()
	change(&w, &a)
	m.invalid(comment, flags, m.changedInput(w, w.body(a)), err)
}

// repeats adds what the device has installed already, as a body that says the same.
func (m authorizationMaker) repeats(comment, flags string, w world, a authorizationForm, body []byte) {
	m.valid(comment, flags, m.changedInput(w, body), w.output(a, true))
}
