package journal

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"tallystick/reserve"
)

// A Tree is the Merkle tree over the first Size entries of the journal (RFC 6962, section 2.1). It
// stands for all of them: kept elsewhere, it shows when a ledger was put back or changed.
type Tree struct {
	Size uint32
	Root [32]byte
}

// Text returns the unsigned text of a checkpoint of a log.
func (t Tree) Text(origin string) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin, t.Size, tlog.Hash(t.Root))
}

// MaxCheckpoint bounds a checkpoint with its signatures, in bytes.
const MaxCheckpoint = 4096

// ParseTree reads the text of a checkpoint, whatever signatures follow, and verifies nothing. The
// refusal is Malformed.
func ParseTree(text []byte) (t Tree, origin string, err error) {
	refused := reserve.Refuse(reserve.Malformed, "this is not a checkpoint: three lines that name a log, its size and its root hash")
	if len(text) > MaxCheckpoint {
		return Tree{}, "", refused
	}
	lines := strings.SplitN(string(text), "\n", 4)
	if len(lines) != 4 || !isOrigin(lines[0]) {
		return Tree{}, "", refused
	}
	size, err := strconv.ParseUint(lines[1], 10, 32)
	if err != nil || size == 0 {
		return Tree{}, "", refused
	}
	root, err := tlog.ParseHash(lines[2])
	t = Tree{uint32(size), root}
	if err != nil || !strings.HasPrefix(string(text), t.Text(lines[0])) || (lines[3] != "" && lines[3][0] != '\n') {
		return Tree{}, "", refused
	}
	return t, lines[0], nil
}
