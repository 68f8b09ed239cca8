package reserve

// forgetsUnconfirmed is an issuer who takes a device that was written off to hold what it confirmed
// last, and no more.
func forgetsUnconfirmed(b Books) map[LotID]uint32 {
	if !b.WrittenOff {
		return map[LotID]uint32{}
	}
	confirmed, _ := b.Confirmed()
	return confirmed.total()
}

// keepsCharge is one who goes on charging for what was written off.
func keepsCharge(b Books) map[LotID]uint32 { return b.most() }

// reportRevives takes a report of a dead device for the end of its write-off: what it holds is then
// charged to licenses that others were given meanwhile.
func reportRevives(b Books, s Status) (Books, Outcome, error) {
	next, out, err := b.Report(s)
	if n, _ := s.Installed(); n != 0 {
		next.WrittenOff = false
	}
	return next, out, err
}

// creditsReturns takes a late return for one of a device that was never written off.
func creditsReturns(b Books, r Receipt) (Books, Outcome, error) {
	next, out, err := b.Receive(r)
	if err == nil && out.Confirms() == 0 {
		next.WrittenOff = false
	}
	return next, out, err
}

// settlesOnSight takes any code of a dead device for the end of its exposure.
func settlesOnSight(b Books, r Receipt) (Books, Outcome, error) {
	next, out, err := b.Receive(r)
	next.Settled = next.WrittenOff
	return next, out, err
}
