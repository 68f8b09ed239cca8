package ledger

import (
	"fmt"
	"strings"
)

// conditions builds a WHERE clause. SQLite numbers a parameter by where it first appears, whatever
// its name, so they are added in the order they are bound.
type conditions struct {
	text string // with its " WHERE "
	args []any
}

// add adds a condition; a "?" in it, or its end when there is none, stands for value.
func (c *conditions) add(condition string, value any) {
	place := c.next(value)
	if strings.Contains(condition, "?") {
		condition = strings.ReplaceAll(condition, "?", place)
	} else {
		condition += place
	}
	c.fixed(condition)
}

// fixed adds a condition without a value.
func (c *conditions) fixed(condition string) {
	if c.text == "" {
		c.text = " WHERE " + condition
		return
	}
	c.text += " AND " + condition
}

// next binds one more value and returns its place.
func (c *conditions) next(value any) string {
	c.args = append(c.args, value)
	return fmt.Sprintf("$%d", len(c.args))
}
