package keys

import (
	"errors"
	"strings"
	"testing"
)

// spoil is one way to break a root, and what is said about it.
type spoil struct {
	name  string
	spoil func(*rootBody)
	kind  error
	want  string
}

func TestRootRules(t *testing.T) {
	for _, test := range []spoil{
		{"version 0", func(b *rootBody) { b.version = 0 }, ErrRoot,
			"version 0 is not between 1 and 1024"},
		{"version too high", func(b *rootBody) { b.version = 1025 }, ErrRoot,
			"version 1025 is not between 1 and 1024"},
		{"version 2 first", func(b *rootBody) { b.version = 2 }, ErrRootOrder,
			"version 2 where version 1 is next"},
		{"predecessor", func(b *rootBody) { b.previous[31] = 1 }, ErrRoot,
			"version 1 names a version before it"},
		{"issued", func(b *rootBody) { b.Issued = 0 }, ErrRoot, "no day of issue"},
		{"expires", func(b *rootBody) { b.Expires = 99 }, ErrRoot,
			"expires on 2020-04-09, before its issue on 2020-04-10"},
		{"empty name", func(b *rootBody) { b.Name = "" }, ErrRoot,
			"issuer name of 0 bytes, not 1 to 64"},
		{"long name", func(b *rootBody) { b.Name = strings.Repeat("x", 65) }, ErrRoot,
			"codec: offset 43: 65 bytes where at most 64 are allowed"},
		{"escape in name", func(b *rootBody) { b.Name = "a\x1b[2Jb" }, ErrRoot,
			`issuer name "a\x1b[2Jb" has a character that does not print`},
		{"bidi in name", func(b *rootBody) { b.Name = "a\u202eb" }, ErrRoot,
			`issuer name "a\u202eb" has a character that does not print`},
		{"no UTF-8 in name", func(b *rootBody) { b.Name = "a\xff" }, ErrRoot,
			`issuer name "a\xff" is not UTF-8`},
		{"space in name", func(b *rootBody) { b.Name = "Acme " }, ErrRoot,
			`issuer name "Acme " begins or ends with a space`},
		{"no keys", func(b *rootBody) { b.Keys = nil }, ErrRoot,
			`the role "root" needs 2 signatures and 0 active keys have it`},
		{"index twice", func(b *rootBody) { b.Keys[1].Index = 0 }, ErrRoot,
			"key 0 is listed twice or out of order"},
		{"keys out of order", func(b *rootBody) { b.Keys[0], b.Keys[1] = b.Keys[1], b.Keys[0] },
			ErrRoot, "key 0 is listed twice or out of order"},
		{"same key twice", func(b *rootBody) { b.Keys[1].Public = b.Keys[0].Public }, ErrRoot,
			"keys 0 and 1 are the same key"},
		{"weak key", func(b *rootBody) {
			b.Keys[1].Public = PublicKey{Ed25519, "\x01" + strings.Repeat("\x00", 31)}
		}, ErrRoot, "key 1: invalid public key: " +
			"point of small order, under which one signature fits any message"},
		{"suite 0", func(b *rootBody) { b.Keys[4].Public.suite = 0 }, ErrRoot,
			"key 4 has no public key"},
		{"empty key", func(b *rootBody) { b.Keys[4].Public.bytes = "" }, ErrRoot,
			"key 4 has no public key"},
		{"long key", func(b *rootBody) { b.Keys[4].Public.bytes = strings.Repeat("x", 2049) },
			ErrRoot, "codec: offset 283: 2049 bytes where at most 2048 are allowed"},
		{"no role", func(b *rootBody) { b.Keys[3].Roles = 0 }, ErrRoot, "key 3 has no role"},
		{"later role", func(b *rootBody) { b.Keys[3].Roles |= 1 << 6 }, ErrUnsupported,
			`key 3 has the role "0x40": needs newer software`},
		{"no status", func(b *rootBody) { b.Keys[3].Status = 0 }, ErrRoot, "key 3 has no status"},
		{"later status", func(b *rootBody) { b.Keys[3].Status = 4 }, ErrUnsupported,
			"key 3 has the status 4: needs newer software"},
		{"days", func(b *rootBody) { b.Keys[3].To = 99 }, ErrRoot,
			"key 3 is good from 2020-04-10 to 2020-04-09"},
	} {
		test.check(t)
	}
}

