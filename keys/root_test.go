package keys

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"testing"
)

// newTemplate is an issuer with three root keys of which two must sign (0, 1, 2), one key for
// everyday work (3) and one of a suite that this version can't verify (4).
func newTemplate() RootTemplate {
	key := func(index uint8, roles Role) Key {
		return Key{Index: index, Public: testKey(index).Public(), Roles: roles, From: 100,
			Status: Active}
	}
	tpm := key(4, RoleIssue)
	tpm.Public = PublicKey{P256, string(bytes.Repeat([]byte{2}, 33))}
	return RootTemplate{
		Name:            "Zürich Instruments & Söhne",
		Issued:          100,
		Expires:         4000,
		RevalidateHours: 720,
		CatalogDigest:   [32]byte{1, 2, 3},
		Keys: []Key{tpm, key(3, RoleIssue|RoleExport|RoleLog), key(0, RoleRoot),
			key(1, RoleRoot), key(2, RoleRoot)},
		Policies: []Policy{
			{Role: RoleLog, Threshold: 1},
			{Role: RoleExport, Threshold: 1, Suites: Ed25519.Bit(), Classes: 0x0006},
			{Role: RoleIssue, Threshold: 1},
			{Role: RoleRoot, Threshold: 2, Suites: Ed25519.Bit()},
		},
		Extensions: []Extension{{Type: 9, Data: []byte("later")}, {Type: 2}},
	}
}

