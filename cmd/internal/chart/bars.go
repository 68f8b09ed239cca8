// Package chart draws bars as SVG for the pages of package table, whose classes give the colors.
// Its axis begins at zero and has whole numbers, what it counts is named, and every bar says what
// it shows when one points at it; the numbers belong into a table below it, which is what people
// read who can't see the bars.
package chart

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Series is one kind of bar.
type Series struct {
	Name  string
	Class string // c0 to c5, good, warn or bad
	Stack int    // series with the same number stand on each other, the first at the bottom
}

// A Group stands above one mark of the axis.
type Group struct {
	Label  string   // below the axis, such as "Jan"
	Second string   // below that, such as "2027"; "" is nothing
	Span   string   // what it is in full, such as "2027-01-01 to 2027-01-31"
	Values []uint64 // one for each series
}

// Bars is a chart of bars in groups.
type Bars struct {
	Label  string // what it shows, for those who can't see it
	Unit   string // what is counted, such as "port"
	Series []Series
	Groups []Group
}

// The places of a chart, in units of its viewBox: one is about a pixel.
const (
	width       = 640.0
	right       = 8.0   // free at the right
	legendTop   = 14.0  // baseline of the legend's first line
	legendWidth = 400.0 // of its lines: what a narrow screen shows
	lineHigh    = 18.0  // of a line of text
	headroom    = 34.0  // between legend and plot: the unit, and the number of the highest bar
	plotHigh    = 150.0 // the plot
	below       = 42.0  // for labels under the axis
	letter      = 7.5   // width of a digit or letter, on the safe side
	gap         = 6.0   // between the axis and its numbers
	most        = 5     // steps of the axis
	taken       = 0.8   // of a group's room, by bars
	thickest    = 26.0  // bar
)

// SVG draws b. Without groups there is nothing to draw.
func (b Bars) SVG() template.HTML {
	if len(b.Groups) == 0 || len(b.Series) == 0 {
		return ""
	}
	var text strings.Builder
	if err := drawing.Execute(&text, b.picture()); err != nil {
		panic(err) // it is our own template, and a string takes everything
	}
	return template.HTML(text.String())
}

var drawing = template.Must(template.New("bars").Parse(`<svg class="small" viewBox="0 0 {{.Width}} {{.Height}}" role="img" aria-label="{{.Label}}">
{{range .Legend}}<rect class="{{.Class}}" x="{{.X}}" y="{{.Top}}" width="10" height="10"/><text class="ink" x="{{.TextX}}" y="{{.Y}}">{{.Name}}</text>
{{end}}<text x="0" y="{{.UnitY}}">{{.Unit}}</text>
{{range .Ticks}}<line class="grid" x1="{{$.Left}}" x2="{{$.Right}}" y1="{{.Y}}" y2="{{.Y}}"/><text x="{{$.NumberX}}" y="{{.TextY}}" text-anchor="end">{{.Number}}</text>
{{end}}{{range .Bars}}<rect class="{{.Class}}" x="{{.X}}" y="{{.Y}}" width="{{.Width}}" height="{{.Height}}"><title>{{.Title}}</title></rect>
{{end}}{{range .Numbers}}<text class="ink" x="{{.X}}" y="{{.Y}}" text-anchor="middle">{{.Text}}</text>
{{end}}<line class="axis" x1="{{.Left}}" x2="{{.Right}}" y1="{{.Zero}}" y2="{{.Zero}}"/>
{{range .Labels}}<text x="{{.X}}" y="{{.Y}}" text-anchor="middle">{{.Text}}</text>
{{end}}</svg>`))

// A picture is a chart in places.
type picture struct {
	Label, Unit                      string
	Width, Height, Left, Right, Zero num
	UnitY, NumberX                   num
	Legend                           []key
	Ticks                            []tick
	Bars                             []bar
	Numbers, Labels                  []word
}

type (
	// A num is a place or a length.
	num float64

	key struct {
		Name, Class      string
		X, Y, Top, TextX num
	}
	tick struct {
		Y, TextY num
		Number   string
	}
	bar struct {
		Class, Title        string
		X, Y, Width, Height num
	}
	word struct {
		X, Y num
		Text string
	}
)

// String writes a place as short as it can be told from others.
func (n num) String() string { return strconv.FormatFloat(math.Round(float64(n)*100)/100, 'f', -1, 64) }

