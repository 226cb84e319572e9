package optimizers

import "github.com/glearn-go/glearn/graph"

// SGD is stochastic gradient descent, with momentum if wanted:
//
//	v = Momentum v - rate g
//	w = w + v                        (plain)
//	w = w + Momentum v - rate g      (Nesterov)
//
// (Robbins & Monro 1951; Polyak 1964; Nesterov 1983 as in Sutskever et al.
// 2013.) The default rate is 0.01.
type SGD struct {
	Settings
	Momentum float64 // 0 to below 1; 0: w = w - rate g
	Nesterov bool
}

// Name is "sgd".
func (o SGD) Name() string { return "sgd" }

// Common has the defaults filled in.
func (o SGD) Common() Settings { return o.Settings.WithDefaults(0.01, 0) }

// Slots is the velocity v, if there is momentum.
func (o SGD) Slots() []Slot {
	if o.Momentum == 0 {
		return nil
	}
	return []Slot{{Name: "momentum"}}
}

// Update is the formula above.
func (o SGD) Update(s Step) (*graph.Tensor, []*graph.Tensor) {
	pull := graph.Mul(s.G, s.Rate)
	if o.Momentum == 0 {
		return graph.Sub(s.W, pull), nil
	}
	mu := float32(o.Momentum)
	v := graph.Sub(graph.Scale(s.Slots[0], mu), pull)
	if o.Nesterov {
		return graph.Add(s.W, graph.Sub(graph.Scale(v, mu), pull)), []*graph.Tensor{v}
	}
	return graph.Add(s.W, v), []*graph.Tensor{v}
}

// Check looks at the ranges.
func (o SGD) Check() error {
	c := checker{name: o.Name(), err: o.Settings.check(o.Name())}
	c.share("Momentum", &o.Momentum)
	if o.Nesterov && o.Momentum == 0 {
		c.fail("Nesterov needs Momentum above 0")
	}
	return c.err
}

// Momentum is [SGD] with momentum 0.9 unless it says otherwise: the usual choice
// in one word, Momentum{Nesterov: true} for Nesterov's.
type Momentum struct {
	Settings
	Momentum *float64 // 0 to below 1; nil: 0.9
	Nesterov bool
}

func (o Momentum) sgd() SGD {
	return SGD{Settings: o.Settings, Momentum: or(o.Momentum, 0.9), Nesterov: o.Nesterov}
}

// Name is "momentum".
func (o Momentum) Name() string { return "momentum" }

// Common has the defaults filled in.
func (o Momentum) Common() Settings { return o.sgd().Common() }

// Slots is the velocity.
func (o Momentum) Slots() []Slot { return o.sgd().Slots() }

// Update is SGD's.
func (o Momentum) Update(s Step) (*graph.Tensor, []*graph.Tensor) { return o.sgd().Update(s) }

// Check looks at the ranges.
func (o Momentum) Check() error {
	c := checker{name: o.Name(), err: o.Settings.check(o.Name())}
	c.share("Momentum", o.Momentum)
	if o.Nesterov && or(o.Momentum, 0.9) == 0 {
		c.fail("Nesterov needs Momentum above 0")
	}
	return c.err
}
