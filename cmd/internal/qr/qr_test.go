package qr

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
)

// capacity lists the alphanumeric characters that versions 1 to 40 hold at level L (ISO/IEC 18004,
// table 7), independently of the library.
var capacity = []int{
	25, 47, 77, 114, 154, 195, 224, 279, 335, 395, 468, 535, 619, 667, 758, 854, 938, 1046, 1153, 1249,
	1352, 1460, 1588, 1704, 1853, 1990, 2132, 2223, 2369, 2520, 2677, 2840, 3009, 3183, 3351, 3537, 3729,
	3927, 4087, 4296,
}

// paste returns a text of n characters that looks like the paste form of a code.
func paste(n int) string {
	const symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	random := rand.New(rand.NewPCG(1, uint64(n)))
	text := []byte("TS1A:")
	for len(text) < n {
		text = append(text, symbols[random.IntN(len(symbols))])
	}
	return string(text[:n])
}

func draw(t *testing.T, text string, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Draw(&b, text, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSizeIsThatOfAlphanumericMode(t *testing.T) {
	for i, n := range capacity {
		side := 21 + 4*i + 4
		for _, length := range []int{n, n + 1} {
			cols, rows, err := Size(paste(length), Options{})
			if length > MaxText {
				if !errors.Is(err, ErrTooLong) {
					t.Errorf("%d characters: %v, want ErrTooLong", length, err)
				}
				continue
			}
			if err != nil || cols != side || rows != (side+1)/2 {
				t.Errorf("%d characters: %d x %d, %v; want %d x %d", length, cols, rows, err, side, (side+1)/2)
			}
			side += 4
		}
	}
}

func TestDrawingHasTheSizeAnnounced(t *testing.T) {
	for _, n := range append([]int{1, 33, 165, 193}, capacity...) {
		cols, rows, err := Size(paste(n), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, colors := range []Colors{Explicit, DarkTheme, LightTheme} {
			s := play(draw(t, paste(n), Options{Colors: colors}), dark)
			if s.width() != cols || s.height() != rows {
				t.Errorf("%d characters: drew %d x %d, announced %d x %d", n, s.width(), s.height(), cols, rows)
			}
		}
	}
}

func TestAuthorizationFitsConsole(t *testing.T) {
	for _, n := range []int{165, 193} {
		cols, rows, err := Size(paste(n), Options{})
		// One row of the 24 is the cursor's, below the drawing.
		if err != nil || cols > 80 || rows > 24-1 {
			t.Errorf("%d characters: %d x %d, %v", n, cols, rows, err)
		}
		if s := play(draw(t, paste(n), Options{}), dark); s.width() != 45 || s.height() != 23 {
			t.Errorf("%d characters: drew %d x %d, want 45 x 23", n, s.width(), s.height())
		}
	}
}

func TestReadsOnEveryTheme(t *testing.T) {
	for _, n := range []int{1, 33, 165, 193, 195, 196, 395, MaxText} {
		for _, theme := range []theme{dark, light, solarized, oldConsole} {
			drawing := draw(t, paste(n), Options{})
			if got, err := play(drawing, theme).decode(); err != nil || got != paste(n) {
				t.Errorf("%d characters on %s: read %q, %v", n, theme.name, got, err)
			}
		}
	}
}

// Without explicit colors a drawing is right on one theme alone. This is the failure that explicit
// colors are there to prevent, and it shows that the simulation can fail at all.
func TestPlainDrawingReadsOnItsThemeOnly(t *testing.T) {
	for _, c := range []struct {
		colors Colors
		right  theme
		wrong  theme
	}{
		{DarkTheme, dark, light},
		{LightTheme, light, dark},
	} {
		drawing := draw(t, paste(165), Options{Colors: c.colors})
		if strings.Contains(drawing, "\x1b") {
			t.Errorf("drawing for a %s theme holds escape sequences", c.right.name)
		}
		if got, err := play(drawing, c.right).decode(); err != nil || got != paste(165) {
			t.Errorf("on %s: read %q, %v", c.right.name, got, err)
		}
		if got, err := play(drawing, c.wrong).decode(); err == nil {
			t.Errorf("on %s: read %q, want no code: the simulated terminal ignores its theme", c.wrong.name, got)
		}
	}
}

func TestColorsDoNotLeaveTheDrawing(t *testing.T) {
	drawing := draw(t, paste(165), Options{})
	for i, line := range strings.SplitAfter(drawing, "\n") {
		if line != "" && (!strings.HasPrefix(line, rowColors) || !strings.HasSuffix(line, rowReset+"\n")) {
			t.Errorf("row %d is not wrapped in its colors: %q", i+1, line)
		}
	}
	for _, theme := range []theme{dark, light} {
		s := play(drawing+"after", theme)
		if column, row, stray := s.strayColor(45, 23); stray {
			t.Errorf("on %s: color at column %d, row %d, outside the drawing", theme.name, column, row)
		}
	}
	// The same with the reset taken away must be caught.
	bled := strings.ReplaceAll(drawing, rowReset, "")
	if _, _, stray := play(bled+"after", dark).strayColor(45, 23); !stray {
		t.Error("a drawing without resets does not bleed: the simulated terminal ignores colors")
	}
}

func TestQuietZoneIsWhite(t *testing.T) {
	for _, colors := range []Colors{Explicit, DarkTheme} {
		s := play(draw(t, paste(165), Options{Colors: colors}), dark)
		for y := range 2 * 23 {
			for x := range 45 {
				inside := x >= 2 && x < 43 && y >= 2 && y < 43
				if !inside && !s.white(x, y) {
					t.Fatalf("colors %d: black module at column %d, line %d of the quiet zone", colors, x, y)
				}
			}
		}
	}
}

// Plain white is a gray on most terminals. The quiet zone is made of spaces: background color.
func TestWhiteIsTheBrightestThereIs(t *testing.T) {
	for theme, want := range map[theme]uint8{dark: 255, solarized: 244, oldConsole: 170} {
		if got := play(draw(t, paste(165), Options{}), theme).level(0, 0); got != want {
			t.Errorf("on %s: gray level %d, want %d", theme.name, got, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       error
		message    string
	}{
		{"too long", paste(MaxText + 1), ErrTooLong, "drawing 4297 characters: text too long for a QR code"},
		{"too many digits", strings.Repeat("7", 8000), ErrTooLong,
			"drawing 8000 characters: text too long for a QR code"},
		{"lower case", "TS1a:00", ErrAlphabet,
			"drawing character 4: text is not in the QR alphanumeric alphabet"},
		{"line end", "TS1A:00\n", ErrAlphabet,
			"drawing character 8: text is not in the QR alphanumeric alphabet"},
		{"empty", "", ErrAlphabet, "drawing an empty text: text is not in the QR alphanumeric alphabet"},
	} {
		var b bytes.Buffer
		err := Draw(&b, c.text, Options{})
		if !errors.Is(err, c.want) || err.Error() != c.message {
			t.Errorf("%s: %v, want %s", c.name, err, c.message)
		}
		if b.Len() > 0 {
			t.Errorf("%s: %d bytes were written before the refusal", c.name, b.Len())
		}
	}
}

type brokenWriter struct{}

var errBroken = errors.New("broken")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestDrawReportsTheWriter(t *testing.T) {
	if err := Draw(brokenWriter{}, paste(33), Options{}); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}

func TestDrawingIsSmallEnoughForASerialLine(t *testing.T) {
	// 9600 baud carries 960 bytes a second.
	if n := len(draw(t, paste(195), Options{})); n > 3000 {
		t.Errorf("an authorization takes %d bytes, want at most 3000", n)
	}
}

func FuzzDraw(f *testing.F) {
	f.Add("TS1A:0123456789")
	f.Add("7777777")
	f.Add("é\x1b[0m")
	f.Fuzz(func(t *testing.T, text string) {
		cols, rows, err := Size(text, Options{})
		var b bytes.Buffer
		if drawErr := Draw(&b, text, Options{}); (drawErr == nil) != (err == nil) {
			t.Fatalf("Size: %v, Draw: %v", err, drawErr)
		}
		if err != nil {
			return
		}
		if s := play(b.String(), light); s.width() != cols || s.height() != rows {
			t.Fatalf("drew %d x %d, announced %d x %d", s.width(), s.height(), cols, rows)
		}
	})
}
