package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/term"
)

// An Output is where a verb prints. Text and JSON are both given by the verb; the one that was not
// asked for is left out. Writing errors are kept and fail the program at its end, so that an answer
// on a full disk never counts as given.
type Output struct {
	env      *Env
	program  string
	verb     string // "account new"; empty until it is known
	json     bool
	quiet    bool
	color    bool
	object   []byte // the answer of --json, printed at the end
	streams  bool   // the answer goes out while it is made
	warnings []warning
	stdin    string // the flag that standard input was read for; "" while it is free
	err      error  // first error of writing the answer

	commands []*ucli.Command // the program's verbs
	places   []string        // flags such as "--state=DIR" that this run was given, for hints

	terminal term.Terminal // opened at the first prompt
	entered  FileDraft     // holds the code that was entered, until the verb has used it; "" for none
}

// metadataKey is where urfave/cli carries the Output to the verbs.
const metadataKey = "tallystick.output"

// Out returns the output of the run that c belongs to.
func Out(c *ucli.Context) *Output {
	return c.App.Metadata[metadataKey].(*Output)
}

// AnswerJSON makes the rest of the run answer as --json does, for a verb whose --format asks for it.
func (o *Output) AnswerJSON() { o.json = true }

// Verb returns the verb of this run, "account new".
func (o *Output) Verb() string { return o.verb }

// IsJSON reports whether --json was given.
func (o *Output) IsJSON() bool { return o.json }

// IsQuiet reports whether --quiet was given.
func (o *Output) IsQuiet() bool { return o.quiet }

// Color reports whether escape sequences are welcome on the terminal.
func (o *Output) Color() bool { return o.color }

// Printf prints a part of the answer as text; with --json it does nothing. Everything in args that
// is text is made fit for a terminal, so names from outside need no care. The format is trusted and
// brings its own line ends.
func (o *Output) Printf(format string, args ...any) {
	_, _ = fmt.Fprintf(o.Writer(), format, safeArgs(args)...)
}

// Table prints rows in aligned columns below a header, nil for none. What is wider than the terminal is
// folded. With --json it does nothing.
func (o *Output) Table(header []string, rows [][]string) {
	if columns := o.columns(); header != nil && columns > 0 {
		if all := safeRows(append([][]string{header}, rows...)); !fits(all, columns) {
			_, _ = io.WriteString(o.Writer(), narrowTable(all, columns))
			return
		}
	}
	w := tabwriter.NewWriter(o.Writer(), 0, 8, 2, ' ', 0)
	if header != nil {
		rows = append([][]string{header}, rows...)
	}
	for _, row := range rows {
		cells := make([]any, len(row))
		for i, cell := range row {
			cells[i] = cell
		}
		format := strings.TrimSuffix(strings.Repeat("%s\t", len(row)), "\t") + "\n"
		_, _ = fmt.Fprintf(w, format, safeArgs(cells)...)
	}
	_ = w.Flush()
}

// Block prints lines that were made safe when they were put together, folded where the answer goes to a
// terminal. With --json it does nothing.
func (o *Output) Block(text string) { _, _ = io.WriteString(o.Writer(), foldBlock(text, o.columns())) }

// columns is how wide the terminal is that standard output is, 0 where it is none.
func (o *Output) columns() (n int) {
	if o.env.StdoutIsTerminal && o.env.Size != nil {
		n, _ = o.env.Size()
	}
	return n
}

// Writer returns the text answer's stream for what is neither lines nor a table: a drawing, CSV. The
// caller makes the bytes safe. With --json they go nowhere.
func (o *Output) Writer() io.Writer {
	if o.json {
		return io.Discard
	}
	return answerWriter{o}
}

// Stream returns standard output for an answer that is too long to be held, JSON included: the
// caller writes the whole object. Nothing else may be printed there. The writer's errors count as
// with every other answer. An error after the first bytes is told on standard error alone, since
// half an answer stands on standard output.
func (o *Output) Stream() io.Writer { return streamWriter{o} }

// streamWriter is answerWriter for Stream.
type streamWriter struct{ o *Output }

