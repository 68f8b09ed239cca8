package reserve_test

import (
	"fmt"
	"time"

	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/testvectors"
	"tallystick/testvectors/labeled"
)

// A device asks, an issuer authorizes, the device installs and confirms, and gives everything back.
// What is left out is keeping: a device stores each Instance before it shows a code, an issuer the
// Books before it shows an authorization.
func Example() {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	trust, key := exampleIssuer(keys.DayOf(now))

	// The device. Its request says who it is.
	udi := must(reserve.NewUDI("C9300-24T", "FCW2149L0KK"))
	device := must(reserve.NewInstance(udi, trust, labeled.Reader("device"), now))
	request := device.Request().Body()

	// The issuer. Three of lot 7 are reserved with its signature.
	ports, _ := trust.Catalog().Entitlement("multigigabit-ports")
	books := reserve.Books{Identity: must(reserve.ParseRequest(request)).Identity()}
	grants := []reserve.Grant{{Entitlement: ports.ID, Count: 3}}
	authorization := must(reserve.SignAuthorization(trust, books.Identity,
		reserve.Draft{Number: must(books.Next()), Sequence: 1, Issued: keys.DayOf(now), Grants: grants}, key))
	books = must(books.Issue(reserve.Issued{Number: 1, Digest: authorization.Digest(),
		Draws: []reserve.Draw{{Lot: 7, Grant: grants[0]}}}))

	// The device installs, and its receipt confirms.
	holding, _, err := reserve.Install(device, authorization.Body(), now)
	if err != nil {
		panic(err)
	}
	fmt.Println("holds", holding.Authorization().Grants()[0].Count, "and the books keep", books.Charge()[7])
	books, _, _ = books.Receive(must(reserve.ParseReceipt(holding.Receipt().Body())))
	fmt.Println("confirmed: the books keep", books.Charge()[7])

	// It gives everything up, and the next receipt proves that.
	books, _, _ = books.Receive(must(reserve.ParseReceipt(holding.Return().Receipt().Body())))
	fmt.Println("returned: the books keep", books.Charge()[7])

	// Output:
	// holds 3 and the books keep 3
	// confirmed: the books keep 3
	// returned: the books keep 0
}

// exampleIssuer makes what every device of an issuer has to know, and the key that authorizations
// are signed with.
func exampleIssuer(today keys.Day) (reserve.Trust, keys.PrivateKey) {
	catalog := must(reserve.ReadCatalog(must(testvectors.Catalog(testvectors.NetworkSwitch))))
	root, issue := must(keys.NewPrivateKey(labeled.Reader("root"))), must(keys.NewPrivateKey(labeled.Reader("issue")))
	template := keys.RootTemplate{
		Name: "Example Corp", Issued: today, RevalidateHours: 720, CatalogDigest: catalog.Digest(),
		Keys: []keys.Key{
			{Index: 1, Public: root.Public(), Roles: keys.RoleRoot, Status: keys.Active},
			{Index: 2, Public: issue.Public(), Roles: keys.RoleIssue, Status: keys.Active},
		},
		Policies: []keys.Policy{{Role: keys.RoleRoot, Threshold: 1}, {Role: keys.RoleIssue, Threshold: 1}},
	}
	return must(reserve.NewTrust([][]byte{must(template.Sign(nil, root))}, catalog.Raw())), issue
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
