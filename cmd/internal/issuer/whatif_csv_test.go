package issuer

import (
	"testing"

	"tallystick/reserve"
)

func TestWhatIfRowErrors(t *testing.T) {
	const header = "What;Account;device;product;quantity;grants;to;entitlement;license;term;end;note\n"
	for row, want := range map[string]string{
		"new;acme;;C9300-24T;;x=1;;;;;;":            "",
		"NEW;acme;;C9300-24T;2;x=1, y=2;;;;;;hello": "",
		"move;;S1;;;;acme;;;;;":                     "",
		"end;acme;;;;;;x;;;2029-11-21;":             "",
		"destroy;acme;;;;;;;;;;":                    `line 2, what: "destroy": expected one of buy, end, move, new, remove, rma, write-off`,
		"new;;;C9300-24T;;x=1;;;;;;":                `line 2, account: a row "new" needs it`,
		"new;acme;;C9300-24T;;;;;;;;":               `line 2, grants: a row "new" needs it`,
		"new;acme;;C9300-24T;0;x=1;;;;;;":           `line 2, quantity: quantity "0": expected a whole number from 1 to 2147483647`,
		"new;acme;;C9300-24T;1;x=+1;;;;;;":          `line 2, grants: "x=+1": expected TAG=N, such as dna-advantage=24`,
		"new;acme;;C9300-24T;1;x=1;;;;;2029-11-21;": `line 2, end: a row "new" has none, and here is "2029-11-21"`,
		"new;acme;;=1+1;1;x=1;;;;;;":                `line 2, product: product ID "=1+1": 1 to 32 of A-Z 0-9 . _ / + = -, beginning with a letter or digit`,
		"move;;S1;;;;;;;;;":                         `line 2, to: a row "move" needs it`,
		"move;acme;S1;;;;beta;;;;;":                 `line 2: give one of device, license and account, which stands for all its devices`,
		"move;;S1;;3;;beta;;;;;":                    `line 2: a quantity is of a license: name that`,
		"end;;;;;;;;;;2029-11-21;":                  `line 2: give one of license and account, which stands for all its licenses, or those of the entitlement`,
		"end;;;;;;;;7;;21.11.2029;":                 `line 2, end: "21.11.2029" is not a date such as 2029-11-21`,
		"end;;;;;;;x;7;;2029-11-21;":                `line 2: an entitlement narrows an account, not a license`,
		"remove;;;;;;;;seven;;;":                    `line 2, license: "seven" is not the number of a license, such as 7`,
		"buy;acme;;;7;;;x;;;;":                      `line 2: give one of term, end, perpetual and coterm`,
		"buy;acme;;;7;;;x;;3q;;":                    `line 2, term: term "3q": expected months or years, such as 1m, 3y, at most 10y`,
		"buy;acme;;;7;;;x":                          `line 2: it has 8 cells, the first line 12`,
	} {
		_, wrong, err := ParseWhatIf([]byte(header + row + "\n"))
		got := ""
		if len(wrong) > 0 {
			got = wrong[0].Error()
		}
		if err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", row, got, err, want)
		}
	}
	for file, want := range map[string]reserve.Reason{
		"":                   reserve.InvalidName,
		"what\n":             reserve.OutOfRange,
		"what,shoe\nnew,9\n": reserve.InvalidName,
		"account\nacme\n":    reserve.InvalidName,
		"what,\xff\nnew,9\n": reserve.InvalidName,
		"what,account,product,grants,quantity\nnew,acme,X,x=1,10001\n": reserve.OutOfRange,
	} {
		_, _, err := ParseWhatIf([]byte(file))
		wantReason(t, err, want)
	}
}
