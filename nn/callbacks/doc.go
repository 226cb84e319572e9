// Package callbacks has what can look on while a model trains and step in, in
// Keras' names and with Keras' defaults. A callback keeps its state in itself:
// give each Fit its own, or one after the other the same (it starts anew).
//
// What they say goes where Fit shows its progress. Where it shows none they are
// silent, but for TerminateOnNaN: its line in the log is all that tells of a loss
// that was NaN.
package callbacks

import (
	"fmt"
	"math"
	"strings"

	"github.com/glearn-go/glearn/nn"
)

// Func is a plain function as a callback, called after each epoch.
type Func = nn.Func

// Mode is which direction of a number is better.
type Mode uint8

// The modes.
const (
	Auto Mode = iota // by name: accuracies and scores are better when larger, losses and errors when smaller; other names are an error
	Min              // smaller is better
	Max              // larger is better
)

// monitor follows one number of the results.
type monitor struct {
	name  string // "" is "val_loss"
	mode  Mode
	delta float64 // what counts as better
}

func (m monitor) key() string {
	if m.name == "" {
		return "val_loss"
	}
	return m.name
}

// value is the number to watch; ok is false in an epoch that does not validate
// and so says nothing about it.
func (m monitor) value(t *nn.Training, r *nn.Results) (x float64, ok bool, err error) {
	if r.Has(m.key()) {
		return r.Get(m.key()), true, nil
	}
	hint := "set Monitor to one of them"
	if strings.HasPrefix(m.key(), "val_") {
		if t.Validates() && !r.Has("val_loss") {
			return 0, false, nil
		}
		if !t.Validates() {
			hint = "give Fit validation data"
		}
	}
	return 0, false, fmt.Errorf("there is no %q among the results %q: %s", m.key(), r.Names(), hint)
}

// Words in names of numbers that are better when larger, and when smaller.
var (
	risingWords = []string{"accuracy", "acc", "confusion_matrix", "auc", "precision", "recall", "f1", "fbeta", "r2", "cosine_similarity",
		"true_positives", "true_negatives"}
	fallingWords = []string{"loss", "error", "crossentropy", "hinge", "poisson", "divergence", "logcosh", "log_cosh", "mse", "rmse", "mae", "mape", "msle",
		"false_positives", "false_negatives"}
)

// direction is true of rising where larger is better, by the last word of the
// name that says so: "accuracy_loss" is the loss of an output called accuracy.
// known is false where none does.
func (m monitor) direction() (rising, known bool) {
	if m.mode != Auto {
		return m.mode == Max, true
	}
	last, key := -1, "_"+m.key()+"_"
	look := func(words []string, up bool) {
		for _, word := range words {
			if at := strings.LastIndex(key, "_"+word+"_"); at > last {
				last, rising, known = at, up, true
			}
		}
	}
	look(risingWords, true)
	look(fallingWords, false)
	return rising, known
}

func (m monitor) rising() bool {
	rising, _ := m.direction()
	return rising
}

// say writes a line where Fit shows its progress.
func say(t *nn.Training, format string, args ...any) {
	if t.ShowsProgress() {
		t.Logf(format, args...)
	}
}

// worst is what anything is better than.
func (m monitor) worst() float64 {
	if m.rising() {
		return math.Inf(-1)
	}
	return math.Inf(1)
}

// better is true when x improves on best. A NaN never does.
func (m monitor) better(x, best float64) bool {
	if m.rising() {
		return x-math.Abs(m.delta) > best
	}
	return x+math.Abs(m.delta) < best
}

// check looks at the settings.
func (m monitor) check() error {
	if m.mode > Max {
		return fmt.Errorf("its Mode is %d, want Auto, Min or Max", m.mode)
	}
	if math.IsNaN(m.delta) || math.IsInf(m.delta, 0) {
		return fmt.Errorf("its MinDelta is %v, want a finite number", m.delta)
	}
	if _, known := m.direction(); !known {
		return fmt.Errorf("the name of its Monitor %q does not say whether more of it is better: set Mode to callbacks.Max or callbacks.Min", m.key())
	}
	return nil
}
