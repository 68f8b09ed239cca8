package codec

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// A typist types printed lines and makes mistakes: each character goes wrong by itself, as often as
// rate says, in one of the ways below.
type typist struct {
	rand *rand.Rand
	rate float64 // of each character, 0 to 1

	characters int    // typed
	made       [4]int // mistakes of each way
}

// The ways in which a character goes wrong.
const (
	substituted = iota // another one is typed
	transposed         // it changes places with the next one, the last with the one before it
	omitted            // it is left out
	inserted           // one is typed that is not there
)

// shares are how often each happens, in hundredths of all mistakes.
var shares = [4]int{substituted: 70, transposed: 15, omitted: 10, inserted: 5}

// mistake returns the way in which a character goes wrong.
func (p *typist) mistake() (way int) {
	n := p.rand.IntN(100)
	for n >= shares[way] {
		n -= shares[way]
		way++
	}
	p.made[way]++
	return way
}

// types returns a line of a code as it was typed. The spaces between the groups are typed as they
// are printed, so that a group has a character less or more where one was left out or put in.
func (p *typist) types(line string) string {
	printed := []byte(strings.ReplaceAll(line, " ", ""))
	p.characters += len(printed)
	typed := make([][]byte, len(printed)) // instead of each character
	for i := 0; i < len(printed); i++ {
		c := printed[i]
		typed[i] = []byte{c}
		if p.rand.Float64() >= p.rate {
			continue
		}
		switch p.mistake() {
		case substituted:
			typed[i] = []byte{p.instead(c)}
		case omitted:
			typed[i] = nil
		case inserted:
			typed[i] = append(typed[i], p.extra(c))
		case transposed:
			if i+1 == len(printed) {
				typed[i-1], typed[i] = typed[i], typed[i-1]
				break
			}
			typed[i], typed[i+1] = printed[i+1:i+2], printed[i:i+1]
			i++
		}
	}
	var b strings.Builder
	for i, keys := range typed {
		if i > 0 && i%groupSize == 0 {
			b.WriteByte(' ')
		}
		b.Write(keys)
	}
	return b.String()
}

// lookAlikes are what a character is read as, by eye. O for 0 and I or L for 1 are not here: they
// are no mistakes, nor is U for V.
var lookAlikes = map[byte]string{
	'0': "DQ", '1': "7", '2': "Z", '3': "8", '4': "A9", '5': "S", '6': "GB", '7': "1T",
	'8': "B3", '9': "4G", 'A': "4", 'B': "8", 'C': "G", 'D': "0", 'E': "F", 'F': "EP",
	'G': "6C", 'H': "N", 'K': "X", 'M': "N", 'N': "MH", 'P': "RF", 'Q': "0", 'R': "P",
	'S': "5", 'T': "7", 'V': "Y", 'X': "K", 'Y': "V", 'Z': "2",
}

// keyboard is where letters and digits are, each row half a key to the right of the one above it.
var keyboard = []string{"1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"}

// neighbors are the keys around each key.
var neighbors = newNeighbors()

func newNeighbors() map[byte]string {
	all := map[byte]string{}
	for i, row := range keyboard {
		for j := range len(row) {
			for _, at := range [][2]int{{i, j - 1}, {i, j + 1}, {i - 1, j}, {i - 1, j + 1}, {i + 1, j - 1}, {i + 1, j}} {
				if 0 <= at[0] && at[0] < len(keyboard) && 0 <= at[1] && at[1] < len(keyboard[at[0]]) {
					all[row[j]] += keyboard[at[0]][at[1] : at[1]+1]
				}
			}
		}
	}
	return all
}

// instead returns what is typed for a character that is mistaken: four times in five one that looks
// like it, otherwise one beside it on the keyboard.
func (p *typist) instead(c byte) byte {
	if alike := lookAlikes[c]; alike != "" && p.rand.IntN(5) < 4 {
		return alike[p.rand.IntN(len(alike))]
	}
	return p.beside(c)
}

// extra returns what is typed besides a character: the same once more, or one beside it.
func (p *typist) extra(c byte) byte {
	if p.rand.IntN(2) == 0 {
		return c
	}
	return p.beside(c)
}

func (p *typist) beside(c byte) byte {
	keys := neighbors[c]
	return keys[p.rand.IntN(len(keys))]
}

// TestTypist: the mistakes are as many and of the ways that TYPING.md says.
func TestTypist(t *testing.T) {
	r := random(90)
	c := encode(t, status, randomBody(r, status, MaxTyped-DigestSize))
	exact := typist{rand: r}
	p := typist{rand: r, rate: 0.02}
	for range 500 {
		for _, line := range c.Lines() {
			if got := exact.types(line); got != line {
				t.Fatalf("%q was typed as %q, without any mistake", line, got)
			}
			p.types(line)
		}
	}
	all := 0
	for _, n := range p.made {
		all += n
	}
	if share := 1000 * all / p.characters; share != 19 && share != 20 {
		t.Errorf("%d mistakes in %d characters", all, p.characters)
	}
	for way, n := range p.made {
		if share := 100 * float64(n) / float64(all); share < float64(shares[way])-1 || share > float64(shares[way])+1 {
			t.Errorf("%.1f %% of the mistakes are of way %d, want %d %%", share, way, shares[way])
		}
	}
}
