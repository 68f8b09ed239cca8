package cli

import (
	"errors"
	"io/fs"
	"os"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

// imageBundle is where a product's image keeps the trust bundle of its issuer.
const imageBundle = "/usr/share/tallystick/issuer.tally"

func initCommand(env *cli.Env) *ucli.Command {
	return &ucli.Command{
		Name:  "init",
		Usage: "make this device's identity, once; switches reservation on",
		Description: cli.Describe("Makes the identity of this product instance and sets the issuer it obeys. This is done once. Compare the "+
			"issuer's fingerprint with the one the security officer gave you, or have --fingerprint compare it. At a terminal both are "+
			"shown first and a typed word is asked for, unless --fingerprint or --yes is given.",
			"tally-device init --product C9300-24T --serial FCW2149L0KK --trust issuer.tally",
			"tally-device init --product C9300-24T --serial FCW2149L0KK --fingerprint ABCD-EFGH-JKMN-PQRS"),
		Flags: []ucli.Flag{
			&ucli.StringFlag{Name: "product", Required: true, Usage: "the product ID, `PID`"},
			&ucli.StringFlag{Name: "serial", Required: true, Usage: "the serial number, `SN`"},
			&ucli.StringFlag{Name: "trust", TakesFile: true, Usage: "the issuer's trust bundle, a `FILE` (default: the one in the product's image)"},
			&ucli.StringFlag{Name: "fingerprint", Usage: "refuse a bundle of an issuer with another `FINGERPRINT`"},
			stateFlag(), cli.YesFlag(), cli.DryRunFlag(),
		},
		Action: func(c *ucli.Context) error { return runInit(c, env) },
	}
}

type initAnswer struct {
	Device            string `json:"device"`
	DeviceFingerprint string `json:"device_fingerprint"`
	Issuer            string `json:"issuer"`
	Fingerprint       string `json:"fingerprint"`
	Training          bool   `json:"training"`
	State             string `json:"state"`
	repeated
}

func runInit(c *ucli.Context, env *cli.Env) error {
	udi, err := reserve.NewUDI(c.String("product"), c.String("serial"))
	if err != nil {
		return err
	}
	trust, err := bundle(c)
	if err != nil {
		return err
	}
	if err := compareFingerprint(c, trust); err != nil {
		return err
	}
	dir, err := stateDir(c, env)
	if err != nil {
		return err
	}
	answer := initAnswer{Device: udi.String(), Issuer: trust.Root().Name(), Fingerprint: trust.Fingerprint().String(),
		Training: trust.Root().Training(), State: dir, repeated: repeated{DryRun: cli.DryRun(c)}}
	d, err := create(c, env, dir, udi, trust, &answer)
	if err != nil {
		return err
	}
	if d != nil {
		answer.DeviceFingerprint = d.Identity().DID().String()
	}
	showInit(c, env, answer)
	return cli.Out(c).JSON(answer)
}

// create makes the record, or finds that it is there already with the same identity and issuer.
func create(c *ucli.Context, env *cli.Env, dir string, udi reserve.UDI, trust reserve.Trust, answer *initAnswer) (*device.Device, error) {
	if _, err := trust.Catalog().Product(udi.Product()); err != nil {
		return nil, err
	}
	if err := device.CheckAbsent(dir, options(env)...); err != nil {
		d, opening := device.Open(dir, options(env)...)
		if opening == nil && d.Identity().UDI() == udi && d.Trust().Fingerprint() == trust.Fingerprint() {
			answer.Repeated = true
			_, err := d.Request() // makes sure of what an interrupted init left
			return d, err
		}
		return nil, errors.Join(err, opening)
	}
	if cli.DryRun(c) {
		return nil, nil
	}
	if err := confirmInit(c, env, *answer); err != nil {
		return nil, err
	}
	return device.Create(dir, udi, trust, options(env)...)
}

// confirmInit has the person compare the fingerprint before the identity is made, since there is no
// way back. A script, without a terminal, compares with --fingerprint.
func confirmInit(c *ucli.Context, env *cli.Env, a initAnswer) error {
	if !env.StdinIsTerminal || c.IsSet("fingerprint") || c.Bool("yes") {
		return nil
	}
	return cli.Confirm(c, safeBlock([]string{
		"device              " + a.Device,
		"issuer              " + a.Issuer + trainingMark(a.Training),
		"issuer fingerprint  " + a.Fingerprint,
		"Compare the fingerprint with the one the security officer gave you, and the",
		"serial number with the device. The identity is made once.",
	}), "init")
}

func trainingMark(training bool) string {
	if training {
		return " (training)"
	}
	return ""
}

func showInit(c *ucli.Context, env *cli.Env, a initAnswer) {
	out := cli.Out(c)
	if a.DryRun && !a.Repeated {
		out.Printf("would make this identity in %q:\n", a.State)
	}
	out.Printf("device              %s\n", a.Device)
	if a.DeviceFingerprint != "" {
		out.Printf("device fingerprint  %s\n", a.DeviceFingerprint)
	}
	out.Printf("issuer              %s%s\nissuer fingerprint  %s\n", a.Issuer, trainingMark(a.Training), a.Fingerprint)
	if a.Training {
		out.Warn(cli.WarnTraining, "this is a training issuer: what it authorizes is for practice only")
	}
	switch {
	case a.Repeated:
		out.Note("this was done before; nothing changed")
	case a.DryRun:
	case c.IsSet("fingerprint") || !c.Bool("yes") && env.StdinIsTerminal:
		out.Hint("`tally-device request` prints the code to ask the security officer for licenses with")
	default:
		out.Hint("compare the issuer's fingerprint with the one the security officer gave you, then `tally-device request`")
	}
}

// bundle reads the trust bundle that --trust names, or the one in the product's image.
func bundle(c *ucli.Context) (reserve.Trust, error) {
	name := c.String("trust")
	if name == "" {
		name = imageBundle
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
			return reserve.Trust{}, cli.Usage("give the issuer's trust bundle with --trust FILE; this image has none")
		}
	}
	return readBundle(name)
}

func compareFingerprint(c *ucli.Context, trust reserve.Trust) error {
	if !c.IsSet("fingerprint") {
		return nil
	}
	want, err := keys.ParseFingerprint(c.String("fingerprint"))
	if err != nil {
		return cli.Usage("flag --fingerprint: %v", err)
	}
	if want != trust.Fingerprint().Short() {
		return reserve.Refuse(reserve.FingerprintOther, "the bundle is of issuer %s (%q), not of %s", trust.Fingerprint(), trust.Root().Name(), want)
	}
	return nil
}
