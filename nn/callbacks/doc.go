// Package callbacks has what can look on while a model trains and step in, in
// Keras' names and with Keras' defaults. A callback keeps its state in itself:
// give each Fit its own, or one after the other the same (it starts anew).
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
	Auto Mode = iota // by name: accuracies and the like are better when larger, all others when smaller
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
	hint := ""
	if strings.HasPrefix(m.key(), "val_") {
		if t.Validates() && !r.Has("val_loss") {
			return 0, false, nil
		}
		if !t.Validates() {
			hint = "; give Fit validation data"
		}
	}
	return 0, false, fmt.Errorf("there is no %q among the results %q%s", m.key(), r.Names(), hint)
}

// rising is true when larger is better.
func (m monitor) rising() bool {
	if m.mode != Auto {
		return m.mode == Max
	}
	for _, word := range []string{"acc", "auc", "prc", "precision", "recall", "f1", "fbeta", "r2", "top_k", "cosine_similarity", "true_positives", "true_negatives"} {
		if strings.Contains(m.key(), word) {
			return true
		}
	}
	return false
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
		return fmt.Errorf("Mode is %d, want Auto, Min or Max", m.mode)
	}
	if math.IsNaN(m.delta) {
		return fmt.Errorf("MinDelta is NaN, want a number")
	}
	return nil
}
