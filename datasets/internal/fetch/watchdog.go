package fetch

import (
	"context"
	"fmt"
	"time"
)

// watchdog ends a download when nothing is written to it for a while: a server
// that stops in the middle of an answer keeps the connection open.
type watchdog struct {
	patience time.Duration
	timer    *time.Timer
}

// watch is a context that ends when the watchdog loses its patience.
func (f Fetcher) watch(ctx context.Context) (context.Context, watchdog) {
	w := watchdog{patience: f.Patience}
	if w.patience == 0 {
		w.patience = time.Minute
	}
	ctx, cancel := context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(w.patience, func() { cancel(fmt.Errorf("nothing arrived for %v", w.patience)) })
	return ctx, w
}

func (w watchdog) Write(b []byte) (int, error) {
	w.timer.Reset(w.patience)
	return len(b), nil
}

func (w watchdog) stop() { w.timer.Stop() }

// cause is the reason that the context ended for, where that broke the download.
func cause(ctx context.Context, err error) error {
	if reason := context.Cause(ctx); err != nil && reason != nil {
		return reason
	}
	return err
}
