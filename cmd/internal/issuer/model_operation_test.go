package issuer

import (
	"fmt"

	"tallystick/reserve"
)

// A command is an act of an officer with an operation ID.
type command struct {
	op, wish string
	do       func(op string) (repeated bool, err error)
}

// drawOp draws an operation ID, now and then. All verbs share them.
func (m *model) drawOp() string {
	if m.seldom("operation", 3) {
		return fmt.Sprint("op-", m.draw("id", 1, 9))
	}
	return ""
}

// command performs an act and reports whether it was done just now. Under an operation ID it is done
// once, whatever happens in between: the same command again has the same answer, and another one with
// the same ID is refused.
func (m *model) command(what string, c command, want reserve.Reason, repeated bool) (fresh bool) {
	if before, ok := m.books.done[c.op]; ok && c.op != "" {
		want, repeated = "", before.wish == c.wish
		if !repeated {
			want = reserve.OperationReused
		}
	}
	var again bool
	var err error
	fate := m.perform(func() { again, err = c.do(c.op) })
	if fate == undone {
		return false
	}
	m.wantRefusal(what, err, want)
	if err != nil {
		return false
	}
	if again != repeated {
		m.fail("%s, operation %q: repeated %v", what, c.op, again)
	}
	if c.op == "" || repeated {
		return !repeated
	}
	m.books.done[c.op], m.books.commands = deed{wish: c.wish}, append(m.books.commands, c)
	if fate == unseen || m.seldom("and again", 4) {
		m.sameAgain(c)
	}
	return true
}

// commandAgain repeats a command of any time before.
func (m *model) commandAgain() {
	if len(m.books.commands) == 0 {
		m.Skip("there was none with an operation ID")
	}
	m.sameAgain(pick(m, "command", m.books.commands))
	m.proofs++
}

// sameAgain does what somebody does that saw no answer.
func (m *model) sameAgain(c command) {
	op := c.op
	if m.forgetful {
		op = ""
	}
	again, err := c.do(op)
	if err != nil || !again {
		m.fail("%s once more, operation %q: repeated %v, %v", c.wish, c.op, again, err)
	}
	m.happened["the same operation again"]++
}
