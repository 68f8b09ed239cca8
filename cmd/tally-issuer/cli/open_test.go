package cli

import (
	"crypto/rand"
	"flag"
	"path/filepath"
	"testing"
	"time"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/testvectors"
)

// TestWithIssuerKeepsTheError: a status that a verb asked for is lost when its error is wrapped.
func TestWithIssuerKeepsTheError(t *testing.T) {
	catalog, err := testvectors.Catalog(testvectors.NetworkSwitch)
	if err != nil {
		t.Fatal(err)
	}
	state := t.TempDir()
	env := &cli.Env{WorkFactor: 4, Now: time.Now, Rand: rand.Reader, Getenv: func(string) string { return state }}
	w, err := world(env)
	if err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(t.TempDir(), "home")
	if _, err := issuer.Init(home, issuer.Birth{Name: "Example", Catalog: catalog, Passphrase: []byte("x")}, w); err != nil {
		t.Fatal(err)
	}
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	flags.String("home", home, "")
	c := ucli.NewContext(ucli.NewApp(), flags, nil)
	want := cli.Status(cli.ExitNothing)
	if got := withIssuer(c, env, func(*issuer.Issuer) error { return want }); got != want {
		t.Errorf("%T became %T", want, got)
	}
	if got := withIssuer(c, env, func(*issuer.Issuer) error { return nil }); got != nil {
		t.Error(got)
	}
}
