package ledger

import (
	"iter"
	"slices"

	"tallystick/cmd/internal/compliance"
	"tallystick/keys"
)

// An AlertQuery selects alerts.
type AlertQuery struct {
	Scope
	Day     keys.Day
	AtLeast compliance.Severity
	compliance.Policy
	First []compliance.Alert // critical ones that are known without the ledger
}

// Alerts streams the alerts that q selects, the worst first; among equals those of licenses first,
// by account and entitlement, then those of devices. The refusal is UnknownAccount.
func (tx *Tx) Alerts(q AlertQuery) iter.Seq2[compliance.Alert, error] {
	return func(yield func(compliance.Alert, error) bool) {
		lists, err := tx.alertLists(q)
		if err != nil {
			yield(compliance.Alert{}, err)
		}
		for _, l := range lists {
			for a, err := range l.alerts {
				if err == nil && a.Severity != l.severity {
					continue
				}
				if !yield(a, err) || err != nil {
					return
				}
			}
		}
	}
}

// CountAlerts returns how many alerts q selects, by severity. The refusal is UnknownAccount.
func (tx *Tx) CountAlerts(q AlertQuery) (map[compliance.Severity]uint64, error) {
	counts := map[compliance.Severity]uint64{}
	lists, err := tx.alertLists(q)
	if err != nil {
		return nil, err
	}
	for _, l := range lists {
		if l.count != nil {
			n, err := l.count()
			if err != nil {
				return nil, err
			}
			counts[l.severity] += n
			continue
		}
		for a, err := range l.alerts {
			if err != nil {
				return nil, err
			}
			if a.Severity == l.severity {
				counts[a.Severity]++
			}
		}
	}
	return counts, nil
}

// An alertList are alerts of which those with a severity are wanted.
type alertList struct {
	severity compliance.Severity
	alerts   iter.Seq2[compliance.Alert, error]
	count    func() (uint64, error) // a shorter way to count them, nil where there is none
}

// alertLists returns all lists that q selects, in the order they are wanted. Of devices nothing is
// read before it is.
func (tx *Tx) alertLists(q AlertQuery) ([]alertList, error) {
	pools, err := tx.poolAlerts(q)
	if err != nil {
		return nil, err
	}
	pools = slices.Concat(q.First, pools)
	enrolled, signed := daysBefore(q.Day, q.Enrolled), daysBefore(q.Day, q.Policy.Unsettled)
	ofPools := func(yield func(compliance.Alert, error) bool) {
		for _, a := range pools {
			if !yield(a, nil) {
				return
			}
		}
	}
	renewed := converted(tx.Renewed(q.Scope, enrolled, q.Day), alertOf[compliance.Renewed])
	lives := converted(tx.Lost(q.Scope, q.Day), func(l compliance.Lost) (compliance.Alert, bool) {
		return l.Lives(), l.Heard != 0 && (l.Heard >= enrolled || len(l.Pending) > 0)
	})
	pends := converted(tx.Lost(q.Scope, q.Day), func(l compliance.Lost) (compliance.Alert, bool) { return l.Pends(), len(l.Pending) > 0 })
	lists := []alertList{
		{compliance.Critical, ofPools, nil},
		{compliance.Critical, converted(tx.Doubts(q.Scope), alertOf[compliance.Doubt]), nil},
		{compliance.Critical, lives, nil},
		{compliance.Critical, renewed, nil},
		{compliance.Warning, ofPools, nil},
		{compliance.Warning, alertsOf(tx.Unsettled(q.Scope, signed, q.Day)), func() (uint64, error) { return tx.countUnsettled(q.Scope, signed, q.Day) }},
		{compliance.Warning, pends, nil},
		{compliance.Warning, converted(tx.Twins(q.Scope), alertOf[compliance.Twin]), nil},
		{compliance.Warning, converted(tx.Unannounced(q.Scope, enrolled), alertOf[compliance.Newcomer]), nil},
		{compliance.Info, ofPools, nil},
		{compliance.Info, renewed, nil},
		{compliance.Info, lives, nil},
	}
	return slices.DeleteFunc(lists, func(l alertList) bool { return !l.severity.AtLeast(q.AtLeast) }), nil
}

func alertOf[T interface{ Alert() compliance.Alert }](v T) (compliance.Alert, bool) {
	return v.Alert(), true
}

// poolAlerts returns the alerts of licenses: a few for each purchase at most, so they fit into
// memory.
func (tx *Tx) poolAlerts(q AlertQuery) ([]compliance.Alert, error) {
	catalog, err := tx.Catalog()
	if err != nil {
		return nil, err
	}
	var out []compliance.Alert
	for s, err := range tx.AllStocks(q.Scope) {
		if err != nil {
			return nil, err
		}
		e, _ := catalog.EntitlementByID(s.Entitlement)
		pool := compliance.Pool{Account: s.Account.String(), Entitlement: s.Tag, Unit: e.Unit}
		out = append(out, compliance.PoolAlerts(pool, s.Lots, q.Day, q.Policy)...)
	}
	return out, nil
}

// alertsOf are the alerts of each device.
func alertsOf(list iter.Seq2[compliance.Unsettled, error]) iter.Seq2[compliance.Alert, error] {
	return func(yield func(compliance.Alert, error) bool) {
		for u, err := range list {
			if err != nil {
				yield(compliance.Alert{}, err)
				return
			}
			for _, a := range u.Alerts() {
				if !yield(a, nil) {
					return
				}
			}
		}
	}
}

// daysBefore is a day some days back, as far as days go.
func daysBefore(day keys.Day, days int) keys.Day { return keys.Day(max(int(day)-days, 1)) }
