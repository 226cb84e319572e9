package optimizers_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/internal/spec"
	. "github.com/glearn-go/glearn/nn/optimizers"
)

// memory is the state of one weight in the float64 formulas below.
type memory struct{ a, b, c []float64 }

func newMemory(n int) *memory {
	return &memory{make([]float64, n), make([]float64, n), make([]float64, n)}
}

// rule updates w in place: the textbook's formula, element by element, where t
// counts from 1.
type rule func(w, g []float64, shape []int, s *memory, t, rate float64)

// each makes a rule of one element's.
func each(f func(w, g *float64, a, b, c *float64, t, rate float64)) rule {
	return func(w, g []float64, _ []int, s *memory, t, rate float64) {
		for i := range w {
			f(&w[i], &g[i], &s.a[i], &s.b[i], &s.c[i], t, rate)
		}
	}
}

func adam(b1, b2, eps float64, amsgrad bool, decay float64) rule {
	return each(func(w, g *float64, m, v, top *float64, t, rate float64) {
		*w *= 1 - rate*decay
		*m, *v = b1**m+(1-b1)**g, b2**v+(1-b2)**g**g
		use := *v
		if amsgrad {
			*top = math.Max(*top, *v)
			use = *top
		}
		*w -= rate * math.Sqrt(1-math.Pow(b2, t)) / (1 - math.Pow(b1, t)) * *m / (math.Sqrt(use) + eps)
	})
}

func rms64(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v * v
	}
	return math.Sqrt(s / float64(len(x)))
}

