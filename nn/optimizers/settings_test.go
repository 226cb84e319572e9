package optimizers_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	. "github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

func TestCheckRefuses(t *testing.T) {
	settings := func(change func(s *Settings)) SGD { return SGD{Settings: with(Settings{}, change)} }
	for _, c := range []struct {
		opt  Optimizer
		want string
	}{
		{settings(func(s *Settings) { s.LearningRate = schedules.Constant(-0.1) }), "LearningRate: schedules: learning rate is -0.1"},
		{settings(func(s *Settings) { s.LearningRate = schedules.ExponentialDecay{Initial: 0.1} }), "DecaySteps is 0"},
		{settings(func(s *Settings) { s.ClipNorm = -1 }), "ClipNorm is -1"},
		{settings(func(s *Settings) { s.ClipValue = math.Inf(1) }), "ClipValue is +Inf"},
		{settings(func(s *Settings) { s.ClipNorm, s.ClipValue = 1, 1 }), "only one of"},
		{settings(func(s *Settings) { s.WeightDecay = new(-0.1) }), "WeightDecay is -0.1"},
		{settings(func(s *Settings) { s.NoDecay = []string{""} }), "empty word"},
		{settings(func(s *Settings) { s.EMAMomentum = new(1.5) }), "EMAMomentum is 1.5"},
		{settings(func(s *Settings) { s.EMAOverwrite = -1 }), "EMAOverwrite is -1"},
		{settings(func(s *Settings) { s.AccumulateSteps = -2 }), "AccumulateSteps is -2"},
		{SGD{Momentum: 1}, "Momentum is 1"},
		{SGD{Momentum: -0.1}, "Momentum is -0.1"},
		{SGD{Nesterov: true}, "Nesterov needs"},
		{Momentum{Momentum: new(2.0)}, "Momentum is 2"},
		{Momentum{Momentum: new(0.0), Nesterov: true}, "Nesterov needs"},
		{Adagrad{InitialAccumulator: new(-1.0)}, "InitialAccumulator is -1"},
		{Adagrad{Epsilon: new(math.NaN())}, "Epsilon is NaN"},
		{Adadelta{Rho: new(1.0)}, "Rho is 1"},
		{RMSprop{Rho: new(-1.0)}, "Rho is -1"},
		{RMSprop{Momentum: 1.5}, "Momentum is 1.5"},
		{Adam{Beta1: new(1.0)}, "adam: Beta1 is 1"},
		{AdamW{Beta2: new(1.0)}, "adamw: Beta2 is 1"},
		{Adamax{Beta2: new(-1.0)}, "adamax: Beta2 is -1"},
		{Nadam{Epsilon: new(-1.0)}, "nadam: Epsilon is -1"},
		{Lion{Beta1: new(2.0)}, "lion: Beta1 is 2"},
		{LAMB{Beta1: new(2.0)}, "lamb: Beta1 is 2"},
		{Ftrl{LearningRatePower: new(0.5)}, "LearningRatePower is 0.5"},
		{Ftrl{L1: -1}, "L1 is -1"},
		{Ftrl{L2: -1}, "L2 is -1"},
		{Ftrl{L2Shrinkage: -1}, "L2Shrinkage is -1"},
		{Ftrl{Beta: math.NaN()}, "Beta is NaN"},
		{Ftrl{InitialAccumulator: new(-1.0)}, "InitialAccumulator is -1"},
		{Adafactor{Beta2Decay: new(0.8)}, "Beta2Decay is 0.8"},
		{Adafactor{ClipThreshold: -1}, "ClipThreshold is -1"},
		{Adafactor{Epsilon1: new(-1.0)}, "Epsilon1 is -1"},
	} {
		if err := c.opt.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%T: want an error with %q, got %v", c.opt, c.want, err)
		}
	}
}

func TestDefaults(t *testing.T) {
	for _, c := range []struct {
		opt         Optimizer
		rate, decay float64
	}{{SGD{}, 0.01, 0}, {Momentum{}, 0.01, 0}, {Adagrad{}, 0.001, 0}, {Adadelta{}, 0.001, 0}, {&RMSprop{}, 0.001, 0}, {Adam{}, 0.001, 0}, {AdamW{}, 0.001, 0.004},
		{Adamax{}, 0.001, 0}, {Nadam{}, 0.001, 0}, {Ftrl{}, 0.001, 0}, {Lion{}, 0.001, 0}, {LAMB{}, 0.001, 0}, {Adafactor{}, 0.001, 0}} {
		s := c.opt.Common()
		if s.LearningRate.At(0) != c.rate || *s.WeightDecay != c.decay || *s.EMAMomentum != 0.99 {
			t.Errorf("%s: rate %v, decay %v, EMA momentum %v", c.opt.Name(), s.LearningRate.At(0), *s.WeightDecay, *s.EMAMomentum)
		}
		if err := c.opt.Check(); err != nil {
			t.Error(err)
		}
	}
}

