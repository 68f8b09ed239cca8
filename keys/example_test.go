package keys_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log"

	"tallystick/keys"
)

// A signature is good for one purpose and for these very fields.
func Example() {
	private, err := keys.NewPrivateKey(rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	device, body := []byte("ROUTER-9:FOC2129X"), []byte("base=1")
	sig := private.Sign(keys.Authorization, device, body)

	public, err := keys.ParsePublicKey(keys.Ed25519, private.Public().Bytes())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(public.Verify(keys.Authorization, sig, device, body))
	fmt.Println(public.Verify(keys.Usage, sig, device, body))
	fmt.Println(private)
	// Output:
	// <nil>
	// signature does not verify
	// keys.PrivateKey(redacted)
}

// An issuer begins with version 1 of its trust root. Two officers hold root keys, and both must
// sign; a third key signs what is issued every day.
func ExampleOpenRoots() {
	officer1 := keys.PrivateKeyFromSeed([keys.SeedSize]byte{1})
	officer2 := keys.PrivateKeyFromSeed([keys.SeedSize]byte{2})
	desk := keys.PrivateKeyFromSeed([keys.SeedSize]byte{3})
	day, err := keys.ParseDay("2026-03-01")
	if err != nil {
		log.Fatal(err)
	}
	template := keys.RootTemplate{
		Name:   "Acme Networks",
		Issued: day,
		Keys: []keys.Key{
			{Index: 0, Public: officer1.Public(), Roles: keys.RoleRoot, Status: keys.Active},
			{Index: 1, Public: officer2.Public(), Roles: keys.RoleRoot, Status: keys.Active},
			{Index: 2, Public: desk.Public(), Roles: keys.RoleIssue, Status: keys.Active},
		},
		Policies: []keys.Policy{
			{Role: keys.RoleRoot, Threshold: 2},
			{Role: keys.RoleIssue, Threshold: 1},
		},
	}
	_, err = template.Sign(nil, officer1)
	fmt.Println(err, errors.Is(err, keys.ErrThreshold))

	signed, err := template.Sign(nil, officer1, officer2)
	if err != nil {
		log.Fatal(err)
	}
	chain, err := keys.OpenRoots([][]byte{signed})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(chain.Newest().Name(), chain.Fingerprint(), len(signed), "bytes")
	// Output:
	// 1 of the 2 signatures needed in the role "root" true
	// Acme Networks XSEA-RNG9-PZHZ-28MS 364 bytes
}
