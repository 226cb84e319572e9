package activations_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
	. "github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/internal/spec"
)

func step(x float64) float64 { return math.Max(math.Min(x+3, 6), 0) / 6 }

func softplus(x float64) float64 {
	if x > 30 {
		return x + math.Exp(-x)
	}
	return math.Log1p(math.Exp(x))
}

func elu(alpha, x float64) float64 {
	if x > 0 {
		return x
	}
	return alpha * math.Expm1(x)
}

func shrink(x, t float64, hard bool) float64 {
	switch {
	case math.Abs(x) <= t:
		return 0
	case hard:
		return x
	}
	return x - math.Copysign(t, x)
}

// elementwise holds each activation of one element with its formula in float64
// and the points where its slope jumps.
var elementwise = map[string]struct {
	a     Activation
	f     func(x float64) float64
	kinks []float64
}{
	"Linear":       {Linear, func(x float64) float64 { return x }, nil},
	"ReLU":         {ReLU, func(x float64) float64 { return math.Max(x, 0) }, []float64{0}},
	"ReLU6":        {ReLU6, func(x float64) float64 { return math.Min(math.Max(x, 0), 6) }, []float64{0, 6}},
	"SELU":         {SELU, func(x float64) float64 { return 1.0507009873554805 * elu(1.6732632423543772, x) }, []float64{0}},
	"GELU":         {GELU, func(x float64) float64 { return x * math.Erfc(-x/math.Sqrt2) / 2 }, nil},
	"GELUTanh":     {GELUTanh, func(x float64) float64 { return x / (1 + math.Exp(-2*math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x))) }, nil},
	"Sigmoid":      {Sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, nil},
	"HardSigmoid":  {HardSigmoid, step, []float64{-3, 3}},
	"LogSigmoid":   {LogSigmoid, func(x float64) float64 { return -softplus(-x) }, nil},
	"Tanh":         {Tanh, math.Tanh, nil},
	"HardTanh":     {HardTanh, func(x float64) float64 { return math.Max(math.Min(x, 1), -1) }, []float64{-1, 1}},
	"TanhShrink":   {TanhShrink, func(x float64) float64 { return x - math.Tanh(x) }, nil},
	"Softplus":     {Softplus, softplus, nil},
	"Softsign":     {Softsign, func(x float64) float64 { return x / (1 + math.Abs(x)) }, nil},
	"SiLU":         {SiLU, func(x float64) float64 { return x / (1 + math.Exp(-x)) }, nil},
	"Swish":        {Swish, func(x float64) float64 { return x / (1 + math.Exp(-x)) }, nil},
	"HardSiLU":     {HardSiLU, func(x float64) float64 { return x * step(x) }, []float64{-3, 3}},
	"HardSwish":    {HardSwish, func(x float64) float64 { return x * step(x) }, []float64{-3, 3}},
	"Mish":         {Mish, func(x float64) float64 { return x * math.Tanh(softplus(x)) }, nil},
	"Exponential":  {Exponential, math.Exp, nil},
	"LeakyReLU":    {LeakyReLU{}, func(x float64) float64 { return math.Max(x, 0.2*x) }, []float64{0}},
	"LeakyReLU/0":  {LeakyReLU{NegativeSlope: new(0.0)}, func(x float64) float64 { return math.Max(x, 0) }, []float64{0}},
	"ELU":          {ELU{}, func(x float64) float64 { return elu(1, x) }, nil},
	"ELU/2":        {ELU{Alpha: new(2.0)}, func(x float64) float64 { return elu(2, x) }, []float64{0}},
	"CELU":         {CELU{}, func(x float64) float64 { return elu(1, x) }, nil},
	"CELU/3":       {CELU{Alpha: 3}, func(x float64) float64 { return math.Max(x, 0) + math.Min(0, 3*math.Expm1(x/3)) }, nil},
	"Squareplus":   {Squareplus{}, func(x float64) float64 { return squareplus(x, 4) }, nil},
	"Squareplus/9": {Squareplus{B: new(9.0)}, func(x float64) float64 { return squareplus(x, 9) }, nil},
	"Squareplus/0": {Squareplus{B: new(0.0)}, func(x float64) float64 { return math.Max(x, 0) }, []float64{0}},
	"SoftShrink":   {SoftShrink{}, func(x float64) float64 { return shrink(x, 0.5, false) }, []float64{-0.5, 0.5}},
	"SoftShrink/2": {SoftShrink{Threshold: new(2.0)}, func(x float64) float64 { return shrink(x, 2, false) }, []float64{-2, 2}},
	"HardShrink":   {HardShrink{}, func(x float64) float64 { return shrink(x, 0.5, true) }, []float64{-0.5, 0.5}},
	"HardShrink/2": {HardShrink{Threshold: new(2.0)}, func(x float64) float64 { return shrink(x, 2, true) }, []float64{-2, 2}},
	"Threshold":    {Threshold{}, func(x float64) float64 { return math.Max(x, 0) }, []float64{0}},
	"Threshold/1": {Threshold{Threshold: 1, Value: -7}, func(x float64) float64 {
		if x > 1 {
			return x
		}
		return -7
	}, []float64{1}},
}

