package testvectors_test

import "fmt"

// What time, bundles and questions do to a device's record.

// clockGroup is about the latest day and the running time, which a report brings up to date.
func clockGroup() *vectorGroup {
	held := holding(heldWish())
	m := newEventMaker("The time of a device that holds number 4", held)
	at := func(comment, flags string, clock, uptime, latest, ran int) {
		before := held
		before.clock, before.uptime = clock, uptime
		after := before
		after.latest, after.ran, after.mark = latest, ran, uptime
		after = after.reported()
		m.does(comment, flags, before, toReport, after, after.reportCode())
	}
	const d, up = firstDay, 3600
	at("a day has passed", "Day", d+1, up, d+1, up)
	at("the clock is 30 days ahead", "Day Limit", d+30, up, d+30, up)
	at("the clock is 31 days ahead", "Day Limit", d+31, up, d, up)
	at("the clock was set back", "Day", d-1, up, d, up)
	at("the clock is at day 1", "Day", 1, up, d, up)
	at("59 minutes have passed", "Time", d, up+3540, d, up+3540)
	at("an hour has passed", "Time Limit", d, up+3600, d, up+3600)
	at("61 minutes have passed", "Time Limit", d, up+3660, d, up+3600)
	at("a day has passed unseen", "Time Limit", d+1, up+86400, d+1, up+3600)
	at("the machine was started again 10 minutes ago", "Time", d, 600, d, up+600)
	at("the machine was started again, and has been running for less than before", "Time", d, up-1, d, 2*up-1)
	later := held.reported()
	later.clock++
	next := later
	next.latest++
	m.does("a day has passed since the last report", "Day Report", later, toReport, next.reported(), next.reported().reportCode())
	later = held.reported()
	later.uptime += 1800
	next = later
	next.ran, next.mark = next.ran+1800, next.mark+1800
	m.does("half an hour has passed since the last report: the same one", "Time Report", later, toReport, later, later.reportCode())
	later.uptime += 1800
	next = later
	next.ran, next.mark = next.ran+3600, next.mark+3600
	m.does("an hour has passed since the last report", "Time Report", later, toReport, next.reported(), next.reported().reportCode())
	return m.vectorGroup
}

// obeyGroup is about a device that takes another bundle.
func obeyGroup() *vectorGroup {
	one := changedRoot(func(r *rootForm) { r.keys = append(r.keys, listedKey(3, roleIssue)) })
	first := one.signed(1)
	a := heldWish()
	_, a.issuer = issuerOf(one)
	held := holding(a)
	held.bundle, held.installed = bundleBody(vectorCatalog, first), newWorld(one.by(1)).body(a)
	m := newEventMaker("A device that holds number 4 takes a bundle", held)
	second := func(change func(*rootForm)) []byte {
		r := one.nextRoot()
		change(&r)
		return bundleBody(vectorCatalog, first, r.signed(1))
	}
	takes := func(comment, flags string, before recordForm, bundle []byte, revalidate int) {
		after := before
		after.bundle, after.revalidate = bundle, revalidate
		m.does(comment, flags, before, toObey(bundle), after, nil)
	}
	const flag = "Update"
	takes("the same again", flag, held, held.bundle, 0)
	takes("version 2", flag, held, second(func(*rootForm) {}), 0)
	takes("version 2: the key that signed is retired", flag, held, second(func(r *rootForm) { r.keys[1].status = retired; r.policies = r.policies[:2] }), 0)
	takes("version 2: another key is compromised", flag, held, second(func(r *rootForm) { r.keys[2].status = compromised }), 0)
	gone := func(r *rootForm) { r.keys[1].status = compromised; r.policies = r.policies[:2] }
	takes("version 2: the key that signed is compromised", flag+" Time", held, second(gone), 3600+720*3600)
	none := func(r *rootForm) { gone(r); r.revalidate = 0 }
	takes("… with no hours of grace", flag+" Time", held, second(none), 3600)
	unused := held
	unused.ran = 0
	takes("… with no hours of grace, and no running time", flag+" Time", unused, second(none), 1)
	graced := held
	graced.revalidate = 9000
	takes("… when it was before", flag+" Time", graced, second(gone), 9000)
	takes("a device that holds nothing: a key is compromised", flag+" Time", held.returned(), second(gone), 0)
	m.refuses("another issuer", flag, held, toObey(bundleBody(vectorCatalog, firstRoot().signed(1))), "unknown-issuer")
	newer := held
	newer.bundle = second(func(*rootForm) {})
	m.refuses("version 1 after version 2", flag, newer, toObey(held.bundle), "trust-too-old")
	m.refuses("bytes that are no bundle", flag, held, toObey([]byte{0x1a, 0, 0}), "code-malformed")
	return m.vectorGroup
}

