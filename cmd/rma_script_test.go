//go:build unix

package cmd_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tallystick/cmd/internal/ledger"
)

// rmaScript is the script that the README shows.
const rmaScript = "testdata/rma.sh"

// TestReadmeScript wants the README to show the script that is tested.
func TestReadmeScript(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile(rmaScript)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(readme, []byte("\n```sh\n"+string(script)+"```\n")) {
		t.Errorf("README.md does not show %s as it is", rmaScript)
	}
}

// A desk is where the script runs: programs in the PATH, a passphrase in a file, devices that hold
// licenses, and requests of their replacements.
type desk struct {
	site
	tries string // for how many attempts the books may be busy
}

func newDesk(t *testing.T) desk {
	t.Helper()
	d := desk{site: newSite(t, 10), tries: "2"}
	script, err := os.ReadFile(rmaScript)
	if err != nil {
		t.Fatal(err)
	}
	d.write("bin/rma.sh", string(script))
	d.write("pass", passphrases[3])
	for _, program := range []string{"tally-device", "tally-issuer"} {
		d.write("bin/"+program, fmt.Sprintf(`#!/bin/sh
if [ -e busy ]; then # once
	rm busy
	echo '{"schema":"tallystick/error/1","error":{"id":"busy","exit":14,"message":"another process is at work","hint":""}}'
	exit 14
fi
exec %q %s %s "$@"
`, os.Args[0], asProgram, program))
	}
	return d
}

// write writes a file that may be run.
func (d desk) write(name, text string) {
	d.t.Helper()
	path := filepath.Join(d.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		d.t.Fatal(err)
	}
}

// machine makes a device that has asked for licenses, in the file SERIAL.request.
func (d desk) machine(serial string) {
	d.t.Helper()
	d.run("tally-device init --state " + serial + " --product C9300-24T --serial " + serial + " --trust issuer.tally")
	d.write(serial+".request", d.run("tally-device request --state "+serial))
}

// holds gives a device what it asks for.
func (d desk) holds(serial string, n int) {
	d.t.Helper()
	d.machine(serial)
	code := d.code(fmt.Sprintf("tally-issuer authorize --file %s.request --from acme --grant dna-advantage=%d --yes --passphrase-fd 3", serial, n))
	d.run("tally-issuer confirm " + d.code("tally-device install "+code+" --yes --state "+serial))
}

// rma runs the script for a ticket and wants its exit status and what it says.
func (d desk) rma(status int, says, ticket, failed, request string, more ...string) {
	d.t.Helper()
	d.write(ticket+".txt", "burnt out, see "+ticket+"\n")
	c := exec.Command("/bin/sh", append([]string{"bin/rma.sh", ticket, failed, request}, more...)...)
	c.Dir = d.dir
	c.Env = append(d.command("tally-issuer").Env, "PATH="+filepath.Join(d.dir, "bin")+":"+os.Getenv("PATH"), "PASSPHRASE_FILE=pass", "TRIES="+d.tries, "WAIT=0")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	_ = c.Run()
	if got := c.ProcessState.ExitCode(); got != status || !strings.Contains(stderr.String(), says) {
		answer, _ := os.ReadFile(filepath.Join(d.dir, ticket+".json"))
		log, _ := os.ReadFile(filepath.Join(d.dir, ticket+".log"))
		d.t.Errorf("rma.sh %s %s %s: exit status %d, want %d\n%swant %q\n%s%s", ticket, failed, request, got, status, &stderr, says, answer, log)
	}
}

// TestRMAScript runs the README's script into every exit status of the program that it branches on.
func TestRMAScript(t *testing.T) {
	d := newDesk(t)
	for _, serial := range []string{"OLD1", "OLD2", "OLD3"} {
		d.holds(serial, 2)
	}
	for _, serial := range []string{"NEW1", "NEW2", "NEW3"} {
		d.machine(serial)
	}
	request, err := os.ReadFile(filepath.Join(d.dir, "NEW1.request"))
	if err != nil {
		t.Fatal(err)
	}
	d.write("mistyped.request", strings.Replace(string(request), string(request[5:14]), "0000 0000", 1))
	d.write("receipt.request", d.run("tally-device confirmation --state OLD1"))

	d.rma(1, "can't be read in line 1", "T-3", "OLD1", "mistyped.request")
	d.rma(1, "something else than a request", "T-4", "OLD1", "receipt.request")
	d.rma(1, "not in the books", "T-5", "OLD9", "NEW1.request")
	d.rma(2, "licenses are missing (pool-exhausted)", "T-9", "OLD1", "NEW1.request", "--grant", "dna-advantage=50")
	d.write("pass", "wrong horse")
	d.rma(3, "it failed with status 6 (wrong-passphrase)", "T-6", "OLD1", "NEW1.request")
	d.write("pass", passphrases[3])

	d.rma(0, "send T-0.code", "T-0", "OLD1", "NEW1.request")
	first, _ := os.ReadFile(filepath.Join(d.dir, "T-0.code"))
	d.rma(0, "send T-0.code", "T-0", "OLD1", "NEW1.request") // as if the first answer had been lost
	again, _ := os.ReadFile(filepath.Join(d.dir, "T-0.code"))
	if len(first) == 0 || !bytes.Equal(first, again) {
		t.Errorf("the code was %q and is %q", first, again)
	}
	d.run("tally-device install --file T-0.code --yes --state NEW1")
	d.rma(3, "not permitted (operation-reused)", "T-0", "OLD2", "NEW2.request")

	d.run("tally-issuer account set acme --failed-open 1 --passphrase-fd 3")
	d.rma(3, "more devices failed than", "T-17", "OLD2", "NEW2.request")
	d.run("tally-issuer account set acme --failed-open 5 --passphrase-fd 3")

	d.busy("T-14", "OLD2", "NEW2.request")

	anchors := filepath.Join(d.dir, "anchors", "tallystick")
	if err := os.RemoveAll(anchors); err != nil {
		t.Fatal(err)
	}
	d.rma(3, "have to be looked at first (ledger-frozen)", "T-11", "OLD3", "NEW3.request")
}

// busy has the books busy at the first attempt, and then for as long as the program waits.
func (d desk) busy(ticket, failed, request string) {
	d.t.Helper()
	d.write("busy", "")
	d.rma(0, "send", ticket, failed, request)
	if testing.Short() {
		return // the program itself waits ten seconds
	}
	books, err := ledger.Open(filepath.Join(d.dir, "home", "ledger.db"))
	if err != nil {
		d.t.Fatal(err)
	}
	defer books.Close()
	d.tries = "1"
	err = books.Update(context.Background(), func(*ledger.Tx) error {
		d.rma(75, "the books are busy", ticket+"b", "OLD3", "NEW3.request")
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
}
