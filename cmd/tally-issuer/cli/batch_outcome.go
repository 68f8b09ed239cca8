package cli

import (
	"errors"
	"fmt"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/table"
	"tallystick/codec"
)

// The statuses of a row in an outcome.
const (
	rowDone    = "done"
	rowRefused = "refused"
)

// An outcomeRow is what became of a row of any batch.
type outcomeRow struct {
	line                              int
	file, device, fingerprint, status string
	kind, alarm, failed               string
	former                            bool // … and it is an older identity of a device that was set up anew
	account, number                   string
	code                              codec.Code
	coded                             bool // there is a code
	codeFile                          string
	column                            string
	err                               error
	again                             bool // it was done before; the outcome is the same all the same
}

// outcomeFields are the columns that an outcome may have. Nothing in them tells whether a row was done
// just now or before: the same file always comes to the same outcome.
var outcomeFields = []table.Field[outcomeRow]{
	{Column: table.Column{ID: "line", Title: "Line", Kind: table.KindNumber}, Value: func(r *outcomeRow) table.Value { return table.Number(int64(r.line)) }},
	{Column: table.Column{ID: "file", Title: "File"}, Value: func(r *outcomeRow) table.Value { return table.Text(r.file) }},
	{Column: table.Column{ID: "failed", Title: "Failed"}, Value: func(r *outcomeRow) table.Value { return table.Text(r.failed) }},
	{Column: table.Column{ID: "device", Title: "Device"}, Value: func(r *outcomeRow) table.Value { return table.Text(r.device) }},
	{Column: table.Column{ID: "fingerprint", Title: "Fingerprint"}, Value: func(r *outcomeRow) table.Value { return table.Text(r.fingerprint) }},
	{Column: table.Column{ID: "account", Title: "Account"}, Value: func(r *outcomeRow) table.Value { return table.Text(r.account) }},
	{Column: table.Column{ID: "kind", Title: "Kind"}, Value: func(r *outcomeRow) table.Value { return table.Text(r.kind) }},
	{Column: table.Column{ID: "status", Title: "Status"}, Value: func(r *outcomeRow) table.Value { return table.Text(r.status) }},
	{Column: table.Column{ID: "number", Title: "Number"}, Value: func(r *outcomeRow) table.Value { return table.Text(r.number) }},
	{Column: table.Column{ID: "code", Title: "Code"}, Value: func(r *outcomeRow) table.Value { return table.Text(r.paste()) }},
	{Column: table.Column{ID: "code_file", Title: "Code file"}, Value: func(r *outcomeRow) table.Value { return table.Text(r.codeFile) }},
	{Column: table.Column{ID: "reason", Title: "Reason"}, Value: func(r *outcomeRow) table.Value { return table.Text(r.reason()) }},
	{Column: table.Column{ID: "column", Title: "Column"}, Value: func(r *outcomeRow) table.Value { return table.Text(r.column) }},
	{Column: table.Column{ID: "message", Title: "Message"}, Value: func(r *outcomeRow) table.Value { return table.Text(r.message()) }},
}

func (r *outcomeRow) paste() string {
	if !r.coded {
		return ""
	}
	return r.code.Paste()
}

// reason is the identifier of why a row is refused, as that of an error.
func (r *outcomeRow) reason() string {
	if r.err == nil {
		return ""
	}
	if reason := reasonOf(r.err); reason != "" {
		return string(reason)
	}
	var code *codec.Error
	if errors.As(r.err, &code) {
		return cli.Explain(r.err, programName).ID
	}
	return "row-wrong"
}

func (r *outcomeRow) message() string {
	if r.err == nil {
		return ""
	}
	return r.err.Error()
}

// place names where a row is, for people.
func (r *outcomeRow) place() string {
	if r.file != "" {
		return fmt.Sprintf("file %q", r.file)
	}
	return fmt.Sprintf("line %d", r.line)
}

// An outcomeJSON is an outcomeRow in a verb's answer.
type outcomeJSON struct {
	Line        int      `json:"line"`
	File        string   `json:"file,omitempty"`
	Failed      string   `json:"failed,omitempty"`
	Device      string   `json:"device"`
	Fingerprint string   `json:"fingerprint,omitempty"`
	Account     string   `json:"account,omitempty"`
	Kind        string   `json:"kind,omitempty"`
	Alarm       string   `json:"alarm,omitempty"`
	Status      string   `json:"status"`
	Number      string   `json:"number,omitempty"`
	Code        string   `json:"code,omitempty"`
	Typed       []string `json:"typed,omitempty"`
	CodeFile    string   `json:"code_file,omitempty"`
	Reason      string   `json:"reason,omitempty"`
	Column      string   `json:"column,omitempty"`
	Message     string   `json:"message,omitempty"`
	Repeated    bool     `json:"repeated"` // it was done before
}

func (r *outcomeRow) json() outcomeJSON {
	j := outcomeJSON{Line: r.line, File: r.file, Failed: r.failed, Kind: r.kind, Alarm: r.alarm, Device: r.device, Fingerprint: r.fingerprint, Account: r.account, Status: r.status,
		Number: r.number, Code: r.paste(), CodeFile: r.codeFile, Reason: r.reason(), Column: r.column, Message: r.message(), Repeated: r.again}
	if r.coded {
		j.Typed = r.code.Lines()
	}
	return j
}
