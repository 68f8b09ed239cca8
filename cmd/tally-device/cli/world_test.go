package cli_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/term"
	device "tallystick/cmd/tally-device/cli"
	"tallystick/codec"
	"tallystick/keys"
	"tallystick/reserve"
	"tallystick/testvectors/labeled"
)

const catalogText = `{
  "schema": "tallystick/catalog/1", "name": "Test switches", "version": 1, "evaluation_days": 90, "terms": ["1y"],
  "products": [{"name": "Switch", "product_ids": ["C9300-24T"], "entitlements": ["essentials", "advantage", "ports", "crypto", "telemetry"]}],
  "entitlements": [
    {"id": 1, "tag": "essentials", "name": "Essentials", "metric": "device", "unit": "device", "class": "enforced", "grace_days": 90},
    {"id": 2, "tag": "advantage", "name": "Advantage", "includes": ["essentials"], "metric": "device", "unit": "device", "class": "enforced", "grace_days": 90},
    {"id": 4, "tag": "ports", "name": "Ports", "metric": "capacity", "unit": "port", "class": "enforced", "grace_days": 90},
    {"id": 5, "tag": "crypto", "name": "Strong encryption", "metric": "device", "unit": "device", "class": "export-controlled", "grace_days": 0},
    {"id": 6, "tag": "telemetry", "name": "Telemetry", "metric": "capacity", "unit": "flow", "class": "unenforced", "grace_days": 0}
  ]
}`

const (
	advantage reserve.EntitlementID = 2
	ports     reserve.EntitlementID = 4
	crypto    reserve.EntitlementID = 5
)

var (
	testNow   = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	testToday = keys.DayOf(testNow)
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// An issuer signs what the tests install.
type issuer struct {
	root, issue keys.PrivateKey
	roots       [][]byte
	trust       reserve.Trust
}

func newIssuer(name string, training bool) issuer {
	is := issuer{root: must(keys.NewPrivateKey(labeled.Reader(name + " root"))), issue: must(keys.NewPrivateKey(labeled.Reader(name + " issue")))}
	catalog := must(reserve.ReadCatalog([]byte(catalogText)))
	return is.publish(must(keys.RootTemplate{
		Name: name, Training: training, Issued: testToday, RevalidateHours: 24, CatalogDigest: catalog.Digest(),
		Keys: []keys.Key{
			{Index: 1, Public: is.root.Public(), Roles: keys.RoleRoot, Status: keys.Active},
			{Index: 2, Public: is.issue.Public(), Roles: keys.RoleIssue | keys.RoleExport, Status: keys.Active},
		},
		Policies: []keys.Policy{
			{Role: keys.RoleRoot, Threshold: 1}, {Role: keys.RoleIssue, Threshold: 1}, {Role: keys.RoleExport, Threshold: 1},
		},
	}.Sign(nil, is.root)))
}

func (is issuer) publish(root []byte) issuer {
	is.roots = append(is.roots[:len(is.roots):len(is.roots)], root)
	is.trust = must(reserve.NewTrust(is.roots, must(reserve.ReadCatalog([]byte(catalogText))).Raw()))
	return is
}

// compromised returns the issuer after its signing key was stolen and replaced.
func (is issuer) compromised() issuer {
	newest := is.trust.Root()
	t := newest.Template()
	is.issue = must(keys.NewPrivateKey(labeled.Reader("replacement")))
	t.Keys[1].Status = keys.Compromised
	t.Keys = append(t.Keys, keys.Key{Index: 3, Public: is.issue.Public(), Roles: keys.RoleIssue | keys.RoleExport, Status: keys.Active})
	return is.publish(must(t.Sign(&newest, is.root)))
}

func (is issuer) authorize(id reserve.Identity, n reserve.Number, grants ...reserve.Grant) codec.Code {
	return must(reserve.SignAuthorization(is.trust, id, reserve.Draft{Number: n, Sequence: uint32(n), Issued: testToday, Grants: grants}, is.issue)).Code()
}

// A world is the machine that tally-device runs on, and who sits at it.
type world struct {
	t      *testing.T
	dir    string
	issuer issuer
	now    time.Time
	vars   map[string]string
	person *person
	stdin  string
	rand   io.Reader
}

// newWorld has an issuer whose bundle is in the file issuer.tally, and no device yet.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), issuer: newIssuer("Example", false), now: testNow, rand: labeled.Reader("device"), vars: map[string]string{}}
	w.vars["TALLY_STATE"] = filepath.Join(w.dir, "state")
	w.write("issuer.tally", w.issuer.trust.Code().Paste())
	return w
}

