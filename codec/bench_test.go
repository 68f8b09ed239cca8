package codec

import (
	"strings"
	"testing"
)

// benchCode is as long as an authorization with three entitlements: six lines.
func benchCode(b *testing.B) Code {
	return encode(b, authorization, randomBody(random(20), authorization, 107))
}

func BenchmarkEncodeLine(b *testing.B) {
	piece := randomBody(random(21), authorization, lineBytes)
	f := frame{kind: 2, number: 1, bits: lineBits}
	b.ReportAllocs()
	for b.Loop() {
		encodeLine(f, piece)
	}
}

// benchSearch measures the search alone, without the making of Lines, for the second line of a code
// whose kind is known.
func benchSearch(b *testing.B, change func(row string) string) {
	t, _, _ := foldTyped(change(benchCode(b).rows()[1]))
	s := search{kinds: []Kind{authorization}, typed: &t}
	b.ReportAllocs()
	for b.Loop() {
		s.found = s.found[:0]
		if t.n%2 == 0 {
			s.evenExpect(2)
		} else {
			s.oddExpect(2)
		}
		if len(s.found) != 1 {
			b.Fatalf("%d lines found", len(s.found))
		}
	}
}

func BenchmarkSearchClean(b *testing.B) {
	benchSearch(b, func(row string) string { return row })
}

func BenchmarkSearchTwoWrongPairs(b *testing.B) {
	benchSearch(b, func(row string) string {
		row = strings.Replace(row, row[6:8], "77", 1)
		return strings.Replace(row, row[20:22], "88", 1)
	})
}

func BenchmarkSearchMissingCharacter(b *testing.B) {
	benchSearch(b, func(row string) string { return row[:17] + row[18:] })
}

func BenchmarkSearchExtraCharacter(b *testing.B) {
	benchSearch(b, func(row string) string { return row[:17] + "7" + row[17:] })
}

func benchParseLine(b *testing.B, kinds []Kind, change func(row string) string) {
	text := grouped(change(benchCode(b).rows()[0]))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseLine(text, 1, kinds...); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseLine(b *testing.B) {
	clean := func(row string) string { return row }
	missing := func(row string) string { return row[:17] + row[18:] }
	b.Run("clean", func(b *testing.B) { benchParseLine(b, kinds[:1], clean) })
	b.Run("clean-5-kinds", func(b *testing.B) { benchParseLine(b, kinds, clean) })
	b.Run("missing", func(b *testing.B) { benchParseLine(b, kinds[:1], missing) })
	b.Run("missing-5-kinds", func(b *testing.B) { benchParseLine(b, kinds, missing) })
}

func BenchmarkDecode(b *testing.B) {
	c := benchCode(b)
	for name, text := range map[string]string{
		"typed":  lines(c.Lines()),
		"joined": strings.Join(c.Lines(), " "),
		"pasted": c.Paste(),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Decode(text, kinds...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkTables(b *testing.B) {
	for b.Loop() {
		newField()
		newValues()
		newGenerator()
	}
}
