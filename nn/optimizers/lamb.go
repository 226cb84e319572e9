package optimizers

import "github.com/glearn-go/glearn/graph"

// LAMB is [Adam] with the step of each weight tensor made as long as the tensor
// itself, for very large batches:
//
//	u = m / (1-Beta1^t) / (sqrt(v / (1-Beta2^t)) + Epsilon)
//	w = w - rate |w| / |u| u         (|w| / |u| is 1 where one of them is 0)
//
// with Adam's m and v (You et al. 2020). The default rate is 0.001.
type LAMB struct {
	Settings
	Beta1   *float64 // 0 to below 1; nil: 0.9
	Beta2   *float64 // 0 to below 1; nil: 0.999
	Epsilon *float64 // nil: 1e-7
}

// Name is "lamb".
func (o LAMB) Name() string { return "lamb" }

// PerTensor: norms are of one weight.
func (o LAMB) PerTensor() {}

// Common has the defaults filled in.
func (o LAMB) Common() Settings { return o.Settings.WithDefaults(0.001, 0) }

// Slots are m and v.
func (o LAMB) Slots() []Slot { return []Slot{{Name: "momentum"}, {Name: "velocity"}} }

// Update is the formula above.
func (o LAMB) Update(s Step) (*graph.Tensor, []*graph.Tensor) {
	b1, b2 := or(o.Beta1, 0.9), or(o.Beta2, 0.999)
	m, v := toward(s.Slots[0], s.G, b1), toward(s.Slots[1], graph.Square(s.G), b2)
	down := graph.Shift(graph.Sqrt(graph.Div(v, startup(b2, s.T))), float32(or(o.Epsilon, 1e-7)))
	u := graph.Div(graph.Div(m, startup(b1, s.T)), down)
	wNorm, uNorm := graph.Sqrt(graph.Sum(graph.Square(s.W))), graph.Sqrt(graph.Sum(graph.Square(u)))
	zero, one := s.W.Const(0), s.W.Const(1)
	both := graph.And(graph.Less(zero, wNorm), graph.Less(zero, uNorm))
	ratio := graph.Select(both, graph.Div(wNorm, uNorm), one)
	return graph.Sub(s.W, graph.Mul(graph.Mul(ratio, s.Rate), u)), []*graph.Tensor{m, v}
}

// Check looks at the ranges.
func (o LAMB) Check() error {
	return Adam{Settings: o.Settings, Beta1: o.Beta1, Beta2: o.Beta2, Epsilon: o.Epsilon}.check(o.Name())
}