// reference holds optimizers with other than the default settings, and their
// rules. One weight starts its first slot at init.
var reference = map[string]struct {
	opt  Optimizer
	init float64
	rule rule
}{
	"SGD": {SGD{Settings: at(0.05), Momentum: 0.5, Nesterov: true}, 0, each(func(w, g *float64, v, _, _ *float64, t, rate float64) {
		*v = 0.5**v - rate**g
		*w += 0.5**v - rate**g
	})},
	"SGD/default": {SGD{}, 0, each(func(w, g *float64, _, _, _ *float64, t, rate float64) { *w -= 0.01 * *g })},
	"Momentum": {Momentum{}, 0, each(func(w, g *float64, v, _, _ *float64, t, rate float64) {
		*v = 0.9**v - 0.01**g
		*w += *v
	})},
	"Momentum/nesterov": {&Momentum{Settings: at(0.1), Momentum: new(0.8), Nesterov: true}, 0, each(func(w, g *float64, v, _, _ *float64, t, rate float64) {
		*v = 0.8**v - rate**g
		*w += 0.8**v - rate**g
	})},
	"Adagrad": {Adagrad{Settings: at(0.1), InitialAccumulator: new(0.0), Epsilon: new(0.01)}, 0, each(func(w, g *float64, a, _, _ *float64, t, rate float64) {
		*a += *g * *g
		*w -= rate * *g / math.Sqrt(*a+0.01)
	})},
	"Adadelta": {Adadelta{Settings: at(0.5), Rho: new(0.8), Epsilon: new(1e-3)}, 0, each(func(w, g *float64, a, d, _ *float64, t, rate float64) {
		*a = 0.8**a + 0.2**g**g
		delta := -math.Sqrt(*d+1e-3) / math.Sqrt(*a+1e-3) * *g
		*d = 0.8**d + 0.2*delta*delta
		*w += rate * delta
	})},
	"RMSprop": {RMSprop{Settings: at(0.02), Rho: new(0.7), Momentum: 0.4, Epsilon: new(1e-4), Centered: true}, 0, each(func(w, g *float64, v, m, a *float64, t, rate float64) {
		*v, *a = 0.7**v+0.3**g**g, 0.7**a+0.3**g
		*m = 0.4**m + rate**g/math.Sqrt(*v-*a**a+1e-4)
		*w -= *m
	})},
	"Adam":    {Adam{Settings: at(0.02), Beta1: new(0.5), Beta2: new(0.9), Epsilon: new(1e-3), AMSGrad: true}, 0, adam(0.5, 0.9, 1e-3, true, 0)},
	"Adam/0":  {Adam{Settings: at(0.02), Beta1: new(0.0), Beta2: new(0.0)}, 0, adam(0, 0, 1e-7, false, 0)},
	"AdamW":   {AdamW{}, 0, adam(0.9, 0.999, 1e-7, false, 0.004)},
	"AdamW/0": {AdamW{Settings: with(at(0.1), func(s *Settings) { s.WeightDecay = new(0.0) }), AMSGrad: true}, 0, adam(0.9, 0.999, 1e-7, true, 0)},
	"Adamax": {Adamax{Settings: at(0.02), Beta1: new(0.6), Beta2: new(0.8), Epsilon: new(1e-3)}, 0, each(func(w, g *float64, m, u, _ *float64, t, rate float64) {
		*m = 0.6**m + 0.4**g
		*u = math.Max(0.8**u, math.Abs(*g))
		*w -= rate * *m / ((1 - math.Pow(0.6, t)) * (*u + 1e-3))
	})},
	"Nadam": {Nadam{Settings: at(0.02), Beta1: new(0.7), Beta2: new(0.9)}, 0, each(func(w, g *float64, m, v, _ *float64, t, rate float64) {
		u := func(t float64) float64 { return 0.7 * (1 - 0.5*math.Pow(0.96, t)) }
		product := 1.0
		for k := 1.0; k <= t; k++ {
			product *= u(k)
		}
		*m, *v = 0.7**m+0.3**g, 0.9**v+0.1**g**g
		h := u(t+1)**m/(1-product*u(t+1)) + (1-u(t))**g/(1-product)
		*w -= rate * h / (math.Sqrt(*v/(1-math.Pow(0.9, t))) + 1e-7)
	})},
	"Ftrl": {Ftrl{Settings: at(0.2), LearningRatePower: new(-0.7), InitialAccumulator: new(0.3), L1: 0.05, L2: 0.1, L2Shrinkage: 0.02, Beta: 0.5}, 0.3,
		each(func(w, g *float64, a, z, _ *float64, t, rate float64) {
			n := *a + *g**g
			*z += *g + 2*0.02**w - (math.Pow(n, 0.7)-math.Pow(*a, 0.7))/rate**w
			*a = n
			*w = (math.Max(math.Min(*z, 0.05), -0.05) - *z) / ((0.5+math.Pow(n, 0.7))/rate + 2*0.1)
		})},
	"Lion": {Lion{Settings: at(0.02), Beta1: new(0.3), Beta2: new(0.6)}, 0, each(func(w, g *float64, m, _, _ *float64, t, rate float64) {
		if way := 0.3**m + 0.7**g; way != 0 {
			*w -= math.Copysign(rate, way)
		}
		*m = 0.6**m + 0.4**g
	})},
	"LAMB": {LAMB{Settings: at(0.02), Beta1: new(0.8)}, 0, func(w, g []float64, _ []int, s *memory, t, rate float64) {
		u := make([]float64, len(w))
		for i := range w {
			s.a[i], s.b[i] = 0.8*s.a[i]+0.2*g[i], 0.999*s.b[i]+0.001*g[i]*g[i]
			u[i] = s.a[i] / (1 - math.Pow(0.8, t)) / (math.Sqrt(s.b[i]/(1-math.Pow(0.999, t))) + 1e-7)
		}
		ratio := 1.0
		if rms64(w) > 0 && rms64(u) > 0 {
			ratio = rms64(w) / rms64(u)
		}
		for i := range w {
			w[i] -= rate * ratio * u[i]
		}
	}},
	"Adafactor":      {Adafactor{Settings: at(0.3)}, 0, adafactor(-0.8, 1e-3, 1)},
	"Adafactor/clip": {Adafactor{Settings: at(1), Beta2Decay: new(-0.5), Epsilon2: new(0.5), ClipThreshold: 0.2}, 0, adafactor(-0.5, 0.5, 0.2)},
}

