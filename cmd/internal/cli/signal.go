package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// notifyInterrupt cancels the context on the first interrupt or termination request and then gives
// the signals back, so that a second one ends a program that hangs. A signal that the parent ignores
// (as a shell does for its background jobs) stays ignored.
func notifyInterrupt(ctx context.Context) (context.Context, context.CancelFunc) {
	var wanted []os.Signal
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		if !signal.Ignored(s) {
			wanted = append(wanted, s)
		}
	}
	if len(wanted) == 0 {
		return context.WithCancel(ctx)
	}
	ctx, stop := signal.NotifyContext(ctx, wanted...)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
