package activations

import "github.com/glearn-go/glearn/graph"

// or is an optional parameter, or its default.
func or(x *float64, standard float64) float64 {
	if x == nil {
		return standard
	}
	return *x
}

// LeakyReLU is x for x > 0, else NegativeSlope * x (Maas et al. 2013).
type LeakyReLU struct {
	NegativeSlope *float64 // nil: 0.2
}

// Apply is the activation.
func (a LeakyReLU) Apply(x *graph.Tensor) *graph.Tensor {
	return graph.Select(graph.LessEq(x, x.Const(0)), graph.Scale(x, float32(or(a.NegativeSlope, 0.2))), x)
}

// ELU is x for x > 0, else Alpha (e^x - 1) (Clevert et al. 2016).
type ELU struct {
	Alpha *float64 // nil: 1
}

// Apply is the activation.
func (a ELU) Apply(x *graph.Tensor) *graph.Tensor { return eluOf(x, or(a.Alpha, 1), 1) }

// CELU is x for x > 0, else Alpha (e^(x/Alpha) - 1): an ELU whose slope has no
// jump whatever Alpha is (Barron 2017).
type CELU struct {
	Alpha float64 // above 0; 0: 1
}

// Apply is the activation.
func (a CELU) Apply(x *graph.Tensor) *graph.Tensor {
	alpha := a.Alpha
	if alpha == 0 {
		alpha = 1
	}
	if !(alpha > 0) {
		x.Graph().Fail("activations: celu: Alpha is %v, want above 0", alpha)
		return x
	}
	return eluOf(x, alpha, alpha)
}

// Squareplus is (x + sqrt(x^2 + B)) / 2, a softplus without exponentials (Barron
// 2021).
type Squareplus struct {
	B *float64 // at least 0; nil: 4
}

// Apply is the activation.
func (a Squareplus) Apply(x *graph.Tensor) *graph.Tensor {
	b := or(a.B, 4)
	if !(b >= 0) {
		x.Graph().Fail("activations: squareplus: B is %v, want at least 0", b)
		return x
	}
	if b == 0 {
		return graph.Relu(x)
	}
	const far = 1e9 // x^2 still fits, and B is nothing beside it
	root := func(c *graph.Tensor) *graph.Tensor { return graph.Sqrt(graph.Shift(graph.Square(c), float32(b))) }
	// For x < 0 the sum cancels; this is the same number without a difference.
	low := graph.Clip(x, -far, 1)
	below := graph.Div(x.Const(float32(b/2)), graph.Sub(root(low), low))
	high := graph.Clip(x, -1, far)
	above := graph.Scale(graph.Add(high, root(high)), 0.5)
	y := graph.Select(graph.LessEq(x, x.Const(0)), below, above)
	return graph.Select(graph.Less(x, x.Const(far)), y, x)
}

// SoftShrink is x - Threshold for x > Threshold, x + Threshold for x <
// -Threshold, else 0.
type SoftShrink struct {
	Threshold *float64 // at least 0; nil: 0.5
}

// Apply is the activation.
func (a SoftShrink) Apply(x *graph.Tensor) *graph.Tensor {
	t := or(a.Threshold, 0.5)
	if !(t >= 0) {
		x.Graph().Fail("activations: soft_shrink: Threshold is %v, want at least 0", t)
		return x
	}
	return graph.Sub(x, graph.Clip(x, float32(-t), float32(t)))
}

// HardShrink is x for |x| > Threshold, else 0.
type HardShrink struct {
	Threshold *float64 // at least 0; nil: 0.5
}

// Apply is the activation.
func (a HardShrink) Apply(x *graph.Tensor) *graph.Tensor {
	t := or(a.Threshold, 0.5)
	if !(t >= 0) {
		x.Graph().Fail("activations: hard_shrink: Threshold is %v, want at least 0", t)
		return x
	}
	return graph.Select(graph.LessEq(graph.Abs(x), x.Const(float32(t))), x.Const(0), x)
}

// Threshold is x for x > Threshold, else Value.
type Threshold struct {
	Threshold float64
	Value     float64
}

// Apply is the activation.
func (a Threshold) Apply(x *graph.Tensor) *graph.Tensor {
	return graph.Select(graph.LessEq(x, x.Const(float32(a.Threshold))), x.Const(float32(a.Value)), x)
}
