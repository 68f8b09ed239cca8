package cli

import "testing"

func TestNarrowTable(t *testing.T) {
	rows := [][]string{{"LICENSE", "ACCOUNT", "NOTE"}, {"7", "acme/hall-2/line-4/cell-9", "sold to the plant next door"}, {"12", "acme", ""}}
	for columns, want := range map[int]string{
		80: "LICENSE  ACCOUNT                    NOTE\n7        acme/hall-2/line-4/cell-9  sold to the plant next door\n12       acme\n",
		50: "LICENSE  ACCOUNT              NOTE\n7        acme/hall-2/line-4/  sold to the plant\n         cell-9               next door\n12       acme\n",
		30: "license  7\naccount  acme/hall-2/line-4/cell-9\nnote     sold to the plant next door\n\nlicense  12\naccount  acme\n",
	} {
		if got := narrowTable(rows, columns); got != want {
			t.Errorf("%d columns:\n%swant\n%s", columns, got, want)
		}
	}
	if !fits(rows, 63) || fits(rows, 62) {
		t.Error("the table is 63 columns wide")
	}
}

func TestFoldBlock(t *testing.T) {
	const text = "device      C9300\nnot confirmed 2: what it grants stays reserved\n\nTAG                 UNTIL\nnetwork-advantage   perpetual and more than that\n   a comment that is moved in and goes on"
	const want = "device      C9300\nnot confirmed 2: what it grants\n  stays reserved\n\nTAG                 UNTIL\nnetwork-advantage   perpetual and\n                    more than that\n" +
		"   a comment that is moved in and\n   goes on"
	if got := foldBlock(text, 34); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := foldBlock(text, 0); got != text {
		t.Errorf("without a terminal: %s", got)
	}
}
