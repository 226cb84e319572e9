package callbacks

import (
	"errors"
	"fmt"
	"math"

	"github.com/glearn-go/glearn/nn"
)

// EarlyStopping ends training when a number has not improved for Patience
// epochs.
type EarlyStopping struct {
	Monitor        string   // "": "val_loss"
	Mode           Mode     // which direction is better
	MinDelta       float64  // smaller changes are none
	Patience       int      // epochs without improvement to wait
	Baseline       *float64 // only epochs that beat it, too, end the waiting
	StartFromEpoch int      // epochs before this one, counted from 0, do not count
	// RestoreBestWeights puts the weights of the best epoch back, also when the
	// epochs run out before patience does. (Keras does so only when it stops
	// early.)
	RestoreBestWeights bool

	// StoppedEpoch is the epoch after which training ended early, from 0, or
	// -1. BestEpoch is that of the best result.
	StoppedEpoch, BestEpoch int

	best    float64
	wait    int
	weights [][]float32
}

// Check looks at the settings.
func (e *EarlyStopping) Check() error {
	if e.Patience < 0 || e.StartFromEpoch < 0 {
		return fmt.Errorf("its Patience is %d and StartFromEpoch %d, want 0 or more", e.Patience, e.StartFromEpoch)
	}
	if e.Baseline != nil && math.IsNaN(*e.Baseline) {
		return errors.New("its Baseline is NaN, want a number")
	}
	return e.monitor().check()
}

func (e *EarlyStopping) monitor() monitor {
	return monitor{name: e.Monitor, mode: e.Mode, delta: e.MinDelta}
}

// OnTrainBegin starts anew.
func (e *EarlyStopping) OnTrainBegin(*nn.Training) error {
	e.best, e.wait, e.weights = e.monitor().worst(), 0, nil
	e.StoppedEpoch, e.BestEpoch = -1, -1
	return nil
}

// OnEpochEnd compares with the best epoch.
func (e *EarlyStopping) OnEpochEnd(t *nn.Training, r *nn.Results) error {
	x, ok, err := e.monitor().value(t, r)
	if !ok || t.Epoch() < e.StartFromEpoch {
		return err
	}
	if e.RestoreBestWeights && e.weights == nil {
		// Something to go back to even if no epoch is better than the worst.
		if e.weights, err = t.Model().GetWeights(); err != nil {
			return err
		}
		e.BestEpoch = t.Epoch()
	}
	e.wait++
	if e.monitor().better(x, e.best) {
		e.best, e.BestEpoch = x, t.Epoch()
		if e.RestoreBestWeights {
			if e.weights, err = t.Model().GetWeights(); err != nil {
				return err
			}
		}
		if e.Baseline == nil || e.monitor().better(x, *e.Baseline) {
			e.wait = 0
		}
		return nil
	}
	if e.wait >= e.Patience && t.Epoch() > 0 {
		e.StoppedEpoch = t.Epoch()
		t.Stop()
		say(t, "Epoch %d: early stopping", t.Epoch()+1)
	}
	return nil
}

// OnTrainEnd puts the best weights back when training ended well.
func (e *EarlyStopping) OnTrainEnd(t *nn.Training, err error) error {
	if err != nil || e.weights == nil {
		return nil
	}
	weights := e.weights
	e.weights = nil
	say(t, "Restoring model weights from the end of the best epoch: %d.", e.BestEpoch+1)
	return t.Model().SetWeights(weights)
}
