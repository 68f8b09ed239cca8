package device

import (
	"tallystick/codec"
	"tallystick/reserve"
)

// A Result is what a step came to, with the code that proves it to the issuer. Asking for what is
// done already gives the same code again. In the result of a preview there is no code.
type Result struct {
	Code     codec.Code
	Act      reserve.Act    // what the code proves; NoAct for a status report that was asked for
	Number   reserve.Number // the authorization installed, or the last one that became unusable
	Repeated bool           // it was done before
	Changes  []Change       // what the device holds before and after
}

// Request returns the request, the same one each time.
func (d *Device) Request() (reserve.Request, error) {
	i, err := d.durable()
	if err != nil {
		return reserve.Request{}, err
	}
	return i.Request(), nil
}

// Confirmation returns the last confirmation, return or cancellation code again. The refusal is
// NothingInstalled when there was none.
func (d *Device) Confirmation() (Result, error) {
	i, err := d.durable()
	if err != nil {
		return Result{}, err
	}
	return lastCode(i, "there is no confirmation code")
}

// lastCode returns the code of the present state, for a device that did anything.
func lastCode(i reserve.Instance, otherwise string) (Result, error) {
	r := Result{Act: i.LastAct(), Number: i.Floor() - 1, Repeated: true}
	if r.Act == reserve.NoAct {
		return Result{}, reserve.Refuse(reserve.NothingInstalled, "%s: nothing was ever installed on %s", otherwise, i.Identity().UDI())
	}
	if s, ok := i.(reserve.Reserved); ok {
		r.Number = s.Authorization().Number()
	}
	r.Code = i.Receipt().Code()
	return r, nil
}

// Return gives everything up; the code proves it. When nothing is held it gives the last code
// again. The refusal is NothingInstalled when nothing ever was.
func (d *Device) Return() (Result, error) { return d.run(planReturn) }

// PreviewReturn is Return without doing it.
func (d *Device) PreviewReturn() (Result, error) { return d.preview(planReturn) }

// Cancel makes authorizations not installed yet unusable, from the next one through number through;
// 0 stands for the next one, and for the same code again when the last thing that happened was a
// cancellation. A device that holds licenses keeps them, so its code is a status report. The
// refusals are OutOfRange, for the number that is installed and for one out of reach, and
// NumbersExhausted.
func (d *Device) Cancel(through reserve.Number) (Result, error) {
	return d.run(func(i reserve.Instance) (reserve.Instance, Result, error) { return planCancel(i, through) })
}

// PreviewCancel is Cancel without doing it.
func (d *Device) PreviewCancel(through reserve.Number) (Result, error) {
	return d.preview(func(i reserve.Instance) (reserve.Instance, Result, error) { return planCancel(i, through) })
}

// Report signs a status report. As long as there is nothing new to report, it is the same one.
func (d *Device) Report() (Result, error) { return d.run(planReport) }

// PreviewReport is Report without doing it: Repeated says that there is nothing new.
func (d *Device) PreviewReport() (Result, error) { return d.preview(planReport) }

// Obey takes up a newer trust bundle of the same issuer and reports whether it changed anything.
// The refusals are those of reserve.Trust.Follows.
func (d *Device) Obey(t reserve.Trust) (changed bool, err error) {
	_, err = d.step(func(i reserve.Instance) (reserve.Instance, error) {
		next, different, err := reserve.Obey(i, t)
		if err != nil || !different {
			return nil, err
		}
		changed = true
		return next, nil
	})
	return changed && err == nil, err
}

// A plan works out what a step comes to, code included, and the record that has to be durable before
// anybody sees it; a nil record when that is the present one.
type plan func(reserve.Instance) (reserve.Instance, Result, error)

func (d *Device) run(p plan) (Result, error) {
	var result Result
	_, err := d.step(func(i reserve.Instance) (next reserve.Instance, err error) {
		next, result, err = p(i)
		return next, err
	})
	if err != nil {
		return Result{}, err
	}
	return result, nil
}

func (d *Device) preview(p plan) (Result, error) {
	if err := d.Refresh(); err != nil {
		return Result{}, err
	}
	_, result, err := p(d.observed(d.current.Load().instance))
	result.Code = codec.Code{}
	return result, err
}

func planReturn(i reserve.Instance) (reserve.Instance, Result, error) {
	held, ok := i.(reserve.Reserved)
	if !ok {
		r, err := lastCode(i, "there is nothing to return")
		return nil, r, err
	}
	next := held.Return()
	return next, Result{
		Code: next.Receipt().Code(), Act: reserve.Returned, Number: next.Floor() - 1,
		Changes: changes(i.Trust().Catalog(), held.Authorization().Grants(), nil),
	}, nil
}

func planCancel(i reserve.Instance, through reserve.Number) (reserve.Instance, Result, error) {
	if held, ok := i.(reserve.Reserved); ok {
		return planCancelHolding(held, through)
	}
	if through == 0 && i.LastAct() != reserve.Canceled {
		through = i.Floor()
	}
	if through < i.Floor() {
		r, err := lastCode(i, "there is nothing to cancel")
		return nil, r, err
	}
	next, err := i.(reserve.Unreserved).Cancel(through)
	if err != nil {
		return nil, Result{}, err
	}
	return next, Result{Code: next.Receipt().Code(), Act: reserve.Canceled, Number: through}, nil
}

// planCancelHolding cancels on a device that holds licenses. Installing leaves the floor one above
// what is installed, so a floor above that says that something was canceled since.
func planCancelHolding(held reserve.Reserved, through reserve.Number) (reserve.Instance, Result, error) {
	installed, floor := held.Authorization().Number(), held.Floor()
	if through == 0 && floor == installed+1 {
		through = floor
	}
	switch {
	case through != 0 && through < installed: // its confirmation code says so
		r, err := lastCode(held, "")
		return nil, r, err
	case through == installed:
		return nil, Result{}, reserve.Refuse(reserve.OutOfRange, "authorization %d is installed; canceling is for those that are not, from %d on", installed, floor)
	case through < floor:
		if last, ok := held.LastReport(); ok && saysWhere(last, held) {
			return nil, Result{Code: last.Code(), Act: reserve.Canceled, Number: floor - 1, Repeated: true}, nil
		}
		next, status := reserve.Report(held)
		return next, Result{Code: status.Code(), Act: reserve.Canceled, Number: floor - 1, Repeated: true}, nil
	}
	canceled, err := held.Cancel(through)
	if err != nil {
		return nil, Result{}, err
	}
	next, status := reserve.Report(canceled)
	return next, Result{Code: status.Code(), Act: reserve.Canceled, Number: through}, nil
}

// saysWhere reports whether a status report gives the numbers that the device stands at.
func saysWhere(s reserve.Status, i reserve.Instance) bool {
	var number reserve.Number
	var digest reserve.Digest
	if held, ok := i.(reserve.Reserved); ok {
		number, digest = held.Authorization().Number(), held.Authorization().Digest()
	}
	n, d := s.Installed()
	return s.Floor() == i.Floor() && n == number && d == digest
}

func planReport(i reserve.Instance) (reserve.Instance, Result, error) {
	next, status := reserve.Report(i)
	if last, ok := i.LastReport(); ok && saysWhere(last, i) && last.LatestDay() == status.LatestDay() &&
		last.Uptime() == status.Uptime() && last.RootVersion() == status.RootVersion() {
		return nil, Result{Code: last.Code(), Number: i.Floor() - 1, Repeated: true}, nil
	}
	return next, Result{Code: status.Code(), Number: i.Floor() - 1}, nil
}
