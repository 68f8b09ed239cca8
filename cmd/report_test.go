package cmd_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tallystick/cmd/internal/table/tabletest"
)

var pictures = flag.String("pictures", "", "keep the browser's pictures in this `folder`")

// manager plays months of a license manager's life: licenses that ended and will end, some of them
// held by devices, codes that are under way, and a device that nobody announced.
func manager(t *testing.T) *stage {
	s := newStage(t)
	officer := func(format string, args ...any) {
		s.run("tally-issuer " + fmt.Sprintf(format, args...) + " --passphrase-fd 3")
	}
	for _, account := range []string{"acme/plant-8", "acme/hall-2/line-4/cell-9", "acme/laboratory", "beta"} {
		officer("account new %s --reservation on", account)
	}
	for _, bought := range []struct{ account, entitlement, more string }{
		{"acme/plant-7", "dna-premier", "--quantity 12 --term 1m --order PO-1001"},
		{"acme/plant-7", "multigigabit-ports", "--quantity 96 --end 2027-03-31 --order PO-1002"},
		{"acme/plant-7", "uplink-bandwidth", "--quantity 2500 --end 2027-01-31 --order PO-1003"},
		{"acme/plant-8", "dna-premier", "--quantity 9 --end 2027-06-30 --order PO-1004"},
		{"acme/plant-8", "dna-premier", "--quantity 4 --start 2027-07-15 --end 2027-10-31 --order PO-1005"},
		{"acme/plant-8", "network-advantage", "--quantity 400 --perpetual"},
		{"acme/hall-2/line-4/cell-9", "multigigabit-ports", "--quantity 240 --end 2027-01-10"},
		{"acme/laboratory", "identity-access", "--quantity 1000000 --end 2027-05-31"},
		{"acme/laboratory", "flow-telemetry", "--unlimited --perpetual"},
		{"beta", "uplink-bandwidth", "--quantity 100 --end 2027-02-28"},
	} {
		officer("license add --account %s --entitlement %s %s", bought.account, bought.entitlement, bought.more)
	}
	for i, d := range []struct{ account, grants string }{
		{"acme/plant-7", "dna-premier=7 --grant multigigabit-ports=60 --grant uplink-bandwidth=1800"},
		{"acme/plant-7", "dna-premier=5 --grant network-advantage=1"},
		{"acme/plant-8", "dna-premier=6 --grant network-advantage=40"},
		{"acme/hall-2/line-4/cell-9", "multigigabit-ports=230"},
		{"acme/laboratory", "identity-access=250000 --grant flow-telemetry=3"},
	} {
		device := fmt.Sprintf("--state device-%d", i)
		s.run(fmt.Sprintf("tally-device init --product C9300-24U --serial FCW2149L0%02d --trust issuer.tally %s", i, device))
		s.run(fmt.Sprintf("tally-device request %s >request-%d.txt", device, i))
		s.run(fmt.Sprintf("tally-issuer authorize --file request-%d.txt --from %s --grant %s --yes --passphrase-fd 3 >authorization-%d.txt", i, d.account, d.grants, i))
		if i != 3 { // this one's code is lost on its way
			s.run(fmt.Sprintf("tally-device install --file authorization-%d.txt --yes %s >confirmation-%d.txt", i, device, i))
			s.run(fmt.Sprintf("tally-issuer receive --file confirmation-%d.txt", i))
		}
	}
	officer("device expect add FCW2149L099")
	s.world.now = time.Date(2026, 12, 23, 9, 0, 0, 0, time.UTC)
	officer("authorize --device FCW2149L002 --change dna-premier=-2 --yes")
	return s
}

// The pages of reports in a real browser.
func TestReportPages(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	s := manager(t)
	wishes := "what,account,device,to,product,quantity,grants,license,end\n" +
		"new,acme/plant-7,,,C9300-24U,40,dna-premier=1 multigigabit-ports=8,,\n" +
		"move,,FCW2149L001,acme/plant-8,,,,,\nrma,,FCW2149L002,,,,,,\nend,,,,,,,1,2027-03-31\nnew,nowhere,,,C9300-24U,1,dna-premier=1,,\n"
	if err := os.WriteFile(filepath.Join(s.dir, "wave.csv"), []byte(wishes), 0o600); err != nil {
		t.Fatal(err)
	}
	for page, verb := range map[string]string{
		"compliance": "report compliance", "forecast": "report forecast", "alerts": "report alerts", "pools": "report pools",
		"years": "report forecast --months 84 --total", "later": "report compliance acme --below --at 2027-07-01",
		"what-if": "report what-if wave.csv",
	} {
		s.run(fmt.Sprintf("tally-issuer %s --out %s.html", verb, page))
	}
	dir := pictureFolder(t)
	b := tabletest.Start(t)
	for _, page := range []string{"compliance", "forecast", "alerts", "pools", "years", "later", "what-if"} {
		b.Check(filepath.Join(s.dir, page+".html"), dir)
		var overlaps []string
		b.Run(overlapping, &overlaps)
		if len(overlaps) > 0 {
			t.Errorf("%s: texts of charts overlap: %q", page, overlaps)
		}
	}
}

// pictureFolder is where the browser's pictures go.
func pictureFolder(t *testing.T) string {
	if *pictures == "" {
		return t.TempDir()
	}
	if err := os.MkdirAll(*pictures, 0o700); err != nil {
		t.Fatal(err)
	}
	return *pictures
}

// overlapping lists pairs of texts in drawings that lie on each other, and those outside of theirs.
const overlapping = `(() => {
  const found = [];
  for (const svg of document.querySelectorAll("figure svg")) {
    const frame = svg.viewBox.baseVal;
    const texts = Array.from(svg.querySelectorAll("text"), (e) => ({ text: e.textContent, box: e.getBBox() }));
    texts.forEach((a, i) => {
      if (a.box.x < -1 || a.box.y < -1 || a.box.x + a.box.width > frame.width + 1 || a.box.y + a.box.height > frame.height + 1) found.push(a.text);
      for (const b of texts.slice(0, i)) {
        if (a.box.x < b.box.x + b.box.width - 1 && b.box.x < a.box.x + a.box.width - 1 && a.box.y < b.box.y + b.box.height - 3 &&
          b.box.y < a.box.y + a.box.height - 3) found.push(a.text + " " + b.text);
      }
    });
  }
  return found;
})()`
