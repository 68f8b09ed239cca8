package chart

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// An element is a part of a drawing.
type element struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
	Inside  []element  `xml:",any"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (e element) number(t *rapid.T, name string) float64 {
	n, err := strconv.ParseFloat(e.attr(name), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		t.Fatalf("%s of %s is %q", name, e.XMLName.Local, e.attr(name))
	}
	return n
}

func parse(t *rapid.T, b Bars) element {
	var svg element
	d := xml.NewDecoder(strings.NewReader(string(b.SVG())))
	if err := d.Decode(&svg); err != nil {
		t.Fatalf("%v\n%s", err, b.SVG())
	}
	if err := d.Decode(&element{}); err != io.EOF {
		t.Fatalf("more than one element: %v", err)
	}
	return svg
}

func drawBars(t *rapid.T) Bars {
	b := Bars{Label: "what there is", Unit: rapid.SampledFrom([]string{"port", "concurrent session", "<&\">"}).Draw(t, "unit"),
		Series: []Series{{"in use", "c0", 0}, {"not in use", "c5", 0}, {"missing", "bad", 1}}}
	top := rapid.SampledFrom([]uint64{1, 7, 999, 1 << 31, 1 << 50}).Draw(t, "top")
	for i := range rapid.IntRange(1, 121).Draw(t, "groups") {
		g := Group{Label: "Jan", Span: fmt.Sprint("month ", i), Values: make([]uint64, len(b.Series))}
		if i%12 == 0 {
			g.Second = strconv.Itoa(2027 + i/12)
		}
		for s := range g.Values {
			g.Values[s] = rapid.Uint64Range(0, top).Draw(t, "value")
		}
		b.Groups = append(b.Groups, g)
	}
	return b
}

// Every bar is as high as its number, on one scale from zero for all; what is zero has none; and
// nothing lies outside of the picture or on something else.
func TestBarsTellTheTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBars(t)
		svg := parse(t, b)
		var w, h float64
		if _, err := fmt.Sscanf(svg.attr("viewBox"), "0 0 %g %g", &w, &h); err != nil {
			t.Fatal(err)
		}
		want := map[string]uint64{}
		for _, g := range b.Groups {
			for s, n := range g.Values {
				if n > 0 {
					want[fmt.Sprintf("%s: %s %d", g.Span, b.Series[s].Name, n)] = n
				}
			}
		}
		perUnit := 0.0
		var bars []element
		for _, e := range svg.Inside {
			if e.XMLName.Local != "rect" || len(e.Inside) == 0 {
				continue
			}
			bars = append(bars, e)
			n, ok := want[e.Inside[0].Text]
			if !ok {
				t.Fatalf("a bar says %q", e.Inside[0].Text)
			}
			delete(want, e.Inside[0].Text)
			perUnit = max(perUnit, e.number(t, "height")/float64(n))
			x, y := e.number(t, "x"), e.number(t, "y")
			if x < 0 || y < 0 || x+e.number(t, "width") > w || y+e.number(t, "height") > h {
				t.Fatalf("outside of the picture: %+v", e)
			}
		}
		if len(want) > 0 {
			t.Fatalf("no bars for %v", want)
		}
		top := svgTop(t, svg)
		for _, e := range bars {
			var n uint64
			_, after, _ := strings.Cut(e.Inside[0].Text, ": ")
			if _, err := fmt.Sscanf(after[strings.LastIndex(after, " ")+1:], "%d", &n); err != nil {
				t.Fatal(err)
			}
			if high := e.number(t, "height"); math.Abs(high-float64(n)*plotHigh/top) > 0.02 {
				t.Fatalf("%q is %g high, %g is %g", e.Inside[0].Text, high, top, plotHigh)
			}
		}
		noOverlap(t, svg, w)
	})
}

// svgTop returns the highest number of the axis, which begins at zero.
func svgTop(t *rapid.T, svg element) (top float64) {
	lowest := math.Inf(1)
	for _, e := range svg.Inside {
		if e.XMLName.Local == "text" && e.attr("text-anchor") == "end" {
			n, err := strconv.ParseFloat(e.Text, 64)
			if err != nil {
				t.Fatal(err)
			}
			top, lowest = max(top, n), min(lowest, n)
		}
	}
	if lowest != 0 || top < 1 {
		t.Fatalf("the axis goes from %g to %g", lowest, top)
	}
	return top
}

// noOverlap checks the texts, with digits and letters as wide as a wide font has them.
func noOverlap(t *rapid.T, svg element, w float64) {
	type box struct {
		x1, x2, y float64
		text      string
	}
	var boxes []box
	for _, e := range svg.Inside {
		if e.XMLName.Local != "text" {
			continue
		}
		wide := letter * float64(len(e.Text))
		x := e.number(t, "x")
		switch e.attr("text-anchor") {
		case "middle":
			x -= wide / 2
		case "end":
			x -= wide
		}
		b := box{x, x + wide, e.number(t, "y"), e.Text}
		if b.x1 < -0.01 || b.x2 > w+0.01 {
			t.Fatalf("%q goes from %g to %g of %g", b.text, b.x1, b.x2, w)
		}
		for _, o := range boxes {
			if math.Abs(o.y-b.y) < 11 && o.x1 < b.x2-0.01 && b.x1 < o.x2-0.01 {
				t.Fatalf("%q and %q overlap: %+v %+v", o.text, b.text, o, b)
			}
		}
		boxes = append(boxes, b)
	}
}

func TestNothingToDraw(t *testing.T) {
	if svg := (Bars{}).SVG(); svg != "" {
		t.Errorf("nothing is %q", svg)
	}
}

func TestScale(t *testing.T) {
	for top, want := range map[uint64][2]uint64{0: {1, 1}, 1: {1, 1}, 5: {1, 5}, 6: {2, 3}, 11: {5, 3}, 26: {10, 3}, 100: {20, 5}, 101: {50, 3}, 1 << 50: {500000000000000, 3}} {
		if step, steps := scale(top); step != want[0] || uint64(steps) != want[1] {
			t.Errorf("%d: %d steps of %d", top, steps, step)
		}
	}
}
