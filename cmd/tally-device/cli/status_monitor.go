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
	switch s.Authorization {
	case reserve.EvaluationOver:
		raise(nagiosCritical, "evaluation is over")
	case reserve.EvaluationMode:
		raise(nagiosWarning, "evaluation, %d hours of use left", int(s.Evaluation/time.Hour))
	}
	for _, a := range s.Entitlements {
		switch {
		case a.Held == 0:
		case a.State == reserve.StateRestricted:
			raise(nagiosCritical, "%s is restricted", a.Tag)
		case a.State == reserve.StateGrace && a.Ends != 0 && a.Ends < s.Today:
			raise(nagiosWarning, "%s ended on %s and is in grace", a.Tag, a.Ends)
		case a.State == reserve.StateGrace:
			raise(nagiosWarning, "%s is in grace", a.Tag)
		case a.Ends != 0 && daysLeft(a.Ends, s.Today) <= warnDays:
			raise(nagiosWarning, "%s ends on %s", a.Tag, a.Ends)
		}
	}
	if len(words) == 0 {
		words = []string{s.Authorization}
	}
	out.Printf("%s - %s\n", [...]string{"OK", "WARNING", "CRITICAL"}[level], strings.Join(words, "; "))
	return cli.Status(level)
}

// printMetrics prints the OpenMetrics text format. Tags are a-z, 0-9 and hyphens, and a UDI has no
// quotes, so label values need no escaping.
func printMetrics(out *cli.Output, s device.Status) {
	w := out.Writer()
	udi := s.Identity.UDI()
	metric := func(name, kind, help string) {
		fmt.Fprintf(w, "# TYPE %s %s\n# HELP %s %s\n", name, kind, name, help)
	}
	each := func(name string, value func(reserve.Answer) (int, bool)) {
		for _, a := range s.Entitlements {
			if v, ok := value(a); ok {
				fmt.Fprintf(w, "%s{device=%q,entitlement=%q} %d\n", name, udi, a.Tag, v)
			}
		}
	}
	metric("tallystick_held", "gauge", "Licenses held of an entitlement.")
	each("tallystick_held", func(a reserve.Answer) (int, bool) { return int(a.Held), true })
	metric("tallystick_licensed", "gauge", "1 when one of the entitlement may be used.")
	each("tallystick_licensed", func(a reserve.Answer) (int, bool) { return bit(a.Licensed), true })
	metric("tallystick_days_left", "gauge", "Valid days left of an entitlement with an end.")
	each("tallystick_days_left", func(a reserve.Answer) (int, bool) { return daysLeft(a.Ends, s.Today), a.Ends != 0 })
	metric("tallystick_evaluation_left_seconds", "gauge", "Running time left without a license.")
	fmt.Fprintf(w, "tallystick_evaluation_left_seconds{device=%q} %d\n", udi, int(s.Evaluation/time.Second))
	_, _ = io.WriteString(w, "# EOF\n")
}

func bit(on bool) int {
	if on {
		return 1
	}
	return 0
}
