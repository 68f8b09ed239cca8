package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/term"
)

const passphraseFlag = "passphrase-fd"

// Terminal opens the controlling terminal, once a run. The error is term.ErrNoTerminal.
func Terminal(c *ucli.Context) (term.Terminal, error) {
	out := Out(c)
	if out.terminal == nil {
		t, err := out.env.Terminal()
		if err != nil {
			return nil, err
		}
		out.terminal = t
	}
	return out.terminal, nil
}

// Confirm asks for a typed word before something that can't be undone, unless --yes was given. The
// verb has shown what will happen and made its text safe. Without a terminal it fails at once.
func Confirm(c *ucli.Context, question, word string) error {
	if c.Bool("yes") {
		return nil
	}
	t, err := Terminal(c)
	if err != nil {
		return WithHint(err, "add --yes to go on without being asked")
	}
	cols, _ := t.Size()
	err = closedIsInterrupted(term.Confirm(t, foldBlock(question, cols-1), word))
	switch {
	case err == nil:
		return nil
	case Out(c).entered != "":
		return WithHint(err, "nothing was done; the code that was entered is kept for the next time")
	}
	return WithHint(err, "nothing was done")
}

// Ask shows question and returns the answer, or fallback for an empty line. The answer is printable.
func Ask(c *ucli.Context, question, fallback string) (string, error) {
	t, err := Terminal(c)
	if err != nil {
		return "", err
	}
	answer, err := term.Ask(t, question, fallback)
	return answer, closedIsInterrupted(err)
}

// AskYesNo shows question until the answer is yes or no; an empty line means fallback, which should
// be the harmless answer.
func AskYesNo(c *ucli.Context, question string, fallback bool) (bool, error) {
	t, err := Terminal(c)
	if err != nil {
		return false, err
	}
	yes, err := term.AskYesNo(t, question, fallback)
	return yes, closedIsInterrupted(err)
}

// Passphrase returns the passphrase for what, a phrase such as `keyring "issuer.keys"`: the first
// line of the descriptor given with --passphrase-fd, else typed at the terminal. fresh says that it
// is a new one: then it has term.MinSecret characters or more, and is typed twice. The caller clears
// it after use.
func Passphrase(c *ucli.Context, what string, fresh bool) ([]byte, error) {
	return PassphraseFrom(c, passphraseFlag, what, fresh)
}

// PassphraseFrom is Passphrase for a verb that needs two, with a descriptor flag of its own.
func PassphraseFrom(c *ucli.Context, flag, what string, fresh bool) ([]byte, error) {
	return readPassphrase(c, flag, func(t term.Terminal, fd io.Reader) ([]byte, error) {
		return term.Passphrase(t, fd, what, fresh)
	})
}

// PracticePassphrase is Passphrase for a new one that protects nothing, such as a training issuer's:
// it may be short.
func PracticePassphrase(c *ucli.Context, what string) ([]byte, error) {
	return readPassphrase(c, passphraseFlag, func(t term.Terminal, fd io.Reader) ([]byte, error) {
		return term.PracticePassphrase(t, fd, what)
	})
}

// readPassphrase has read take a passphrase from the descriptor that flag names, else the terminal.
func readPassphrase(c *ucli.Context, flag string, read func(term.Terminal, io.Reader) ([]byte, error)) ([]byte, error) {
	if findFlag(c.Command.Flags, flag) == nil {
		panic("cli: the verb asks for a passphrase and has no flag " + dashed(flag))
	}
	if !c.IsSet(flag) {
		t, err := Terminal(c)
		if err != nil {
			return nil, WithHint(err, "give the passphrase with --%s N", flag)
		}
		secret, err := read(t, nil)
		return secret, closedIsInterrupted(err)
	}
	fd := c.Int(flag)
	if fd < 0 || fd == 1 || fd == 2 {
		return nil, Usage("flag --%s: %d is not a descriptor to read from", flag, fd)
	}
	secret, err := waiting(c.Context, func() ([]byte, error) {
		r, err := Out(c).env.OpenFD(fd)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return read(nil, r)
	})
	switch {
	case err == nil, errors.Is(err, term.ErrInterrupted):
		return secret, err
	case errors.Is(err, term.ErrSecretTooShort), errors.Is(err, term.ErrSecretTooLong):
		return nil, fmt.Errorf("file descriptor %d: %w", fd, err)
	}
	return nil, WithHint(&identified{fmt.Errorf("file descriptor %d: %w", fd, err), IDNoPassphrase},
		"`%d<FILE` in a shell passes a file as descriptor %d", fd, fd)
}

// closedIsInterrupted makes a terminal that closed in the middle of a question an interruption.
func closedIsInterrupted(err error) error {
	if errors.Is(err, io.EOF) {
		return Fail(IDInterrupted, "the terminal closed before the answer")
	}
	return err
}

// waiting runs a read that may block for ever, and gives up on it when ctx is canceled.
func waiting[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := read()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, term.ErrInterrupted
	}
}