func squareplus(x, b float64) float64 {
	if x < 0 {
		return b / 2 / (math.Sqrt(x*x+b) - x)
	}
	return (x + math.Sqrt(x*x+b)) / 2
}

// rows holds the activations of whole rows; each is tested in a way of its own.
var rows = map[string]Activation{"Softmax": Softmax, "LogSoftmax": LogSoftmax, "GLU": GLU, "Sparsemax": Sparsemax}

func TestElementwise(t *testing.T) {
	points := []float64{-3e38, -1e20, -1e10, -12345, -100, -50, -17, -9, -4.5, -2.75, -1.75, -0.875, -0.3125, -0.296875, -0.0625, -1e-3, -1e-6, 0,
		1e-6, 1e-3, 0.0625, 0.296875, 0.3125, 0.875, 1.75, 2.75, 4.5, 9, 17, 50, 80, 100, 12345, 1e10, 1e20, 3e38}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for name, c := range elementwise {
			var xs, want, slopes []float64
			for _, x := range points {
				x = float64(float32(x))
				if name == "Exponential" && x > 80 {
					continue
				}
				kink := false
				for _, k := range c.kinks {
					kink = kink || math.Abs(x-k) < 1e-2
				}
				if kink {
					continue
				}
				xs, want, slopes = append(xs, x), append(want, c.f(x)), append(slopes, graphtest.Slope(c.f, x))
			}
			s := graphtest.NewSheet(t, b)
			x := s.Float([]int{len(xs)}, xs...)
			y := c.a.Apply(x)
			got := s.Eval(y, graph.Gradients(graph.Sum(y), x)[0])
			// float32 has 6e-8; the formulas lose at most a factor of ten or so,
			// and where they take the difference of numbers near 1 or near x
			// (Phi, tanh, sigmoid at the far ends), the loss is in absolute size.
			for i := range xs {
				graphtest.Near(t, fmt.Sprintf("%s(%v)", name, xs[i]), got[0][i:i+1], want[i:i+1], 2e-6, 1.5e-6)
				graphtest.Near(t, fmt.Sprintf("slope of %s at %v", name, xs[i]), got[1][i:i+1], slopes[i:i+1], 1e-5, 2e-6)
			}
		}
	})
}

// A slope where two pieces meet lies between theirs; NaN goes through.
func TestKinksAndNaN(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for name, c := range elementwise {
			s := graphtest.NewSheet(t, b)
			x := s.Float([]int{len(c.kinks) + 1}, append(c.kinks[:len(c.kinks):len(c.kinks)], math.NaN())...)
			y := c.a.Apply(x)
			got := s.Eval(y, graph.Gradients(graph.Sum(y), x)[0])
			for i, k := range c.kinks {
				l, r := graphtest.Slope(c.f, k-0.01), graphtest.Slope(c.f, k+0.01)
				if d := got[1][i]; d < math.Min(l, r)-0.02 || d > math.Max(l, r)+0.02 {
					t.Errorf("%s: slope %v at %v, want %v to %v", name, d, k, l, r)
				}
			}
			if y := got[0][len(c.kinks)]; !math.IsNaN(y) {
				t.Errorf("%s(NaN) is %v", name, y)
			}
		}
	})
}

// The tanh shrink of small numbers keeps its digits.
func TestTanhShrinkSmall(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		xs := []float64{1e-4, 1e-3, 0.01, 0.1, 0.25, -0.29}
		var want []float64
		for _, x := range xs {
			x = float64(float32(x))
			want = append(want, x*x*x/3-2*math.Pow(x, 5)/15+17*math.Pow(x, 7)/315-62*math.Pow(x, 9)/2835+1382*math.Pow(x, 11)/155925-21844*math.Pow(x, 13)/6081075)
		}
		s := graphtest.NewSheet(t, b)
		graphtest.Near(t, "tanh_shrink", s.Eval(TanhShrink.Apply(s.Float([]int{len(xs)}, xs...)))[0], want, 1e-6, 0)
	})
}

