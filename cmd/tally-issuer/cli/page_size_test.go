package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/table"
)

func TestWarnOfPage(t *testing.T) {
	count := func(n int64) func() (int64, error) { return func() (int64, error) { return n, nil } }
	columns := make([]table.Column, 9)
	for _, test := range []struct {
		sections []table.Section
		want     string
	}{
		{[]table.Section{{Columns: columns}, {Columns: columns, Count: count(100_000)}}, ""},
		{[]table.Section{{Columns: columns, Count: count(1_000_000)}}, "tally-issuer: warning: the page will have 1000000 rows, about 540 MB, which browsers open slowly or not at all: " +
			"another --format, such as csv, is made for so many, and --help shows the filters that make it less\n"},
		{[]table.Section{{Columns: columns[:2], Count: count(60_000)}, {Columns: columns[:1], Count: count(60_000)}}, "120000 rows, about 10 MB"},
	} {
		var complaints bytes.Buffer
		env := &cli.Env{Args: []string{"tally-issuer", "page"}, Stdout: &complaints, Stderr: &complaints, Now: time.Now, Getenv: func(string) string { return "" }}
		program := cli.Program{Name: "tally-issuer", Commands: func(*cli.Env) []*ucli.Command {
			return []*ucli.Command{{Name: "page", Action: func(c *ucli.Context) error {
				return warnOfPage(cli.Out(c), table.Document{Sections: test.sections})
			}}}
		}}
		if status := program.Run(context.Background(), env); status != 0 || !strings.Contains(complaints.String(), test.want) || (test.want == "") != (complaints.Len() == 0) {
			t.Errorf("status %d, %q, want %q", status, complaints.String(), test.want)
		}
	}
}

// A list counts what it shows of all there is.
func TestShownRows(t *testing.T) {
	for _, test := range []struct{ all, offset, limit, want int64 }{{7, 0, 0, 7}, {7, 3, 0, 4}, {7, 9, 0, 0}, {7, 3, 2, 2}, {7, 6, 2, 1}} {
		r := &listRequest{}
		r.page.Offset, r.page.Limit = test.offset, test.limit
		if n, err := r.shown(func() (int64, error) { return test.all, nil })(); n != test.want || err != nil {
			t.Errorf("%+v: %d, %v", test, n, err)
		}
	}
	failed := errors.New("failed")
	if _, err := (&listRequest{}).shown(func() (int64, error) { return 0, failed })(); !errors.Is(err, failed) {
		t.Error(err)
	}
}
