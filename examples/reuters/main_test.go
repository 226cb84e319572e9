package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/examples/internal/example"
	"github.com/glearn-go/glearn/examples/internal/exampletest"
)

func settings(backend string, epochs, holdOut int) options {
	return options{Options: example.Options{Backend: backend, Epochs: epochs, Seed: 1}, optimizer: "rmsprop", schedule: "constant", holdOut: holdOut}
}

// Nine epochs on all 8,982 rows reach the book's accuracy on both backends, and
// the histories differ by rounding alone: 162 steps of float32, in which sums
// are added in other orders, stay within 0.002 in loss and in accuracy.
func TestReachesTheBooksAccuracy(t *testing.T) {
	exampletest.Needs(t, "reuters.npz")
	const tolerance = 2e-3
	exampletest.Agree(t, tolerance, func(t *testing.T, backend string) map[string]float64 {
		var out strings.Builder
		history, results, err := run(t.Context(), &out, settings(backend, 9, 0))
		if err != nil {
			t.Fatal(err)
		}
		if got := results.Get("accuracy"); got < 0.77 || got > 0.80 {
			t.Errorf("test accuracy %.4f, want 0.77 to 0.80", got)
		}
		for _, text := range []string{"device: " + backend, "640,064", "4,160", "2,990", "647,214", "newswire 0: earn", "Epoch 9/9: 18 steps"} {
			if !strings.Contains(out.String(), text) {
				t.Errorf("the output lacks %q:\n%s", text, out.String())
			}
		}
		all := map[string]float64{}
		for _, name := range history.Names {
			for e, x := range history.Metrics[name] {
				all[fmt.Sprintf("%s of epoch %d", name, e+1)] = x
			}
		}
		return all
	})
}

// Every optimizer and schedule learns, and full rows give what sparse rows give.
func TestFlags(t *testing.T) {
	exampletest.Needs(t, "reuters.npz")
	losses := map[string]float64{}
	for _, optimizer := range []string{"sgd", "momentum", "adagrad", "rmsprop", "adam"} {
		o := settings("cpu", 2, 1000)
		o.optimizer = optimizer
		o.schedule = map[string]string{"sgd": "exponential", "momentum": "piecewise"}[optimizer]
		if o.schedule == "" {
			o.schedule = "constant"
		}
		history, _, err := run(t.Context(), io.Discard, o)
		if err != nil {
			t.Fatal(err)
		}
		if h := history.Metrics["val_loss"]; len(h) != 2 || !(h[1] < h[0]) || !(h[0] < math.Log(46)) {
			t.Errorf("%s: validation loss %v", optimizer, h)
		}
		losses[optimizer] = history.Last("val_loss")
	}
	o := settings("cpu", 2, 1000)
	o.dense = true
	history, _, err := run(t.Context(), io.Discard, o)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := history.Last("val_loss"), losses["rmsprop"]; math.Abs(got-want) > 1e-3 {
		t.Errorf("with full rows the validation loss is %v, with sparse ones %v", got, want)
	}
}

func TestCtrlCShowsTheHistorySoFar(t *testing.T) {
	exampletest.Needs(t, "reuters.npz")
	ctx, stop := context.WithCancel(t.Context())
	var out stopAfter
	out.stop = stop
	history, _, err := run(ctx, &out, settings("cpu", 1000, 0))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want Canceled", err)
	}
	if history == nil || len(history.Epoch) < 2 || len(history.Epoch) > 50 {
		t.Errorf("history %v", history)
	}
	if !slices.Contains(strings.Fields(out.String()), "accuracy") {
		t.Errorf("no table of the history:\n%s", out.String())
	}
}

// stopAfter ends the context when it has seen two epochs.
type stopAfter struct {
	strings.Builder
	stop context.CancelFunc
}

func (s *stopAfter) Write(p []byte) (int, error) {
	n, err := s.Builder.Write(p)
	if strings.Contains(s.String(), "Epoch 3/") {
		s.stop()
	}
	return n, err
}

func TestFlagsThatAreWrong(t *testing.T) {
	exampletest.Needs(t, "reuters.npz")
	for want, change := range map[string]func(*options){
		`-optimizer is "adma"`:  func(o *options) { o.optimizer = "adma" },
		`-schedule is "cosine"`: func(o *options) { o.schedule = "cosine" },
		"-holdout is -1":        func(o *options) { o.holdOut = -1 },
		"-holdout is 8982":      func(o *options) { o.holdOut = 8982 },
		"Epochs is -1":          func(o *options) { o.Epochs = -1 },
		`"metal"`:               func(o *options) { o.Backend = "metal" },
	} {
		o := settings("cpu", 1, 0)
		change(&o)
		if _, _, err := run(t.Context(), io.Discard, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
