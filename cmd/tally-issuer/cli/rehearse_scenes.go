package cli

import (
	"fmt"
	"os"
	"strings"

	"tallystick/codec"
	"tallystick/reserve"
	"tallystick/reserve/device"
	"tallystick/testvectors"
)

// The rehearsal's people, places and things.
const (
	rehearsalAccount = "lab/plant-7"
	rehearsalProduct = "C9300-24T"
	rehearsalSerial  = "FCW2149L0KK"
)

// rehearsalLicenses are bought before the device asks: tag, quantity, how long.
var rehearsalLicenses = [][3]string{
	{"network-advantage", "10", "--perpetual"},
	{"dna-advantage", "10", "--term=3y"},
	{"multigigabit-ports", "48", "--term=3y"},
}

// setUp is what happens once: the issuer, an account, what was bought, the bundle for devices.
func (r *rehearsal) setUp() error {
	r.scene("The officer sets up an issuer", "Once in its life: keys under a passphrase, a ledger, and the fingerprint that every device will show.")
	catalog, err := testvectors.Catalog(testvectors.NetworkSwitch)
	if err != nil {
		return err
	}
	if err := os.WriteFile(r.path("catalog.json"), catalog, 0o600); err != nil {
		return err
	}
	if _, err := r.officer("init", "--name", "Rehearsal", "--catalog", r.path("catalog.json"), "--training"); err != nil {
		return err
	}
	if _, err := r.officer("account", "new", rehearsalAccount, "--reservation", "on"); err != nil {
		return err
	}
	for _, l := range rehearsalLicenses {
		if _, err := r.officer("license", "add", "--account", rehearsalAccount, "--entitlement", l[0], "--quantity", l[1], l[2], "--order", "PO-1"); err != nil {
			return err
		}
	}
	if _, err := r.officer("account", "show", rehearsalAccount); err != nil {
		return err
	}
	_, err = r.officer("trust", "publish", "--out", r.path("issuer.tally"))
	return err
}

// request is the operator's first step: the device gets an identity and asks.
func (r *rehearsal) request() error {
	r.scene("The operator asks", "The device makes its identity and prints its request code, the same one each time.")
	return r.asks(rehearsalSerial, "device")
}

// asks sets a device up in a directory, and has it print its request. From then on it is the one that
// the operator works at.
func (r *rehearsal) asks(serial, dir string) error {
	text, err := os.ReadFile(r.path("issuer.tally"))
	if err != nil {
		return err
	}
	reading, err := codec.Decode(string(text), reserve.Kinds()...)
	if err != nil {
		return err
	}
	trust, err := reserve.OpenTrust(reading.Body)
	if err != nil {
		return err
	}
	udi, err := reserve.NewUDI(rehearsalProduct, serial)
	if err != nil {
		return err
	}
	r.operator("init", "--product", rehearsalProduct, "--serial", serial, "--trust", r.path("issuer.tally"))
	r.device, err = device.Create(r.path(dir), udi, trust, device.WithClock(r.env.Now), device.WithUptime(r.env.Uptime), device.WithRand(r.env.Rand))
	if err != nil {
		return err
	}
	r.printf("device              %s\ndevice fingerprint  %s\nissuer              %s (training)\nissuer fingerprint  %s\n",
		udi, r.device.Identity().DID(), trust.Root().Name(), trust.Fingerprint())
	r.operator("request")
	q, err := r.device.Request()
	if err != nil {
		return err
	}
	return r.show(q.Code())
}

func (r *rehearsal) authorize() error {
	r.scene("The officer authorizes", "The request is entered; the preview says what will be signed and what it does to the pool.")
	return r.authorization("--from", rehearsalAccount, "--grant", "network-advantage=1", "--grant", "dna-advantage=1", "--grant", "multigigabit-ports=24")
}

// authorization has the officer sign what the flags say and keeps the code for the device.
func (r *rehearsal) authorization(flags ...string) error {
	return r.signs(append([]string{"authorize"}, flags...))
}

// signs has the officer sign what a command line asks for, with the request that was carried to him if
// there is one, and keeps the code for the device.
func (r *rehearsal) signs(args []string) error {
	if r.typed != nil {
		args = append(args, "--file", r.path("code.txt"))
		if err := os.WriteFile(r.path("code.txt"), []byte(strings.Join(r.typed, "\n")), 0o600); err != nil {
			return err
		}
	}
	if _, err := r.officer(append(args, "--dry-run")...); err != nil {
		return err
	}
	printed, err := r.officer(append(args, "--yes", "--qr", r.c.String("qr"))...)
	if err != nil {
		return err
	}
	return r.carry(printed)
}