func mustSign(t testing.TB, prev *Root, template RootTemplate, signers ...byte) []byte {
	t.Helper()
	var private []PrivateKey
	for _, n := range signers {
		private = append(private, testKey(n))
	}
	signed, err := template.Sign(prev, private...)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func mustOpen(t testing.TB, signed ...[]byte) Chain {
	t.Helper()
	c, err := OpenRoots(signed)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// forge signs a body whatever it says.
func forge(body rootBody, signers ...byte) []byte {
	encoded := body.encode()
	var signatures []rootSignature
	for _, n := range signers {
		signatures = append(signatures, rootSignature{n, testKey(n).Sign(rootPurpose, encoded)})
	}
	slices.SortStableFunc(signatures, func(a, b rootSignature) int {
		return cmp.Compare(a.index, b.index)
	})
	return join(encoded, signatures)
}

// firstBody is version 1 of newTemplate, to be spoiled and forged.
func firstBody() rootBody { return rootBody{version: 1, RootTemplate: newTemplate().sorted()} }

func TestRootSaysWhatTheTemplateSaid(t *testing.T) {
	template := newTemplate()
	signed := mustSign(t, nil, template, 2, 0)
	root := mustOpen(t, signed).Newest()

	if root.Version() != 1 || root.Training() || root.Name() != template.Name ||
		root.Issued() != 100 || root.Expires() != 4000 || root.RevalidateHours() != 720 ||
		root.CatalogDigest() != template.CatalogDigest || !bytes.Equal(root.Raw(), signed) {
		t.Errorf("root %+v", root)
	}
	keys := root.Keys()
	for i, k := range keys {
		if int(k.Index) != i {
			t.Errorf("key %d has index %d", i, k.Index)
		}
	}
	if k, ok := root.Key(3); !ok || k != template.Keys[1] {
		t.Errorf("key 3: %+v, %v", k, ok)
	}
	if _, ok := root.Key(5); ok {
		t.Error("there is no key 5")
	}
	if p, ok := root.Policy(RoleExport); !ok || p.Classes != 6 || len(root.Policies()) != 4 {
		t.Errorf("export policy %+v of %d", p, len(root.Policies()))
	}
	if e := root.Extensions(); len(e) != 2 || e[0].Type != 2 || string(e[1].Data) != "later" {
		t.Errorf("extensions %v", e)
	}
	if got := mustSign(t, nil, root.Template(), 0, 2); !bytes.Equal(got, signed) {
		t.Error("signing the same content again gives other bytes")
	}
}

func TestRootHandsOutCopies(t *testing.T) {
	root := mustOpen(t, mustSign(t, nil, newTemplate(), 0, 1)).Newest()
	before := root.Raw()
	root.Keys()[0].Roles = allRoles
	root.Policies()[0].Threshold = 0
	root.Extensions()[1].Data[0] = 'x'
	root.Raw()[0] = 0
	template := root.Template()
	template.Keys[0].Status = Compromised
	template.Extensions[1].Data[0] = 'x'
	if !bytes.Equal(root.body.encode(), before[:len(root.body.encode())]) ||
		!bytes.Equal(root.Raw(), before) {
		t.Error("a root changed after it was verified")
	}
}

func TestDigestCoversTheContentAlone(t *testing.T) {
	a := mustOpen(t, mustSign(t, nil, newTemplate(), 0, 1)).Newest()
	b := mustOpen(t, mustSign(t, nil, newTemplate(), 1, 2)).Newest()
	if a.Digest() != b.Digest() || bytes.Equal(a.Raw(), b.Raw()) {
		t.Error("the same root signed by others must have the same digest")
	}
	other := newTemplate()
	other.Extensions[0].Data = []byte("lated") // not critical, but covered
	if mustOpen(t, mustSign(t, nil, other, 0, 1)).Newest().Digest() == a.Digest() {
		t.Error("the digest does not cover an extension")
	}
}

func TestZeroRootTrustsNobody(t *testing.T) {
	var root Root
	for r := Role(1); r <= allRoles; r <<= 1 {
		if root.Threshold(r) != NoThreshold {
			t.Errorf("threshold of %v is %d", r, root.Threshold(r))
		}
		if err := root.CheckThreshold(r, []uint8{0, 1, 2}); !errors.Is(err, ErrThreshold) {
			t.Errorf("%v: %v", r, err)
		}
	}
}

func TestCheckThreshold(t *testing.T) {
	template := newTemplate()
	template.Keys = append(template.Keys,
		Key{Index: 5, Public: testKey(5).Public(), Roles: RoleRoot, Status: Retired},
		Key{Index: 6, Public: testKey(6).Public(), Roles: RoleRoot, Status: Compromised})
	root := mustOpen(t, mustSign(t, nil, template, 0, 1)).Newest()
	for _, test := range []struct {
		name    string
		role    Role
		signers []uint8
		want    string
	}{
		{"two of three", RoleRoot, []uint8{0, 2}, ""},
		{"all three", RoleRoot, []uint8{0, 1, 2}, ""},
		{"one", RoleRoot, []uint8{1}, `1 of the 2 signatures needed in the role "root"`},
		{"none", RoleRoot, nil, `0 of the 2 signatures needed in the role "root"`},
		{"one twice", RoleRoot, []uint8{1, 1}, `1 of the 2 signatures needed in the role "root"`},
		{"with one of another role", RoleRoot, []uint8{1, 3},
			`1 of the 2 signatures needed in the role "root"`},
		{"with a retired one", RoleRoot, []uint8{1, 5},
			`1 of the 2 signatures needed in the role "root"`},
		{"with a compromised one", RoleRoot, []uint8{1, 6},
			`1 of the 2 signatures needed in the role "root"`},
		{"with an unknown one", RoleRoot, []uint8{1, 200},
			`1 of the 2 signatures needed in the role "root"`},
		{"issue", RoleIssue, []uint8{3}, ""},
		{"only an unsupported suite", RoleIssue, []uint8{4},
			"unsupported signature suite P-256: needs newer software"},
		{"unsupported suite besides", RoleIssue, []uint8{3, 4}, ""},
		{"role without a policy", RoleWriteOff, []uint8{0, 1, 2, 3},
			`the trust root lets nobody sign in the role "write-off"`},
		{"two roles at once", RoleIssue | RoleExport, []uint8{3},
			`the trust root lets nobody sign in the role "issue,export"`},
		{"no role", 0, []uint8{3}, `the trust root lets nobody sign in the role "none"`},
	} {
		got := ""
		if err := root.CheckThreshold(test.role, test.signers); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestPolicyThatRequiresAnUnknownSuite(t *testing.T) {
	template := newTemplate()
	template.Policies[2].Suites = Ed25519.Bit() | P256.Bit()
	root := mustOpen(t, mustSign(t, nil, template, 0, 1)).Newest()
	err := root.CheckThreshold(RoleIssue, []uint8{3, 4})
	var suite *SuiteError
	if !errors.As(err, &suite) || suite.Suite != P256 || !errors.Is(err, ErrUnsupported) {
		t.Errorf("issue: %v", err)
	}

	template = newTemplate()
	template.Keys[0].Roles |= RoleRoot
	template.Policies[3] = Policy{Role: RoleRoot, Threshold: 1, Suites: P256.Bit()}
	_, err = template.Sign(nil, testKey(0), testKey(1))
	if !errors.Is(err, ErrUnsupportedSuite) {
		t.Errorf("root: %v", err)
	}
}

func TestKeyCovers(t *testing.T) {
	for _, test := range []struct {
		from, to, day Day
		want          bool
	}{
		{0, 0, 1, true}, {5, 0, 4, false}, {5, 0, 5, true}, {0, 5, 5, true}, {0, 5, 6, false},
		{0, 0, 0, false},
	} {
		if got := (Key{From: test.from, To: test.to}).Covers(test.day); got != test.want {
			t.Errorf("%v to %v covers %v: %v", test.from, test.to, test.day, got)
		}
	}
}

// What people read of a key.
func TestKeyText(t *testing.T) {
	for s, want := range map[Status]string{Active: "active", Retired: "retired", Compromised: "compromised", 0: "status 0", 9: "status 9"} {
		if s.String() != want {
			t.Errorf("%v, want %s", s, want)
		}
	}
	for s, want := range map[Suite]string{testKey(0).Public().Suite(): "Ed25519", P256: "P-256", MLDSA44: "ML-DSA-44",
		PublicKey{}.Suite(): "suite 0"} {
		if s.String() != want {
			t.Errorf("%v, want %s", s, want)
		}
	}
}

func TestSuiteBits(t *testing.T) {
	for s, want := range map[Suite]uint16{0: 0, Ed25519: 1, P256: 2, MLDSA44: 4, 16: 1 << 15, 17: 0} {
		if s.Bit() != want {
			t.Errorf("bit of %v is %#x", s, s.Bit())
		}
	}
}
