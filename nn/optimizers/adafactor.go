package optimizers

import (
	"math"

	"github.com/glearn-go/glearn/graph"
)

// Adafactor is like [RMSprop] with the squares of a matrix kept only as the
// means of its rows and columns, and a step that is relative to the weight's
// own size:
//
//	k = t^Beta2Decay
//	r = (1-k) r + k mean of (g^2 + Epsilon1) along each row
//	c = (1-k) c + k mean of (g^2 + Epsilon1) along each column
//	v = r c / mean(r)                (a vector keeps v = (1-k) v + k (g^2 + Epsilon1))
//	u = g / sqrt(v)
//	w = w - min(rate, 1 / sqrt(t)) max(Epsilon2, rms(w)) u / max(1, rms(u) / ClipThreshold)
//
// (Shazeer & Stern 2018.) Of more than two axes, the last two are factored. The
// default rate is 0.001. Keras' relative_step is left out: it changes nothing
// there, either.
type Adafactor struct {
	Settings
	Beta2Decay    *float64 // below 0; nil: -0.8
	Epsilon1      *float64 // nil: 1e-30
	Epsilon2      *float64 // nil: 0.001
	ClipThreshold float64  // above 0; 0: 1
}

// Name is "adafactor".
func (o Adafactor) Name() string { return "adafactor" }

// PerTensor: the means are of one weight.
func (o Adafactor) PerTensor() {}

// Common has the defaults filled in.
func (o Adafactor) Common() Settings { return o.Settings.WithDefaults(0.001, 0) }

// Slots are r and c; of a vector or scalar, r holds v and c is not used.
func (o Adafactor) Slots() []Slot {
	return []Slot{{Name: "row", Shape: func(w []int) []int {
		if len(w) < 2 {
			return w
		}
		return w[:len(w)-1]
	}}, {Name: "column", Shape: func(w []int) []int {
		n := len(w)
		if n < 2 {
			return nil
		}
		return append(append([]int(nil), w[:n-2]...), w[n-1])
	}}}
}

// Update is the formula above.
func (o Adafactor) Update(s Step) (*graph.Tensor, []*graph.Tensor) {
	k := graph.Pow(s.T, s.T.Const(float32(or(o.Beta2Decay, -0.8))))
	square := graph.Shift(graph.Square(s.G), float32(or(o.Epsilon1, 1e-30)))
	blend := func(old, x *graph.Tensor) *graph.Tensor {
		return graph.Add(graph.Mul(graph.OneMinus(k), old), graph.Mul(k, x))
	}
	var root *graph.Tensor // of v
	var slots []*graph.Tensor
	if n := s.W.Rank(); n < 2 {
		v := blend(s.Slots[0], square)
		root, slots = graph.Sqrt(v), []*graph.Tensor{v, s.Slots[1]}
	} else {
		r, c := blend(s.Slots[0], graph.Mean(square, -1)), blend(s.Slots[1], graph.Mean(square, -2))
		slots = []*graph.Tensor{r, c}
		// Two roots, as the product r c of a dead row and a dead column is 0 in
		// float32, and g / sqrt(0) would be NaN.
		rows := graph.Sqrt(graph.Div(r, graph.MeanKeep(r, -1)))
		root = graph.Mul(withAxis(rows, n-1), withAxis(graph.Sqrt(c), n-2))
	}
	u := graph.Div(s.G, root)
	threshold := o.ClipThreshold
	if threshold == 0 {
		threshold = 1
	}
	u = graph.Div(u, graph.Max(u.Const(1), graph.Scale(rms(u), float32(1/threshold))))
	rate := graph.Min(s.Rate, graph.Div(s.T.Const(1), graph.Sqrt(s.T)))
	size := graph.Max(s.W.Const(float32(or(o.Epsilon2, 1e-3))), rms(s.W))
	return graph.Sub(s.W, graph.Mul(graph.Mul(rate, size), u)), slots
}

// rms is the root of the mean square.
func rms(x *graph.Tensor) *graph.Tensor { return graph.Sqrt(graph.Mean(graph.Square(x))) }

// withAxis puts an axis of length 1 in.
func withAxis(x *graph.Tensor, axis int) *graph.Tensor {
	shape := append([]int(nil), x.Shape()[:axis]...)
	return graph.Reshape(x, append(append(shape, 1), x.Shape()[axis:]...)...)
}

// Check looks at the ranges.
func (o Adafactor) Check() error {
	c := checker{name: o.Name(), err: o.Settings.check(o.Name())}
	if d := or(o.Beta2Decay, -0.8); !(d < 0) || math.IsInf(d, 0) {
		c.fail("Beta2Decay is %v, want below 0", d)
	}
	c.epsilon("Epsilon1", o.Epsilon1)
	c.epsilon("Epsilon2", o.Epsilon2)
	c.atLeast("ClipThreshold", o.ClipThreshold, 0)
	return c.err
}
