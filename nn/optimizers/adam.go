package optimizers

import "github.com/glearn-go/glearn/graph"

// Adam steps along a moving average of the gradients, divided by the root of
// one of their squares:
//
//	m = Beta1 m + (1-Beta1) g
//	v = Beta2 v + (1-Beta2) g^2
//	w = w - rate sqrt(1-Beta2^t) / (1-Beta1^t) * m / (sqrt(v) + Epsilon)
//
// With AMSGrad the largest v so far stands in its place. (Kingma & Ba 2015;
// Reddi et al. 2018.) The default rate is 0.001.
type Adam struct {
	Settings
	Beta1   *float64 // 0 to below 1; nil: 0.9
	Beta2   *float64 // 0 to below 1; nil: 0.999
	Epsilon *float64 // nil: 1e-7
	AMSGrad bool     `json:"amsgrad"`
}

// Name is "adam".
func (o Adam) Name() string { return "adam" }

// Common has the defaults filled in.
func (o Adam) Common() Settings { return o.Settings.WithDefaults(0.001, 0) }

// Slots are m, v and, with AMSGrad, the largest v.
func (o Adam) Slots() []Slot {
	slots := []Slot{{Name: "momentum"}, {Name: "velocity"}}
	if o.AMSGrad {
		slots = append(slots, Slot{Name: "velocity_hat"})
	}
	return slots
}

// Update is the formula above.
func (o Adam) Update(s Step) (*graph.Tensor, []*graph.Tensor) {
	b1, b2 := or(o.Beta1, 0.9), or(o.Beta2, 0.999)
	rate := graph.Div(graph.Mul(s.Rate, graph.Sqrt(startup(b2, s.T))), startup(b1, s.T))
	m, v := toward(s.Slots[0], s.G, b1), toward(s.Slots[1], graph.Square(s.G), b2)
	slots := []*graph.Tensor{m, v}
	if o.AMSGrad {
		v = graph.Max(s.Slots[2], v)
		slots = append(slots, v)
	}
	down := graph.Shift(graph.Sqrt(v), float32(or(o.Epsilon, 1e-7)))
	return graph.Sub(s.W, graph.Div(graph.Mul(rate, m), down)), slots
}

// Check looks at the ranges.
func (o Adam) Check() error { return o.check(o.Name()) }

func (o Adam) check(name string) error {
	c := checker{name: name, err: o.Settings.check(name)}
	c.share("Beta1", o.Beta1)
	c.share("Beta2", o.Beta2)
	c.epsilon("Epsilon", o.Epsilon)
	return c.err
}

// AdamW is [Adam] with weight decay: 0.004, unless Settings.WeightDecay says
// otherwise (Loshchilov & Hutter 2019).
type AdamW struct {
	Settings
	Beta1   *float64 // 0 to below 1; nil: 0.9
	Beta2   *float64 // 0 to below 1; nil: 0.999
	Epsilon *float64 // nil: 1e-7
	AMSGrad bool     `json:"amsgrad"`
}

func (o AdamW) adam() Adam { return Adam(o) }

// Name is "adamw".
func (o AdamW) Name() string { return "adamw" }

// Common has the defaults filled in.
func (o AdamW) Common() Settings { return o.Settings.WithDefaults(0.001, 0.004) }

// Slots are Adam's.
func (o AdamW) Slots() []Slot { return o.adam().Slots() }

// Update is Adam's; the decay comes before it.
func (o AdamW) Update(s Step) (*graph.Tensor, []*graph.Tensor) { return o.adam().Update(s) }

// Check looks at the ranges.
func (o AdamW) Check() error { return o.adam().check(o.Name()) }
