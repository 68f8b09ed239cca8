package issuer

// asUsual is what happens nearly always: authorize, carry the trust bundle along, install, confirm.
func (m *model) asUsual() {
	d := m.drawDemand()
	if m.foresee(d).refused != "" {
		m.Skip("it would be refused")
	}
	m.authorize(d)
	if m.trust().Roots().Len() > d.unit.trust.Roots().Len() {
		m.obey(d.unit, m.trust())
	}
	m.installOf(d.unit)
	m.receiveOf(d.unit)
}