// uses adds a question: whether so many may be used.
func (m eventMaker) uses(comment, flags string, before recordForm, tag string, count int, licensed bool, after recordForm) {
	m.valid(comment, flags, m.input(before, toUse(tag, count)), fields{{"code", any(nil)}, {"record", after.differences(before)}, {"licensed", licensed}})
}

// evaluationGroup is about devices without a license.
func evaluationGroup() *vectorGroup {
	fresh := freshRecord()
	m := newEventMaker("What may be used without a license", fresh)
	const flag = "Evaluation"
	counted := func(seconds, elapsed int) (before, after recordForm) {
		before = fresh
		before.uptime += seconds
		after = before
		after.ran, after.mark, after.evaluation = after.ran+elapsed, before.uptime, max(0, after.evaluation-elapsed)
		return before, after
	}
	m.uses("at once", flag, fresh, "base", 1, true, fresh)
	m.uses("any number", flag, fresh, "plus", 1000000, true, fresh)
	for _, x := range [][2]int{{600, 600}, {3600, 3600}, {3660, 3600}, {86400, 3600}} {
		before, after := counted(x[0], x[1])
		m.uses(fmt.Sprintf("after %d seconds, of which %d count", x[0], x[1]), flag+" Time Limit", before, "base", 1, true, after)
	}
	before, after := counted(600, 600)
	before.clock++
	after.clock, after.latest = before.clock, after.latest+1
	m.uses("after 600 seconds, on the next day", flag+" Day", before, "base", 1, true, after)
	before, _ = counted(600, 600)
	m.uses("what is export-controlled, after 600 seconds", flag+" Export", before, "crypto", 1, false, before)
	m.uses("what is not enforced, after 600 seconds", flag, before, "ports", 9, true, before)
	m.uses("what is retired", flag, before, "old", 1, false, before)
	m.uses("what is not in the catalog", flag, before, "cellar", 1, false, before)
	last, over := counted(3600, 3600)
	last.evaluation, over.evaluation = 3601, 1
	m.uses("a second is left", flag+" Time Limit", last, "base", 1, true, over)
	last.evaluation, over.evaluation = 3600, 0
	m.uses("nothing is left", flag+" Time Limit", last, "base", 1, false, over)
	last.evaluation = 60
	m.uses("less is left than was used", flag+" Time Limit", last, "base", 1, false, over)
	fresh.evaluation = 0
	m.uses("the evaluation is over", flag, fresh, "base", 1, false, fresh)
	m.uses("the evaluation is over: what is not enforced", flag, fresh, "ports", 1, true, fresh)
	returned := holding(heldWish()).returned()
	m.uses("everything is returned", flag, returned, "base", 1, false, returned)
	m.uses("everything is returned: what is not enforced", flag, returned, "ports", 1, true, returned)
	return m.vectorGroup
}

