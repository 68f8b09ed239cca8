package cmd_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tallystick/cmd/internal/bigledger"
)

// BenchmarkExport times whole processes that write everything of one kind from homes of several sizes
// (-big.devices, -big.dir), and the most memory they have, which stays flat. On a machine that is busy
// with other things, rows/cpu-s says what one core does.
func BenchmarkExport(b *testing.B) {
	program := buildIssuer(b, b.TempDir())
	for _, devices := range bigledger.Sizes() {
		home := bigledger.Of(b, devices)
		for _, line := range []string{
			"export devices",
			"export devices --format ndjson",
			"export devices --columns all",
			"export devices --sort label",
			"export licenses",
			"export authorizations",
			"device list",
			"device list --sort account,udi --limit 50 --json",
			"device search 7F3",
		} {
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(line, " ", "_"), devices), func(b *testing.B) {
				rows, peak, busy := 0, int64(0), time.Duration(0)
				for b.Loop() {
					n, used := exported(b, program, home, strings.Fields(line))
					rows, peak = rows+n, max(peak, int64(used.SysUsage().(*syscall.Rusage).Maxrss)*1024)
					busy += used.UserTime() + used.SystemTime()
				}
				b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
				b.ReportMetric(float64(rows)/busy.Seconds(), "rows/cpu-s")
				b.ReportMetric(float64(peak)/1e6, "peak-MB")
			})
		}
	}
}

// exported runs a command on a home, counts the lines that it writes and returns what it used.
func exported(b *testing.B, program string, home bigledger.Home, args []string) (rows int, used *os.ProcessState) {
	b.Helper()
	c := exec.Command(program, args...)
	c.Env = append(os.Environ(), "TALLY_HOME="+home.Path(), "XDG_STATE_HOME="+home.State())
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	var complaints strings.Builder
	c.Stderr = &complaints
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	rows = countLines(b, out)
	if err := c.Wait(); err != nil {
		b.Fatalf("%v: %v\n%s", args, err, &complaints)
	}
	return rows, c.ProcessState
}

func countLines(b *testing.B, from io.Reader) (lines int) {
	b.Helper()
	buffer := make([]byte, 1<<16)
	for {
		n, err := from.Read(buffer)
		lines += strings.Count(string(buffer[:n]), "\n")
		if err == io.EOF {
			return lines
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func buildIssuer(b *testing.B, dir string) string {
	b.Helper()
	target := filepath.Join(dir, "tally-issuer")
	c := exec.Command("go", "build", "-tags", "urfave_cli_no_docs", "-trimpath", "-ldflags=-s -w", "-o", target, "./tally-issuer")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return target
}
