package ledger

// What a dossier is read from. The first column is the device; $1 and $2 are the first and last one.
const (
	selectDossier = `SELECT id, udi, did, serial, request, standing, floor, known, known_secret, seen, current, statements, statement_sum,
		suspect, quarantined, written_off, last_before, settled, lives FROM device WHERE id BETWEEN $1 AND $2 ORDER BY id`
	selectAuthorizations = `SELECT device, number, sequence, day, digest, body, dead, rebased <> 0, rebased = 2
		FROM authorization WHERE device BETWEEN $1 AND $2 ORDER BY device, number`
	selectMovedLots   = "SELECT device, sequence, source, target FROM relocation WHERE device BETWEEN $1 AND $2 ORDER BY device, sequence"
	selectDraws       = "SELECT device, number, lot, entitlement, count, ends FROM draw WHERE device BETWEEN $1 AND $2 ORDER BY device, number, place"
	selectReceived    = "SELECT device, kind, position, body, sequence FROM received WHERE device BETWEEN $1 AND $2 ORDER BY device, id"
	selectExposure    = "SELECT device, lot, count FROM exposure WHERE device BETWEEN $1 AND $2 ORDER BY device, lot"
	selectWriteOffs   = "SELECT device, sequence FROM write_off WHERE device BETWEEN $1 AND $2 ORDER BY device"
	selectSettlements = "SELECT device, sequence FROM settlement WHERE device BETWEEN $1 AND $2 ORDER BY device, sequence"
	selectCharges     = "SELECT device, lot, count, in_transit, coming_back FROM charge WHERE device BETWEEN $1 AND $2 ORDER BY device, lot"
)

func readDossier(scan func(...any) error) (key int64, d dossier, err error) {
	b := &d.books
	err = scan(&d.id, &d.udi, exactly(d.did[:]), &d.serial, &d.request, &d.standing, &b.Floor, &b.Known, exactly(b.KnownSecret[:]), &b.Seen, &b.Current, &b.Statements, exactly(b.StatementSum[:]),
		&b.Suspect, &b.Quarantined, &b.WrittenOff, &b.LastBefore, &b.Settled, &b.Lives)
	return int64(d.id), d, err
}

func readAuthorization(scan func(...any) error) (device int64, a Authorization, err error) {
	err = scan(&device, &a.Number, &a.Sequence, &a.Day, exactly(a.Digest[:]), &a.Body, &a.Dead, &a.Rebased, &a.Recovered)
	return device, a, err
}

func readDraw(scan func(...any) error) (device int64, n numberedDraw, err error) {
	err = scan(&device, &n.number, &n.Lot, &n.Grant.Entitlement, &n.Grant.Count, &n.Grant.Ends)
	return device, n, err
}

func readReceived(scan func(...any) error) (device int64, r Received, err error) {
	err = scan(&device, &r.Kind, &r.Position, &r.Body, &r.Sequence)
	return device, r, err
}

func readCharge(scan func(...any) error) (device int64, c Charge, err error) {
	err = scan(&device, &c.Lot, &c.Count, &c.InTransit, &c.ComingBack)
	return device, c, err
}

func readExposed(scan func(...any) error) (device int64, x Exposed, err error) {
	err = scan(&device, &x.Lot, &x.Count)
	return device, x, err
}

func readEntryOf(scan func(...any) error) (device int64, sequence uint32, err error) {
	err = scan(&device, &sequence)
	return device, sequence, err
}
