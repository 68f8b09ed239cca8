package device

import "tallystick/reserve"

// Ask answers one question from the record in dir, for a process that asks once and ends. It is
// Open and Check, but where the device holds licenses and there is nothing to store it leaves out
// what only changes need: deriving keys from the secret. The errors are those of Open.
func Ask(dir, tag string, n int, options ...Option) (Answer, error) {
	s := store{newConfig(options), dir}
	payload, _, err := s.payload()
	if err != nil {
		return Answer{}, err
	}
	rights, today, enough, err := reserve.ParseRights(payload, s.now(), s.uptime())
	if err != nil {
		return Answer{}, s.explain(err)
	}
	if enough {
		return Answer{rights.Ask(tag, n, today), nil}, nil
	}
	d, err := Open(dir, options...)
	if err != nil {
		return Answer{}, err
	}
	return d.Check(tag, n), nil
}
