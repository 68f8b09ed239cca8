package keyring_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log"

	"tallystick/keys"
	"tallystick/keys/keyring"
)

// Seal takes a second of work for keyring.DefaultWork; this example does not wait so long.
func Example() {
	key, err := keys.NewPrivateKey(rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	ring, err := keyring.New(keyring.Entry{Index: 0, Roles: keys.RoleIssue, Name: "desk", Key: key})
	if err != nil {
		log.Fatal(err)
	}
	sealed, err := ring.Seal([]byte("a long passphrase"), 10)
	if err != nil {
		log.Fatal(err)
	}

	_, err = keyring.Open(sealed, []byte("a long passphase"))
	fmt.Println(err, errors.Is(err, keyring.ErrPassphrase))

	opened, err := keyring.Open(sealed, []byte("a long passphrase"))
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range opened.ForRole(keys.RoleIssue) {
		fmt.Println(e.Name, e.Roles, e.Key.Public() == key.Public())
	}
	// Output:
	// opening keyring: wrong passphrase true
	// desk issue true
}
