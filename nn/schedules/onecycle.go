package schedules

import (
	"fmt"
	"math"
)

// OneCycle rises from Max / DivFactor to Max during the first PctStart of Steps
// steps and then falls to Max / DivFactor / FinalDivFactor, each time along half
// a cosine wave (or a straight line, with Linear). Later steps keep the last
// rate. (Smith & Topin 2018; the defaults are PyTorch's OneCycleLR, Keras has
// none.)
type OneCycle struct {
	Max            float64 // highest rate
	Steps          int64   // length of the cycle, at least 2
	PctStart       float64 // share of the steps spent rising; 0: 0.3
	DivFactor      float64 // 0: 25
	FinalDivFactor float64 // 0: 10,000
	Linear         bool
}

// At is the rate.
func (c OneCycle) At(step int64) float64 {
	pct, div, final := c.standard()
	low, last := c.Max/div, c.Max/div/final
	s, end := float64(step), float64(c.Steps-1)
	top := max(pct*float64(c.Steps)-1, 0)
	if s <= top && top > 0 {
		return c.between(low, c.Max, s/top)
	}
	if end <= top {
		return last
	}
	return c.between(c.Max, last, min((s-top)/(end-top), 1))
}

// between goes from a to b as at goes from 0 to 1.
func (c OneCycle) between(a, b, at float64) float64 {
	if c.Linear {
		return a + (b-a)*at
	}
	return b + (a-b)*0.5*(1+math.Cos(math.Pi*at))
}

func (c OneCycle) standard() (pct, div, final float64) {
	pct, div, final = c.PctStart, c.DivFactor, c.FinalDivFactor
	if pct == 0 {
		pct = 0.3
	}
	if div == 0 {
		div = 25
	}
	if final == 0 {
		final = 1e4
	}
	return pct, div, final
}

// Check wants at least two steps, Max above 0, PctStart in [0, 1] and factors above 0.
func (c OneCycle) Check() error {
	if c.Steps < 2 {
		return fmt.Errorf("schedules: OneCycle: Steps is %d, want at least 2", c.Steps)
	}
	return first(above0("Max", c.Max), fraction("PctStart", c.PctStart), rate("DivFactor", c.DivFactor), rate("FinalDivFactor", c.FinalDivFactor))
}
