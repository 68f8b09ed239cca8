package reserve

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"tallystick/codec"
	"tallystick/keys"
)

// How the example of SPEC.md is printed: messages field by field, values, codes.

// A part is some bytes of a message, in hex, and what they are.
type part struct{ hex, note string }

type parts []part

// cut takes a message apart by the sizes of its fields.
func cut(body []byte, sizes []int, notes ...string) parts {
	var out parts
	for i, n := range sizes {
		out, body = append(out, part{hexOf(body[:n]), notes[i]}), body[n:]
	}
	return out
}

// text prints 16 bytes a line, the note beside the first.
func (p parts) text() string {
	var b strings.Builder
	for _, x := range p {
		first, rest := x.hex, ""
		if len(first) > 32 {
			first, rest = first[:32], first[32:]
		}
		fmt.Fprintf(&b, "%-32s  # %s\n", first, x.note)
		for ; rest != ""; rest = rest[min(32, len(rest)):] {
			b.WriteString(rest[:min(32, len(rest))] + "\n")
		}
	}
	return b.String()
}

// equal is text for parts that are a whole message.
func (p parts) equal(t *testing.T, body []byte) string {
	t.Helper()
	var all string
	for _, x := range p {
		all += x.hex
	}
	if all != hexOf(body) {
		t.Errorf("the parts are %s, the message is %x", all, body)
	}
	return p.text()
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// values prints names and values, in turn.
func values(pairs ...any) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		text, ok := pairs[i+1].(string)
		if !ok {
			text = fmt.Sprintf("%x", pairs[i+1])
			if f, ok := pairs[i+1].(keys.Fingerprint); ok {
				text = hexOf(f[:])
			} else if d, ok := pairs[i+1].(DID); ok {
				text = hexOf(d[:])
			}
		}
		fmt.Fprintf(&b, "%-16s %s\n", pairs[i], text)
	}
	return b.String()
}

// shown prints the typed form and the paste form of a code.
func shown(c codec.Code) string {
	return strings.Join(c.Lines(), "\n") + "\n\n" + strings.Join(c.Wrapped(96), "\n") + "\n"
}

// cutCatalog breaks the one line of a catalog after commas.
func cutCatalog(raw string) string {
	var b strings.Builder
	for len(raw) > 96 {
		at := strings.LastIndexByte(raw[:96], ',') + 1
		b.WriteString(raw[:at] + "\n")
		raw = raw[at:]
	}
	return b.String() + raw + "\n"
}

func (l specLife) rootParts() parts {
	raw := l.trust.Root().Raw()
	key := func(n int) []string {
		return []string{fmt.Sprintf("key %d: index, suite", n), "roles", "from, to", "status", "public key, with its length"}
	}
	policy := []string{"role", "threshold", "suites, classes"}
	notes := []string{"version 1, kind 7", "flags", "version", "previous", "issued 2026-03-02", "expires", "revalidate: 720 hours",
		"name, with its length", "catalog digest", "2 keys"}
	sizes := []int{1, 1, 2, 32, 2, 2, 2, 1 + len(l.trust.Root().Name()), 32, 1}
	for n := range 2 {
		sizes, notes = append(sizes, 2, 2, 4, 1, 33), append(notes, key(n+1)...)
	}
	sizes, notes = append(sizes, 1), append(notes, "3 policies")
	for range 3 {
		sizes, notes = append(sizes, 2, 1, 4), append(notes, policy...)
	}
	sizes, notes = append(sizes, 1, 1, 1, 65), append(notes, "no extensions", "1 signature", "of key 1", "signature, with its length")
	return cut(raw, sizes, notes...)
}

func (l specLife) bundleParts() parts {
	raw, catalog := l.trust.Body(), len(l.catalog.Raw())
	root := len(l.trust.Root().Raw())
	return cut(raw, []int{1, 1, 2, 2, root, 2, catalog}, "version 1, kind 10", "flags", "1 trust root",
		fmt.Sprintf("length %d", root), "the trust root", fmt.Sprintf("length %d", catalog), "the catalog")
}

func (l specLife) requestParts() parts {
	return cut(l.fresh.request.body, []int{1, 1, 1, 32, 16, 2, 2, 1, 13, 1}, "version 1, kind 1", "flags", "suite", "public key", "anchor",
		"trust root version", "catalog version", "18 characters follow", "AC-100:FOC2440A1B7, packed", "no extensions")
}

func (l specLife) authorizationParts() parts {
	return cut(l.authorization.body, []int{1, 1, 4, 4, 2, 1, 1, 2, 1, 2, 2, 3, 2, 1, 1, 1, 64}, "version 1, kind 2", "flags: export",
		"first bytes of the DID", "issuer hint", "trust root version needed", "journal entry 7", "number 1", "signed on 2026-03-02",
		"3 grants with one end day", "2029-03-01", "entitlement 1: 1", "entitlement 2: 200", "entitlement 3: 1", "no more grants",
		"no extensions, 1 signature", "by key 2", "signature")
}

func (l specLife) statusParts() parts {
	return cut(l.status.body, []int{1, 1, 4, 1, 1, 8, 2, 1, 2, 1, 8, 1, 64}, "version 1, kind 4", "flags", "first bytes of the DID",
		"floor 2", "installed: number 1", "digest of its authorization", "latest day 2026-03-04", "running time: 39 hours",
		"trust root version", "statement 1", "digest of the one before", "no extensions", "signature")
}

// signedParts is what an authorization's signature covers.
func (l specLife) signedParts() parts {
	a := l.authorization
	covered := a.terms.encode(1)
	fields := a.terms.signed(l.trust, l.fresh.identity, covered, a.signers)
	p := parts{{hexOf([]byte("TS1/aut\x00")), "label and a zero byte"}, {hexOf(be64(len(fields))), "6 fields"}}
	for i, note := range []string{"DID", "fingerprints of the signers, framed", "role: issue and export",
		"the body up to the signatures", "tags, framed", "UDI, framed"} {
		p = append(p, part{hexOf(be64(len(fields[i]))), fmt.Sprintf("%d bytes", len(fields[i]))}, part{hexOf(fields[i]), note})
	}
	return p
}

func be64(n int) []byte { return append(make([]byte, 6), be16(uint16(n))...) }
