package keys

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"
)

// check applies the rules that a root must keep on its own, whatever came before it. Lists must
// be in their order, so that a root has one encoding.
func (b rootBody) check() error {
	switch {
	case b.version == 0 || b.version > MaxRootVersion:
		return refuse(ErrRoot, "version %d is not between 1 and %d", b.version, MaxRootVersion)
	case b.version == 1 && b.previous != [32]byte{}:
		return refuse(ErrRoot, "version 1 names a version before it")
	case b.Issued == 0:
		return refuse(ErrRoot, "no day of issue")
	case b.Expires != 0 && b.Expires < b.Issued:
		return refuse(ErrRoot, "expires on %v, before its issue on %v", b.Expires, b.Issued)
	}
	if err := checkName(b.Name); err != nil {
		return err
	}
	if err := b.checkKeys(); err != nil {
		return err
	}
	if err := b.checkPolicies(); err != nil {
		return err
	}
	return b.checkExtensions()
}

// checkName keeps out of terminals and printed sheets what could change how they read: controls,
// bidirectional overrides, spaces that hide at the ends.
func checkName(name string) error {
	switch {
	case name == "" || len(name) > MaxNameSize:
		return refuse(ErrRoot, "issuer name of %d bytes, not 1 to %d", len(name), MaxNameSize)
	case !utf8.ValidString(name):
		return refuse(ErrRoot, "issuer name %q is not UTF-8", name)
	case strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return refuse(ErrRoot, "issuer name %q has a character that does not print", name)
	case name != strings.Trim(name, " "):
		return refuse(ErrRoot, "issuer name %q begins or ends with a space", name)
	}
	return nil
}

func (b rootBody) checkKeys() error {
	seen := make(map[PublicKey]uint8, len(b.Keys))
	for i, k := range b.Keys {
		if i > 0 && k.Index <= b.Keys[i-1].Index {
			return refuse(ErrRoot, "key %d is listed twice or out of order", k.Index)
		}
		if err := checkKey(k); err != nil {
			return err
		}
		// The same key under two indices would count twice towards a threshold.
		if other, ok := seen[k.Public]; ok {
			return refuse(ErrRoot, "keys %d and %d are the same key", other, k.Index)
		}
		seen[k.Public] = k.Index
	}
	return nil
}

func checkKey(k Key) error {
	switch {
	case k.Public.suite == 0 || k.Public.bytes == "" || len(k.Public.bytes) > MaxPublicKeySize:
		return refuse(ErrRoot, "key %d has no public key", k.Index)
	case k.Roles == 0:
		return refuse(ErrRoot, "key %d has no role", k.Index)
	case k.Roles&^allRoles != 0:
		return refuse(ErrUnsupported, "key %d has the role %q: %v",
			k.Index, k.Roles&^allRoles, ErrUnsupported)
	case k.Status == 0:
		return refuse(ErrRoot, "key %d has no status", k.Index)
	case k.Status > Compromised:
		return refuse(ErrUnsupported, "key %d has the %v: %v", k.Index, k.Status, ErrUnsupported)
	case k.To != 0 && k.To < k.From:
		return refuse(ErrRoot, "key %d is good from %v to %v", k.Index, k.From, k.To)
	}
	return nil
}

// checkPolicies wants exactly one policy for each role that an active key has, and each such that
// the active keys can satisfy it. Without the first rule a key would have a role that nothing
// limits; without the second an issuer could lock itself out.
func (b rootBody) checkPolicies() error {
	var have Role
	for _, p := range b.Policies {
		switch {
		case p.Role&^allRoles != 0:
			return refuse(ErrUnsupported, "policy for the role %q: %v", p.Role, ErrUnsupported)
		case !p.Role.single():
			return refuse(ErrRoot, "policy for the role %q, not for one role", p.Role)
		case p.Role <= have:
			return refuse(ErrRoot, "policy for the role %q twice or out of order", p.Role)
		case p.Threshold == 0:
			return refuse(ErrRoot, "policy for the role %q asks for no signature", p.Role)
		}
		have |= p.Role
		if err := b.checkReachable(p); err != nil {
			return err
		}
	}
	var used Role
	for _, k := range b.Keys {
		if k.Status == Active {
			used |= k.Roles
		}
	}
	if missing := (used | RoleRoot | RoleIssue) &^ have; missing != 0 {
		return refuse(ErrRoot, "no policy for the role %q", missing)
	}
	return nil
}