func adafactor(power, eps2, threshold float64) rule {
	return func(w, g []float64, shape []int, s *memory, t, rate float64) {
		k := math.Pow(t, power)
		v := s.a // row means in a, column means in b
		if n := len(shape); n >= 2 {
			v = make([]float64, len(w))
			rows, cols := shape[n-2], shape[n-1]
			for m := range len(w) / (rows * cols) { // matrices
				r, c := s.a[m*rows:(m+1)*rows], s.b[m*cols:(m+1)*cols]
				at := func(i, j int) int { return (m*rows+i)*cols + j }
				mean := 0.0
				for i := range r {
					sum := 0.0
					for j := range c {
						sum += g[at(i, j)]*g[at(i, j)] + 1e-30
					}
					r[i] = (1-k)*r[i] + k*sum/float64(cols)
					mean += r[i] / float64(rows)
				}
				for j := range c {
					sum := 0.0
					for i := range r {
						sum += g[at(i, j)]*g[at(i, j)] + 1e-30
					}
					c[j] = (1-k)*c[j] + k*sum/float64(rows)
				}
				for i := range r {
					for j := range c {
						v[at(i, j)] = r[i] / mean * c[j]
					}
				}
			}
		} else {
			for i := range v {
				v[i] = (1-k)*v[i] + k*(g[i]*g[i]+1e-30)
			}
		}
		u := make([]float64, len(w))
		for i := range u {
			u[i] = g[i] / math.Sqrt(v[i])
		}
		step := math.Min(rate, 1/math.Sqrt(t)) * math.Max(eps2, rms64(w)) / math.Max(1, rms64(u)/threshold)
		for i := range w {
			w[i] -= step * u[i]
		}
	}
}

// Every rule agrees with its formula over steps of random gradients, on weights
// of one to three axes; one element never has a gradient.
func TestReference(t *testing.T) {
	shapes := [][]int{{3, 4}, {5}, {2, 3, 2}, {1}}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for name, c := range reference {
			random := rand.New(rand.NewPCG(3, 4))
			r := newRig(t, b, c.opt, shapes, shapes, func(_, in []*graph.Tensor) (*graph.Tensor, []*graph.Tensor) {
				return in[0].Const(0), append([]*graph.Tensor(nil), in...)
			})
			rate := float64(float32(c.opt.Common().LearningRate.At(0)))
			weights, memories := make([][]float64, len(shapes)), make([]*memory, len(shapes))
			draw := func(v *graph.Variable) []float64 {
				x := make([]float64, v.Size())
				for i := range x {
					x[i] = float64(float32(random.NormFloat64()))
				}
				return x
			}
			for i, v := range r.weights {
				weights[i], memories[i] = draw(v), newMemory(v.Size())
				if i == 3 {
					weights[i][0] = 0 // LAMB's norm of 0
				}
				for j := range memories[i].a {
					memories[i].a[j] = c.init
				}
				r.write(v, weights[i])
			}
			for step := range 6 {
				var grads [][]float64
				for i, v := range r.inputs {
					g := draw(v)
					if i == 1 {
						g[2] = 0
					}
					grads = append(grads, g)
				}
				r.step(grads...)
				for i := range shapes {
					// Adafactor divides by the root of 1e-30 where there was never a
					// gradient; both give 0 / 1e-15 = 0.
					c.rule(weights[i], grads[i], shapes[i], memories[i], float64(step+1), rate)
				}
			}
			// Six steps of some ten float32 operations each.
			for i, v := range r.weights {
				graphtest.Near(t, fmt.Sprintf("%s weight %d", name, i), r.read(v), weights[i], 5e-6, 2e-6)
			}
			r.release()
		}
	})
}

