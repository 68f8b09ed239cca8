package issuer

import (
	"fmt"
	"strings"
)

// replaceFile replaces the devices of a file, each by another one; one may be in the way of another.
func (m *model) replaceFile() {
	rows, names := [][]string{{"failed", "request", "map", "reason", "account", "grants"}}, []string{}
	var swaps []swap
	for range m.draw("rows", 1, 4) {
		s, cells := m.drawSwapRow()
		rows, names, swaps = append(rows, cells), append(names, s.Failed), append(swaps, s)
	}
	m.actAll(file{what: "batch rma", names: names,
		acts: func() Acts { return m.office.Replacing(Memo{Reason: "flood"}) },
		read: func() []BatchRow {
			read, err := ReadReplacements(csvText(rows...))
			m.must(err)
			return read
		},
		want: func(i int) expected {
			if swaps[i].Request == nil {
				return expected{refused: unreadable}
			}
			want := m.replaces(swaps[i])
			out := want.expected()
			out.account = want.account
			return out
		},
		enter: func(i int, got BatchRow, shown bool) {
			want := m.replaces(swaps[i])
			g := m.swappedFor(swaps[i], want, Issuance{Authorization: got.Authorization, Number: got.Number})
			if shown {
				m.show(g)
			}
		},
		end: func() {}})
}

// drawSwapRow makes up a row.
func (m *model) drawSwapRow() (s swap, cells []string) {
	by := pick(m, "replacement", m.units)
	if m.draw("a new one", 0, 2) > 0 {
		by = m.addUnitIfFew()
	}
	s = m.drawSwap(m.holder(), by)
	if s.Op = ""; m.seldom("called otherwise", 4) {
		s.Failed = m.aName(s.failed)
	}
	cells = []string{s.Failed, by.request.Code().Paste(), mapText(s.Map), "dead", pathText(s.RMA), grantText(s.Changes)}
	if m.seldom("no request", 12) {
		cells[1], s.Request = "nonsense", nil
	}
	return s, cells
}

func mapText(list []Mapping) string {
	var words []string
	for _, m := range list {
		words = append(words, m.Old+"="+m.New)
	}
	return strings.Join(words, " ")
}

func pathText(r RMA) string {
	if r.Account.IsZero() {
		return ""
	}
	return r.Account.String()
}

func grantText(list []Change) string {
	var words []string
	for _, c := range list {
		words = append(words, fmt.Sprintf("%s=%d", c.Tag, c.Count))
	}
	return strings.Join(words, " ")
}
