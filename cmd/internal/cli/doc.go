// Package cli is what both programs stand on: how a command line is read, how an answer is printed,
// how an error becomes a message, a hint and an exit status, how a code is shown and read, and how a
// secret is asked for. What the verbs do stays with the programs.
//
// A program is a [Program] value whose Run takes an [Env]: arguments, streams, clock, randomness and
// terminal. Nothing here or below reads a global, so that a test runs a whole program in its own
// process, several at once.
//
// # Command line
//
// urfave/cli parses flags only up to the first positional argument and ignores the rest without a
// word, takes "-json" for "--json", splits "a,b" in two, reads "010" as eight, and prints usage on
// standard output when something is wrong. Therefore the arguments are put in order and checked once
// before urfave/cli sees them; it then receives only what it reads the same way. The rules:
//
//   - Flags stand anywhere, before or after the verb (those every verb has) and before or after
//     positional arguments. "--" ends them.
//   - "--flag value" and "--flag=value". A value that begins with a dash must be joined by "=", so
//     that a forgotten value never swallows the next flag. A negative number is a value, not a flag.
//   - No abbreviations, no joined short flags: a script must not break when a flag is added.
//   - A flag given twice is an error unless it collects values. So is an empty value: nearly always
//     an unset variable in a script, and falling back to a default would act on the wrong account.
//   - A verb's ArgsUsage is its grammar: "UDI [NUMBER]", "[CODE...]", "bash|zsh". Too many
//     arguments, or too few, are an error.
//
// # Streams
//
// Standard output is the answer alone. Everything else goes to standard error as
// "tally-device: error: …", "warning", "hint" or "note". With --json, standard output gets exactly
// one object, and errors are objects too. Whatever came from outside is made fit for a terminal
// before it is printed.
//
// # Where to look
//
//   - program.go runs a program, env.go is its surroundings, envvars.go the variables it reads;
//   - arrange.go puts the arguments in order and grammar.go checks them, suggest.go knows what was
//     meant; flag.go and codeflags.go are flags that verbs share;
//   - output.go prints, with table.go, fold.go and safe.go, and json.go the one object;
//   - explain.go makes message, hint and exit status of an error, by the tables of explanations.go;
//     failure.go has the errors of this package, warning.go the warnings;
//   - showcode.go and screen.go show a code, readcode.go reads one and readcodes.go several;
//     inspection.go and resolution.go print what was found out about them;
//   - prompt.go asks, draft.go keeps what was typed, signal.go ends what waits;
//   - builtin.go has the verbs of every program: help.go, man.go and complete_*.go write what there is
//     to read about the others, from what document.go gathers.
package cli
