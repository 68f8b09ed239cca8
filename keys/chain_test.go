package keys

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestTwoOfThreeMustSign(t *testing.T) {
	for _, test := range []struct {
		signers []byte
		want    string
	}{
		{[]byte{0, 1}, ""},
		{[]byte{1, 2}, ""},
		{[]byte{0, 1, 2}, ""},
		{nil, `trust root 1: 0 of the 2 signatures needed in the role "root"`},
		{[]byte{2}, `trust root 1: 1 of the 2 signatures needed in the role "root"`},
		{[]byte{2, 2}, "trust root 1: codec: offset "},
		{[]byte{0, 3}, "trust root 1: signed by key 3, which may not sign trust roots"},
		{[]byte{0, 1, 3}, "trust root 1: signed by key 3, which may not sign trust roots"},
		{[]byte{0, 1, 9}, "trust root 1: signed by key 9, which it does not list"},
	} {
		_, err := OpenRoots([][]byte{forge(firstBody(), test.signers...)})
		if got := fmt.Sprint(err); !strings.HasPrefix(got, cmpOr(test.want, "<nil>")) {
			t.Errorf("signed by %v: %v, want %s", test.signers, got, test.want)
		}
	}
}

func cmpOr(s, empty string) string {
	if s == "" {
		return empty
	}
	return s
}

// TestEveryListedSignatureMustVerify: two good signatures would do, the third is wrong.
func TestEveryListedSignatureMustVerify(t *testing.T) {
	encoded := firstBody().encode()
	sign := func(index uint8, key PrivateKey, p Purpose) rootSignature {
		return rootSignature{index, key.Sign(p, encoded)}
	}
	good := []rootSignature{sign(0, testKey(0), rootPurpose), sign(1, testKey(1), rootPurpose)}
	for name, third := range map[string]rootSignature{
		"of another key":      sign(2, testKey(1), rootPurpose),
		"for another purpose": sign(2, testKey(2), Authorization),
		"empty":               {2, nil},
	} {
		_, err := OpenRoots([][]byte{join(encoded, append(good[:2:2], third))})
		if !errors.Is(err, ErrSignature) ||
			err.Error() != "trust root 1: key 2: signature does not verify" {
			t.Errorf("signature %s: %v", name, err)
		}
	}
}

