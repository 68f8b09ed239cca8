package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"tallystick/cmd/internal/cli"
	"tallystick/cmd/internal/term"
	"tallystick/reserve"
	"tallystick/reserve/device"
)

// Nagios' own exit statuses.
const (
	nagiosOK = iota
	nagiosWarning
	nagiosCritical
	nagiosUnknown
)

// warnDays is how long before an end a monitoring system hears of it.
const warnDays = 30

// printNagios prints the one line that Nagios reads, and ends with its status.
func printNagios(out *cli.Output, s device.Status) error {
	level, words := nagiosOK, []string{}
	raise := func(to int, format string, args ...any) {
		level = max(level, to)
		words = append(words, term.Safe(fmt.Sprintf(format, args...)))
	}
	switch {
	case s.Authorization == reserve.EvaluationOver:
		raise(nagiosCritical, "evaluation is over")
	case s.Authorization == reserve.EvaluationMode:
		raise(nagiosWarning, "evaluation, %d hours of use left", int(s.Evaluation/time.Hour))
	case s.Authorization == reserve.NoLicensesInUse:
		raise(nagiosWarning, "%s", s.Authorization)
	case s.Compromised && s.SignerGrace > 0:
		raise(nagiosWarning, "signed with a key that is not trusted any more, %d hours of running left", int(s.SignerGrace/time.Hour))
	case s.Compromised:
		raise(nagiosCritical, "signed with a key that is not trusted any more, and no hours of running left")
	}
	for _, a := range s.Entitlements {
		ended := a.Ends != 0 && a.Ends < s.Today
		switch {
		case a.Held == 0:
		case a.State == reserve.StateRestricted && ended:
			raise(nagiosCritical, "%s ended on %s and is restricted", a.Tag, a.Ends)
		case a.State == reserve.StateRestricted:
			raise(nagiosCritical, "%s is restricted", a.Tag)
		case ended:
			raise(nagiosWarning, "%s ended on %s and is in grace through %s", a.Tag, a.Ends, graceUntil(s, a))
		case a.Ends != 0 && daysLeft(a.Ends, s.Today) <= warnDays:
			raise(nagiosWarning, "%s ends on %s", a.Tag, a.Ends)
		}
	}
	if len(words) == 0 {
		words = []string{s.Authorization}
	}
	out.Printf("%s - %s | %s\n", [...]string{"OK", "WARNING", "CRITICAL"}[level], strings.Join(words, "; "), performance(s))
	return cli.Status(level)
}

// performance returns what Nagios keeps curves of: 'label'=value;warn;critical;least. Tags are a-z,
// 0-9 and hyphens.
func performance(s device.Status) string {
	var data []string
	add := func(format string, args ...any) { data = append(data, fmt.Sprintf(format, args...)) }
	for _, a := range s.Entitlements {
		add("'%s'=%d;;;0", a.Tag, a.Held)
		if a.Ends != 0 {
			add("'%s-days'=%d;%d:", a.Tag, daysLeft(a.Ends, s.Today), warnDays+1)
		}
	}
	if s.Evaluation > 0 {
		add("'evaluation-hours'=%d;;;0", int(s.Evaluation/time.Hour))
	}
	if s.Compromised {
		add("'signer-hours'=%d;;;0", int(s.SignerGrace/time.Hour))
	}
	return strings.Join(data, " ")
}

// printMetrics prints the OpenMetrics text format. Tags are a-z, 0-9 and hyphens, and a UDI has no
// quotes, so label values need no escaping.
func printMetrics(out *cli.Output, s device.Status) {
	w := out.Writer()
	udi := s.Identity.UDI()
	gauge := func(name, help string) {
		fmt.Fprintf(w, "# TYPE %s gauge\n# HELP %s %s\n", name, name, help)
	}
	each := func(name string, value func(reserve.Answer) (int, bool)) {
		for _, a := range s.Entitlements {
			if v, ok := value(a); ok {
				fmt.Fprintf(w, "%s{device=%q,entitlement=%q} %d\n", name, udi, a.Tag, v)
			}
		}
	}
	gauge("tallystick_held", "Licenses held of an entitlement.")
	each("tallystick_held", func(a reserve.Answer) (int, bool) { return int(a.Held), true })
	gauge("tallystick_licensed", "1 when one of the entitlement may be used.")
	each("tallystick_licensed", func(a reserve.Answer) (int, bool) { return bit(a.Licensed), true })
	gauge("tallystick_days_left", "Valid days left of an entitlement with an end.")
	each("tallystick_days_left", func(a reserve.Answer) (int, bool) { return daysLeft(a.Ends, s.Today), a.Ends != 0 })
	gauge("tallystick_evaluation_left_seconds", "Running time left without a license.")
	fmt.Fprintf(w, "tallystick_evaluation_left_seconds{device=%q} %d\n", udi, int(s.Evaluation/time.Second))
	_, _ = io.WriteString(w, "# EOF\n")
}

func bit(on bool) int {
	if on {
		return 1
	}
	return 0
}
