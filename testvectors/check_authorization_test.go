package testvectors_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"maps"
	"time"

	"tallystick/keys"
	"tallystick/reserve"
)

// checkAuthorization installs a body on the device of the context. The device is made of a record,
// which SPEC.md describes at the end of "Device".
func checkAuthorization(context, input object) finding {
	state := maps.Clone(context)
	maps.Copy(state, input)
	i, err := reserve.ParseInstance(recordOf(state))
	if err != nil {
		return finding{err: fmt.Errorf("the device of the context: %v", err)}
	}
	clock := keys.Day(state.int("clock")).Time()
	next, repeated, err := reserve.Install(i, input.bytes("body"), clock.Add(12*time.Hour))
	if err != nil {
		return finding{err: err}
	}
	return finding{output: authorizationObject(next, repeated, input.bytes("body"))}
}

func recordOf(state object) []byte {
	d := deviceOf(state.object("device"))
	var installed []byte
	if state["installed"] != nil {
		installed = state.bytes("installed")
	}
	act := 0
	switch {
	case installed != nil:
		act = 1
	case state.int("floor") > 1:
		act = 3
	}
	held := min(len(installed), 1)
	return cat(1, d.seed, bs(state.bytes("bundle")), bs(d.request(1, 1)), u16(state.int("floor")), act, held, u16(state.int("latest")),
		zeros(16), zeros(4), zeros(8), bs(nil), bs(installed))
}

// devices are those that were made already: the chain takes time.
var devices = map[string]*device{}

func deviceOf(o object) *device {
	id := o.text("seed") + o.text("udi")
	if devices[id] == nil {
		devices[id] = newDevice(o.bytes("seed"), o.text("udi"))
	}
	return devices[id]
}

// authorizationObject shows what is installed. Package reserve shows no flags, root and extensions of
// a verified authorization; the first two come from Inspect, the last are read here.
func authorizationObject(next reserve.Reserved, repeated bool, body []byte) object {
	a := next.Authorization()
	x, err := reserve.Inspect(reserve.AuthorizationKind, body, next.Trust(), next.Identity())
	if err != nil {
		return object{"inspection": err.Error()}
	}
	grants, signers := []object{}, []int{}
	for _, g := range a.Grants() {
		grants = append(grants, object{"id": g.Entitlement, "count": g.Count, "ends": g.Ends})
	}
	for _, s := range x.Signers {
		signers = append(signers, int(s))
	}
	sum := a.Digest()
	return object{"training": a.Training(), "export": body[1]&2 != 0, "root": x.RootVersion, "entry": a.Sequence(), "number": a.Number(),
		"issued": a.Issued(), "grants": grants, "extensions": extensionsOf(a, body), "signers": signers, "digest": hex.EncodeToString(sum[:]),
		"repeated": repeated, "floor": next.Floor(), "latest": next.LatestDay(), "confirmation": next.Receipt().Code().Lines()[0]}
}

// extensionsOf reads the extensions between the grants and the signatures.
func extensionsOf(a reserve.Authorization, body []byte) []object {
	var grants []grantForm
	for _, g := range a.Grants() {
		grants = append(grants, grantForm{int(g.Entitlement), int(g.Count), int(g.Ends)})
	}
	skip := 12 + len(uv(int(a.Sequence()))) + len(uv(int(a.Number()))) + 2 + len(grantBytes(grants))
	r := bytes.NewReader(body[skip:])
	counts, _ := r.ReadByte()
	all := []object{}
	for range counts >> 4 {
		kind, _ := r.ReadByte()
		size, shift := 0, 0
		for {
			c, _ := r.ReadByte()
			size |= int(c&0x7f) << shift
			if shift += 7; c < 0x80 {
				break
			}
		}
		data := make([]byte, size)
		_, _ = r.Read(data)
		all = append(all, object{"type": kind, "data": hex.EncodeToString(data)})
	}
	return all
}
