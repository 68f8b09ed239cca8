package term

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Errors of the questions, to be tested for with errors.Is. Those of Terminal come on top.
var (
	// ErrNotConfirmed: something else than the word of a confirmation was typed.
	ErrNotConfirmed = errors.New("not confirmed")

	// ErrNoSecret: an empty passphrase was given, where a file descriptor gave it or three times.
	ErrNoSecret = errors.New("the passphrase is empty")

	// ErrSecretTooShort: a new passphrase has fewer than MinSecret characters.
	ErrSecretTooShort = errors.New("a new passphrase needs 8 characters or more")

	// ErrSecretsDiffer: a new passphrase was typed differently the second time, three times over.
	ErrSecretsDiffer = errors.New("the passphrases differ")
)

// secretTries is how often a passphrase is asked for before Passphrase gives up.
const secretTries = 3

// confirmTries is how often Confirm asks for its word.
const confirmTries = 3

// Confirm shows question and returns nil when the person types exactly word. Anything else is said to
// be wrong and asked again, three times in all, after which it is ErrNotConfirmed: what follows a
// code in a paste must not take the question's answer away. A terminal that closes after a wrong
// word is ErrNotConfirmed, too. The question may have several lines; what it quotes from outside the
// caller has made safe.
func Confirm(t Terminal, question, word string) error {
	if t == nil {
		return ErrNoTerminal
	}
	fmt.Fprintln(t, question)
	for try := 1; ; try++ {
		if d, ok := t.(InputDropper); ok {
			d.DropInput()
		}
		line, err := t.ReadLine(fmt.Sprintf("Type %q to go on: ", word))
		switch {
		case errors.Is(err, io.EOF) && try > 1:
			return ErrNotConfirmed
		case err != nil && !errors.Is(err, ErrLineTooLong):
			return err
		case err == nil && strings.TrimSpace(line) == word:
			return nil
		case try == confirmTries:
			return ErrNotConfirmed
		}
		fmt.Fprintln(t, "That is another word. Ctrl-C stops, and nothing is done.")
	}
}

// Ask shows question with its default and returns the answer without surrounding spaces, or the
// default for an empty line. It asks again while the answer holds a character that Safe would
// escape: such an answer is a slip of the keys (an arrow key types three characters) and would
// haunt every screen and file it gets to.
func Ask(t Terminal, question, fallback string) (string, error) {
	if t == nil {
		return "", ErrNoTerminal
	}
	prompt := question + ": "
	if fallback != "" {
		prompt = fmt.Sprintf("%s [%s]: ", question, Safe(fallback))
	}
	for {
		line, err := t.ReadLine(prompt)
		if err != nil && !errors.Is(err, ErrLineTooLong) {
			return "", err
		}
		answer := strings.TrimSpace(line)
		switch {
		case err != nil:
			fmt.Fprintln(t, "That is too long.")
		case Safe(answer) != answer:
			fmt.Fprintf(t, "That holds characters that can't be printed: %s\n", Safe(answer))
		case answer == "":
			return fallback, nil
		default:
			return answer, nil
		}
	}
}

// AskYesNo shows question and returns whether the answer is yes, asking again until it is yes or
// no. An empty line means fallback, which should be the harmless answer: the empty lines at the end
// of a paste get here too.
func AskYesNo(t Terminal, question string, fallback bool) (bool, error) {
	choice := "y/N"
	if fallback {
		choice = "Y/n"
	}
	for {
		answer, err := Ask(t, fmt.Sprintf("%s [%s]", question, choice), "")
		if err != nil {
			return false, err
		}
		switch strings.ToLower(answer) {
		case "":
			return fallback, nil
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
		fmt.Fprintln(t, `Please type "y" or "n".`)
	}
}

// Passphrase returns the passphrase for what, which the person reads in the prompt and which should
// name the file: `keyring "issuer.keys"`. It is the first line of fd when fd is not nil, of which
// nothing beyond that line is read. Otherwise t is asked. It has 1 to MaxSecret bytes; the caller may
// overwrite them. With fresh it is a new one, of MinSecret characters or more, and typed twice.
//
// Errors are ErrNoTerminal, ErrNoSecret, ErrSecretTooLong, ErrSecretTooShort, ErrSecretsDiffer, and
// those of reading.
func Passphrase(t Terminal, fd io.Reader, what string, fresh bool) ([]byte, error) {
	least := 1
	if fresh {
		least = MinSecret
	}
	return passphrase(t, fd, what, fresh, least)
}

// PracticePassphrase is Passphrase for a new one that protects nothing, which may be short.
func PracticePassphrase(t Terminal, fd io.Reader, what string) ([]byte, error) {
	return passphrase(t, fd, what, true, 1)
}

func passphrase(t Terminal, fd io.Reader, what string, twice bool, least int) ([]byte, error) {
	var secret []byte
	var err error
	switch {
	case fd != nil:
		if secret, err = firstLine(fd); err == nil {
			err = longEnough(secret, least)
		}
	case t == nil:
		err = ErrNoTerminal
	default:
		secret, err = askSecret(t, what, twice, least)
	}
	if err != nil {
		return nil, fmt.Errorf("passphrase for %s: %w", what, err)
	}
	return secret, nil
}

// longEnough counts characters, not bytes. It measures length alone: to judge more, as dictionaries
// do, would refuse good passphrases and keep no bad one out.
func longEnough(secret []byte, least int) error {
	switch {
	case len(secret) == 0:
		return ErrNoSecret
	case utf8.RuneCount(secret) < least:
		return ErrSecretTooShort
	}
	return nil
}

func askSecret(t Terminal, what string, twice bool, least int) ([]byte, error) {
	var last error
	for range secretTries {
		if last != nil {
			fmt.Fprintf(t, "Not taken: %v.\n", last)
		}
		secret, err := t.ReadSecret(fmt.Sprintf("Passphrase for %s: ", Safe(what)))
		if err == nil {
			err = longEnough(secret, least)
		}
		if err == nil && twice {
			err = askAgain(t, secret)
		}
		switch {
		case err == nil:
			return secret, nil
		case errors.Is(err, ErrNoSecret), errors.Is(err, ErrSecretTooLong), errors.Is(err, ErrSecretTooShort),
			errors.Is(err, ErrSecretsDiffer):
			last = err
		default:
			return nil, err
		}
	}
	return nil, last
}

func askAgain(t Terminal, secret []byte) error {
	again, err := t.ReadSecret("The same passphrase again: ")
	if err != nil {
		return err
	}
	defer clear(again)
	if !bytes.Equal(again, secret) {
		return ErrSecretsDiffer
	}
	return nil
}

// firstLine reads byte by byte, so that the rest is left for whoever reads it next: descriptor 0
// may carry a passphrase and then a code.
func firstLine(r io.Reader) ([]byte, error) {
	var line []byte
	var b [1]byte
	for len(line) <= MaxSecret+len("\r") {
		_, err := io.ReadFull(r, b[:])
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if err != nil || b[0] == '\n' {
			break
		}
		line = append(line, b[0])
	}
	line = bytes.TrimSuffix(line, []byte("\r"))
	switch {
	case len(line) > MaxSecret:
		return nil, ErrSecretTooLong
	case len(line) == 0:
		return nil, ErrNoSecret
	case bytes.IndexByte(line, 0) >= 0:
		return nil, errors.New("it holds a zero byte, as UTF-16 text does: save it as UTF-8")
	}
	return line, nil
}
