package optimizers

import (
	"math"

	"github.com/glearn-go/glearn/graph"
)

// Ftrl follows the regularized leader, which sets weights that L1 makes useless
// to exactly 0; for wide, sparse models:
//
//	p = LearningRatePower
//	g' = g + 2 L2Shrinkage w
//	n = a + g^2
//	z = z + g' - (n^-p - a^-p) / rate * w
//	w = (min(max(z, -L1), L1) - z) / ((Beta + n^-p) / rate + 2 L2)
//	a = n
//
// (McMahan et al. 2013.) The default rate is 0.001. A rate of 0 leaves weights
// and state as they are.
type Ftrl struct {
	Settings
	LearningRatePower  *float64 // at most 0; nil: -0.5
	InitialAccumulator *float64 // what a starts from, at least 0; nil: 0.1
	L1                 float64
	L2                 float64
	L2Shrinkage        float64
	Beta               float64
}

// Name is "ftrl".
func (o Ftrl) Name() string { return "ftrl" }

// Common has the defaults filled in.
func (o Ftrl) Common() Settings { return o.Settings.WithDefaults(0.001, 0) }

// Slots are a and z.
func (o Ftrl) Slots() []Slot {
	return []Slot{{Name: "accumulator", Init: float32(or(o.InitialAccumulator, 0.1))}, {Name: "linear"}}
}

// Update is the formula above, with numerator and denominator of the new weight
// multiplied by the rate.
func (o Ftrl) Update(s Step) (*graph.Tensor, []*graph.Tensor) {
	a, z := s.Slots[0], s.Slots[1]
	g := s.G
	if o.L2Shrinkage > 0 {
		g = graph.Add(g, graph.Scale(s.W, float32(2*o.L2Shrinkage)))
	}
	power := or(o.LearningRatePower, -0.5)
	root := func(x *graph.Tensor) *graph.Tensor {
		if power == -0.5 {
			return graph.Sqrt(x)
		}
		return graph.Pow(x, x.Const(float32(-power)))
	}
	n := graph.Add(a, graph.Square(s.G))
	sigma := graph.Div(graph.Sub(root(n), root(a)), s.Rate)
	newZ := graph.Sub(graph.Add(z, g), graph.Mul(sigma, s.W))
	cut := graph.Sub(graph.Clip(newZ, float32(-o.L1), float32(o.L1)), newZ)
	down := graph.Add(graph.Shift(root(n), float32(o.Beta)), graph.Scale(s.Rate, float32(2*o.L2)))
	// A weight that has had no gradient, from an accumulator of 0, is 0 / 0.
	w := graph.Div(graph.Mul(s.Rate, cut), graph.Max(down, down.Const(1e-30)))
	moves := graph.Less(s.Rate.Const(0), s.Rate)
	keep := func(x, old *graph.Tensor) *graph.Tensor { return graph.Select(moves, x, old) }
	return keep(w, s.W), []*graph.Tensor{keep(n, a), keep(newZ, z)}
}

// Check looks at the ranges.
func (o Ftrl) Check() error {
	c := checker{name: o.Name(), err: o.Settings.check(o.Name())}
	if p := or(o.LearningRatePower, -0.5); !(p <= 0) || math.IsInf(p, 0) {
		c.fail("LearningRatePower is %v, want at most 0", p)
	}
	c.atLeast("InitialAccumulator", or(o.InitialAccumulator, 0.1), 0)
	c.atLeast("L1", o.L1, 0)
	c.atLeast("L2", o.L2, 0)
	c.atLeast("L2Shrinkage", o.L2Shrinkage, 0)
	c.atLeast("Beta", o.Beta, 0)
	return c.err
}
