//go:build !unix

package cmd_test

// alone needs sessions without a terminal, which are made otherwise here.
func (l *life) alone(string, []string, string) {}