func (w streamWriter) Write(p []byte) (int, error) {
	w.o.streams = w.o.streams || len(p) > 0
	return answerWriter(w).Write(p)
}

// answerWriter writes to standard output and keeps the first error.
type answerWriter struct{ o *Output }

func (w answerWriter) Write(p []byte) (int, error) {
	n, err := w.o.env.Stdout.Write(p)
	if err != nil && w.o.err == nil {
		w.o.err = err
	}
	return n, err
}

// JSON gives the answer for --json: value, which must marshal to an object, with a "schema" of
// "tallystick/<verb>/1" before its fields ("account-new" for "account new"). It is printed when the
// verb has returned without an error or with Status; an error takes its place. Without --json it
// does nothing. A second answer and a value that is not an object are mistakes in the program.
func (o *Output) JSON(value any) error {
	if !o.json {
		return nil
	}
	if o.object != nil {
		return fmt.Errorf("%s gives two JSON answers", o.verb)
	}
	o.Answers(value)
	object, err := encodeObject(strings.ReplaceAll(o.verb, " ", "-"), value)
	if err != nil {
		return err
	}
	o.object = object
	return nil
}

// Answers tells Env.OnAnswer what a verb answers. JSON does so itself; a verb that writes its object to
// Stream calls it with what the object is made of.
func (o *Output) Answers(answer any) {
	if o.json && o.env.OnAnswer != nil {
		o.env.OnAnswer(o.verb, answer)
	}
}

// Note prints a remark on standard error, unless --quiet.
func (o *Output) Note(format string, args ...any) {
	if !o.quiet {
		o.say("note", format, args...)
	}
}

// Hint prints on standard error what to do next, unless --quiet.
func (o *Output) Hint(format string, args ...any) {
	if !o.quiet {
		o.say("hint", format, args...)
	}
}

// say writes a message to standard error, folded where that is a terminal. The last column stays
// free: consoles differ in what a line end does after it. Nothing can be done about an error there.
func (o *Output) say(class, format string, args ...any) {
	text := term.Safe(o.placed(fmt.Sprintf(format, safeArgs(args)...)))
	text = fold(o.program+": "+class+": "+text, o.env.StderrWidth()-1, foldIndent)
	_, _ = io.WriteString(o.env.Stderr, text+"\n")
}

// finish prints what is left to print and returns the exit status.
func (o *Output) finish(err error) int {
	status, asked := statusOf(err)
	if asked {
		err = nil
	}
	if err == nil && o.err == nil && o.json && !o.streams {
		o.err = o.writeObject()
	}
	if o.err != nil && (err == nil || errors.Is(err, o.err)) {
		err = WithHint(fmt.Errorf("writing to standard output: %w", o.err),
			"what was done is done: the same command again prints the same answer")
		return o.fail(err, true)
	}
	if err == nil {
		return status
	}
	return o.fail(err, o.streams)
}

// writeObject prints the answer of --json, a bare one for a verb that has nothing to say.
func (o *Output) writeObject() error {
	if o.object == nil {
		if err := o.JSON(struct{}{}); err != nil {
			return err
		}
	}
	_, err := o.env.Stdout.Write(withWarnings(o.object, o.warnings))
	return err
}

// fail prints a failure and returns its exit status. broken: standard output takes nothing.
func (o *Output) fail(err error, broken bool) int {
	f := Explain(err, o.program)
	if f.ID == IDUsage && f.Hint == "" {
		f.Hint = fmt.Sprintf("`%s --help` shows how", strings.TrimSpace(o.program+" "+o.verb))
	}
	f.Hint = o.placed(f.Hint)
	if o.json && !broken {
		object, err := encodeObject("error", map[string]Failure{"error": f})
		if err == nil {
			_, err = o.env.Stdout.Write(withWarnings(object, o.warnings))
		}
		if err == nil {
			return f.Exit
		}
	}
	o.say("error", "%s", f.Message)
	if f.Hint != "" {
		o.say("hint", "%s", f.Hint)
	}
	return f.Exit
}
