package cli

import "testing"

// A folded command is still one command to a shell, and what belongs together stands together.
func TestFoldCommand(t *testing.T) {
	for _, test := range []struct {
		command string
		width   int
		want    string
	}{
		{"a verb --flag VALUE", 20, "a verb --flag VALUE"},
		{"a verb --flag VALUE", 18, "a verb \\\n  --flag VALUE"},
		{"a verb --yes --flag=1 CODE", 16, "a verb --yes \\\n  --flag=1 CODE"},
		{`a verb --reason "two words" FILE`, 20, "a verb \\\n  --reason \"two words\" \\\n  FILE"},
		{"a verb - --json and more", 16, "a verb - \\\n  --json and \\\n  more"},
	} {
		if got := foldCommand(test.command, test.width, "  "); got != test.want {
			t.Errorf("%q in %d columns:\n%s\nwant\n%s", test.command, test.width, got, test.want)
		}
	}
}
