package optimizers

import "github.com/glearn-go/glearn/graph"

// RMSprop divides each weight's step by the root of a moving average of its
// squared gradients:
//
//	v = Rho v + (1-Rho) g^2
//	d = v + Epsilon                  (Centered: less the square of the moving
//	                                 average a of g, so that d is a variance)
//	m = Momentum m + rate g / sqrt(d)
//	w = w - m
//
// (Tieleman & Hinton 2012; centered as in Graves 2013.) The default rate is
// 0.001.
type RMSprop struct {
	Settings
	Rho      *float64 // 0 to below 1; nil: 0.9
	Momentum float64  // 0 to below 1
	Epsilon  *float64 // nil: 1e-7
	Centered bool
}

// Name is "rmsprop".
func (o RMSprop) Name() string { return "rmsprop" }

// Common has the defaults filled in.
func (o RMSprop) Common() Settings { return o.Settings.WithDefaults(0.001, 0) }

// Slots are v, and m and a where they are used.
func (o RMSprop) Slots() []Slot {
	slots := []Slot{{Name: "velocity"}}
	if o.Momentum > 0 {
		slots = append(slots, Slot{Name: "momentum"})
	}
	if o.Centered {
		slots = append(slots, Slot{Name: "average_gradient"})
	}
	return slots
}

// Update is the formula above.
func (o RMSprop) Update(s Step) (*graph.Tensor, []*graph.Tensor) {
	rho := or(o.Rho, 0.9)
	v := toward(s.Slots[0], graph.Square(s.G), rho)
	slots := []*graph.Tensor{v}
	d := v
	var average *graph.Tensor
	if o.Centered {
		average = toward(s.Slots[len(s.Slots)-1], s.G, rho)
		d = graph.Sub(v, graph.Square(average))
	}
	step := graph.Div(graph.Mul(s.Rate, s.G), graph.Sqrt(graph.Shift(d, float32(or(o.Epsilon, 1e-7)))))
	if o.Momentum > 0 {
		step = graph.Add(graph.Scale(s.Slots[1], float32(o.Momentum)), step)
		slots = append(slots, step)
	}
	if o.Centered {
		slots = append(slots, average)
	}
	return graph.Sub(s.W, step), slots
}

// Check looks at the ranges.
func (o RMSprop) Check() error {
	c := checker{name: o.Name(), err: o.Settings.check(o.Name())}
	c.share("Rho", o.Rho)
	c.share("Momentum", &o.Momentum)
	c.epsilon("Epsilon", o.Epsilon)
	return c.err
}
