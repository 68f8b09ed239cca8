package keys

import "testing"

func TestEveryRoleReadsBack(t *testing.T) {
	for r := Role(1); r <= allRoles; r++ {
		if got, err := ParseRole(r.String()); err != nil || got != r {
			t.Errorf("ParseRole(%q) = %v, %v", r, got, err)
		}
	}
	if got, err := ParseRole("log,issue"); err != nil || got != RoleIssue|RoleLog {
		t.Errorf("roles in another order: %v, %v", got, err)
	}
}

func TestParseRoleRefuses(t *testing.T) {
	const known = "root, issue, export, write-off, delegate, log"
	for text, want := range map[string]string{
		"":            `role "" is none of ` + known,
		"none":        `role "none" is none of ` + known,
		"Issue":       `role "Issue" is none of ` + known,
		"issue,":      `role "" is none of ` + known,
		"issue,issue": `role "issue" is named twice`,
	} {
		if r, err := ParseRole(text); err == nil || err.Error() != want || r != 0 {
			t.Errorf("ParseRole(%q) = %v, %v, want %s", text, r, err, want)
		}
	}
}

func TestRoleText(t *testing.T) {
	for r, want := range map[Role]string{
		0:                    "none",
		RoleWriteOff:         "write-off",
		RoleRoot | RoleLog:   "root,log",
		RoleIssue | 1<<6:     "issue,0x40",
		1 << 15:              "0x8000",
		RoleRoot | RoleIssue: "root,issue",
	} {
		if got := r.String(); got != want {
			t.Errorf("Role(%d) = %q, want %q", uint16(r), got, want)
		}
	}
}

func TestHasIsFalseForNoRole(t *testing.T) {
	if allRoles.Has(0) || Role(0).Has(0) {
		t.Error("a key must not pass a check for no role at all")
	}
	if !(RoleRoot | RoleIssue).Has(RoleIssue) || RoleIssue.Has(RoleRoot|RoleIssue) {
		t.Error("Has means every role that is asked for")
	}
}