func TestPolicyRules(t *testing.T) {
	for _, test := range []spoil{
		{"no issue policy", func(b *rootBody) {
			b.Policies = append(b.Policies[:1], b.Policies[2:]...)
		}, ErrRoot, `no policy for the role "issue"`},
		{"nobody issues", func(b *rootBody) {
			b.Keys[3].Roles, b.Keys[4].Roles = RoleExport|RoleLog, RoleLog
			b.Policies = append(b.Policies[:1], b.Policies[2:]...)
		}, ErrRoot, `no policy for the role "issue"`},
		{"policy for nobody", func(b *rootBody) {
			b.Policies = append(b.Policies, Policy{Role: RoleLog << 1, Threshold: 1})
		}, ErrUnsupported, `policy for the role "0x40": needs newer software`},
		{"policy for a retired key", func(b *rootBody) { b.Keys[3].Status = Retired }, ErrRoot,
			`the role "export" needs 1 signatures and 0 active keys have it`},
		{"policy for two roles", func(b *rootBody) { b.Policies[3].Role = RoleLog | RoleDelegate },
			ErrRoot, `policy for the role "delegate,log", not for one role`},
		{"policy for no role", func(b *rootBody) { b.Policies[0].Role = 0 }, ErrRoot,
			`policy for the role "none", not for one role`},
		{"policy twice", func(b *rootBody) { b.Policies[2] = b.Policies[1] }, ErrRoot,
			`policy for the role "issue" twice or out of order`},
		{"policies out of order", func(b *rootBody) {
			b.Policies[0], b.Policies[1] = b.Policies[1], b.Policies[0]
		}, ErrRoot, `policy for the role "root" twice or out of order`},
		{"threshold 0", func(b *rootBody) { b.Policies[1].Threshold = 0 }, ErrRoot,
			`policy for the role "issue" asks for no signature`},
		{"threshold out of reach", func(b *rootBody) { b.Policies[0].Threshold = 4 }, ErrRoot,
			`the role "root" needs 4 signatures and 3 active keys have it`},
		{"suite out of reach", func(b *rootBody) { b.Policies[0].Suites |= MLDSA44.Bit() }, ErrRoot,
			`the role "root" needs 2 ML-DSA-44 signatures and 0 active keys have it`},
		{"role without a policy", func(b *rootBody) { b.Keys[3].Roles |= RoleDelegate }, ErrRoot,
			`no policy for the role "delegate"`},
		{"extension twice", func(b *rootBody) { b.Extensions[1].Type = 2 }, ErrRoot,
			"extension 2 is listed twice or out of order"},
		{"critical extension", func(b *rootBody) { b.Extensions[1].Type = 0x85 }, ErrUnsupported,
			"critical extension 5: needs newer software"},
	} {
		test.check(t)
	}
}

// TestRetiredKeyNeedsNoPolicy: a role that only keys without a say still have can't be exercised,
// so there is nothing to limit.
func TestRetiredKeyNeedsNoPolicy(t *testing.T) {
	template := newTemplate()
	template.Keys = append(template.Keys,
		Key{Index: 5, Public: testKey(5).Public(), Roles: RoleDelegate, Status: Retired},
		Key{Index: 6, Public: testKey(6).Public(), Roles: RoleWriteOff, Status: Compromised})
	root := mustOpen(t, mustSign(t, nil, template, 0, 1)).Newest()
	if root.Threshold(RoleDelegate) != NoThreshold || root.Threshold(RoleRoot) != 2 {
		t.Errorf("thresholds %d and %d", root.Threshold(RoleDelegate), root.Threshold(RoleRoot))
	}
}

func (s spoil) check(t *testing.T) {
	t.Helper()
	body := firstBody()
	s.spoil(&body)
	c, err := OpenRoots([][]byte{forge(body, 0, 1)})
	if err == nil || err.Error() != "trust root 1: "+s.want || !errors.Is(err, s.kind) {
		t.Errorf("%s: %v, want %s", s.name, err, s.want)
	}
	if c.Len() != 0 {
		t.Errorf("%s: a chain of %d came back", s.name, c.Len())
	}
}

func TestSuccessorRules(t *testing.T) {
	first := newTemplate()
	first.Keys = append(first.Keys, Key{Index: 6, Public: testKey(6).Public(), Roles: RoleIssue,
		Status: Compromised})
	one := mustSign(t, nil, first, 0, 1)
	root := mustOpen(t, one).Newest()
	other := mustOpen(t, mustSign(t, nil, newTemplate(), 0, 1)).Newest()

	for _, test := range []spoil{
		{"nothing changed", func(*rootBody) {}, nil, ""},
		{"another name", func(b *rootBody) { b.Name = "Acme" }, nil, ""},
		{"version skipped", func(b *rootBody) { b.version = 3 }, ErrRootOrder,
			"version 3 where version 2 is next"},
		{"version repeated", func(b *rootBody) { b.version, b.previous = 1, [32]byte{} },
			ErrRootOrder, "version 1 where version 2 is next"},
		{"of another chain", func(b *rootBody) { b.previous = other.Digest() }, ErrRootOrder,
			"it follows another version 1"},
		{"training", func(b *rootBody) { b.Training = true }, ErrRoot,
			"an issuer for training can't become one for production, or back"},
		{"key dropped", func(b *rootBody) { b.Keys = b.Keys[:len(b.Keys)-1] }, ErrRoot,
			"key 6 is missing: a key is retired, never dropped"},
		{"index reused", func(b *rootBody) { b.Keys[3].Public = testKey(9).Public() }, ErrRoot,
			"key 3 is another key than before"},
		{"suite changed", func(b *rootBody) { b.Keys[4].Public.suite = MLDSA44 }, ErrRoot,
			"key 4 is another key than before"},
		{"key moved", func(b *rootBody) { b.Keys[5].Index = 7 }, ErrRoot,
			"key 6 is missing: a key is retired, never dropped"},
		{"compromise taken back", func(b *rootBody) { b.Keys[5].Status = Active }, ErrRoot,
			"key 6 was compromised and is now active"},
		{"compromise softened", func(b *rootBody) { b.Keys[5].Status = Retired }, ErrRoot,
			"key 6 was compromised and is now retired"},
	} {
		next := rootBody{2, root.Digest(), root.Template()}
		test.spoil(&next)
		_, err := OpenRoots([][]byte{one, forge(next, 0, 1)})
		if test.kind == nil && err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if test.kind != nil && (!errors.Is(err, test.kind) ||
			err.Error() != "trust root 2: "+test.want) {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
}