func softmax(x []float64) []float64 {
	out, sum, top := make([]float64, len(x)), 0.0, math.Inf(-1)
	for _, v := range x {
		top = math.Max(top, v)
	}
	for i, v := range x {
		out[i] = math.Exp(v - top)
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// simplex projects onto the probability simplex by trying every set size.
func simplex(x []float64) []float64 {
	for k := len(x); ; k-- {
		// the k largest
		chosen := make([]bool, len(x))
		sum := 0.0
		for range k {
			best := -1
			for i := range x {
				if !chosen[i] && (best < 0 || x[i] > x[best]) {
					best = i
				}
			}
			chosen[best] = true
			sum += x[best]
		}
		tau, ok := (sum-1)/float64(k), true
		out := make([]float64, len(x))
		for i := range x {
			out[i] = math.Max(x[i]-tau, 0)
			ok = ok && (!chosen[i] || x[i] > tau)
		}
		if ok {
			return out
		}
	}
}

func TestRows(t *testing.T) {
	inputs := [][]float64{{1, -2, 0.5, 0.125}, {0, 0, 0, 0}, {30, -1e4, 29.5, 1e-3}, {-2e4, 5, 4.9, 4.8}}
	formulas := map[string]func(x []float64) []float64{
		"Softmax": softmax,
		"LogSoftmax": func(x []float64) []float64 {
			top := math.Max(math.Max(x[0], x[1]), math.Max(x[2], x[3]))
			sum := 0.0
			for _, v := range x {
				sum += math.Exp(v - top)
			}
			out := make([]float64, 4)
			for i := range x {
				out[i] = x[i] - top - math.Log(sum)
			}
			return out
		},
		"GLU": func(x []float64) []float64 {
			return []float64{x[0] / (1 + math.Exp(-x[2])), x[1] / (1 + math.Exp(-x[3]))}
		},
		"Sparsemax": simplex,
	}
	weights := []float64{1, -0.5, 2, 0.75}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for name, a := range rows {
			f := formulas[name]
			s := graphtest.NewSheet(t, b)
			var flat, want, slopes []float64
			for _, x := range inputs {
				flat, want = append(flat, x...), append(want, f(x)...)
				for i := range x {
					slopes = append(slopes, graphtest.Slope(func(at float64) float64 {
						moved := append([]float64(nil), x...)
						moved[i] = at
						sum := 0.0
						for j, y := range f(moved) {
							sum += weights[j] * y
						}
						return sum
					}, x[i]))
				}
			}
			x := s.Float([]int{2, 2, 4}, flat...)
			y := a.Apply(x)
			width := y.Shape()[2]
			w := s.Float([]int{width}, weights[:width]...)
			got := s.Eval(y, graph.Gradients(graph.Sum(graph.Mul(y, w)), x)[0])
			graphtest.Near(t, name, got[0], want, 2e-6, 1e-6)
			graphtest.Near(t, "gradient of "+name, got[1], slopes, 1e-4, 1e-5) // sparsemax of logits near 30 has 6e-8 * 30 to go by
		}
	})
}

func TestSparsemaxKeepsNaN(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		s := graphtest.NewSheet(t, b)
		y := s.Eval(Sparsemax.Apply(s.Float([]int{1, 2}, math.NaN(), 1)))[0]
		if !math.IsNaN(y[0]) || !math.IsNaN(y[1]) {
			t.Errorf("sparsemax of a row with NaN is %v", y)
		}
	})
}

// Every exported activation stands in a table above, and every name works.
func TestComplete(t *testing.T) {
	types, consts := graphtest.Exported(t, "Named", "Apply")
	for _, name := range append(types, consts...) {
		_, one := elementwise[name]
		_, row := rows[name]
		if !one && !row && name != "Named" && name != "Func" {
			t.Errorf("activation %s is in no test table", name)
		}
	}
	for _, name := range Names() {
		if err := graphtest.MistakeOf(func(g *graph.Graph) { Named(name).Apply(g.Zeros(2, 4)) }); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	saved := map[string]bool{}
	for name, c := range elementwise {
		saved[strings.Split(name, "/")[0]] = true
		data, err := spec.Encode(c.a)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		back, err := spec.Decode[Activation](data)
		if err != nil || !reflect.DeepEqual(back, c.a) {
			t.Errorf("%s: %s comes back as %v, %v", name, data, back, err)
		}
	}
}

func TestMistakes(t *testing.T) {
	for what, f := range map[string]func(x *graph.Tensor){
		"no activation": func(x *graph.Tensor) { Named("rulu").Apply(x) },
		"even length":   func(x *graph.Tensor) { GLU.Apply(x) },
		"Alpha":         func(x *graph.Tensor) { CELU{Alpha: -1}.Apply(x) },
		"B is":          func(x *graph.Tensor) { Squareplus{B: new(-1.0)}.Apply(x) },
		"soft_shrink":   func(x *graph.Tensor) { SoftShrink{Threshold: new(-1.0)}.Apply(x) },
		"hard_shrink":   func(x *graph.Tensor) { HardShrink{Threshold: new(math.NaN())}.Apply(x) },
	} {
		if err := graphtest.MistakeOf(func(g *graph.Graph) { f(g.Zeros(2, 3)) }); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("want an error with %q, got %v", what, err)
		}
	}
	if _, err := spec.Decode[Activation]([]byte(`"rulu"`)); err == nil {
		t.Error("an unknown name is loaded")
	}
	if Apply(nil, nil) != nil {
		t.Error("no activation changes its input")
	}
}

// A user's own activation is a function of tensors; its derivative is taken by
// rule.
func ExampleFunc() {
	bent := Func(func(x *graph.Tensor) *graph.Tensor {
		return graph.Add(graph.Scale(graph.Sub(graph.Sqrt(graph.Shift(graph.Square(x), 1)), x.Const(1)), 0.5), x)
	})
	g := graph.New()
	fmt.Println(bent.Apply(g.Zeros(2, 3)).Shape(), g.Err())
	// Output: [2 3] <nil>
}
