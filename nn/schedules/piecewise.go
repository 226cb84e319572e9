package schedules

import "fmt"

// PiecewiseConstantDecay is Values[0] up to and at step Boundaries[0], then
// Values[1] up to and at Boundaries[1], and so on; Values has one more element
// than Boundaries. (Keras' PiecewiseConstantDecay.)
type PiecewiseConstantDecay struct {
	Boundaries []int64
	Values     []float64
}

// At is the rate.
func (d PiecewiseConstantDecay) At(step int64) float64 {
	for i, b := range d.Boundaries {
		if step <= b {
			return d.Values[i]
		}
	}
	return d.Values[len(d.Values)-1]
}

// Check wants one value more than boundaries, and boundaries that rise.
func (d PiecewiseConstantDecay) Check() error {
	if len(d.Values) != len(d.Boundaries)+1 {
		return fmt.Errorf("schedules: PiecewiseConstantDecay has %d boundaries and %d values, want one value more than boundaries", len(d.Boundaries), len(d.Values))
	}
	for i := 1; i < len(d.Boundaries); i++ {
		if d.Boundaries[i] <= d.Boundaries[i-1] {
			return fmt.Errorf("schedules: PiecewiseConstantDecay: boundary %d after %d, want rising ones", d.Boundaries[i], d.Boundaries[i-1])
		}
	}
	for _, v := range d.Values {
		if err := rate("a value of PiecewiseConstantDecay", v); err != nil {
			return err
		}
	}
	return nil
}
