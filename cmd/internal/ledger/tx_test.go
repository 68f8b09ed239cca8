package ledger

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tallystick/reserve"
)

func TestUpdateIsWholeOrNothing(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	failed := errors.New("failed")
	add := func(tx *Tx) error { return tx.AddAccount(must(ParsePath("beta")), Settings{}) }
	if err := l.Update(ctx, journaled(func(tx *Tx) error { return errors.Join(add(tx), failed) })); !errors.Is(err, failed) {
		t.Errorf("an error: %v", err)
	}
	if err := l.Update(ctx, add); err == nil {
		t.Error("a change was committed without a journal entry")
	}
	if err := l.Update(ctx, func(tx *Tx) error { _, err := tx.Append(event("test")); return errors.Join(err, add(tx)) }); err == nil {
		t.Error("a change was committed after the journal entry")
	}
	func() {
		defer func() {
			if recover() != "broken" {
				t.Error("the panic did not come through")
			}
		}()
		_ = l.Update(ctx, func(tx *Tx) error { _ = add(tx); panic("broken") })
	}()
	if err := l.Preview(ctx, journaled(add)); err != nil {
		t.Errorf("Preview: %v", err)
	}
	view(t, l, func(tx *Tx) error {
		if _, err := tx.Account(must(ParsePath("beta"))); !refusedAs(err, reserve.UnknownAccount) {
			t.Errorf("something of it was committed: %v", err)
		}
		return nil
	})
	update(t, l, add)
	verified(t, l)
}

func TestPreviewChecks(t *testing.T) {
	l := newLedger(t)
	lot := addLot(t, l, "premier", 2, 0)
	d := enroll(t, l, newInstance("ONE"))
	err := l.Preview(context.Background(), func(tx *Tx) error {
		_, err := acme.issueTo(tx, d.ID, draw(lot, 3, 3))
		return err
	})
	if !refusedAs(err, reserve.PoolExhausted) {
		t.Errorf("Preview: %v", err)
	}
}

func TestTransactionEnds(t *testing.T) {
	l := newLedger(t)
	var kept *Tx
	view(t, l, func(tx *Tx) error { kept = tx; return nil })
	if _, err := kept.Accounts(); err == nil {
		t.Error("a transaction can be used after its end")
	}
}

// SQLite numbers parameters by where they first appear, whatever they are called. So the first
// appearances in every query must be $1, $2 and so on.
func TestParametersAreInOrder(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source: %v", err)
	}
	literal := regexp.MustCompile("`[^`]*`|\"(?:[^\"\\\\\n]|\\\\.)*\"")
	place := regexp.MustCompile(`\$([0-9]+)`)
	found := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, text := range literal.FindAllString(string(source), -1) {
			if place.FindString(text) == strings.Trim(text, "\"") {
				continue // a place given to a function, for the middle of a query
			}
			next := 1
			for _, m := range place.FindAllStringSubmatch(text, -1) {
				n, _ := strconv.Atoi(m[1])
				if n > next {
					t.Errorf("%s: %s", file, text)
				}
				next = max(next, n+1)
				found++
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d parameters found", found)
	}
}

// What is supposed needs no signature, is checked as ever, and is never committed.
func TestSuppose(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	add := func(tx *Tx) error {
		if err := tx.AddAccount(must(ParsePath("beta")), Settings{}); err != nil {
			return err
		}
		_, err := tx.Append(unsigned("account"))
		return err
	}
	for name, write := range map[string]func(context.Context, func(*Tx) error) error{"Update": l.Update, "Preview": l.Preview} {
		if err := write(ctx, add); !refusedAs(err, reserve.RoleMissing) {
			t.Errorf("%s: %v", name, err)
		}
	}
	before := head(t, l)
	if err := l.Suppose(ctx, add); err != nil {
		t.Errorf("Suppose: %v", err)
	}
	if err := l.Suppose(ctx, func(tx *Tx) error { return tx.AddAccount(must(ParsePath("beta")), Settings{}) }); err == nil {
		t.Error("a change without an entry went through")
	}
	if after := head(t, l); after != before {
		t.Errorf("the journal has %d entries, not %d", after, before)
	}
	view(t, l, func(tx *Tx) error {
		if _, err := tx.Account(must(ParsePath("beta"))); !refusedAs(err, reserve.UnknownAccount) {
			t.Errorf("something of it was committed: %v", err)
		}
		return nil
	})
	verified(t, l)
}
