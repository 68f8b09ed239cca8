package cli

import (
	"regexp"
	"strings"
	"testing"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/cli/clitest"
)

func TestWalk(t *testing.T) { clitest.Walk(t, Program()) }

// TestWords: words of the protocol's workings never reach a person.
func TestWords(t *testing.T) {
	never := regexp.MustCompile(`(?i)\b(floors?|chain|positions?|lots?|charged?|dids?|dead)\b`)
	var walk func([]*ucli.Command)
	walk = func(commands []*ucli.Command) {
		for _, c := range commands {
			texts := []string{c.Usage, c.Description, c.ArgsUsage}
			for _, f := range c.Flags {
				texts = append(texts, f.String())
			}
			for _, text := range texts {
				if word := never.FindString(text); word != "" {
					t.Errorf("%s says %q in %q", c.Name, word, strings.TrimSpace(text))
				}
			}
			walk(c.Subcommands)
		}
	}
	walk(Program().Commands(&cli.Env{}))
}
