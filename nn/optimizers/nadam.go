package optimizers

import (
	"math"

	"github.com/glearn-go/glearn/graph"
)

// Nadam is [Adam] with Nesterov momentum, on a schedule that warms up:
//
//	u_t = Beta1 (1 - 0.96^t / 2)
//	m = Beta1 m + (1-Beta1) g
//	v = Beta2 v + (1-Beta2) g^2
//	h = u_{t+1} m / (1 - u_1 ... u_{t+1}) + (1-u_t) g / (1 - u_1 ... u_t)
//	w = w - rate h / (sqrt(v / (1-Beta2^t)) + Epsilon)
//
// (Dozat 2016.) The default rate is 0.001.
type Nadam struct {
	Settings
	Beta1   *float64 // 0 to below 1; nil: 0.9
	Beta2   *float64 // 0 to below 1; nil: 0.999
	Epsilon *float64 // nil: 1e-7
}

// Name is "nadam".
func (o Nadam) Name() string { return "nadam" }

// Common has the defaults filled in.
func (o Nadam) Common() Settings { return o.Settings.WithDefaults(0.001, 0) }

// Slots are m and v.
func (o Nadam) Slots() []Slot { return []Slot{{Name: "momentum"}, {Name: "velocity"}} }

// SharedSlots is the product u_1 ... u_t.
func (o Nadam) SharedSlots() []Slot { return []Slot{{Name: "u_product", Init: 1}} }

// UpdateShared is the product with u_t.
func (o Nadam) UpdateShared(t *graph.Tensor, shared []*graph.Tensor) []*graph.Tensor {
	return []*graph.Tensor{graph.Mul(shared[0], o.momentum(t))}
}

// momentum is u_t.
func (o Nadam) momentum(t *graph.Tensor) *graph.Tensor {
	decay := graph.Exp(graph.Scale(t, float32(math.Log(0.96))))
	return graph.Scale(graph.OneMinus(graph.Scale(decay, 0.5)), float32(or(o.Beta1, 0.9)))
}

// Update is the formula above.
func (o Nadam) Update(s Step) (*graph.Tensor, []*graph.Tensor) {
	b1, b2 := or(o.Beta1, 0.9), or(o.Beta2, 0.999)
	u, next := o.momentum(s.T), o.momentum(graph.Shift(s.T, 1))
	product := o.UpdateShared(s.T, s.Shared)[0]
	m, v := toward(s.Slots[0], s.G, b1), toward(s.Slots[1], graph.Square(s.G), b2)
	old := graph.Div(next, graph.OneMinus(graph.Mul(product, next)))
	now := graph.Div(graph.OneMinus(u), graph.OneMinus(product))
	h := graph.Add(graph.Mul(old, m), graph.Mul(now, s.G))
	down := graph.Shift(graph.Sqrt(graph.Div(v, startup(b2, s.T))), float32(or(o.Epsilon, 1e-7)))
	return graph.Sub(s.W, graph.Div(graph.Mul(s.Rate, h), down)), []*graph.Tensor{m, v}
}

// Check looks at the ranges.
func (o Nadam) Check() error {
	return Adam{Settings: o.Settings, Beta1: o.Beta1, Beta2: o.Beta2, Epsilon: o.Epsilon}.check(o.Name())
}
