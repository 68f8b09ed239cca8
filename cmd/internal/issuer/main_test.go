package issuer

import (
	"flag"
	"os"
	"testing"
)

// TestMain has the models live the same lives in each ordinary run, so that its result says something
// of the change it runs for. A deep run (-rapid.checks) or one with -rapid.seed draws others.
func TestMain(m *testing.M) {
	flag.Parse()
	chosen := false
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "rapid.checks" || f.Name == "rapid.seed" })
	if !chosen {
		if err := flag.Set("rapid.seed", "1"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