// mistype shows what a slip of the fingers does: it is found, named and corrected.
func (r *rehearsal) mistype() error {
	r.scene("A slip of the fingers", "Two wrong characters in a line are found and corrected; a line in another's place is named.")
	lines := append([]string(nil), r.typed...)
	lines[1] = slip(lines[1])
	reading, err := codec.Decode(strings.Join(lines, "\n"), reserve.Kinds()...)
	if err != nil {
		return err
	}
	r.printf("line 2 typed      %s\n", lines[1])
	for _, line := range reading.Corrected() {
		for _, fix := range line.Fixes {
			r.printf("corrected line %d, %s\n", line.Number, fix)
		}
	}
	lines = append([]string(nil), r.typed...)
	lines[1], lines[2] = lines[2], lines[1]
	if _, err = codec.ParseLine(lines[1], 2, reserve.Kinds()...); err == nil {
		return fmt.Errorf("a line in another's place was taken")
	}
	r.printf("line 3 in place of line 2: %v\n", err)
	return nil
}

// slip changes two characters of a line, far apart, as a tired hand does.
func slip(line string) string {
	b := []byte(line)
	for _, at := range []int{6, 26} {
		if b[at] == '8' {
			b[at] = '3'
		} else {
			b[at] = '8'
		}
	}
	return string(b)
}

func (r *rehearsal) install() error {
	r.scene("The operator installs", "The device verifies the signature, stores what it holds, and only then prints the confirmation code.")
	return r.installs()
}

// installs has the device take the code that was carried to it.
func (r *rehearsal) installs() error {
	r.operator("install", r.typed[0], "…")
	reading, err := codec.Decode(strings.Join(r.typed, "\n"), reserve.Kinds()...)
	if err != nil {
		return err
	}
	in, err := r.device.Install(reading.Body)
	if err != nil {
		return err
	}
	for _, change := range in.Changes {
		r.printf("%-20s %d -> %d, %s\n", change.Tag, change.Before.Count, change.After.Count, untilOrPerpetual(change.After.Ends))
	}
	return r.show(in.Code)
}

func (r *rehearsal) confirm() error {
	r.scene("The officer takes the confirmation", "28 characters. From here on the books know that the device holds it.")
	return r.takes("confirm")
}

// update pushes more of one thing and less of another, without a request.
func (r *rehearsal) update() error {
	r.scene("An update: more of one, less of another", "No request is needed. What is given back stays reserved until the device confirms.")
	r.typed = nil
	if err := r.authorization("--device", rehearsalSerial, "--change", "dna-advantage=+2", "--grant", "multigigabit-ports=8"); err != nil {
		return err
	}
	return r.confirmed()
}

func (r *rehearsal) giveBack() error {
	r.scene("The return", "The device gives everything up, durably, and then prints the code that proves it to anyone who has its request.")
	return r.returns()
}

// returns has the device give everything up, and the officer take the code.
func (r *rehearsal) returns() error {
	r.operator("return", "--yes")
	result, err := r.device.Return()
	if err != nil {
		return err
	}
	if err := r.show(result.Code); err != nil {
		return err
	}
	return r.takes("return")
}

// takes has the officer enter the code that was carried to him.
func (r *rehearsal) takes(verb string) error {
	_, err := r.officer(verb, strings.Join(r.typed, " "))
	return err
}

// whole checks that everything that was bought is available again.
func (r *rehearsal) whole() error {
	r.scene("The pool is whole again", "")
	text, err := r.officer("account", "show", rehearsalAccount)
	if err != nil {
		return err
	}
	pools, err := r.pools()
	if err != nil {
		return err
	}
	for _, p := range pools {
		if p.Available != p.Purchased || p.Reserved != 0 || p.PendingReturn != 0 {
			return fmt.Errorf("the rehearsal left %d of %s reserved and %d pending return:\n%s", p.Reserved, p.Entitlement, p.PendingReturn, text)
		}
	}
	r.answer.PoolWhole = true
	r.printf("\nNothing of this is left on this machine.\n")
	return nil
}
