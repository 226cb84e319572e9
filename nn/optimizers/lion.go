package optimizers

import "github.com/glearn-go/glearn/graph"

// Lion steps by the sign of an interpolation between momentum and gradient:
//
//	w = w - rate sign(Beta1 m + (1-Beta1) g)
//	m = Beta2 m + (1-Beta2) g
//
// (Chen et al. 2023.) The default rate is 0.001.
type Lion struct {
	Settings
	Beta1 *float64 // 0 to below 1; nil: 0.9
	Beta2 *float64 // 0 to below 1; nil: 0.99
}

// Name is "lion".
func (o Lion) Name() string { return "lion" }

// Common has the defaults filled in.
func (o Lion) Common() Settings { return o.Settings.WithDefaults(0.001, 0) }

// Slots is m.
func (o Lion) Slots() []Slot { return []Slot{{Name: "momentum"}} }

// Update is the formula above.
func (o Lion) Update(s Step) (*graph.Tensor, []*graph.Tensor) {
	way := graph.Sign(toward(s.Slots[0], s.G, or(o.Beta1, 0.9)))
	return graph.Sub(s.W, graph.Mul(s.Rate, way)), []*graph.Tensor{toward(s.Slots[0], s.G, or(o.Beta2, 0.99))}
}

// Check looks at the ranges.
func (o Lion) Check() error {
	return Adam{Settings: o.Settings, Beta1: o.Beta1, Beta2: o.Beta2}.check(o.Name())
}
