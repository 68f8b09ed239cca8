package cli

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tallystick/cmd/internal/term"
	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
)

// reasons reads the reasons from the source, so that a new one without a row fails here.
func reasons(t *testing.T) []string {
	files, err := filepath.Glob("../../../reserve/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var list []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Reason" {
				for _, v := range spec.Values {
					id, err := strconv.Unquote(v.(*ast.BasicLit).Value)
					if err != nil {
						t.Fatal(err)
					}
					list = append(list, id)
				}
			}
			return true
		})
	}
	if len(list) < 40 {
		t.Fatalf("found only %d reasons", len(list))
	}
	return list
}

// problems lists the IDs of what can be wrong with a code.
func problems() []string {
	var list []string
	for p := codec.Empty; p <= codec.TooLong; p++ {
		list = append(list, p.ID())
	}
	return list
}

func TestEveryReasonAndProblemIsExplained(t *testing.T) {
	for _, id := range reasons(t) {
		f := Explain(reserve.Refuse(reserve.Reason(id), "it failed"), deviceProgram)
		if _, ok := lookup(id); !ok || f.ID != id || f.Exit <= ExitFailed || f.Message != "it failed" {
			t.Errorf("reason %q: %+v", id, f)
		}
	}
	for _, id := range problems() {
		if e, ok := lookup(id); !ok || e.exit != ExitMistyped && e.exit != ExitWrongKind {
			t.Errorf("problem %q: exit %d", id, e.exit)
		}
	}
}

// The exit statuses are promises to scripts, compared one by one.
func TestExitOf(t *testing.T) {
	want := map[int]string{
		2:  "usage no-terminal no-passphrase unknown-account unknown-entitlement unknown-product unknown-option-key invalid-name invalid-catalog out-of-range",
		3:  "code-empty code-character code-mistyped code-length code-line-order code-mixed-kinds code-incomplete code-damaged code-too-long",
		4:  "code-kind code-unsupported code-malformed code-version code-unknown-kind",
		5:  "wrong-device unknown-device",
		6:  "unknown-issuer training-code bad-signature key-retired key-compromised threshold-not-met trust-too-old catalog-too-old trust-mismatch fingerprint-mismatch receipt-mismatch wrong-passphrase",
		7:  "superseded authorization-expired",
		8:  "nothing-installed nothing-issued nothing-lost",
		9:  "pool-exhausted",
		10: "reservation-off export-control-off account-closed account-not-empty wrong-account licensing-mode not-eligible already-converted holding-account not-entitled role-missing already-initialized already-exists duplicate-device numbers-exhausted operation-reused",
		11: "device-suspect device-quarantined ledger-frozen",
		12: "state-missing state-damaged keyring-missing keyring-damaged ledger-missing ledger-damaged",
		14: "busy", 15: "rows-failed", 17: "policy-threshold",
		1: "failed internal not-confirmed disk-full disk-read-only disk-failed file-denied not-approved", 130: "interrupted",
	}
	for exit, ids := range want {
		for id := range strings.FieldsSeq(ids) {
			if e, _ := lookup(id); e.exit != exit {
				t.Errorf("%s: exit %d, want %d", id, e.exit, exit)
			}
		}
	}
	var statuses []int
	for _, class := range exitClasses {
		statuses = append(statuses, class.status)
	}
	if want := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 130}; !slices.Equal(statuses, want) {
		t.Errorf("exit statuses %v, want %v", statuses, want)
	}
}

func TestExplanationsAreWhole(t *testing.T) {
	known := append(reasons(t), problems()...)
	seen := map[string]bool{}
	for _, e := range slices.Concat(explanations...) {
		own := slices.ContainsFunc(programExplanations, func(o explanation) bool { return o.id == e.id })
		if seen[e.id] || !own && !slices.Contains(known, e.id) {
			t.Errorf("%q stands twice, or nothing gives it", e.id)
		}
		seen[e.id] = true
		if !strings.HasSuffix(e.means, ".") {
			t.Errorf("%q: %q is not a sentence", e.id, e.means)
		}
		for _, program := range []string{deviceProgram, issuerProgram} {
			h := e.hint.in(program)
			if strings.HasSuffix(h, ".") || strings.Contains(h, "%") || strings.Count(h, "`")%2 != 0 {
				t.Errorf("%q: hint %q", e.id, h)
			}
		}
		if !slices.ContainsFunc(exitClasses, func(c exitClass) bool { return c.status == e.exit }) {
			t.Errorf("%q: exit %d is in no table", e.id, e.exit)
		}
	}
}

func TestExplain(t *testing.T) {
	refusal := reserve.Refuse(reserve.WrongDevice, "this is for %q", "X:1")
	for _, test := range []struct {
		err  error
		want Failure
	}{
		{fmt.Errorf("installing: %w", refusal), Failure{ID: "wrong-device", Exit: 5, Message: `installing: this is for "X:1"`,
			Hint: "`tally-device status` shows this device's product and serial number: ask for an authorization for it"}},
		{WithHint(fmt.Errorf("a: %w", WithHint(refusal, "inner")), "outer %d", 1), Failure{ID: "wrong-device", Exit: 5,
			Message: `a: this is for "X:1"`, Hint: "outer 1"}},
		{&codec.Error{Problem: codec.Unreadable, Line: 2, Group: 3}, Failure{ID: "code-mistyped", Exit: 3, Line: 2, Group: 3,
			Message: "line 2, group 3: a line can't be read", Hint: "compare that line with the source, group by group"}},
		{errors.Join(errors.New("a"), errors.New("b")), Failure{ID: "failed", Exit: 1, Message: "a; b"}},
		{fmt.Errorf("opening: %w", keys.ErrUnsupportedSuite), Failure{ID: "code-unsupported", Exit: 4,
			Message: "opening: unsupported signature suite",
			Hint:    "a newer program may know it: `tally-device --version` shows this one's version"}},
		{term.ErrInterrupted, Failure{ID: "interrupted", Exit: 130, Message: "interrupted"}},
		{reserve.Refuse("made-up", "x"), Failure{ID: "made-up", Exit: 1, Message: "x"}},
		{Fail(IDNotConfirmed, "too many"), Failure{ID: "not-confirmed", Exit: 1, Message: "too many"}},
	} {
		if got := Explain(test.err, deviceProgram); got != test.want {
			t.Errorf("%v:\ngot  %+v\nwant %+v", test.err, got, test.want)
		}
	}
	if got := Explain(refusal, issuerProgram).Hint; got != "`tally-issuer inspect CODE` shows which device the code is for" {
		t.Errorf("hint for the issuer: %q", got)
	}
	if WithHint(nil, "x") != nil || Status(0) != nil {
		t.Error("success is not nil")
	}
}

func TestExplainQuotesPaths(t *testing.T) {
	_, missing := os.Open("/no such/place\x1b")
	for _, err := range []error{missing, fmt.Errorf("writing: %w", missing)} {
		if got := Explain(err, deviceProgram).Message; !strings.Contains(got, `open "/no such/place\x1b": `) {
			t.Errorf("%q", got)
		}
	}
}
