package qr

import (
	"fmt"
	"image"
	"image/color"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// A theme gives the gray levels, 0 black to 255 white, in which a simulated terminal shows colors.
type theme struct {
	name                 string
	foreground           uint8
	background           uint8
	black, white, bright uint8 // colors 30, 47 and 107; bright 0: the terminal doesn't know 107
}

var (
	dark       = theme{"dark", 229, 0, 0, 229, 255}
	light      = theme{"light", 0, 255, 0, 229, 255}
	solarized  = theme{"solarized", 140, 38, 52, 231, 244}
	oldConsole = theme{"console without bright colors", 170, 0, 0, 170, 0}
)

// A cell is one character of the screen with its colors resolved to gray levels.
type cell struct {
	char                   rune
	foreground, background uint8
	colored                bool // not in the theme's own colors
}

// A screen is what a simulated terminal shows after it played a drawing.
type screen struct {
	theme theme
	rows  [][]cell
}

// play interprets text as a terminal would, knowing exactly the sequences this package writes, and
// panics on any other, which is how a test learns of one.
func play(text string, theme theme) *screen {
	s := &screen{theme: theme, rows: [][]cell{nil}}
	pen := s.blank()
	for text != "" {
		if strings.HasPrefix(text, "\x1b[") {
			end := strings.IndexByte(text, 'm')
			pen = s.paint(pen, text[2:end])
			text = text[end+1:]
			continue
		}
		char, size := utf8.DecodeRuneInString(text)
		text = text[size:]
		last := len(s.rows) - 1
		if char == '\n' {
			// Scrolling fills the new row with the background in force (erase in background color).
			s.rows = append(s.rows, nil)
			if pen.colored {
				s.rows[last] = append(s.rows[last], pen)
			}
			continue
		}
		if char < ' ' {
			panic(fmt.Sprintf("control character %q in a drawing", char))
		}
		pen.char = char
		s.rows[last] = append(s.rows[last], pen)
	}
	return s
}

func (s *screen) blank() cell {
	return cell{char: ' ', foreground: s.theme.foreground, background: s.theme.background}
}

// paint applies the parameters of one color sequence.
func (s *screen) paint(pen cell, parameters string) cell {
	for _, parameter := range strings.Split(parameters, ";") {
		number, err := strconv.Atoi(parameter)
		if err != nil {
			panic(fmt.Sprintf("color parameter %q", parameter))
		}
		pen.colored = true
		switch number {
		case 0:
			pen = s.blank()
		case 30:
			pen.foreground = s.theme.black
		case 47:
			pen.background = s.theme.white
		case 107:
			if s.theme.bright != 0 {
				pen.background = s.theme.bright
			}
		default:
			panic(fmt.Sprintf("color %d", number))
		}
	}
	return pen
}

// height counts the rows that were ended.
func (s *screen) height() int { return len(s.rows) - 1 }

// width is that of the longest row.
func (s *screen) width() int {
	width := 0
	for _, row := range s.rows {
		width = max(width, len(row))
	}
	return width
}

// strayColor finds a colored cell outside the first cols columns and rows rows.
func (s *screen) strayColor(cols, rows int) (column, row int, found bool) {
	for y, line := range s.rows {
		for x, c := range line {
			if c.colored && (x >= cols || y >= rows) {
				return x, y, true
			}
		}
	}
	return 0, 0, false
}

// level is the gray level of the half cell at column x and half row y.
func (s *screen) level(x, y int) uint8 {
	if y/2 >= len(s.rows) || x >= len(s.rows[y/2]) {
		return s.theme.background
	}
	c := s.rows[y/2][x]
	upper := y%2 == 0
	if c.char == '█' || c.char == '▀' && upper || c.char == '▄' && !upper {
		return c.foreground
	}
	return c.background
}

func (s *screen) white(x, y int) bool { return s.level(x, y) >= 128 }

// decode photographs the window, with a margin of the theme's background, and reads it.
func (s *screen) decode() (string, error) {
	const scale, margin = 4, 8
	width, height := s.width()+2*margin, 2*s.height()+2*margin
	picture := image.NewGray(image.Rect(0, 0, width*scale, height*scale))
	for y := range height * scale {
		for x := range width * scale {
			level := s.theme.background
			if x/scale >= margin && y/scale >= margin {
				level = s.level(x/scale-margin, y/scale-margin)
			}
			picture.SetGray(x, y, color.Gray{Y: level})
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		return "", err
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
	if err != nil {
		return "", err
	}
	return result.GetText(), nil
}
