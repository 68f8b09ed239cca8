package codec

import "fmt"

// A Fix is one correction. A person is shown it, because a correction is a proposal.
type Fix struct {
	Group    int    // in the corrected line, from 1
	Position int    // of the first character in the group that differs, from 1
	Typed    string // the group as it was typed
	Meant    string // the group as it should be

	slip  slip
	other int // swapped: the group that was typed in this one's place
}

// String returns the correction for a person to read: group 3: read "7KQ2" as "7KQZ".
func (f Fix) String() string {
	read := fmt.Sprintf("read %q as %q", f.Typed, f.Meant)
	switch f.slip {
	case missed:
		return fmt.Sprintf("group %d: a character was missing: %s", f.Group, read)
	case doubled:
		return fmt.Sprintf("group %d: a character too many: %s", f.Group, read)
	case swapped:
		return fmt.Sprintf("groups %d and %d: typed in each other's place: %s", f.Group, f.other, read)
	}
	return fmt.Sprintf("group %d: %s", f.Group, read)
}

// fixes returns what was corrected, one Fix a group.
func (f *found) fixes(t *typed) []Fix {
	if f.cost == 0 {
		return nil
	}
	meant := characters(f.word[:f.n])
	if f.slip == swapped {
		a, b := meant[f.at*groupSize:][:groupSize], meant[f.other*groupSize:][:groupSize]
		return []Fix{{Group: f.at + 1, Position: 1, Typed: b + " " + a, Meant: a + " " + b,
			slip: swapped, other: f.other + 1}}
	}
	var fixes []Fix
	for m := 0; m < len(meant); m += groupSize {
		end := min(len(meant), m+groupSize)
		to := t.n
		if end < len(meant) {
			to = f.starts(end)
		}
		fix := Fix{
			Group: m/groupSize + 1,
			Typed: t.text(f.starts(m), to),
			Meant: meant[m:end],
		}
		if fix.Typed == fix.Meant {
			continue
		}
		if len(fix.Typed) != len(fix.Meant) {
			fix.slip = f.slip
		}
		for fix.Position < min(len(fix.Typed), len(fix.Meant)) &&
			fix.Typed[fix.Position] == fix.Meant[fix.Position] {
			fix.Position++
		}
		fix.Position++
		fixes = append(fixes, fix)
	}
	return fixes
}
