package cli

import (
	"context"
	"errors"
	"strconv"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/issuer"
	"tallystick/keys"
	"tallystick/keys/keyring"
)

func keyCommand(env *cli.Env) *ucli.Command {
	return group("key", "who signs with what", append(signerCommands(env), keyringCommands(env)...)...)
}

// signerCommands are the verbs about the keys that a trust root lists.
func signerCommands(env *cli.Env) []*ucli.Command {
	return []*ucli.Command{
		{
			Name: "list", Usage: "list the keys",
			Description: cli.Describe("Lists the keys of the trust root and their roles. No passphrase is needed.", "tally-issuer key list"),
			Flags:       []ucli.Flag{homeFlag()},
			Action:      func(c *ucli.Context) error { return listKeys(c, env) },
		},
		{
			Name: "new", Usage: "make a key; makes the next trust root",
			Description: cli.Describe("Makes a key for a role, adds it to the keyring and signs the next trust root, which lists it. "+
				"Authorizations signed with it need a device that knows that trust root.",
				"tally-issuer key new --role issue --name \"issue 2\""),
			Flags: cli.Flags([]ucli.Flag{
				cli.Enum("role", "what the key may sign", "issue", "root", "log"),
				&ucli.StringFlag{Name: "name", Required: true, Usage: "a `NAME` for the keyring"},
			}, officerFlags()),
			Action: func(c *ucli.Context) error { return newKey(c, env) },
		},
		{
			Name: "retire", Usage: "end a key's use; what it signed stays valid", ArgsUsage: "FINGERPRINT",
			Description: cli.Describe("Ends a key's use for new signatures, in the next trust root. What it signed stays valid.",
				"tally-issuer key retire ABCD-EFGH-JKMN-PQRS --yes"),
			Flags: cli.Flags([]ucli.Flag{cli.YesFlag()}, officerFlags()),
			Action: func(c *ucli.Context) error {
				return endKey(c, env, "retire", "Key %s will not sign anything again.", (*issuer.Officer).RetireKey)
			},
		},
		{
			Name: "compromise", Usage: "mark a key that somebody else may have", ArgsUsage: "FINGERPRINT",
			Description: cli.Describe("Marks a key as compromised in the next trust root. A device that takes that trust root refuses the key's "+
				"codes, and keeps what they granted only for a time of grace: push each one a new authorization.",
				"tally-issuer key compromise ABCD-EFGH-JKMN-PQRS --yes --reason \"laptop stolen\""),
			Flags: cli.Flags([]ucli.Flag{cli.YesFlag()}, officerFlags()),
			Action: func(c *ucli.Context) error {
				return endKey(c, env, "compromise", "Everything key %s signed will have to be signed again.", (*issuer.Officer).CompromiseKey)
			},
		},
	}
}

// keyringCommands are the verbs about the sealed file that holds the private keys.
func keyringCommands(env *cli.Env) []*ucli.Command {
	return []*ucli.Command{
		{
			Name: "passphrase", Usage: "change the keyring's passphrase",
			Description: cli.Describe("Seals the keyring under another passphrase. Copies made before keep the old one.",
				"tally-issuer key passphrase",
				"tally-issuer key passphrase --passphrase-fd 3 --new-passphrase-fd 4 3<old 4<new"),
			Flags: []ucli.Flag{homeFlag(), cli.PassphraseFlag(),
				&ucli.IntFlag{Name: "new-passphrase-fd", Usage: "read the new passphrase from file descriptor `N` (its first line)"}},
			Action: func(c *ucli.Context) error { return changePassphrase(c, env) },
		},
		{
			Name: "backup", Usage: "copy the sealed keyring to a file",
			Description: cli.Describe("Copies the sealed keyring to a new file, after opening it with the passphrase.",
				"tally-issuer key backup --out /media/safe/keyring.age"),
			Flags: []ucli.Flag{homeFlag(), cli.PassphraseFlag(),
				&ucli.StringFlag{Name: "out", Required: true, TakesFile: true, Usage: "the new `FILE`"}},
			Action: func(c *ucli.Context) error { return backupKeys(c, env) },
		},
		{
			Name: "restore", Usage: "put a copy in place of a lost or damaged keyring", ArgsUsage: "FILE",
			Description: cli.Describe("Puts a copy of the keyring in place when it is missing or damaged. A damaged one is kept beside it.",
				"tally-issuer key restore /media/safe/keyring.age"),
			Flags:  []ucli.Flag{homeFlag(), cli.PassphraseFlag()},
			Action: func(c *ucli.Context) error { return restoreKeys(c, env) },
		},
	}
}

type keyJSON struct {
	Index       uint8  `json:"index"`
	Fingerprint string `json:"fingerprint"`
	Roles       string `json:"roles"`
	Status      string `json:"status"`
}

func keyOf(k keys.Key) keyJSON {
	return keyJSON{k.Index, k.Public.Fingerprint().String(), k.Roles.String(), k.Status.String()}
}

func keyTable(out *cli.Output, list []keyJSON) {
	var rows [][]string
	for _, k := range list {
		rows = append(rows, []string{strconv.Itoa(int(k.Index)), k.Fingerprint, k.Roles, k.Status})
	}
	out.Table([]string{"KEY", "FINGERPRINT", "ROLES", "STATUS"}, rows)
}

func listKeys(c *ucli.Context, env *cli.Env) error {
	return withReader(c, env, func(is *issuer.Issuer) error {
		t, err := is.Trust(c.Context)
		if err != nil {
			return err
		}
		j := trustOf(t)
		keyTable(cli.Out(c), j.Keys)
		return cli.Out(c).JSON(struct {
			Keys []keyJSON `json:"keys"`
		}{j.Keys})
	})
}

