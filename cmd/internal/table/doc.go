// Package table writes lists and reports: as text for a terminal, as CSV, JSON and NDJSON for other
// programs, and as one self-contained HTML page for people. It knows nothing of a ledger.
//
// A [Document] has sections; each section has columns and a stream of rows, so that a million rows
// leave in flat memory. A verb declares its columns once, as [Field] values, and every format,
// --columns, --sort and the help text follow from that:
//
//	fields := []table.Field[Device]{
//		{Column: table.Column{ID: "udi", Title: "Device"}, Value: func(d *Device) table.Value { return table.Text(d.UDI) }},
//		{Column: table.Column{ID: "ports", Title: "Ports", Kind: table.KindNumber}, Value: …},
//	}
//	chosen, err := table.Choose(fields, table.CSV, "udi,ports")
//	d := table.Document{Verb: "device list", Sections: []table.Section{
//		{Name: "devices", Columns: table.Columns(chosen), Rows: table.Rows(chosen, devices)}}}
//	err = table.Write(w, table.CSV, d, table.Options{})
//
// # Text from outside
//
// Names, labels and order references come from outside. In text and CSV whatever a terminal acts on
// or shows as nothing is spelled out as in a Go string (term.Safe). JSON and NDJSON keep every text
// as it is, in escapes of JSON. HTML is escaped by html/template.
//
// # CSV
//
// RFC 4180 in UTF-8: lines end in CR LF, the first names the columns by their IDs, and a cell is in
// double quotes where it holds a comma, semicolon, quote or space at an end. Every row is one line.
// A spreadsheet takes a cell that begins with = + - @, a tab, a carriage return or the full-width
// form of one of these for a formula; a text that does gets an apostrophe in front. Numbers stay
// numbers: digits, with a minus sign where they are negative. Days are 2029-11-21, times RFC 3339
// in UTC, flags true or false, and nothing is an empty cell.
//
// # JSON
//
// One object with "schema" ("tallystick/device-list/1"), the facts about the whole, and a list of
// objects for each section, whose fields are the columns. A day or text that is not there is "", a
// number that is not there null. NDJSON has the same objects, one a line and nothing around them.
//
// # HTML
//
// One file that asks for nothing from elsewhere and says so in a Content-Security-Policy: its one
// style and one script are named by their hashes. Tables are sorted and searched in the browser. It
// follows the light or dark theme, turns rows into cards on a narrow screen, and prints.
package table
