// Package term is the conversation with the person at the terminal: questions, secrets, typed-word
// confirmations, and the entry of a code line by line.
//
// # The terminal
//
// Prompts go to the controlling terminal, never to standard input and output, which belong to the
// answer and to pipes. Open finds it; without one a prompt fails at once with ErrNoTerminal.
//
// Lines are read in the terminal's own line mode ("cooked"), as the getty or the shell has set it.
// The line editor of golang.org/x/term was considered and rejected: it needs raw mode, and on the
// serial consoles of this trade raw mode costs more than an editor gives.
//
//   - Raw mode sets 8 bits without parity, so a line that runs 7E1 shows garbage, and takes away
//     the XON/XOFF flow control that slow consoles live on.
//   - A program that is killed in raw mode leaves a console without echo. In line mode there is
//     nothing to restore, save while a secret is typed.
//   - The editor moves the cursor and redraws, which log messages written over the screen, dumb
//     terminals and screen readers don't follow, and it can't tell Ctrl-C from Ctrl-D.
//   - A line of a code has 49 characters, of which two pairs may be wrong anyway; backspace, Ctrl-U
//     and typing the line again are enough.
//
// The price: the kernel passes on at most 4,095 bytes of a line. What is meant for typing has 49;
// only a paste of a whole trust bundle is longer. It is refused with ErrLineTooLong, not cut
// silently, and belongs in a file.
//
// # What comes from outside
//
// Safe makes text from outside fit for a screen. Bracketed paste markers are taken out of every
// line, and every line, secret and entry has a limit to its length.
//
// BUG(tallystick): macOS itself passes on at most 1,024 bytes of a line, and answers the rest,
// the line end included, with the bell. Ctrl-U empties such a line.
package term
