package cli

import (
	"strings"
	"unicode/utf8"

	"tallystick/cmd/internal/term"
)

const (
	columnGap = "  "
	// narrowest is how far a column is narrowed for a terminal.
	narrowest = 12
)

// narrowTable lays rows out for a terminal of so many columns, the first of them the header: the cells
// of wide columns are folded and, where that is not enough, each row has a line for every cell.
func narrowTable(rows [][]string, columns int) string {
	widths := make([]int, len(rows[0]))
	total := len(columnGap) * (len(widths) - 1)
	for i := range widths {
		for _, row := range rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
		total += widths[i]
	}
	for total > columns {
		widest := 0
		for i, w := range widths {
			if w > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= narrowest {
			return records(rows)
		}
		widths[widest]--
		total--
	}
	var b strings.Builder
	for _, row := range rows {
		foldedRow(&b, row, widths)
	}
	return b.String()
}

// foldedRow writes a row on as many lines as its highest cell needs.
func foldedRow(b *strings.Builder, row []string, widths []int) {
	cells := make([][]string, len(row))
	height := 0
	for i, cell := range row {
		cells[i] = foldedCell(cell, widths[i])
		height = max(height, len(cells[i]))
	}
	for n := range height {
		var line strings.Builder
		for i := range cells {
			part := ""
			if n < len(cells[i]) {
				part = cells[i][n]
			}
			line.WriteString(part + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(part)) + columnGap)
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

// foldedCell cuts a cell into lines, between words where that is possible.
func foldedCell(cell string, width int) []string {
	var lines []string
	left := []rune(cell)
	for len(left) > width {
		at := width
		for i := width; i > 0; i-- {
			if left[i] == ' ' {
				at = i
				break
			}
		}
		lines = append(lines, string(left[:at]))
		left = []rune(strings.TrimLeft(string(left[at:]), " "))
	}
	return append(lines, string(left))
}

// records writes each row with a line for every cell that says something.
func records(rows [][]string) string {
	wide := 0
	for _, title := range rows[0] {
		wide = max(wide, utf8.RuneCountInString(title))
	}
	var b strings.Builder
	for n, row := range rows[1:] {
		if n > 0 {
			b.WriteByte('\n')
		}
		for i, cell := range row {
			if title := rows[0][i]; cell != "" {
				b.WriteString(strings.ToLower(title) + strings.Repeat(" ", wide-utf8.RuneCountInString(title)) + columnGap + cell + "\n")
			}
		}
	}
	return b.String()
}

// safeRows makes every cell safe to be shown.
func safeRows(rows [][]string) [][]string {
	out := make([][]string, len(rows))
	for i, row := range rows {
		for _, cell := range row {
			out[i] = append(out[i], term.Safe(cell))
		}
	}
	return out
}

// fits reports whether rows stand beside each other in so many columns.
func fits(rows [][]string, columns int) bool {
	total := 0
	for i := range rows[0] {
		wide := 0
		for _, row := range rows {
			wide = max(wide, utf8.RuneCountInString(row[i]))
		}
		total += wide + len(columnGap)
	}
	return total-len(columnGap) <= columns
}
