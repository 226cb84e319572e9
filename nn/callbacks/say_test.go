package callbacks_test

import (
	"bytes"
	"errors"
	"log/slog"
	"math"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/callbacks"
)

// Where Fit shows no progress, as in a search over settings, nothing is said
// but that a loss was NaN.
func TestCallbacksAreSilentWithoutProgress(t *testing.T) {
	var log, progress bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	run := func(s *script, c nn.FitConfig) {
		t.Helper()
		log.Reset()
		if _, err := s.run(t, c, &callbacks.EarlyStopping{Monitor: "loss", Patience: 3, RestoreBestWeights: true},
			&callbacks.ReduceLROnPlateau{Monitor: "loss", Patience: 1}, callbacks.TerminateOnNaN{}); err != nil {
			t.Error(err)
		}
	}
	s := newScript(t, 1, 2, 3, 4, 5)
	if run(s, nn.FitConfig{}); log.Len() > 0 {
		t.Errorf("without progress the log says %q", log.String())
	}
	run(s, nn.FitConfig{Progress: &progress})
	for _, line := range []string{"ReduceLROnPlateau reducing", "early stopping", "Restoring model weights"} {
		if !strings.Contains(progress.String(), line) || log.Len() > 0 {
			t.Errorf("the progress %q has no %q, or the log %q has lines", progress.String(), line, log.String())
		}
	}
	if run(newScript(t, 1, math.Inf(1)), nn.FitConfig{}); strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), "terminating training") {
		t.Errorf("after an infinite loss the log says %q", log.String())
	}
}

// Two good epochs, then one whose loss is infinite.
func TestTerminateOnNaN(t *testing.T) {
	s := newScript(t, 1, 2, math.Inf(1), 3)
	h, err := s.run(t, nn.FitConfig{})
	if !errors.Is(err, nn.ErrDiverged) || len(h.Epoch) != 2 {
		t.Errorf("without it: %v after %d epochs", err, len(h.Epoch))
	}
	var log strings.Builder
	h, err = s.run(t, nn.FitConfig{Progress: &log}, callbacks.TerminateOnNaN{})
	if err != nil || len(h.Epoch) != 2 || !strings.Contains(log.String(), "terminating training") {
		t.Errorf("with it: %v after %d epochs, said %q", err, len(h.Epoch), log.String())
	}
}
