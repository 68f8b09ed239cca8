package cmd_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A preparation is what has to have happened before a command of the README can be given.
type preparation struct {
	files   map[string]string // by name
	devices []string          // serial numbers that are set up; each one's request goes to SERIAL.txt
	run     []string          // commands of either person
	instead string            // the command as it is without a terminal
}

// preparations are those of the README's commands, each by how it begins.
var preparations = map[string]preparation{
	"tally-device install": {run: []string{
		"tally-device request >request.txt",
		"tally-issuer account new acme/plant-7 --reservation on --passphrase-fd 3",
		"tally-issuer license add --account acme/plant-7 --entitlement dna-advantage --quantity 50 --term 3y --passphrase-fd 3",
		"tally-issuer authorize --file request.txt --from acme/plant-7 --grant dna-advantage=1 --yes --passphrase-fd 3 >auth.txt",
	}, instead: "tally-device install --file auth.txt"},
	"tally-device status --file": {run: []string{"cat request.txt auth.txt >codes.txt"}},
	"tally-issuer license import": {files: map[string]string{"orders.csv": "account,entitlement,quantity,term,order\n" +
		"acme/plant-7,network-advantage,50,3y,PO-1\nacme/plant-7,multigigabit-ports,500,3y,PO-1\nacme/plant-8,network-advantage,10,3y,PO-2\n" +
		"acme/plant-8,multigigabit-ports,10,3y,PO-2\nacme/plant-7,dna-advantage,300,5y,PO-3\n"}},
	"tally-issuer authorize": {instead: "tally-issuer authorize --file request.txt --from acme/plant-7 --grant dna-advantage=1"},
	"tally-issuer receive": {run: []string{
		"tally-issuer reprint --device FCW2149L0KK >code.txt",
		"tally-device install --file code.txt --yes >confirmation.txt",
	}, instead: "tally-issuer receive --file confirmation.txt"},
	"tally-issuer batch authorize site-42.csv": {devices: []string{"FCW2149L0KL", "FCW2149L0KM", "FCW2149L0KN"}, files: map[string]string{
		"site-42.csv": "request,account,grants\n{FCW2149L0KL},acme/plant-7,dna-advantage=1\n{FCW2149L0KM},acme/plant-7,dna-advantage=2 network-advantage=1\n" +
			"{FCW2149L0KN},acme/plant-7,dna-advantage=1\n"}},
	"tally-issuer batch receive": {run: []string{
		"cat codes/*FCW2149L0KM*.txt >code.txt", "tally-device install --file code.txt --yes --state FCW2149L0KM >confirmations.txt"}},
	"tally-issuer device expect add": {files: map[string]string{"delivery.txt": "FCW2149L0KP # announced\nFCW2149L0KQ\n"}},
	"tally-issuer device move":       {run: []string{"tally-issuer account set acme/plant-8 --reservation on --passphrase-fd 3"}},
	"tally-issuer rma": {devices: []string{"FCW2149L1AB"}, files: map[string]string{"photo.jpg": "burnt", "certificate.pdf": "shredded"},
		run: []string{"cat FCW2149L1AB.txt >request.txt"}},
	"tally-issuer batch rma": {devices: []string{"FCW2149L1AC"}, files: map[string]string{
		"failed.csv": "failed,request,reason\nFCW2149L0KN,{FCW2149L1AC},RMA 5513\n"}},
	"tally-issuer option-key import": {files: map[string]string{"keys.csv": "device,index,option,entitlement,count\nC9300-24T:FCW2149L0KR,3,PORTS-24,multigigabit-ports,24\n"}},
	"tally-issuer audit verify":      {run: []string{"cat home/ledger.db >ledger.db"}},
	"tally-issuer authorize \"$code\"": {devices: []string{"FCW2149L1AD"},
		instead: `tally-issuer authorize --file FCW2149L1AD.txt --from acme/plant-7 --grant dna-advantage=1 --op T-4711 --json`},
	"tally-issuer batch authorize rows.csv": {devices: []string{"FCW2149L1AE"}, files: map[string]string{
		"rows.csv": "request,account,grants\n{FCW2149L1AE},acme/plant-7,dna-advantage=1\n"}},
}

// mayEnd is what a comment of the README says of another exit status: "# 8: an alert is critical".
var mayEnd = regexp.MustCompile(`# (\d+): `)

// otherWords are those that only a shell has a use for.
var otherWords = regexp.MustCompile(` (&&|\|\|) .*| 3<"\$pass"| --passphrase-fd 3`)

// TestReadmeTasks carries out what the README tells each person to do, from the first line to the
// last, in one directory: every command works where it stands.
func TestReadmeTasks(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	s := emptyStage(t)
	_, wishes, _ := strings.Cut(string(readme), "\n    what,account,")
	wishes, _, _ = strings.Cut(wishes, "\n\n")
	s.write("wave.csv", "what,account,"+strings.ReplaceAll(wishes, "\n    ", "\n")+"\n")
	played := map[string]bool{}
	for line := range strings.Lines(string(readme)) {
		if !strings.HasPrefix(line, "    tally-") {
			continue
		}
		line = strings.TrimSpace(line)
		s.maybe = 0
		if m := mayEnd.FindStringSubmatch(line); m != nil {
			s.maybe, _ = strconv.Atoi(m[1])
		}
		command, _, _ := strings.Cut(line, " #")
		command = strings.TrimSpace(otherWords.ReplaceAllString(command, ""))
		said := s.task(command, played)
		if strings.Contains(command, "what-if") && !strings.Contains(said, "refused  0\n") {
			t.Errorf("%s: a wish is refused:\n%s", command, said)
		}
	}
	if unused := len(preparations) - len(played); unused > 0 {
		t.Errorf("of the preparations, %d are of no command of the README; played: %q", unused, slices.Sorted(maps.Keys(played)))
	}
}

// task runs a command of the README after what comes before it, and returns what it printed.
func (s *stage) task(command string, played map[string]bool) string {
	s.t.Helper()
	begins := ""
	for name := range preparations {
		if (command == name || strings.HasPrefix(command, name+" ") && preparations[name].instead == "" || strings.Contains(name, "$") && strings.HasPrefix(command, name)) && len(name) > len(begins) {
			begins = name
		}
	}
	if begins != "" && !played[begins] {
		played[begins] = true
		s.prepare(preparations[begins])
	}
	if instead := preparations[begins].instead; instead != "" {
		command = instead
	}
	command = strings.ReplaceAll(command, "/media/safe", ".")
	words := wordsOf(command)
	for _, flag := range flagsOf(words) {
		switch name := "--" + flag.Names()[0]; {
		case name == "--yes" && !slices.Contains(words, name):
			command += " --yes"
		case name == "--passphrase-fd" && !slices.Contains(words, name):
			command += " --passphrase-fd 3"
		}
	}
	return s.run(command)
}

func (s *stage) prepare(c preparation) {
	s.t.Helper()
	for _, serial := range c.devices {
		s.run(fmt.Sprintf("tally-device init --product C9300-24T --serial %s --trust issuer.tally --state %[1]s", serial))
		s.run(fmt.Sprintf("tally-device request --state %s >%[1]s.txt", serial))
	}
	for name, text := range c.files {
		for _, serial := range c.devices {
			if strings.Contains(text, "{"+serial+"}") {
				text = strings.ReplaceAll(text, "{"+serial+"}", strings.TrimSpace(s.run("tally-device request --quiet --paste --state "+serial)))
			}
		}
		s.write(name, text)
	}
	for _, line := range c.run {
		s.run(line)
	}
}

func (s *stage) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}
