package schedules

import "math"

// ExponentialDecay multiplies the rate by DecayRate every DecaySteps steps:
//
//	Initial * DecayRate^(step / DecaySteps)
//
// (Keras' ExponentialDecay.)
type ExponentialDecay struct {
	Initial    float64 // rate at step 0
	DecaySteps int64
	DecayRate  float64
	Staircase  bool // step / DecaySteps is cut to a whole number
}

// At is the rate.
func (d ExponentialDecay) At(step int64) float64 {
	return d.Initial * math.Pow(d.DecayRate, progress(step, d.DecaySteps, d.Staircase))
}

// Check wants at least one step and rates above 0.
func (d ExponentialDecay) Check() error {
	return first(above0("Initial", d.Initial), positive("DecaySteps", d.DecaySteps), above0("DecayRate", d.DecayRate))
}

// InverseTimeDecay is
//
//	Initial / (1 + DecayRate * step / DecaySteps)
//
// (Keras' InverseTimeDecay.)
type InverseTimeDecay struct {
	Initial    float64 // rate at step 0
	DecaySteps int64
	DecayRate  float64
	Staircase  bool // step / DecaySteps is cut to a whole number
}

// At is the rate.
func (d InverseTimeDecay) At(step int64) float64 {
	return d.Initial / (1 + d.DecayRate*progress(step, d.DecaySteps, d.Staircase))
}

// Check wants at least one step, Initial above 0 and DecayRate of 0 or more.
func (d InverseTimeDecay) Check() error {
	return first(above0("Initial", d.Initial), positive("DecaySteps", d.DecaySteps), rate("DecayRate", d.DecayRate))
}

// progress counts decay periods.
func progress(step, period int64, whole bool) float64 {
	p := float64(step) / float64(period)
	if whole {
		return math.Floor(p)
	}
	return p
}

// PolynomialDecay goes from Initial to End in DecaySteps steps, and stays:
//
//	(Initial - End) * (1 - min(step, DecaySteps) / DecaySteps)^Power + End
//
// With Cycle it rises again after each DecaySteps, to a lower height each time:
// DecaySteps is stretched to the next multiple that is not below step. (Keras'
// PolynomialDecay.)
type PolynomialDecay struct {
	Initial    float64 // rate at step 0
	DecaySteps int64
	End        *float64 // nil: 0.0001
	Power      float64  // 0: 1, a straight line
	Cycle      bool
}

// At is the rate.
func (d PolynomialDecay) At(step int64) float64 {
	end, power := 1e-4, d.Power
	if d.End != nil {
		end = *d.End
	}
	if power == 0 {
		power = 1
	}
	s, steps := float64(step), float64(d.DecaySteps)
	if d.Cycle {
		steps *= max(1, math.Ceil(s/steps))
	}
	return (d.Initial-end)*math.Pow(1-min(s, steps)/steps, power) + end
}

// Check wants at least one step, Initial above 0, End of 0 or more and a power
// above 0.
func (d PolynomialDecay) Check() error {
	end := 0.0
	if d.End != nil {
		end = *d.End
	}
	return first(above0("Initial", d.Initial), positive("DecaySteps", d.DecaySteps), rate("End", end), rate("Power", d.Power))
}
