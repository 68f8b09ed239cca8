package resolve

import "strings"

// A Person is who takes a step.
type Person string

// The two people, by the program they sit at.
const (
	Operator Person = "operator"
	Officer  Person = "officer"
)

// A Step is something that a person does.
type Step struct {
	Who     Person
	Command []string // the words of a command line
	Text    string   // what it is for, or on what condition
}

// A line is a step as the table has it, with placeholders in its command.
type line struct {
	who     Person
	command string
	text    string
}

// Steps that many ways out end with.
var (
	toOfficer = line{Officer, "tally-issuer device resolve CODE", "tells the officer the next step"}
	install   = line{Operator, "tally-device install CODE", "prints the confirmation code, also where it is installed already"}
	receive   = line{Officer, "tally-issuer receive CODE", ""}
)

// The placeholders in a table's commands. A CODE is none: it is what the step before prints.
const (
	InHand  = "@CODE" // the code that was given, or the flag and the file that it was given in
	UDI     = "UDI"
	Account = "ACCOUNT"
	Number  = "NUMBER"
	File    = "FILE"
	Grants  = "TAG=N" // what an authorization is to grant: one value for each entitlement
)

// Values are what stands for placeholders. Of several values each gets the flag before the
// placeholder. A placeholder without an entry stays as it is.
type Values map[string][]string

// fill returns the step with its placeholders replaced. To grant nothing is spelled --only.
func (l line) fill(v Values) Step {
	var words []string
	for word := range strings.FieldsSeq(l.command) {
		list, known := v[word]
		switch {
		case !known:
			words = append(words, strings.TrimPrefix(word, "@"))
		case word == InHand:
			words = append(words, list...)
		case len(list) == 0:
			words[len(words)-1] = "--only"
		default:
			flag := words[len(words)-1]
			words = append(words, list[0])
			for _, more := range list[1:] {
				words = append(words, flag, more)
			}
		}
	}
	return Step{l.who, words, l.text}
}
