package activations

import (
	"math"

	"github.com/glearn-go/glearn/graph"
)

// A formula is differentiated as it is written, its unused branches too, and 0
// times an infinite slope is NaN. So each branch is clamped to where it is
// used, or a little beyond, so that the clamp's own edge is not the branch's.

// eluOf is x for x > 0, else alpha (e^(x/scale) - 1).
func eluOf(x *graph.Tensor, alpha, scale float64) *graph.Tensor {
	low := graph.Min(x, x.Const(1))
	if scale != 1 {
		low = graph.Scale(low, float32(1/scale))
	}
	curve := graph.Scale(graph.Expm1(low), float32(alpha))
	return graph.Select(graph.LessEq(x, x.Const(0)), curve, x)
}

func selu(x *graph.Tensor) *graph.Tensor {
	const alpha, scale = 1.6732632423543772, 1.0507009873554805
	return graph.Scale(eluOf(x, alpha, 1), scale)
}

func gelu(x *graph.Tensor) *graph.Tensor {
	phi := graph.Scale(graph.Shift(graph.Erf(graph.Scale(x, float32(1/math.Sqrt2))), 1), 0.5)
	return graph.Mul(x, phi)
}

func geluTanh(x *graph.Tensor) *graph.Tensor {
	c := graph.Clip(x, -30, 30) // where tanh has long been -1 or 1, and x^3 is small
	cube := graph.Mul(c, graph.Square(c))
	inner := graph.Scale(graph.Add(c, graph.Scale(cube, 0.044715)), float32(math.Sqrt(2/math.Pi)))
	return graph.Mul(x, graph.Scale(graph.Shift(graph.Tanh(inner), 1), 0.5))
}

func hardSigmoid(x *graph.Tensor) *graph.Tensor {
	return graph.Scale(graph.Clip(graph.Shift(x, 3), 0, 6), float32(1.0/6))
}

func silu(x *graph.Tensor) *graph.Tensor { return graph.Mul(x, graph.Sigmoid(x)) }

func hardSiLU(x *graph.Tensor) *graph.Tensor { return graph.Mul(x, hardSigmoid(x)) }

// tanhShrink uses tanh's Taylor series near 0, where the difference would have
// no digits left.
func tanhShrink(x *graph.Tensor) *graph.Tensor {
	near := graph.Clip(x, -1, 1)
	s := graph.Square(near)
	sum := x.Const(1382.0 / 155925)
	for _, c := range []float32{-62.0 / 2835, 17.0 / 315, -2.0 / 15, 1.0 / 3} {
		sum = graph.Shift(graph.Mul(sum, s), c)
	}
	series := graph.Mul(graph.Mul(near, s), sum)
	return graph.Select(graph.Less(graph.Abs(x), x.Const(0.3)), series, graph.Sub(x, graph.Tanh(x)))
}

func softsign(x *graph.Tensor) *graph.Tensor {
	c := graph.Clip(x, -1e9, 1e9) // the quotient is -1 or 1 in float32 from 1e8 on
	return graph.Div(c, graph.Shift(graph.Abs(c), 1))
}

func glu(x *graph.Tensor) *graph.Tensor {
	n := 0
	if x.Rank() > 0 {
		n = x.Shape()[x.Rank()-1]
	}
	if n == 0 || n%2 != 0 {
		x.Graph().Fail("activations: glu halves the last axis, which must have an even length; got shape %v", x.Shape())
		return x
	}
	return graph.Mul(graph.SliceAxis(x, -1, 0, n/2), graph.Sigmoid(graph.SliceAxis(x, -1, n/2, n)))
}

// sparsemax is max(x - tau, 0) with tau such that each row adds up to 1. tau is
// found by halving [max-1, max] to float32's last bit, then computed from the
// elements above it: (their sum - 1) / their number, the form that has the
// right derivative.
func sparsemax(x *graph.Tensor) *graph.Tensor {
	if x.Rank() == 0 {
		x.Graph().Fail("activations: sparsemax needs at least one axis, got a scalar")
		return x
	}
	z := graph.Sub(x, graph.StopGradient(graph.MaxKeep(x, -1)))
	flat := graph.StopGradient(z)
	one, low := x.Const(1), x.Const(-1)
	for width := float32(0.5); width >= 1.0/(1<<24); width /= 2 {
		mid := graph.Shift(low, width)
		above := graph.SumKeep(graph.Relu(graph.Sub(flat, mid)), -1)
		low = graph.Select(graph.LessEq(one, above), mid, low)
	}
	support := graph.Less(low, flat)
	count := graph.SumKeep(graph.ToFloat(support), -1)
	sum := graph.SumKeep(graph.Select(support, z, x.Const(0)), -1)
	return graph.Relu(graph.Sub(z, graph.Div(graph.Shift(sum, -1), count)))
}
