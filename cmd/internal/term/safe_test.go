package term

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSafe(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", `router "A" C:\keys\x`, `router "A" C:\keys\x`},
		{"letters of the world", "Zürich 東京 Ελλάδα עברית", "Zürich 東京 Ελλάδα עברית"},
		{"clears the screen", "\x1b[2J\x1b[H", `\x1b[2J\x1b[H`},
		{"retitles the window", "\x1b]0;root\a", `\x1b]0;root\a`},
		{"8-bit control sequence", "\u009b2J", `\u009b2J`},
		{"line ends and tabs", "a\r\nb\tc", `a\r\nb\tc`},
		{"zero and delete", "a\x00\x7f", `a\x00\x7f`},
		{"not UTF-8", "a\xff\xc3(", `a\xff\xc3(`},
		{"an 8-bit control as a bare byte", "\x9b2J", `\x9b2J`},
		{"the replacement character itself", "a\uFFFDb", "a\uFFFDb"},
		{"right-to-left override", "gpj.\u202Eexe", `gpj.\u202eexe`},
		{"isolates and marks", "\u2066a\u2069\u200f", `\u2066a\u2069\u200f`},
		{"zero width", "a\u200bb\u200dc\ufeffd\u00ade", `a\u200bb\u200dc\ufeffd\u00ade`},
		{"letters that show nothing", "a\u3164b\u115fc\u2800d", `a\u3164b\u115fc\u2800d`},
		{"spaces other than the space", "a\u00a0b\u3000c\u2028d", `a\u00a0b\u3000c\u2028d`},
		{"tag characters", "a\U000E0041", `a\U000e0041`},
		{"private use", "\ue000", `\ue000`},
		{"empty", "", ""},
	} {
		if got := Safe(c.in); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func ExampleSafe() {
	fmt.Println(Safe("core-1\x1b[2J"))
	// Output: core-1\x1b[2J
}

func FuzzSafe(f *testing.F) {
	f.Add("plain")
	f.Add("\x1b[2J\xff\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		got := Safe(s)
		if Safe(got) != got {
			t.Errorf("Safe(%q) is not safe: %q", got, Safe(got))
		}
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) {
			t.Errorf("Safe(%q) = %q", s, got)
		}
	})
}
