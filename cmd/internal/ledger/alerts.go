package ledger

import (
	"iter"

	"tallystick/cmd/internal/compliance"
	"tallystick/keys"
)

// An AlertQuery selects alerts.
type AlertQuery struct {
	Scope
	Day     keys.Day
	AtLeast compliance.Severity
	compliance.Policy
}

// Alerts streams the alerts that q selects, the worst first; among equals those of licenses first,
// by account and entitlement, then those of devices. The refusal is UnknownAccount.
func (tx *Tx) Alerts(q AlertQuery) iter.Seq2[compliance.Alert, error] {
	return func(yield func(compliance.Alert, error) bool) {
		pools, err := tx.poolAlerts(q)
		if err != nil {
			yield(compliance.Alert{}, err)
			return
		}
		for _, l := range tx.alertLists(q, pools) {
			if !l.severity.AtLeast(q.AtLeast) {
				return
			}
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

// An alertList are alerts of which those with a severity are wanted.
type alertList struct {
	severity compliance.Severity
	alerts   iter.Seq2[compliance.Alert, error]
}

// alertLists returns all lists in the order they are wanted. Nothing is read before it is.
func (tx *Tx) alertLists(q AlertQuery, pools []compliance.Alert) []alertList {
	enrolled := daysBefore(q.Day, q.Enrolled)
	ofPools := func(yield func(compliance.Alert, error) bool) {
		for _, a := range pools {
			if !yield(a, nil) {
				return
			}
		}
	}
	doubts := converted(tx.Doubts(q.Scope), alertOf[compliance.Doubt])
	renewed := converted(tx.Renewed(q.Scope, enrolled), alertOf[compliance.Renewed])
	twins := converted(tx.Twins(q.Scope), alertOf[compliance.Twin])
	newcomers := converted(tx.Unannounced(q.Scope, enrolled), alertOf[compliance.Newcomer])
	return []alertList{
		{compliance.Critical, ofPools}, {compliance.Critical, doubts}, {compliance.Critical, renewed},
		{compliance.Warning, ofPools}, {compliance.Warning, tx.unsettledAlerts(q)}, {compliance.Warning, twins}, {compliance.Warning, newcomers},
		{compliance.Info, ofPools}, {compliance.Info, renewed},
	}
}

func alertOf[T interface{ Alert() compliance.Alert }](v T) (compliance.Alert, bool) {
	return v.Alert(), true
}

// poolAlerts returns the alerts of licenses: a few for each purchase at most, so they fit into memory.
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

func (tx *Tx) unsettledAlerts(q AlertQuery) iter.Seq2[compliance.Alert, error] {
	return func(yield func(compliance.Alert, error) bool) {
		for u, err := range tx.Unsettled(q.Scope, daysBefore(q.Day, q.Policy.Unsettled)) {
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