func TestNoDecay(t *testing.T) {
	s := Settings{NoDecay: []string{"bias", "norm"}}
	if s.Decays("dense/bias") || s.Decays("layer_norm/gamma") || !s.Decays("dense/kernel") {
		t.Error("NoDecay picks the wrong weights")
	}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		sheet := graphtest.NewSheet(t, b)
		w, rate := sheet.Float([]int{3}, 1, 2, 4), sheet.Float(nil, 0.5)
		got := sheet.Eval(Decay(AdamW{Settings: Settings{WeightDecay: new(0.5)}}.Common(), w, rate, sheet.Float([]int{3}, 1, 0, 1)),
			Decay(SGD{}.Common(), w, rate, nil))
		graphtest.Near(t, "masked decay", got[0], []float64{0.75, 2, 3}, 1e-6, 0)
		graphtest.Near(t, "no decay", got[1], []float64{1, 2, 4}, 0, 0)
	})
}

// Gradients shorter than the limit stay, zeros do not become NaN.
func TestClip(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		s := graphtest.NewSheet(t, b)
		grads := []*graph.Tensor{s.Float([]int{2}, 3, 4), s.Float([]int{2}, 0, 0), s.Float([]int{1, 1}, 12)}
		var all []*graph.Tensor
		for _, c := range []Settings{{ClipNorm: 10}, {GlobalClipNorm: 6.5}, {ClipValue: 3.5}, {}} {
			all = append(all, Clip(c, grads)...)
		}
		got := s.Eval(all...)
		for i, want := range [][]float64{{3, 4}, {0, 0}, {10}, {1.5, 2}, {0, 0}, {6}, {3, 3.5}, {0, 0}, {3.5}, {3, 4}, {0, 0}, {12}} {
			graphtest.Near(t, fmt.Sprint("clip ", i), got[i], want, 1e-6, 0)
		}
	})
}

// Accumulate counts right however large the step number is.
func TestAccumulate(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, n := range []int{1, 2, 3, 7, 100, 46341} {
			for _, step := range []int{0, n - 1, n, 5*n - 1, 1<<24 + 1, 16777259*7 - 1, math.MaxInt32/n*n - 1, math.MaxInt32 - 1} {
				s := graphtest.NewSheet(t, b)
				sum, mean, update := Accumulate(Settings{AccumulateSteps: n}, s.Float([]int{1}, 5), s.Float([]int{1}, 2), s.Int(nil, step))
				got := s.Eval(sum, mean, graph.ToFloat(update))
				want := [][]float64{{7}, {7 / float64(n)}, {0}}
				if step%n == n-1 {
					want[0][0], want[2][0] = 0, 1
				}
				for i := range want {
					graphtest.Near(t, fmt.Sprintf("steps %d at %d [%d]", n, step, i), got[i], want[i], 1e-6, 0)
				}
			}
		}
	})
}

// The first average is the weight itself.
func TestAverage(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		s := graphtest.NewSheet(t, b)
		old, w := s.Float([]int{1}, 10), s.Float([]int{1}, 2)
		settings := Settings{EMAMomentum: new(0.75), EMAOverwrite: 3}
		first, w0 := Average(settings, old, w, s.Int(nil, 0))
		second, w1 := Average(settings, old, w, s.Int(nil, 1))
		third, w2 := Average(settings, old, w, s.Int(nil, 2))
		_, never := Average(Settings{}, old, w, s.Int(nil, 2))
		for i, got := range s.Eval(first, w0, second, w1, third, w2, never) {
			graphtest.Near(t, fmt.Sprint("average ", i), got, []float64{[]float64{2, 2, 8, 2, 8, 8, 2}[i]}, 1e-6, 0)
		}
	})
}

// descend is a user's own optimizer: a formula over tensors.
type descend struct{ Settings }

func (d descend) Name() string     { return "descend" }
func (d descend) Common() Settings { return d.Settings.WithDefaults(0.1, 0) }
func (d descend) Slots() []Slot    { return nil }
func (d descend) Check() error     { return nil }
func (d descend) Update(s Step) (*graph.Tensor, []*graph.Tensor) {
	return graph.Sub(s.W, graph.Mul(s.Rate, graph.Sign(s.G))), nil
}

func ExampleOptimizer() {
	var opt Optimizer = descend{Settings{LearningRate: schedules.Constant(0.5)}}
	fmt.Println(opt.Name(), opt.Common().LearningRate.At(0), *opt.Common().WeightDecay)
	// Output: descend 0.5 0
}

func ExampleAdam() {
	opt := Adam{
		Settings: Settings{LearningRate: schedules.CosineDecay{Initial: 0.01, DecaySteps: 1000}, GlobalClipNorm: 1},
		Beta2:    new(0.99),
	}
	fmt.Println(opt.Check())
	fmt.Println(Adam{Beta1: new(1.0)}.Check())
	// Output:
	// <nil>
	// optimizers: adam: Beta1 is 1, want 0 <= Beta1 < 1
}
