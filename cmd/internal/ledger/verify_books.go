package ledger

import "fmt"

// A contradiction is a query that finds nothing in a ledger that is whole, else names what is wrong.
type contradiction struct{ finding, query string }

// contradictions hold what stands now against histories and sums.
var contradictions = []contradiction{
	{"account %q is set otherwise than its history says", `SELECT a.path FROM account a
		LEFT JOIN account_history h ON h.account = a.id AND h.sequence = (SELECT max(sequence) FROM account_history WHERE account = a.id)
		WHERE a.path IS NOT h.path OR a.parent IS NOT h.parent OR a.reservation IS NOT h.reservation OR a.export_control IS NOT h.export_control
		OR a.holding IS NOT h.holding OR a.coterm IS NOT h.coterm OR a.closed IS NOT h.closed
		OR a.failed_open IS NOT h.failed_open OR a.failed_licenses IS NOT h.failed_licenses OR a.failed_year IS NOT h.failed_year`},
	{"license %q has another quantity than its history says", `SELECT l.id FROM lot l
		LEFT JOIN lot_history h ON h.lot = l.id AND h.sequence = (SELECT max(sequence) FROM lot_history WHERE lot = l.id)
		WHERE l.quantity IS NOT h.quantity`},
	{"license %q is not what it is a part of", `SELECT l.id FROM lot l JOIN lot o ON o.id = l.origin
		WHERE o.origin IS NOT NULL OR l.entitlement <> o.entitlement OR l.unlimited <> o.unlimited OR l.starts <> o.starts OR l.ends <> o.ends
		OR l.reference <> o.reference`},
	{"device %q took along another license than it had", `SELECT d.udi FROM relocation r JOIN device d ON d.id = r.device
		JOIN lot s ON s.id = r.source JOIN lot t ON t.id = r.target WHERE coalesce(s.origin, s.id) <> coalesce(t.origin, t.id)`},
	{"device %q has another account or label than its history says", `SELECT d.udi FROM device d
		LEFT JOIN device_history h ON h.device = d.id AND h.sequence = (SELECT max(sequence) FROM device_history WHERE device = d.id)
		WHERE d.account IS NOT h.account OR d.label IS NOT h.label OR d.superseded IS NOT h.superseded`},
	{"license %q has reserved something else than devices are charged", `SELECT l.id FROM lot l
		LEFT JOIN (SELECT lot, sum(count) AS count, sum(in_transit) AS transit, sum(coming_back) AS back FROM charge GROUP BY lot) c ON c.lot = l.id
		WHERE l.reserved <> coalesce(c.count, 0) OR l.in_transit <> coalesce(c.transit, 0) OR l.coming_back <> coalesce(c.back, 0)`},
	{"license %q has something else pending return than devices that were written off", `SELECT l.id FROM lot l
		LEFT JOIN (SELECT lot, sum(count) AS count FROM exposure GROUP BY lot) x ON x.lot = l.id WHERE l.pending_return <> coalesce(x.count, 0)`},
	{"device %q is written off otherwise than its records say", `SELECT d.udi FROM device d LEFT JOIN write_off w ON w.device = d.id
		WHERE d.written_off <> (w.device IS NOT NULL)`},
}

// look asks for a contradiction.
func (c contradiction) look(w *worker) error {
	return w.each(c.query, nil, func(scan func(...any) error) error {
		var name string
		if err := scan(&name); err != nil {
			return err
		}
		w.found.add(Difference{Text: fmt.Sprintf(c.finding, clip(name)), area: inBooks})
		return nil
	})
}
