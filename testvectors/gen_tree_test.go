package testvectors_test

import (
	"encoding/hex"
	"fmt"
)

// treeGroup is about roots. The leaves of most trees are 30 zero bytes and the digits 1000, 1001 and
// so on, so that large trees can be written down.
func treeGroup() *vectorGroup {
	g := &vectorGroup{name: "Trees", operation: "tree"}
	entries := history(3)
	for size := 1; size <= len(entries); size++ {
		leaves := leavesOf(entries[:size])
		var all string
		for _, l := range leaves {
			all += hex.EncodeToString(l)
		}
		g.valid(fmt.Sprintf("the hashes of %d entries", size), "", fields{{"leaves", all}}, fields{{"root", hexed(treeRoot(leaves))}})
	}
	sizes := []int{}
	for size := 1; size <= 20; size++ {
		sizes = append(sizes, size)
	}
	for power := 32; power <= 2048; power *= 2 {
		sizes = append(sizes, power-1, power, power+1)
	}
	for _, size := range sizes {
		g.valid(fmt.Sprintf("%d leaves", size), "", fields{{"leaves", numberedLeaves(size)}}, fields{{"root", hexed(treeRoot(leavesNumbered(size)))}})
	}
	return g
}

const firstLeaf = 1000

func numberedLeaves(size int) []any {
	prefix := hex.EncodeToString(zeros(30))
	if size == 1 {
		return []any{prefix + fmt.Sprint(firstLeaf)}
	}
	return []any{fields{{"repeat", prefix + "{n}"}, {"from", firstLeaf}, {"to", firstLeaf + size - 1}}}
}

func leavesNumbered(size int) (all [][]byte) {
	for n := firstLeaf; n < firstLeaf+size; n++ {
		leaf, err := hex.DecodeString(hex.EncodeToString(zeros(30)) + fmt.Sprint(n))
		if err != nil {
			panic(err)
		}
		all = append(all, leaf)
	}
	return all
}
