package optimizers

import "github.com/glearn-go/glearn/graph"

// Adagrad divides each weight's step by the root of the sum of its squared
// gradients so far:
//
//	a = a + g^2
//	w = w - rate g / sqrt(a + Epsilon)
//
// (Duchi et al. 2011.) The default rate is 0.001.
type Adagrad struct {
	Settings
	InitialAccumulator *float64 // what a starts from, at least 0; nil: 0.1
	Epsilon            *float64 // nil: 1e-7
}

// Name is "adagrad".
func (o Adagrad) Name() string { return "adagrad" }

// Common has the defaults filled in.
func (o Adagrad) Common() Settings { return o.Settings.WithDefaults(0.001, 0) }

// Slots is the accumulator a.
func (o Adagrad) Slots() []Slot {
	return []Slot{{Name: "accumulator", Init: float32(or(o.InitialAccumulator, 0.1))}}
}

// Update is the formula above.
func (o Adagrad) Update(s Step) (*graph.Tensor, []*graph.Tensor) {
	a := graph.Add(s.Slots[0], graph.Square(s.G))
	root := graph.Sqrt(graph.Shift(a, float32(or(o.Epsilon, 1e-7))))
	return graph.Sub(s.W, graph.Div(graph.Mul(s.Rate, s.G), root)), []*graph.Tensor{a}
}

// Check looks at the ranges.
func (o Adagrad) Check() error {
	c := checker{name: o.Name(), err: o.Settings.check(o.Name())}
	c.atLeast("InitialAccumulator", or(o.InitialAccumulator, 0.1), 0)
	c.epsilon("Epsilon", o.Epsilon)
	return c.err
}

// Adadelta needs no rate of its own making: steps are as long as the recent
// steps were, by the size of the recent gradients.
//
//	a = Rho a + (1-Rho) g^2
//	D = -sqrt(d + Epsilon) / sqrt(a + Epsilon) g
//	d = Rho d + (1-Rho) D^2
//	w = w + rate D
//
// (Zeiler 2012.) The default rate is Keras' 0.001; the paper's is 1.
type Adadelta struct {
	Settings
	Rho     *float64 // 0 to below 1; nil: 0.95
	Epsilon *float64 // nil: 1e-7
}

// Name is "adadelta".
func (o Adadelta) Name() string { return "adadelta" }

// Common has the defaults filled in.
func (o Adadelta) Common() Settings { return o.Settings.WithDefaults(0.001, 0) }

// Slots are a and d.
func (o Adadelta) Slots() []Slot {
	return []Slot{{Name: "accumulated_grad"}, {Name: "accumulated_delta_var"}}
}

// Update is the formula above.
func (o Adadelta) Update(s Step) (*graph.Tensor, []*graph.Tensor) {
	rho, eps := or(o.Rho, 0.95), float32(or(o.Epsilon, 1e-7))
	root := func(x *graph.Tensor) *graph.Tensor { return graph.Sqrt(graph.Shift(x, eps)) }
	a := toward(s.Slots[0], graph.Square(s.G), rho)
	delta := graph.Neg(graph.Mul(graph.Div(root(s.Slots[1]), root(a)), s.G))
	d := toward(s.Slots[1], graph.Square(delta), rho)
	return graph.Add(s.W, graph.Mul(s.Rate, delta)), []*graph.Tensor{a, d}
}

// Check looks at the ranges.
func (o Adadelta) Check() error {
	c := checker{name: o.Name(), err: o.Settings.check(o.Name())}
	c.share("Rho", o.Rho)
	c.epsilon("Epsilon", o.Epsilon)
	return c.err
}