// The correction of a moving average keeps its digits at the first steps and
// far out, where a float32 power would not.
func TestAdamFirstStepAndLater(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, n := range []int{1, 1000} {
			r := newRig(t, b, Adam{Settings: at(0.5), Beta2: new(0.9999)}, [][]int{{1}}, [][]int{{1}}, func(_, in []*graph.Tensor) (*graph.Tensor, []*graph.Tensor) {
				return in[0].Const(0), append([]*graph.Tensor(nil), in...)
			})
			last := 0.0
			for range n {
				last = r.read(r.weights[0])[0]
				r.step([]float64{3})
			}
			// A constant gradient makes every step exactly the rate long.
			if step := last - r.read(r.weights[0])[0]; math.Abs(step-0.5) > 1e-4 {
				t.Errorf("step %d is %v long, want 0.5", n, step)
			}
			r.release()
		}
	})
}

// A rate of 0, which schedules end with, changes no weight and leaves no NaN.
func TestRateZero(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for name, c := range reference {
			r := newRig(t, b, c.opt, [][]int{{2, 2}}, [][]int{{2, 2}}, func(_, in []*graph.Tensor) (*graph.Tensor, []*graph.Tensor) {
				return in[0].Const(0), append([]*graph.Tensor(nil), in...)
			})
			start := []float64{1, -2, 0.5, 0}
			r.write(r.weights[0], start)
			r.write(r.rate, []float64{0})
			for range 3 {
				r.step([]float64{1, 0, -3, 0.5})
			}
			graphtest.Near(t, name, r.read(r.weights[0]), start, 0, 0)
			r.release()
		}
	})
}

// Weights whose row and column never had a gradient (words that never occur)
// stay, and no others become NaN.
func TestDeadRows(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for name, c := range reference {
			if _, ok := c.opt.(Ftrl); ok {
				continue // its weight without a gradient is 0 by its formula
			}
			r := newRig(t, b, c.opt, [][]int{{2, 2}}, [][]int{{2, 2}}, func(_, in []*graph.Tensor) (*graph.Tensor, []*graph.Tensor) {
				return in[0].Const(0), append([]*graph.Tensor(nil), in...)
			})
			r.write(r.weights[0], []float64{1, 1, 1, 1})
			for range 3 {
				r.step([]float64{100, 0, 0, 0})
			}
			got := r.read(r.weights[0])
			want := 1.0
			if decay := *c.opt.Common().WeightDecay; decay > 0 {
				want = math.Pow(1-0.001*decay, 3)
			}
			graphtest.Near(t, name, got[1:], []float64{want, want, want}, 1e-6, 0)
			if math.IsNaN(got[0]) || got[0] >= 1 {
				t.Errorf("%s: weight with a gradient is %v", name, got[0])
			}
			r.release()
		}
	})
}

func TestComplete(t *testing.T) {
	tested := map[string]bool{}
	for name, o := range keras {
		tested[reflect.Indirect(reflect.ValueOf(o)).Type().Name()] = true
		roundTrip(t, name, o)
	}
	for name, c := range reference {
		tested[reflect.Indirect(reflect.ValueOf(c.opt)).Type().Name()] = true
		roundTrip(t, name, c.opt)
	}
	types, _ := graphtest.Exported(t, "", "Update", "Name")
	for _, name := range types {
		if !tested[name] {
			t.Errorf("optimizer %s is in no test table", name)
		}
	}
}

func roundTrip(t *testing.T, name string, o Optimizer) {
	t.Helper()
	data, err := spec.Encode(o)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	back, err := spec.Decode[Optimizer](data)
	if err != nil || !reflect.DeepEqual(back, reflect.Indirect(reflect.ValueOf(o)).Interface()) {
		t.Errorf("%s: %s comes back as %v, %v", name, data, back, err)
	}
}