// checkReachable counts keys of unsupported suites too: whether a policy makes sense must not
// depend on who reads it.
func (b rootBody) checkReachable(p Policy) error {
	total := 0
	var each [maxSuite + 1]int
	for _, k := range b.Keys {
		if k.May(p.Role) {
			total++
			if k.Public.suite <= maxSuite {
				each[k.Public.suite]++
			}
		}
	}
	if total < int(p.Threshold) {
		return refuse(ErrRoot, "the role %q needs %d signatures and %d active keys have it",
			p.Role, p.Threshold, total)
	}
	for s := Suite(1); s <= maxSuite; s++ {
		if p.Suites&s.Bit() != 0 && each[s] < int(p.Threshold) {
			return refuse(ErrRoot, "the role %q needs %d %v signatures and %d active keys have it",
				p.Role, p.Threshold, s, each[s])
		}
	}
	return nil
}

func (b rootBody) checkExtensions() error {
	for i, e := range b.Extensions {
		if i > 0 && e.Type <= b.Extensions[i-1].Type {
			return refuse(ErrRoot, "extension %d is listed twice or out of order", e.Type)
		}
		if e.Type&criticalExtension != 0 {
			return refuse(ErrUnsupported, "critical extension %d: %v",
				e.Type&^criticalExtension, ErrUnsupported)
		}
	}
	return nil
}

// checkAfter applies the rules between a root and the one before it. What it refuses is what a
// quorum of officers, or whoever took their keys, must not be able to do to those who trust the
// old root: swap a key under its number, forget one, or take a compromise back.
func (b rootBody) checkAfter(old Root) error {
	switch {
	case b.version != old.Version()+1:
		return refuse(ErrRootOrder, "version %d where version %d is next",
			b.version, old.Version()+1)
	case b.previous != old.digest:
		return refuse(ErrRootOrder, "it follows another version %d", old.Version())
	case b.Training != old.Training():
		return refuse(ErrRoot, "an issuer for training can't become one for production, or back")
	}
	for _, was := range old.body.Keys {
		now, ok := b.key(was.Index)
		switch {
		case !ok:
			return refuse(ErrRoot, "key %d is missing: a key is retired, never dropped", was.Index)
		case now.Public != was.Public:
			return refuse(ErrRoot, "key %d is another key than before", was.Index)
		case was.Status == Compromised && now.Status != Compromised:
			return refuse(ErrRoot, "key %d was compromised and is now %v", was.Index, now.Status)
		}
	}
	return nil
}

// checkThreshold is described at Root.CheckThreshold.
func (t RootTemplate) checkThreshold(role Role, signers []uint8) error {
	p, ok := t.policy(role)
	if !ok {
		return &ThresholdError{role, 0, NoThreshold}
	}
	var counted [256]bool
	var each [maxSuite + 1]int // by supported suite
	var unsupported Suite
	for _, index := range signers {
		k, ok := t.key(index)
		if !ok || counted[index] || !k.May(role) {
			continue
		}
		counted[index] = true
		if k.Public.suite.Supported() {
			each[k.Public.suite]++
		} else {
			unsupported = k.Public.suite
		}
	}
	have, err := count(p, each)
	if err != nil {
		return err
	}
	switch {
	case have >= int(p.Threshold):
		return nil
	case unsupported != 0:
		return &SuiteError{unsupported}
	}
	return &ThresholdError{role, have, int(p.Threshold)}
}

// count returns how far a policy is satisfied: the total, or the least of the suites it requires.
func count(p Policy, each [maxSuite + 1]int) (int, error) {
	if p.Suites == 0 {
		total := 0
		for _, n := range each {
			total += n
		}
		return total, nil
	}
	least := NoThreshold
	for mask := p.Suites; mask != 0; mask &= mask - 1 {
		s := Suite(bits.TrailingZeros16(mask)) + 1
		if !s.Supported() {
			return 0, &SuiteError{s}
		}
		least = min(least, each[s])
	}
	return least, nil
}
