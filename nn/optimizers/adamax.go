package optimizers

import "github.com/glearn-go/glearn/graph"

// Adamax is [Adam] with the largest recent gradient in place of the root of
// squares:
//
//	m = Beta1 m + (1-Beta1) g
//	u = max(Beta2 u, |g|)
//	w = w - rate m / ((1-Beta1^t) (u + Epsilon))
//
// (Kingma & Ba 2015, section 7.) The default rate is 0.001.
type Adamax struct {
	Settings
	Beta1   *float64 // 0 to below 1; nil: 0.9
	Beta2   *float64 // 0 to below 1; nil: 0.999
	Epsilon *float64 // nil: 1e-7
}

// Name is "adamax".
func (o Adamax) Name() string { return "adamax" }

// Common has the defaults filled in.
func (o Adamax) Common() Settings { return o.Settings.WithDefaults(0.001, 0) }

// Slots are m and u.
func (o Adamax) Slots() []Slot { return []Slot{{Name: "momentum"}, {Name: "norm"}} }

// Update is the formula above.
func (o Adamax) Update(s Step) (*graph.Tensor, []*graph.Tensor) {
	b1 := or(o.Beta1, 0.9)
	m := toward(s.Slots[0], s.G, b1)
	u := graph.Max(graph.Scale(s.Slots[1], float32(or(o.Beta2, 0.999))), graph.Abs(s.G))
	rate := graph.Div(s.Rate, startup(b1, s.T))
	down := graph.Shift(u, float32(or(o.Epsilon, 1e-7)))
	return graph.Sub(s.W, graph.Div(graph.Mul(rate, m), down)), []*graph.Tensor{m, u}
}

// Check looks at the ranges.
func (o Adamax) Check() error {
	return Adam{Settings: o.Settings, Beta1: o.Beta1, Beta2: o.Beta2, Epsilon: o.Epsilon}.check(o.Name())
}
