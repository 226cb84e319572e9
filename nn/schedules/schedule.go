// Package schedules has learning rates that change while a model trains.
package schedules

// Schedule is the learning rate as a function of the step, counted from 0.
type Schedule interface {
	At(step int64) float64
}

// Constant is the same rate at every step.
type Constant float64

// At is the rate.
func (c Constant) At(int64) float64 { return float64(c) }

// Func makes a Schedule of any function.
type Func func(step int64) float64

// At calls f.
func (f Func) At(step int64) float64 { return f(step) }
