package resolve

// A Row is one state in which somebody waits for something that does not come by itself.
type Row struct {
	ID    string // for scripts; rows are added, never renamed
	Title string // who is stuck, in a few words
	Shows string // how it shows
	Known string // what is known in it, and what is not
	Way   []Step // out of it, in order; the first is the next one
}

// A row is a Row as the table has it.
type row struct {
	id, title, shows, known string
	way                     []line
}

// DeviceRows returns what the device's program meets, with placeholders as people read them.
func DeviceRows() []Row { return shown(deviceRows) }

// IssuerRows returns what the issuer's program meets.
func IssuerRows() []Row { return shown(issuerRows) }

func shown(table []row) []Row {
	out := make([]Row, len(table))
	for i, r := range table {
		out[i] = r.fill(nil)
	}
	return out
}

// DeviceRow returns the row of an ID with its placeholders replaced. An ID that has no row is a
// mistake in the program.
func DeviceRow(id string, v Values) Row { return find(deviceRows, id, v) }

// IssuerRow is DeviceRow for the issuer's program.
func IssuerRow(id string, v Values) Row { return find(issuerRows, id, v) }

func find(table []row, id string, v Values) Row {
	for _, r := range table {
		if r.id == id {
			return r.fill(v)
		}
	}
	panic("resolve: there is no row " + id)
}

func (r row) fill(v Values) Row {
	out := Row{r.id, r.title, r.shows, r.known, make([]Step, len(r.way))}
	for i, l := range r.way {
		out.Way[i] = l.fill(v)
	}
	return out
}
