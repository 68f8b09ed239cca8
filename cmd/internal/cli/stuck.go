package cli

import (
	"strings"

	"tallystick/cmd/internal/resolve"
)

// StuckSection is the section of a man page with every state in which somebody waits for something,
// and the way out of each; resolver is the command that finds out which one it is.
func StuckSection(rows []resolve.Row, resolver string) Section {
	s := Section{Title: "WHEN SOMETHING IS STUCK", Text: "Codes get lost, devices die, books are put back. There is a way out of each of these states. `" +
		resolver + "` finds out from any codes that are left which one it is, and fills in the commands; words in capitals stand for " +
		"what only a person knows, and CODE for what the command before it printed."}
	for _, r := range rows {
		item := Item{Label: r.Title + " (" + r.ID + ")", Text: r.Shows + " " + r.Known}
		for _, step := range r.Way {
			line := string(step.Who) + ": `" + strings.Join(step.Command, " ") + "`"
			if step.Text != "" {
				line += " (" + step.Text + ")"
			}
			item.Lines = append(item.Lines, line)
		}
		s.Items = append(s.Items, item)
	}
	return s
}
