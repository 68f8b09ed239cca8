package table

import (
	"bufio"
	"strings"

	"tallystick/cmd/internal/term"
)

// block is how many rows are in memory to find the widths of columns. Later blocks never make a
// column narrower.
const block = 500

// gap stands between two columns.
const gap = "  "

func writeText(w *bufio.Writer, d Document, o Options) error {
	writeFacts(w, d.Facts)
	for i, s := range d.Sections {
		if i > 0 {
			_ = w.WriteByte('\n')
		}
		if s.Title != "" && len(d.Sections) > 1 {
			_, _ = w.WriteString(term.Safe(s.Title) + "\n")
		}
		if err := s.writeText(w, o); err != nil {
			return err
		}
	}
	return nil
}

// writeFacts writes "account  acme/plant-7" for those that belong to the text, and a blank line.
func writeFacts(w *bufio.Writer, facts []Fact) {
	wide := 0
	for _, f := range facts {
		if f.InText && f.Title != "" {
			wide = max(wide, width(f.Title))
		}
	}
	if wide == 0 {
		return
	}
	for _, f := range facts {
		if f.InText && f.Title != "" {
			_, _ = w.WriteString(pad(strings.ToLower(f.Title), wide) + gap + term.Safe(f.Value.String()) + "\n")
		}
	}
	_ = w.WriteByte('\n')
}

// A textTable is a section on its way to a terminal.
type textTable struct {
	w       *bufio.Writer
	columns []Column
	widths  []int
	limit   int // columns of the terminal, 0: none
	headed  bool
	rows    [][]string
}

func (s Section) writeText(w *bufio.Writer, o Options) error {
	t := &textTable{w: w, columns: s.Columns, widths: make([]int, len(s.Columns)), limit: o.Width}
	for i, c := range s.Columns {
		t.widths[i] = width(c.Title)
	}
	count := 0
	err := s.each(func(row Row) error {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = term.Safe(s.Columns[i].shown(v))
		}
		t.rows = append(t.rows, cells)
		count++
		if len(t.rows) == block {
			return t.flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	if count == 0 && s.Empty != "" {
		_, err := w.WriteString(s.Empty + "\n")
		return err
	}
	return t.flush()
}

// flush writes the rows that wait, and the header before the first.
func (t *textTable) flush() error {
	for _, row := range t.rows {
		for i, cell := range row {
			t.widths[i] = max(t.widths[i], width(cell))
		}
	}
	widths, fits := t.fit()
	if !t.headed && fits {
		header := make([]string, len(t.columns))
		for i, c := range t.columns {
			header[i] = strings.ToUpper(c.Title)
		}
		t.line(header, widths)
	}
	for i, row := range t.rows {
		if !fits {
			t.record(row, i > 0 || t.headed)
		} else if err := t.line(row, widths); err != nil {
			return err
		}
	}
	t.headed = true
	t.rows = t.rows[:0]
	return nil
}

// narrowest is how far a column of text is narrowed on a terminal.
const narrowest = 12

// fit returns the widths that fit the terminal: columns of text are narrowed, the widest first, and
// their cells folded. Where that is not enough the rows are written as records.
func (t *textTable) fit() (widths []int, fits bool) {
	widths = append(widths, t.widths...)
	total := len(gap) * (len(widths) - 1)
	for _, w := range widths {
		total += w
	}
	for t.limit > 0 && total > t.limit {
		widest := -1
		for i, w := range widths {
			if t.columns[i].folds() && w > max(narrowest, width(t.columns[i].Title)) && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return widths, false
		}
		widths[widest]--
		total--
	}
	return widths, true
}

func (c Column) folds() bool { return c.Kind == KindText || c.Kind == KindCounts }

// line writes one row, on as many lines as its highest cell needs.
func (t *textTable) line(cells []string, widths []int) error {
	rest := append([]string{}, cells...)
	for more := true; more; {
		more = false
		var b strings.Builder
		for i := range rest {
			var part string
			part, rest[i] = cut(rest[i], widths[i])
			more = more || rest[i] != ""
			space := strings.Repeat(" ", max(0, widths[i]-width(part)))
			if t.columns[i].Kind == KindNumber {
				b.WriteString(space + part + gap)
			} else {
				b.WriteString(part + space + gap)
			}
		}
		if _, err := t.w.WriteString(strings.TrimRight(b.String(), " ") + "\n"); err != nil {
			return err
		}
	}
	return nil
}

// record writes one row with a line for each column that has something to say.
func (t *textTable) record(cells []string, blank bool) {
	if blank {
		_ = t.w.WriteByte('\n')
	}
	wide := 0
	for _, c := range t.columns {
		wide = max(wide, width(c.Title))
	}
	for i, c := range t.columns {
		if cells[i] != "" {
			_, _ = t.w.WriteString(pad(strings.ToLower(c.Title), wide) + gap + cells[i] + "\n")
		}
	}
}

func pad(s string, wide int) string { return s + strings.Repeat(" ", max(0, wide-width(s))) }
