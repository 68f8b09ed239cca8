package cli

import "strings"

// nearest returns the name that typed was most likely meant to be: the only one it abbreviates, or
// the closest within a third of its letters. Empty: none is near, and a wild guess helps nobody.
func nearest(typed string, names []string) string {
	if typed == "" || len(typed) > 2*maxShown {
		return ""
	}
	var abbreviated []string
	best, bestDistance := "", len(typed)/3+1
	for _, name := range names {
		if strings.HasPrefix(name, typed) {
			abbreviated = append(abbreviated, name)
		}
		if d := distance(typed, name); d < bestDistance {
			best, bestDistance = name, d
		}
	}
	if len(abbreviated) == 1 {
		return abbreviated[0]
	}
	return best
}

// distance counts the insertions, deletions, replacements and swaps of neighbors that turn a into b,
// in bytes.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replaced := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			rows[i][j] = min(replaced, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
