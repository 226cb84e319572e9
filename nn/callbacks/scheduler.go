package callbacks

import (
	"errors"

	"github.com/glearn-go/glearn/nn"
)

// LearningRateScheduler sets the learning rate before each epoch, for all of its
// batches, also where the optimizer has a schedule.
type LearningRateScheduler struct {
	// Schedule is the rate of an epoch, counted from 0, given the rate so far.
	Schedule func(epoch int, rate float64) float64
}

// Check looks for the function.
func (s LearningRateScheduler) Check() error {
	if s.Schedule == nil {
		return errors.New("its Schedule is nil")
	}
	return nil
}

// OnEpochBegin sets the rate.
func (s LearningRateScheduler) OnEpochBegin(t *nn.Training) error {
	return t.SetLearningRate(s.Schedule(t.Epoch(), t.LearningRate()))
}
