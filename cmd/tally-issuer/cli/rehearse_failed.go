package cli

// rehearsalSpare is the serial number of the device that takes the place of the one that dies.
const rehearsalSpare = "FCW2149L1AB"

// dies shows what the books keep for a device that will never give a code again.
func (r *rehearsal) dies() error {
	r.scene("The device dies", "It never starts again, so there is no return code: what it could still be holding stays reserved.")
	_, err := r.officer("device", "show", rehearsalSerial)
	return err
}

// replace is the RMA: another device asks, and gets what the failed one held.
func (r *rehearsal) replace() error {
	r.scene("Its replacement", "Another device asks, and gets what the failed one held, from the same licenses, in one step. The\n"+
		"preview says what that risks: should the failed device run after all, they are in use twice. Until\n"+
		"that is settled they are pending return; the account's policy says how many of them there may be.")
	r.failed = r.device
	if err := r.asks(rehearsalSpare, "spare"); err != nil {
		return err
	}
	if err := r.signs([]string{"rma", "--failed", rehearsalSerial, "--reason", "dead, RMA 5512"}); err != nil {
		return err
	}
	if err := r.confirmed(); err != nil {
		return err
	}
	_, err := r.officer("account", "show", rehearsalAccount)
	return err
}

// confirmed has the device install what was signed for it, and the officer take the confirmation.
func (r *rehearsal) confirmed() error {
	if err := r.installs(); err != nil {
		return err
	}
	return r.takes("confirm")
}

// late is the return code of the failed device, which settles what is pending and frees nothing twice.
func (r *rehearsal) late() error {
	r.scene("The dead device comes back", "On the repair bench it starts once more, and gives everything up. Its return code settles what was\n"+
		"pending, and frees nothing: the pool has had those licenses since the replacement.")
	spare := r.device
	r.device = r.failed
	if err := r.returns(); err != nil {
		return err
	}
	r.device = spare
	_, err := r.officer("account", "show", rehearsalAccount)
	return err
}
