package testvectors_test

import (
	"fmt"

	"tallystick/reserve"
	"tallystick/testvectors"
)

func Example() {
	data, err := testvectors.Catalog(testvectors.NetworkSwitch)
	if err != nil {
		panic(err)
	}
	catalog, err := reserve.ReadCatalog(data)
	if err != nil {
		panic(err)
	}
	advantage, err := catalog.Entitlement("dna-advantage")
	if err != nil {
		panic(err)
	}
	fmt.Println(advantage.Name)
	for _, id := range catalog.Covers(advantage.ID) {
		tag, _ := catalog.Tag(id)
		fmt.Println("covered by", tag)
	}
	// Output:
	// Digital Network Automation Advantage
	// covered by dna-advantage
	// covered by dna-premier
}