// roleSets are the roles a new key can have; an issuing key has those that go with issuing.
var roleSets = map[string]keys.Role{
	"issue": keys.RoleIssue | keys.RoleExport | keys.RoleWriteOff, "root": keys.RoleRoot, "log": keys.RoleLog,
}

func newKey(c *ucli.Context, env *cli.Env) error {
	return withOfficer(c, env, func(o *issuer.Officer) error {
		k, again, err := o.NewKey(c.Context, c.String("name"), roleSets[c.String("role")], memo(c), cli.DryRun(c))
		if err != nil {
			return err
		}
		out := cli.Out(c)
		if cli.DryRun(c) && !again {
			out.Printf("would make a key for %s\n", k.Roles)
			return out.JSON(struct {
				Roles string `json:"roles"`
				repeated
			}{k.Roles.String(), repeated{DryRun: true}})
		}
		keyTable(out, []keyJSON{keyOf(k)})
		if again {
			out.Note("there is a key of this name with these roles; nothing changed")
		}
		out.Hint("`tally-issuer trust publish --out FILE` writes the bundle that lists it; each device takes it with `tally-device trust update FILE`")
		return out.JSON(struct {
			keyJSON
			repeated
		}{keyOf(k), repeated{again, cli.DryRun(c)}})
	})
}

type keyAct func(*issuer.Officer, context.Context, string, issuer.Memo, bool) (keys.Key, bool, error)

func endKey(c *ucli.Context, env *cli.Env, word, question string, act keyAct) error {
	fingerprint := strings.ToUpper(c.Args().First())
	if !cli.DryRun(c) {
		if err := cli.Confirm(c, safef(question, fingerprint), word); err != nil {
			return err
		}
	}
	return withOfficer(c, env, func(o *issuer.Officer) error {
		k, again, err := act(o, c.Context, fingerprint, memo(c), cli.DryRun(c))
		if err != nil {
			return err
		}
		keyTable(cli.Out(c), []keyJSON{keyOf(k)})
		adviseAfterEnd(cli.Out(c), k.Status)
		return cli.Out(c).JSON(struct {
			keyJSON
			repeated
		}{keyOf(k), repeated{again, cli.DryRun(c)}})
	})
}

// adviseAfterEnd says what has to happen for the end of a key to have an effect.
func adviseAfterEnd(out *cli.Output, status keys.Status) {
	out.Hint("devices learn it from the bundle: `tally-issuer trust publish --out FILE`, then `tally-device trust update FILE` on each")
	if status == keys.Compromised {
		out.Hint("then sign anew what devices hold that the key signed: `tally-issuer batch reissue --signed-by FINGERPRINT --out DIR`")
	}
}

// changePassphrase seals the keyring anew. A script that asks again, since it timed out, has the old
// passphrase where the new one opens the keyring by now: that is repeated.
func changePassphrase(c *ucli.Context, env *cli.Env) error {
	again := false
	err := withOfficer(c, env, func(o *issuer.Officer) error {
		fresh, err := cli.PassphraseFrom(c, "new-passphrase-fd", "the keyring from now on", true)
		if err != nil {
			return err
		}
		defer clear(fresh)
		return o.SetPassphrase(fresh)
	})
	if errors.Is(err, keyring.ErrPassphrase) && c.IsSet("new-passphrase-fd") {
		if again, _ = sealedAnew(c, env); again {
			err = nil
		}
	}
	if err != nil {
		return err
	}
	cli.Out(c).Note("the keyring is sealed under the new passphrase; copies made before keep the old one")
	return cli.Out(c).JSON(repeated{Repeated: again})
}

// sealedAnew reports whether the new passphrase opens the keyring already.
func sealedAnew(c *ucli.Context, env *cli.Env) (again bool, err error) {
	fresh, err := cli.PassphraseFrom(c, "new-passphrase-fd", "the keyring from now on", true)
	if err != nil {
		return false, err
	}
	defer clear(fresh)
	err = withIssuer(c, env, func(is *issuer.Issuer) error {
		_, err := is.Unlock(fresh)
		return err
	})
	return err == nil, err
}

func backupKeys(c *ucli.Context, env *cli.Env) error {
	if c.String("out") == "-" {
		return cli.Usage("a keyring is not written to standard output: name a new file")
	}
	return withOfficer(c, env, func(o *issuer.Officer) error {
		if err := o.BackupKeys(c.String("out")); err != nil {
			return err
		}
		cli.Out(c).Note("wrote %q, sealed under the same passphrase", c.String("out"))
		return cli.Out(c).JSON(map[string]string{"file": c.String("out")})
	})
}

func restoreKeys(c *ucli.Context, env *cli.Env) error {
	return withIssuer(c, env, func(is *issuer.Issuer) error {
		secret, err := cli.Passphrase(c, "the copy of the keyring", false)
		if err != nil {
			return err
		}
		defer clear(secret)
		lacking, again, err := is.RestoreKeys(c.Args().First(), secret)
		if err != nil {
			return err
		}
		out, list := cli.Out(c), []keyJSON{}
		out.Note("the keyring is in place")
		for _, k := range lacking {
			list = append(list, keyOf(k))
			out.Warn(cli.WarnKeyLacking, "it has no private key for %s (%s), which the trust root lists as active: it may be older. "+
				"`tally-issuer key retire %s` ends that key's use", k.Public.Fingerprint(), k.Roles, k.Public.Fingerprint())
		}
		return out.JSON(struct {
			Lacking []keyJSON `json:"lacking"`
			repeated
		}{list, repeated{Repeated: again}})
	})
}
