package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

// A Variable is an environment variable that a program may read. The ones below are all there are;
// a secret never comes from the environment.
type Variable string

// The environment variables.
const (
	TallyState   Variable = "TALLY_STATE"
	TallyHome    Variable = "TALLY_HOME"
	XDGStateHome Variable = "XDG_STATE_HOME"
	XDGDataHome  Variable = "XDG_DATA_HOME"
	Home         Variable = "HOME"
	LocalAppData Variable = "LOCALAPPDATA"
	NoColor      Variable = "NO_COLOR"
	LCAll        Variable = "LC_ALL"
	LCCType      Variable = "LC_CTYPE"
	Lang         Variable = "LANG"
	Term         Variable = "TERM"
)

// variables is the register: what each variable does, as the man page prints it.
var variables = []struct {
	name  Variable
	means string
}{
	{TallyState, "The state directory of tally-device. --state comes first."},
	{TallyHome, "The home directory of tally-issuer. --home comes first."},
	{XDGStateHome, "Where state directories live. Default: $HOME/.local/state."},
	{XDGDataHome, "Where data directories live. Default: $HOME/.local/share."},
	{Home, "The user's home directory, used for the two defaults above."},
	{LocalAppData, "On Windows: where state and data directories live."},
	{NoColor, "When set and not empty: the same as --no-color."},
	{LCAll, "The locale. A QR code is drawn without being asked for only where it is one with UTF-8."},
	{LCCType, "The same, where LC_ALL is not set."},
	{Lang, "The same, where neither is set."},
	{Term, "The kind of terminal. On one that is dumb, no QR code is drawn without being asked for."},
}

// terminalVariables are those that every program reads to know the terminal.
var terminalVariables = []Variable{LCAll, LCCType, Lang, Term}

// drawsBlocks reports whether the terminal can be expected to show the half blocks of a QR code: a
// locale with UTF-8, as C libraries read the variables, and a terminal that isn't dumb. To a serial
// console without UTF-8 their bytes are control characters. A console of Windows takes Unicode.
func (e *Env) drawsBlocks() bool {
	if runtime.GOOS == "windows" {
		return true
	}
	locale := e.Var(LCAll)
	if locale == "" {
		locale = e.Var(LCCType)
	}
	if locale == "" {
		locale = e.Var(Lang)
	}
	charset := strings.ReplaceAll(strings.ToLower(locale), "-", "")
	return strings.Contains(charset, "utf8") && e.Var(Term) != "dumb"
}

// Var returns the value of a registered environment variable. An unregistered one is a mistake in
// the program, and panics.
func (e *Env) Var(v Variable) string {
	for _, known := range variables {
		if known.name == v {
			if e.Getenv == nil {
				return ""
			}
			return e.Getenv(string(v))
		}
	}
	panic(fmt.Sprintf("cli: environment variable %q is not registered", v))
}

// StateHome returns the directory under which a user's state directories live: XDG_STATE_HOME, else
// ~/.local/state; on Windows LOCALAPPDATA. It need not exist.
func (e *Env) StateHome() (string, error) { return e.baseDirectory(XDGStateHome, ".local", "state") }

// DataHome is StateHome for data: XDG_DATA_HOME, else ~/.local/share.
func (e *Env) DataHome() (string, error) { return e.baseDirectory(XDGDataHome, ".local", "share") }

// baseDirectory follows the XDG Base Directory Specification, which has relative paths ignored.
func (e *Env) baseDirectory(v Variable, below ...string) (string, error) {
	if dir := e.Var(v); filepath.IsAbs(dir) {
		return dir, nil
	}
	if runtime.GOOS == "windows" {
		if dir := e.Var(LocalAppData); filepath.IsAbs(dir) {
			return dir, nil
		}
		return "", errors.New("no place for files: LOCALAPPDATA is not set")
	}
	home := e.Var(Home)
	if !filepath.IsAbs(home) {
		return "", fmt.Errorf("no place for files: neither %s nor HOME is set", v)
	}
	return filepath.Join(append([]string{home}, below...)...), nil
}