func TestRootRefusesEveryChangedByteAndEveryCut(t *testing.T) {
	signed := mustSign(t, nil, newTemplate(), 0, 1, 2)
	for i := range signed {
		bad := bytes.Clone(signed)
		for _, flip := range []byte{0x01, 0x80, 0xff} {
			bad[i] = signed[i] ^ flip
			if _, err := OpenRoots([][]byte{bad}); err == nil {
				t.Errorf("byte %d changed by %#x: accepted", i, flip)
			}
		}
		if _, err := OpenRoots([][]byte{signed[:i]}); !errors.Is(err, ErrRoot) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
	if _, err := OpenRoots([][]byte{append(bytes.Clone(signed), 0)}); !errors.Is(err, ErrRoot) {
		t.Errorf("a byte too many: %v", err)
	}
}

func TestRootRefusesOtherMessages(t *testing.T) {
	signed := mustSign(t, nil, newTemplate(), 0, 1)
	for _, test := range []struct {
		at   int
		to   byte
		kind error
		want string
	}{
		{0, 0x27, ErrUnsupported, "trust root format 2: needs newer software"},
		{0, 0x12, ErrRoot, "not a trust root but message type 2"},
		{1, 0x02, ErrUnsupported, "trust root flags 0x02: needs newer software"},
	} {
		bad := bytes.Clone(signed)
		bad[test.at] = test.to
		_, err := OpenRoots([][]byte{bad})
		if !errors.Is(err, test.kind) || err.Error() != "trust root 1: "+test.want {
			t.Errorf("%v, want %s", err, test.want)
		}
	}
}

func TestLimits(t *testing.T) {
	large := firstBody()
	large.Extensions[1].Data = make([]byte, MaxRootSize)
	encoded := firstBody().encode()
	nine := make([]rootSignature, 9)
	for i := range nine {
		nine[i].index = uint8(i)
	}
	for _, test := range []struct {
		list [][]byte
		want string
	}{
		{nil, "no trust root"},
		{[][]byte{forge(large, 0, 1)}, "trust root 1: 33252 bytes, at most 32768"},
		{make([][]byte, MaxRootVersion+1), "1025 trust roots, at most 1024"},
		{[][]byte{join(encoded, nine)}, fmt.Sprintf(
			"trust root 1: codec: offset %d: 9 signatures, at most 8", len(encoded)+1)},
	} {
		c, err := OpenRoots(test.list)
		if !errors.Is(err, ErrRoot) || err.Error() != test.want || c.Len() != 0 {
			t.Errorf("%v, want %s", err, test.want)
		}
	}
}

// threeVersions is an issuer's history: the root key 0 gives way to 5, then 1 is compromised.
func threeVersions(t testing.TB) [][]byte {
	t.Helper()
	list := [][]byte{mustSign(t, nil, newTemplate(), 0, 1)}
	root := mustOpen(t, list...).Newest()
	next := root.Template()
	next.Keys[0].Status = Retired
	next.Keys = append(next.Keys,
		Key{Index: 5, Public: testKey(5).Public(), Roles: RoleRoot, Status: Active})
	list = append(list, mustSign(t, &root, next, 0, 1, 5))

	root = mustOpen(t, list...).Newest()
	next = root.Template()
	next.Keys[1].Status = Compromised
	next.Name = "Renamed"
	return append(list, mustSign(t, &root, next, 2, 5))
}

func TestChain(t *testing.T) {
	list := threeVersions(t)
	c := mustOpen(t, list...)
	if c.Len() != 3 || c.First().Version() != 1 || c.Newest().Version() != 3 ||
		c.Newest().Name() != "Renamed" || len(c.Roots()) != 3 {
		t.Errorf("chain of %d, newest %d %q", c.Len(), c.Newest().Version(), c.Newest().Name())
	}
	for n, want := range map[uint16]bool{0: false, 1: true, 3: true, 4: false} {
		if root, ok := c.Version(n); ok != want || want && root.Version() != n {
			t.Errorf("version %d: %v", n, ok)
		}
	}
	one := mustOpen(t, list[0])
	digest, id := one.First().Digest(), c.IssuerID()
	if c.Fingerprint() != one.Fingerprint() || id != one.IssuerID() ||
		c.Fingerprint() != digest || !bytes.HasPrefix(digest[:], id[:]) {
		t.Error("the issuer is recognized by version 1, whatever came after it")
	}
}

func TestPrefix(t *testing.T) {
	list := threeVersions(t)
	all, two, one := mustOpen(t, list...), mustOpen(t, list[:2]...), mustOpen(t, list[:1]...)
	fork := func() Chain {
		root := two.Newest()
		next := root.Template()
		next.Name = "Forked"
		return mustOpen(t, list[0], list[1], mustSign(t, &root, next, 1, 2))
	}()
	for _, test := range []struct {
		name        string
		have, offer Chain
		want        bool
	}{
		{"newer", one, all, true}, {"one newer", two, all, true}, {"same", all, all, true},
		{"older", all, two, false}, {"forked", all, fork, false}, {"before the fork", two, fork, true},
		{"empty", Chain{}, all, false}, {"for the empty", all, Chain{}, false},
		{"both empty", Chain{}, Chain{}, false},
	} {
		if got := test.have.Prefix(test.offer); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

// TestBothVersionsMustAgree: the new keys alone, or the old keys alone, make no successor.
func TestBothVersionsMustAgree(t *testing.T) {
	list := threeVersions(t)
	root := mustOpen(t, list[0]).Newest()
	next := root.Template()
	for i := range 3 {
		next.Keys[i].Status = Retired
		next.Keys = append(next.Keys, Key{Index: uint8(10 + i),
			Public: testKey(byte(10 + i)).Public(), Roles: RoleRoot, Status: Active})
	}
	body := rootBody{2, root.Digest(), next.sorted()}
	for _, test := range []struct {
		signers []byte
		want    string
	}{
		{[]byte{0, 1, 10, 11}, ""},
		{[]byte{10, 11, 12}, `trust root 2: by the keys of version 1: ` +
			`0 of the 2 signatures needed in the role "root"`},
		{[]byte{0, 1, 2}, `trust root 2: 0 of the 2 signatures needed in the role "root"`},
		{[]byte{0, 1, 10}, `trust root 2: 1 of the 2 signatures needed in the role "root"`},
		{[]byte{0, 10, 11}, `trust root 2: by the keys of version 1: ` +
			`1 of the 2 signatures needed in the role "root"`},
	} {
		_, err := OpenRoots([][]byte{list[0], forge(body, test.signers...)})
		if got := fmt.Sprint(err); got != cmpOr(test.want, "<nil>") {
			t.Errorf("signed by %v: %s, want %s", test.signers, got, test.want)
		}
		if test.want != "" && !errors.Is(err, ErrThreshold) {
			t.Errorf("signed by %v: %v is no ErrThreshold", test.signers, err)
		}
	}
}

// TestCompromisedKeySignsNoMore: version 3 of the chain marks key 1, so a version 4 that it signs
// is refused even though two others signed as well.
func TestCompromisedKeySignsNoMore(t *testing.T) {
	list := threeVersions(t)
	root := mustOpen(t, list...).Newest()
	next := rootBody{4, root.Digest(), root.Template()}
	_, err := OpenRoots(append(list, forge(next, 1, 2, 5)))
	if !errors.Is(err, ErrSignature) ||
		err.Error() != "trust root 4: signed by key 1, which may not sign trust roots" {
		t.Error(err)
	}
}

func TestSignRefuses(t *testing.T) {
	signed := mustSign(t, nil, newTemplate(), 0, 1)
	root := mustOpen(t, signed).Newest()
	many := newTemplate()
	many.Extensions = make([]Extension, 256)
	for _, test := range []struct {
		name     string
		prev     *Root
		template RootTemplate
		signers  []byte
		kind     error
	}{
		{"too few signers", nil, newTemplate(), []byte{0}, ErrThreshold},
		{"a stranger", nil, newTemplate(), []byte{0, 1, 77}, ErrSignature},
		{"one twice", nil, newTemplate(), []byte{0, 0}, ErrRoot},
		{"more than eight", nil, newTemplate(), make([]byte, 9), ErrRoot},
		{"a list that does not fit", nil, many, []byte{0, 1}, ErrRoot},
		{"after the zero root", &Root{}, newTemplate(), []byte{0, 1}, ErrThreshold},
		{"an empty template", &root, RootTemplate{Name: "x", Issued: 1}, []byte{}, ErrRoot},
	} {
		var signers []PrivateKey
		for _, n := range test.signers {
			signers = append(signers, testKey(n))
		}
		if b, err := test.template.Sign(test.prev, signers...); !errors.Is(err, test.kind) || b != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if _, err := newTemplate().Sign(nil, PrivateKey{}); !errors.Is(err, ErrSignature) {
		t.Errorf("the zero key: %v", err)
	}
}