// rightsGroup is about devices that hold something.
func rightsGroup() *vectorGroup {
	const d = firstDay
	held := holding(heldWish(grantForm{1, 2, 0}, grantForm{2, 3, d + 10}, grantForm{16383, 1, d + 10}))
	m := newEventMaker("What may be used with a license: base 2 without end, plus 3 and crypto 1 for ten days", held)
	const flag = "Rights"
	on := func(day int) recordForm {
		r := held
		r.clock = day
		return r
	}
	ask := func(comment, flags string, before recordForm, tag string, count int, licensed bool) {
		after := before
		if ahead := before.clock - before.latest; ahead > 0 && ahead <= 30 {
			after.latest = before.clock
		}
		m.uses(comment, flags, before, tag, count, licensed, after)
	}
	ask("base 5: with the tier above", flag, held, "base", 5, true)
	ask("base 6", flag, held, "base", 6, false)
	ask("base 0", flag, held, "base", 0, true)
	ask("plus 3", flag, held, "plus", 3, true)
	ask("plus 4: never by the tier below", flag, held, "plus", 4, false)
	ask("crypto 1", flag+" Export", held, "crypto", 1, true)
	ask("crypto 2", flag+" Export", held, "crypto", 2, false)
	ask("ports 1000000, which are not enforced", flag, held, "ports", 1000000, true)
	ask("what is retired", flag, held, "old", 1, false)
	ask("plus 3 on its last day", flag+" Day", on(d+10), "plus", 3, true)
	ask("crypto 1 on its last day", flag+" Day", on(d+10), "crypto", 1, true)
	ask("crypto 1 a day later: it has no grace", flag+" Day", on(d+11), "crypto", 1, false)
	ask("plus 3 a day later: in grace", flag+" Day", on(d+11), "plus", 3, true)
	ask("base 5 a day later: the tier above is in grace", flag+" Day", on(d+11), "base", 5, true)
	ask("plus 3 on the last day of grace", flag+" Day Limit", on(d+100), "plus", 3, true)
	ask("plus 3 after the grace", flag+" Day Limit", on(d+101), "plus", 3, false)
	ask("base 2 after the grace of the tier above", flag+" Day", on(d+101), "base", 2, true)
	ask("base 3 after the grace of the tier above", flag+" Day", on(d+101), "base", 3, false)
	ask("plus 0 after the grace", flag+" Day", on(d+101), "plus", 0, false)
	late := on(d)
	late.latest = d + 101
	ask("the clock was set back after the grace", flag+" Day", late, "plus", 1, false)
	last := holding(heldWish(grantForm{1, 1, 65500}))
	last.latest, last.clock = 65535, 65535
	ask("grace ends with the days there are", flag+" Day Limit", last, "base", 1, true)
	graced := held
	graced.revalidate = graced.ran + 1
	ask("a signer is compromised, a second before the grace is over", flag+" Time", graced, "base", 1, true)
	graced.revalidate--
	ask("a signer is compromised, and the grace is over", flag+" Time", graced, "base", 1, false)
	ask("a signer is compromised, and the grace is over: what is not enforced", flag+" Time", graced, "ports", 1, true)
	empty := holding(heldWish([]grantForm{}...))
	ask("nothing is granted", flag, empty, "base", 1, false)
	addControlled(m, flag)
	return m.vectorGroup
}

// addControlled is about a tier that a newer catalog made export-controlled.
func addControlled(m eventMaker, flag string) {
	newer := edited(`"version":1`, `"version":2`, `"tag":"plus","name":"Plus","includes":["base"],"metric":"device","unit":"device","class":"enforced"`,
		`"tag":"plus","name":"Plus","includes":["base"],"metric":"device","unit":"device","class":"export-controlled"`)
	two := firstRoot().nextRoot()
	two.catalog = catalogSum(newer)
	plain, signed := heldWish(grantForm{1, 2, 0}, grantForm{2, 3, 0}), heldWish(grantForm{1, 2, 0}, grantForm{2, 3, 0})
	signed.flags = 2
	for _, x := range []struct {
		comment  string
		held     authorizationForm
		tag      string
		count    int
		licensed bool
	}{{"a tier is export-controlled since, without the flag export", plain, "plus", 1, false}, {"… nor does it cover the tier below", plain, "base", 3, false},
		{"… which has its own", plain, "base", 2, true}, {"a tier is export-controlled since, with the flag export", signed, "plus", 3, true},
		{"… and covers the tier below", signed, "base", 5, true}} {
		r := holding(x.held)
		r.bundle = bundleBody(newer, firstRoot().signed(1), two.signed(1))
		m.uses(x.comment, flag+" Export", r, x.tag, x.count, x.licensed, r)
	}
}