func (b Bars) picture() picture {
	step, steps := scale(b.highest())
	numbers := letter*float64(len(strconv.FormatUint(step*uint64(steps), 10))) + gap
	p := picture{Label: b.Label, Unit: b.Unit, Width: width, Left: num(numbers), Right: width - right, NumberX: num(numbers - gap)}
	legendEnd := p.legend(b.Series)
	p.UnitY = num(legendEnd + lineHigh)
	p.Zero = num(legendEnd + headroom + plotHigh)
	p.Height = p.Zero + below
	unit := plotHigh / (float64(step) * float64(steps)) // high per license
	for i := range steps + 1 {
		y := float64(p.Zero) - float64(i)*float64(step)*unit
		p.Ticks = append(p.Ticks, tick{num(y), num(y + 4), strconv.FormatUint(uint64(i)*step, 10)})
	}
	room := float64(p.Right-p.Left) / float64(len(b.Groups))
	wide := min(room*taken/float64(len(stacksOf(b.Series))), thickest)
	for i, g := range b.Groups {
		p.group(b.Series, g, float64(p.Left)+(float64(i)+0.5)*room, wide, unit)
	}
	p.numbers(wide)
	p.labels(b.Groups, room)
	return p
}

// legend places the names of the series in lines and returns where the last one ends.
func (p *picture) legend(series []Series) float64 {
	x, y := 0.0, legendTop
	for _, s := range series {
		wide := 32 + letter*float64(utf8.RuneCountInString(s.Name))
		if x > 0 && x+wide > legendWidth {
			x, y = 0, y+lineHigh
		}
		p.Legend = append(p.Legend, key{s.Name, s.Class, num(x), num(y), num(y - 10), num(x + 16)})
		x += wide
	}
	return y + 4
}

// group places the bars of one group around a middle, and their numbers.
func (p *picture) group(series []Series, g Group, middle, wide, unit float64) {
	stacks := stacksOf(series)
	x := middle - wide*float64(len(stacks))/2
	for _, stack := range stacks {
		y, sum := float64(p.Zero), uint64(0)
		for _, s := range stack {
			n := g.Values[s]
			if n == 0 {
				continue
			}
			high := float64(n) * unit
			y -= high
			sum += n
			p.Bars = append(p.Bars, bar{series[s].Class, fmt.Sprintf("%s: %s %d", g.Span, series[s].Name, n), num(x), num(y), num(wide), num(high)})
		}
		if sum > 0 {
			p.Numbers = append(p.Numbers, word{num(x + wide/2), num(y - 4), strconv.FormatUint(sum, 10)})
		}
		x += wide
	}
}

// numbers keeps the numbers above the bars where there is room for all of them.
func (p *picture) numbers(wide float64) {
	if slices.ContainsFunc(p.Numbers, func(w word) bool { return letter*float64(len(w.Text)) > wide }) {
		p.Numbers = nil
	}
}

// stacksOf returns the places of the series that stand on each other, from the left.
func stacksOf(series []Series) [][]int {
	var stacks [][]int
	for i, s := range series {
		for len(stacks) <= s.Stack {
			stacks = append(stacks, nil)
		}
		stacks[s.Stack] = append(stacks[s.Stack], i)
	}
	return stacks
}

// strides are how far labels may be apart: what divides a year, then years.
var strides = []int{1, 2, 3, 6, 12, 24, 60, 120}

// labels places as many labels as there is room for, in even steps from the first group but one
// with a second line.
func (p *picture) labels(groups []Group, room float64) {
	longest, anchor := 0, 0
	for i, g := range groups {
		longest = max(longest, utf8.RuneCountInString(g.Label), utf8.RuneCountInString(g.Second))
		if anchor == 0 && g.Second != "" {
			anchor = i
		}
	}
	wide := letter * float64(longest)
	at := slices.IndexFunc(strides, func(n int) bool { return float64(n)*room >= wide+4 })
	stride := strides[max(at, 0)]
	for i := anchor % stride; i < len(groups); i += stride {
		middle := float64(p.Left) + (float64(i)+0.5)*room
		if middle < wide/2 || middle+wide/2 > width {
			continue // half of it would be outside
		}
		p.Labels = append(p.Labels, word{num(middle), p.Zero + 16, groups[i].Label})
		if groups[i].Second != "" {
			p.Labels = append(p.Labels, word{num(middle), p.Zero + 32, groups[i].Second})
		}
	}
}

// highest returns the highest stack of all groups.
func (b Bars) highest() uint64 {
	var top uint64
	for _, g := range b.Groups {
		for _, stack := range stacksOf(b.Series) {
			var sum uint64
			for _, s := range stack {
				sum += g.Values[s]
			}
			top = max(top, sum)
		}
	}
	return top
}

// scale returns the steps of an axis from zero to top or a little more: 1, 2 or 5 times a power of
// ten, and how many there are.
func scale(top uint64) (step uint64, steps int) {
	top = max(top, 1)
	for step = 1; ; step *= 10 {
		for _, factor := range []uint64{1, 2, 5} {
			if n := (top + factor*step - 1) / (factor * step); n <= most {
				return factor * step, int(n)
			}
		}
	}
}
