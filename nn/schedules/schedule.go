// Package schedules has learning rates that change while a model trains, in
// Keras' names.
package schedules

import (
	"fmt"
	"math"
)

// Schedule is the learning rate as a function of the step: the number of updates
// since Compile, from 0. An epoch has one for each batch, or, with an optimizer's
// AccumulateSteps, for so many batches.
type Schedule interface {
	At(step int64) float64
}

// Constant is the same rate at every step: how a plain number is written where a
// Schedule is wanted, as in schedules.Constant(0.01).
type Constant float64

// At is the rate.
func (c Constant) At(int64) float64 { return float64(c) }

// Check wants a finite rate of 0 or more.
func (c Constant) Check() error { return rate("learning rate", float64(c)) }

// Func makes a Schedule of any function. A model that uses one can be trained,
// but only a registered type can be saved.
type Func func(step int64) float64

// At calls f.
func (f Func) At(step int64) float64 { return f(step) }

// Check wants a function.
func (f Func) Check() error {
	if f == nil {
		return fmt.Errorf("schedules: Func is nil")
	}
	return nil
}

// Check says which setting of s is out of range. A Schedule that has no method
// Check() error is taken as it is.
func Check(s Schedule) error {
	if c, ok := s.(interface{ Check() error }); ok {
		return c.Check()
	}
	return nil
}

// Points are the rates of the first steps: what to plot before training with s.
func Points(s Schedule, steps int) []float64 {
	out := make([]float64, max(steps, 0))
	for i := range out {
		out[i] = s.At(int64(i))
	}
	return out
}

// rate wants a finite value of 0 or more.
func rate(what string, x float64) error {
	if !(x >= 0) || math.IsInf(x, 0) {
		return fmt.Errorf("schedules: %s is %v, want a finite number of at least 0", what, x)
	}
	return nil
}

// above0 wants a rate that trains: 0 is what a field is that was forgotten.
func above0(what string, x float64) error {
	if x == 0 {
		return fmt.Errorf("schedules: %s is 0, want above 0", what)
	}
	return rate(what, x)
}

// positive wants a number of steps.
func positive(what string, n int64) error {
	if n <= 0 {
		return fmt.Errorf("schedules: %s is %d, want at least 1", what, n)
	}
	return nil
}

// first is the first error that is not nil.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
