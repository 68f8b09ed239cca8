package issuer

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tallystick/cmd/internal/compliance"
	"tallystick/cmd/internal/ledger"
	"tallystick/codec"
	"tallystick/reserve"
)

// misrules put wrong steps in the place of right ones, for the test of the model. The zero value is
// the product as it is.
type misrules struct {
	early     string // the step whose code is printed before the record is written
	forgiving bool   // a device installs numbers that are behind it
	words     bool   // a device that cancels and holds something prints a typed code as well
	receipt   func(i reserve.Instance, u *unit) (codec.Code, reserve.Position)
	issued    func(m *model, g *grant)  // after an authorization was committed
	shows     bool                      // authorizations are shown before they are committed
	lies      bool                      // the disks of devices don't sync
	also      func(*model, acted)       // what an act of the office does besides
	asks      func(*Wish)               // what is asked for instead
	ahead     int                       // days by which the clock is ahead when something is issued
	closing   int                       // years by which it is when an account is closed
	forgetful bool                      // an operation ID is forgotten
	lax       bool                      // policies on what is written off don't count
	hasty     bool                      // what is committed was not previewed
	quiet     bool                      // a dead device that lives raises no alarm
	carries   func(*model, *unit, *RMA) // what a replacement is given instead
	stocks    func([]compliance.Lot)    // what is reported instead
	only      []string                  // the actions that matter, all if empty
}

// A mutation is a wrong rule, and what the finding has to speak of: one of several, between bars.
type mutation struct {
	name  string
	rules misrules
	found string
}

// acted is what an act of the office did.
type acted struct {
	verb      string
	unit      *unit
	grant     *grant
	lot       reserve.LotID
	n         uint32
	from, to  ledger.Path
	charge    map[reserve.LotID]uint32 // before
	key       Converting
	expected  ledger.Expected
	withdrawn bool
}

// did is where a mutation does something besides.
func (m *model) did(a acted) {
	if m.also != nil {
		m.also(m, a)
	}
}

// modelMutations are mistakes that would break a promise, that a real device or office could have
// and that can be put in from outside. The explorer of package reserve has those of the books.
var modelMutations = []mutation{
	{"reductions are credited when they are issued", misrules{issued: creditWhenIssued, only: []string{"authorize", "as usual"}}, "the books of"},
	{"no monotone install floor", misrules{forgiving: true, only: []string{"as usual", "install any"}}, "want a refusal for \"superseded\""},
	{"a return is printed before it is written", misrules{early: "returning", only: []string{"as usual", "return"}}, "(I9)"},
	{"a confirmation is printed before it is written", misrules{early: "installing", only: []string{"authorize", "as usual", "install"}}, "(I9)"},
	{"a cancellation is printed before it is written", misrules{early: "canceling", only: []string{"authorize", "cancel"}}, "(I9)"},
	{"a typed cancellation with the words 'I hold m'",
		misrules{words: true, receipt: cancelInWords, only: []string{"as usual", "cancel"}}, "(I9)"},
	{"one position for each number", misrules{receipt: onePosition, only: []string{"as usual", "lose the tail"}}, "want a refusal for \"device-suspect\""},
	{"an authorization is shown before it is committed", misrules{shows: true, only: []string{"authorize", "as usual"}}, "which was never issued"},
	{"a device's disk says that it synced and didn't", misrules{lies: true, only: []string{"as usual", "return"}}, "is lost|has another record"},
}

// maxLives is how many lives a mutation may survive.
const maxLives = 200

func TestModelCatchesMutations(t *testing.T) {
	prepared := prepareModel(t)
	for _, c := range slices.Concat(modelMutations, booksMutations, failedMutations) {
		t.Run(c.name, func(t *testing.T) {
			for life := 1; life <= maxLives; life++ {
				found := c.rules.live(prepared, life, tally{})
				if found == "" {
					continue
				}
				if !slices.ContainsFunc(strings.Split(c.found, "|"), func(text string) bool { return strings.Contains(found, text) }) {
					t.Errorf("found something else than %q", c.found)
				}
				t.Logf("in life %d: %s", life, found)
				return
			}
			t.Fatalf("survived %d lives", maxLives)
		})
	}
}

// broken is what a model throws when it finds something outside of rapid.Check.
type broken string

// live lives a random life, the same one each time it has the same number, and returns what is found.
func (r misrules) live(prepared string, number int, happened tally) string {
	return rapid.Custom(func(t *rapid.T) (found string) {
		m := newModel(t, prepared, r)
		defer m.close()
		m.happened = happened
		m.fail = func(format string, args ...any) { panic(broken(fmt.Sprintf(format, args...))) }
		defer func() {
			if thrown := recover(); thrown != nil {
				text, ok := thrown.(broken)
				if !ok {
					panic(thrown)
				}
				found = string(text)
			}
		}()
		if testing.Short() { // when rapid makes rounds half as long
			m.run(4)
		} else {
			m.run(2)
		}
		return ""
	}).Example(number)
}

// creditWhenIssued lets go of all that the device had, as soon as it is to have something else.
func creditWhenIssued(m *model, g *grant) { m.letGo(g.unit, g.number) }

// letGo has the books say that all numbers before one are dead.
func (m *model) letGo(u *unit, floor reserve.Number) {
	m.must(m.office.ledger.Update(ctx, func(tx *ledger.Tx) error {
		d, err := tx.DeviceByDID(u.identity.DID())
		if err != nil {
			return err
		}
		before, err := tx.Books(d.ID)
		if err != nil {
			return err
		}
		after := before
		after.Floor = floor
		if err := tx.SaveBooks(d.ID, before, after); err != nil {
			return err
		}
		trust, err := tx.Trust()
		if err != nil {
			return err
		}
		_, err = m.office.append(tx, trust, eventReceive, "", struct{}{})
		return err
	}))
}

// withFloor returns what a device would be that holds nothing and takes numbers from floor on. The
// floor stands in its record after the version, the secret, the trust bundle and the request.
func withFloor(i reserve.Instance, floor reserve.Number) reserve.Instance {
	if held, ok := i.(reserve.Reserved); ok {
		i = held.Return()
	}
	data := reserve.Encode(i)
	r := codec.NewReader(data)
	r.U8()
	r.Raw(32)
	r.Bytes(reserve.BundleKind.Max)
	r.Bytes(reserve.RequestKind.Max)
	binary.BigEndian.PutUint16(data[len(data)-r.Len():], uint16(floor))
	lowered, err := reserve.ParseInstance(data)
	if err != nil {
		panic(err)
	}
	return lowered
}

// cancelInWords is a typed code of a device that holds something still, and says so beside the code,
// where the operator can leave it out.
func cancelInWords(i reserve.Instance, u *unit) (codec.Code, reserve.Position) {
	if held, ok := i.(reserve.Reserved); ok && u.floor > u.held.number+1 {
		return held.Return().Receipt().Code(), reserve.Position(2*u.floor - 1)
	}
	return i.Receipt().Code(), u.position()
}

// onePosition says "n is installed" with the same secret as "n-1 was returned".
func onePosition(i reserve.Instance, u *unit) (codec.Code, reserve.Position) {
	if u.held != nil {
		return withFloor(i, u.held.number).Receipt().Code(), reserve.ReturnAt(u.held.number - 1)
	}
	return i.Receipt().Code(), u.position()
}
