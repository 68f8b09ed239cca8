package device_test

import (
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"tallystick/reserve"
	"tallystick/reserve/device"
)

// A product opens the record once, when it starts, and asks wherever a feature begins.
func Example() {
	dir := exampleState() // the operator's work: tally-device init, request, install

	d, err := device.Open(dir)
	switch {
	case errors.Is(err, &reserve.Refusal{Reason: reserve.StateMissing}):
		log.Fatal("reservation is not set up: run tally-device init")
	case err != nil:
		log.Fatal(err)
	}

	// Asking costs a fraction of a microsecond, so ask each time, and don't keep the answer.
	fmt.Println("24 ports:", d.Licensed("ports", 24))
	fmt.Println("48 ports:", d.Licensed("ports", 48))
	fmt.Println("essentials, contained in advantage:", d.Licensed("essentials", 1))

	// Check says why.
	why := d.Check("crypto", 1)
	fmt.Printf("%s: %v, %s\n", why.Name, why.Licensed, why.State)

	// Output:
	// 24 ports: true
	// 48 ports: false
	// essentials, contained in advantage: true
	// Strong encryption: false, Not Reserved
}

// exampleState makes a directory as the operator leaves it.
func exampleState() string {
	dir := filepath.Join(must(os.MkdirTemp("", "tally")), "state")
	is := newIssuer("Example")
	d := must(device.Create(dir, testUDI("FCW2149L0KK"), is.trust))
	must(d.Install(is.authorize(d.Identity(), 1,
		reserve.Grant{Entitlement: advantage, Count: 1}, reserve.Grant{Entitlement: ports, Count: 24}).Body()))
	return dir
}