// newDevice has a device as well.
func newDevice(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.run(0, "init", "--product", "C9300-24T", "--serial", "FCW2149L0KK", "--trust", w.path("issuer.tally"))
	return w
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

func (w *world) write(name, text string) string {
	w.t.Helper()
	if err := os.WriteFile(w.path(name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return w.path(name)
}

// An answer is what one run left behind.
type answer struct {
	t           *testing.T
	out, stderr string
}

// run runs tally-device and compares its exit status.
func (w *world) run(exit int, args ...string) answer {
	w.t.Helper()
	var stdout, stderr bytes.Buffer
	env := &cli.Env{
		Args: append([]string{"tally-device"}, args...), Stdin: strings.NewReader(w.stdin), Stdout: &stdout, Stderr: &stderr,
		Now: func() time.Time { return w.now }, Uptime: func() time.Duration { return time.Hour }, Rand: w.rand,
		Getenv: func(name string) string { return w.vars[name] },
	}
	if w.person != nil {
		env.StdinIsTerminal, env.StdoutIsTerminal, env.Size = true, true, w.person.Size
		env.Terminal = func() (term.Terminal, error) { return w.person, nil }
	}
	if got := device.Program().Run(w.t.Context(), env); got != exit {
		w.t.Fatalf("%q: exit %d, want %d\nstandard output: %s\nstandard error: %s", args, got, exit, &stdout, &stderr)
	}
	for _, r := range stdout.String() + stderr.String() {
		if r < ' ' && r != '\n' && r != '\x1b' || r == '\x1b' && w.person == nil {
			w.t.Fatalf("%q printed %q raw", args, r)
		}
	}
	return answer{w.t, stdout.String(), stderr.String()}
}

// json runs tally-device with --json and decodes the answer.
func (w *world) json(exit int, v any, args ...string) answer {
	w.t.Helper()
	a := w.run(exit, append(args, "--json")...)
	d := json.NewDecoder(strings.NewReader(a.out))
	if err := d.Decode(v); err != nil || d.More() {
		w.t.Fatalf("%q: %v in %q", args, err, a.out)
	}
	return a
}

// refuse runs tally-device and wants a failure with this exit status and ID.
func (w *world) refuse(exit int, id string, args ...string) cli.Failure {
	w.t.Helper()
	var object struct {
		Schema string
		Error  cli.Failure
	}
	w.json(exit, &object, args...)
	if object.Error.ID != id || object.Error.Exit != exit || object.Schema != "tallystick/error/1" || object.Error.Message == "" {
		w.t.Fatalf("%q: %+v, want %q", args, object, id)
	}
	return object.Error
}

// A shown is the JSON of a verb that prints a code.
type shown struct {
	Schema, Kind, Code, Device string
	Typed                      []string
	Bytes                      int
	Number                     reserve.Number
	Repeated                   bool
	DryRun                     bool `json:"dry_run"`
	Changes                    []struct {
		Tag           string
		Before, After uint64
		Ends          string
	}
	Missing []string
}

func (w *world) code(args ...string) shown {
	w.t.Helper()
	var s shown
	w.json(0, &s, args...)
	return s
}

// identity is the device's, as the officer reads it from the request code.
func (w *world) identity() reserve.Identity {
	w.t.Helper()
	r := must(codec.Decode(w.code("request").Code, reserve.Kinds()...))
	return must(reserve.ParseRequest(r.Body)).Identity()
}

// authorization is a code for the device, as typed lines in one string.
func (w *world) authorization(n reserve.Number, grants ...reserve.Grant) string {
	w.t.Helper()
	return strings.Join(w.issuer.authorize(w.identity(), n, grants...).Lines(), "\n")
}

func (a answer) wantOut(want string) {
	a.t.Helper()
	if a.out != want {
		a.t.Errorf("standard output\n%s\nwant\n%s", a.out, want)
	}
}

func (a answer) wantStderr(want string) {
	a.t.Helper()
	if a.stderr != want {
		a.t.Errorf("standard error\n%s\nwant\n%s", a.stderr, want)
	}
}

func (a answer) mentions(words ...string) {
	a.t.Helper()
	for _, word := range words {
		if !strings.Contains(a.out+a.stderr, word) {
			a.t.Errorf("%q is missing in\n%s%s", word, a.out, a.stderr)
		}
	}
}

// A person answers prompts in order, then is gone.
type person struct {
	answers []string
	rows    int
	shown   bytes.Buffer
}

func (w *world) sits(answers ...string) *person {
	w.person = &person{answers: answers, rows: 24}
	return w.person
}

func (p *person) ReadLine(prompt string) (string, error) {
	p.shown.WriteString(prompt)
	if len(p.answers) == 0 {
		return "", io.EOF
	}
	next := p.answers[0]
	p.answers = p.answers[1:]
	return next, nil
}

func (p *person) ReadSecret(prompt string) ([]byte, error) {
	s, err := p.ReadLine(prompt)
	return []byte(s), err
}

func (p *person) Write(b []byte) (int, error) { return p.shown.Write(b) }
func (p *person) Size() (cols, rows int)      { return 80, p.rows }
