package bigledger

import (
	"fmt"
	"time"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A shape is what a home with so many devices looks like. Everything about it can be told without
// making it.
type shape struct{ devices int }

const (
	devicesPerAccount = 500
	lotsPerAccount    = 5
	passes            = 3    // authorizations of each device
	wave              = 8000 // devices that come at about the same time
	batch             = 1000 // journal entries of a transaction, at most
)

func (s shape) accounts() int { return max(2, s.devices/devicesPerAccount) }

// per is how many devices an account has at most.
func (s shape) per() int { return (s.devices + s.accounts() - 1) / s.accounts() }

func (s shape) path(account int) ledger.Path {
	p, err := ledger.ParsePath(fmt.Sprintf("customer-%02d/site-%04d", account%20+1, account+1))
	if err != nil {
		panic("bigledger: " + err.Error())
	}
	return p
}

// accountOf spreads the devices of an account over the years.
func (s shape) accountOf(device int) int { return device % s.accounts() }

func udiOf(device int) reserve.UDI {
	products := []string{"C9300-24T", "C9300-48T", "C9300-48UXM"}
	u, err := reserve.NewUDI(products[device%len(products)], fmt.Sprintf("FDO%08d", device))
	if err != nil {
		panic("bigledger: " + err.Error())
	}
	return u
}

func labelOf(device int) string {
	if device%10 != 0 {
		return ""
	}
	return fmt.Sprintf("rack %d, unit %d", device/10%400, device/10%42)
}

// What a device answers to its last authorization.
type answer int

const (
	confirms answer = iota
	returns
	silent
)

// answerOf has 88 of 100 devices confirm, 2 return and 10 say nothing, in every account alike.
func (s shape) answerOf(device int) answer {
	switch n := device / s.accounts() % 100; {
	case n%10 == 3:
		return silent
	case n%50 == 7:
		return returns
	}
	return confirms
}

// A purchase of an account. The subscriptions follow each other.
type purchase struct {
	tag         string
	entitlement reserve.EntitlementID
	quantity    int
	ends        keys.Day
}

// purchases of an account: what is perpetual, three subscriptions of which the first ends between
// three months ago and in a year, and ports. Of every three accounts one bought too little to go on
// with when the first one ends.
func (s shape) purchases(account int) [lotsPerAccount]purchase {
	first := keys.DayOf(Today) - 90 + keys.Day(account*7%455)
	second := s.per()
	if account%3 == 0 {
		second = (second + 1) / 2
	}
	return [lotsPerAccount]purchase{
		{"network-advantage", 2, 2 * s.per(), 0},
		{"dna-advantage", 4, 2 * s.per(), first},
		{"dna-advantage", 4, second, first + 365},
		{"dna-advantage", 4, 1 + s.per()/10, first + 3*365},
		{"multigigabit-ports", 6, 32 * s.per(), 0},
	}
}

// lot returns the number that a purchase has in the books.
func (s shape) lot(account, place int) reserve.LotID {
	return reserve.LotID(account*lotsPerAccount + place + 1)
}

// draws are what an authorization of a device takes on a day. Later ones bring ports, and the last
// one gives some of them back.
func (s shape) draws(device, pass int, day keys.Day) []reserve.Draw {
	account := s.accountOf(device)
	all := s.purchases(account)
	take := func(place int, count uint32) reserve.Draw {
		return reserve.Draw{Lot: s.lot(account, place), Grant: reserve.Grant{Entitlement: all[place].entitlement, Count: count, Ends: all[place].ends}}
	}
	subscription := 1
	for all[subscription].ends < day {
		subscription++
	}
	out := []reserve.Draw{take(0, 1), take(subscription, 1)}
	switch {
	case pass == 1:
		out = append(out, take(4, 8))
	case pass == 2 && device%10 < 7:
		out = append(out, take(4, 24))
	case pass == 2:
		out = append(out, take(4, 4))
	}
	return out
}

// A span is a transaction: what a pass brings some devices of a wave.
type span struct {
	pass        int
	from, to    int // devices
	first, last uint32
}

// entries are how many journal entries a pass makes for a device: the first one enrolls it, and its
// answer follows the last one.
func (s shape) entries(device, pass int) uint32 {
	if pass == 0 || pass == passes-1 && s.answerOf(device) != silent {
		return 2
	}
	return 1
}

// founding is how many journal entries there are before the first device's.
func (s shape) founding() uint32 { return 1 + uint32(s.accounts()*(1+lotsPerAccount)) }

// spans returns the transactions of a wave, whose first journal entry is given.
func (s shape) spans(from, to int, first uint32) []span {
	var out []span
	for pass := range passes {
		at := span{pass: pass, from: from, to: from, first: first, last: first - 1}
		for d := from; d < to; d++ {
			n := s.entries(d, pass)
			if at.last+n-at.first >= batch {
				out = append(out, at)
				at = span{pass: pass, from: d, to: d, first: at.last + 1, last: at.last}
			}
			at.to, at.last = d+1, at.last+n
		}
		out, first = append(out, at), at.last+1
	}
	return out
}

// total is how many journal entries there are when all devices are in.
func (s shape) total() uint32 {
	n := s.founding()
	for d := range s.devices {
		for pass := range passes {
			n += s.entries(d, pass)
		}
	}
	return n
}

// moment is when a journal entry is written: they are spread evenly through yesterday.
func (s shape) moment(sequence, total uint32) time.Time {
	all := Today.Add(-24 * time.Hour).Sub(Begin)
	return Begin.Add(time.Duration(float64(all) * float64(sequence) / float64(total))).Truncate(time.Second)
}
