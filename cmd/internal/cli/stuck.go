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
		s.Items = append(s.Items, Item{r.Title + " (" + r.ID + ")", r.Shows + " " + r.Known + " Way out: " + wayText(r.Way)})
	}
	return s
}

// wayText spells the steps of a way out.
func wayText(way []resolve.Step) string {
	parts := make([]string, len(way))
	for i, step := range way {
		parts[i] = string(step.Who) + " `" + strings.Join(step.Command, " ") + "`"
		if step.Text != "" {
			parts[i] += " (" + step.Text + ")"
		}
	}
	return strings.Join(parts, "; then ") + "."
}
