package cli

import (
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/ledger"
)

// maxDeviceFile bounds a file of devices, in bytes.
const maxDeviceFile = 16 << 20

// namedDevices returns the devices of the arguments and of --file, at least one. Each is a PID:SN or a
// serial number; what of a file is neither is named with its line.
func namedDevices(c *ucli.Context) ([]string, error) {
	names := c.Args().Slice()
	if file := c.String("file"); file != "" {
		data, err := readFile(file, maxDeviceFile)
		if err != nil {
			return nil, err
		}
		listed, err := deviceLines(string(data))
		if err != nil {
			return nil, err
		}
		names = append(names, listed...)
	}
	if len(names) == 0 {
		return nil, cli.Usage("name a device, or give --file")
	}
	return names, nil
}

func deviceLines(text string) (names []string, err error) {
	n := 0
	for line := range strings.SplitSeq(strings.TrimPrefix(text, "\ufeff"), "\n") {
		n++
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if _, err := ledger.ParseExpected(line); err != nil {
			return nil, cli.Usage("line %d: %v", n, err)
		}
		names = append(names, line)
	}
	return names, nil
}
