package testvectors_test

import (
	"fmt"
	"maps"
	"slices"

	"tallystick/keys"
	"tallystick/reserve"
)

// The checks of what an issuer's books of one device come to.

// standingOf reads books of which only the sums matter, of some device.
func standingOf(context, input object) reserve.Books {
	o := maps.Clone(context.object("books"))
	maps.Copy(o, input)
	q, err := reserve.ParseRequest(exampleDevice().request(1, 1))
	must(err == nil, fmt.Sprint(err))
	b := reserve.Books{Identity: q.Identity(), Floor: reserve.Number(o.int("floor")), Known: reserve.Position(o.int("position")),
		Seen: reserve.Number(o.int("seen")), Current: reserve.Number(o.int("current")), Suspect: o.bool("suspect"), Quarantined: o.bool("quarantined")}
	for _, v := range o.list("issued") {
		i := object(v.(map[string]any))
		issued := reserve.Issued{Number: reserve.Number(i.int("number")), Dead: i["dead"] != nil}
		issued.Draws = drawsOf(o, i.list("draws"))
		b.Issued = append(b.Issued, issued)
	}
	return withLoss(b, o)
}

// drawsOf reads what an authorization draws; every grant ends with its lot.
func drawsOf(books object, list []any) (draws []reserve.Draw) {
	for _, v := range list {
		d := object(v.(map[string]any))
		draw := reserve.Draw{Lot: reserve.LotID(d.int("lot")), Grant: reserve.Grant{Count: uint32(d.int("count"))}}
		if books["ends"] != nil {
			for _, v := range books.list("ends") {
				if e := object(v.(map[string]any)); e.int("lot") == d.int("lot") {
					draw.Grant.Ends = keys.Day(e.int("day"))
				}
			}
		}
		draws = append(draws, draw)
	}
	return draws
}

func checkStanding(context, input object) finding {
	b := standingOf(context, input)
	alive := []int{}
	for _, i := range b.Alive() {
		alive = append(alive, int(i.Number))
	}
	confirmed, _ := b.Confirmed()
	o := object{"standing": b.Standing(), "confirmed": confirmed.Number, "alive": alive, "charge": lotsObject(b.Charge()), "transit": lotsObject(b.InTransit())}
	if b.WrittenOff {
		day := keys.Day(context.object("books").int("day"))
		if input["day"] != nil {
			day = keys.Day(input.int("day"))
		}
		o["standing"], o["exposure"] = b.StandingOn(day), lotsObject(b.ExposureOn(day))
	}
	return finding{output: o}
}

// lotsObject lists what is above zero, by lot.
func lotsObject(counts map[reserve.LotID]uint32) []object {
	all := []object{}
	for _, lot := range slices.Sorted(maps.Keys(counts)) {
		if counts[lot] > 0 {
			all = append(all, object{"lot": lot, "count": counts[lot]})
		}
	}
	return all
}

// wantedOf reads what the authorization is to draw: nothing, unless the input says so.
func wantedOf(context, input object) []reserve.Draw {
	if input["draws"] == nil {
		return nil
	}
	return drawsOf(context.object("books"), input.list("draws"))
}

func checkNext(context, input object) finding {
	b := standingOf(context, input)
	number, _ := b.Next() // Issue refuses the same
	_, err := b.Issue(reserve.Issued{Number: number, Draws: wantedOf(context, input)})
	return finding{err: err, output: object{"number": number}}
}

func checkRebase(context, input object) finding {
	b := standingOf(context, input)
	number, err := b.NextRebased(1)
	if err == nil {
		_, err = b.Rebase(reserve.Issued{Number: number, Draws: wantedOf(context, input), Rebased: true})
	}
	return finding{err: err, output: object{"number": number}}
}

func checkWriteOff(context, input object) finding {
	b := standingOf(context, input)
	after, err := b.WriteOff()
	return finding{err: err, output: object{"books": changes(b, after)}}
}

func checkSettlement(context, input object) finding {
	b := standingOf(context, input)
	after, err := b.Settle()
	return finding{err: err, output: object{"books": changes(b, after)}}
}
