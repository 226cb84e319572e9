package optimizers_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	. "github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

func at(rate float64) Settings { return Settings{LearningRate: schedules.Constant(rate)} }

// with changes settings.
func with(s Settings, change func(s *Settings)) Settings {
	change(&s)
	return s
}

// keras holds the optimizers whose runs are in testdata/keras.json: five steps
// of Keras 3.16's own classes, in float64, on a network of three layers.
var keras = map[string]Optimizer{
	"sgd":                 SGD{Settings: at(0.1)},
	"momentum":            SGD{Settings: at(0.1), Momentum: 0.9},
	"nesterov":            &SGD{Settings: at(0.1), Momentum: 0.9, Nesterov: true},
	"sgd_wd":              SGD{Settings: with(at(0.1), func(s *Settings) { s.WeightDecay = new(0.01) })},
	"adagrad":             Adagrad{Settings: at(0.1)},
	"rmsprop":             &RMSprop{Settings: at(0.01)},
	"rmsprop_mom":         RMSprop{Settings: at(0.01), Momentum: 0.9},
	"rmsprop_centered":    RMSprop{Settings: at(0.01), Centered: true},
	"adam":                Adam{Settings: at(0.01)},
	"adam_amsgrad":        Adam{Settings: at(0.01), AMSGrad: true},
	"adamw":               AdamW{Settings: at(0.01)},
	"adamax":              Adamax{Settings: at(0.01)},
	"nadam":               Nadam{Settings: at(0.01)},
	"adadelta":            Adadelta{Settings: at(1)},
	"ftrl":                Ftrl{Settings: at(0.1)},
	"ftrl_l1l2":           Ftrl{Settings: at(0.1), L1: 0.01, L2: 0.01, L2Shrinkage: 0.01, Beta: 0.1},
	"lion":                Lion{Settings: at(0.01)},
	"sgd_clipnorm":        SGD{Settings: with(at(0.1), func(s *Settings) { s.ClipNorm = 0.1 })},
	"sgd_clipvalue":       SGD{Settings: with(at(0.1), func(s *Settings) { s.ClipValue = 0.02 })},
	"sgd_global_clipnorm": SGD{Settings: with(at(0.1), func(s *Settings) { s.GlobalClipNorm = 0.1 })},
	"adam_ema":            Adam{Settings: with(at(0.01), func(s *Settings) { s.UseEMA, s.EMAMomentum, s.EMAOverwrite = true, new(0.9), 2 })},
	"sgd_accum2":          SGD{Settings: with(at(0.1), func(s *Settings) { s.AccumulateSteps = 2 })},
}

type oracle struct {
	Inputs struct {
		Weights []struct {
			Kernel [][]float64
			Bias   []float64
		}
		Batches []struct{ X, Y json.RawMessage }
	}
	Optimizers map[string]struct {
		Losses  []float64
		Weights []json.RawMessage
	}
}

// numbers flattens nested lists.
func numbers(t *testing.T, raw json.RawMessage) []float64 {
	t.Helper()
	var out []float64
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case float64:
			out = append(out, v)
		case []any:
			for _, x := range v {
				walk(x)
			}
		default:
			t.Fatalf("%T in the oracle", v)
		}
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	walk(v)
	return out
}

var layerShapes = [][]int{{5, 8}, {8}, {8, 4}, {4}, {4, 3}, {3}}

// network is 5 -> 8 relu -> 4 tanh -> 3 softmax with categorical cross-entropy.
func network(w, in []*graph.Tensor) (*graph.Tensor, []*graph.Tensor) {
	dense := func(x *graph.Tensor, i int) *graph.Tensor { return graph.Add(graph.MatMul(x, w[2*i]), w[2*i+1]) }
	h := graph.Tanh(dense(graph.Relu(dense(in[0], 0)), 1))
	loss := graph.Mean(graph.SoftmaxCrossEntropy(dense(h, 2), in[1]))
	return loss, graph.Gradients(loss, w...)
}

func TestKeras(t *testing.T) {
	data, err := os.ReadFile("testdata/keras.json")
	if err != nil {
		t.Fatal(err)
	}
	var o oracle
	if err := json.Unmarshal(data, &o); err != nil {
		t.Fatal(err)
	}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for name, want := range o.Optimizers {
			opt, ok := keras[name]
			if !ok {
				t.Errorf("no optimizer for the oracle's %q", name)
				continue
			}
			r := newRig(t, b, opt, layerShapes, [][]int{{6, 5}, {6, 3}}, network)
			for i, l := range o.Inputs.Weights {
				var kernel []float64
				for _, row := range l.Kernel {
					kernel = append(kernel, row...)
				}
				r.write(r.weights[2*i], kernel)
				r.write(r.weights[2*i+1], l.Bias)
			}
			for i, batch := range o.Inputs.Batches {
				loss := r.step(numbers(t, batch.X), numbers(t, batch.Y))
				graphtest.Near(t, name+" loss", []float64{loss}, want.Losses[i:i+1], 2e-6, 0)
			}
			// Weights are about 1, steps about 0.01 to 0.1, and float32 rounds
			// each at 6e-8. Adaptive rules divide by gradients as small as 1e-4,
			// whose own rounding then shows.
			for i, v := range r.weights {
				graphtest.Near(t, name+" weights", r.read(v), numbers(t, want.Weights[i]), 1e-5, 2e-6)
			}
			r.release()
		}
	})
}
