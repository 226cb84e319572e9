package nn_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

// GoodEnough ends training when the loss is below a limit.
type GoodEnough struct{ Loss float64 }

func (c GoodEnough) OnEpochEnd(t *nn.Training, r *nn.Results) error {
	if r.Loss() < c.Loss {
		t.Stop()
	}
	return nil
}

var _ nn.EpochEnder = GoodEnough{} // does not compile where a name or an argument is wrong

// A callback of one's own, a metric of one's own, and a learning rate of one's own.
func ExampleModel_Fit_own() {
	dev := open()
	defer dev.Close()
	near := losses.Func(func(yTrue, yPred *graph.Tensor) *graph.Tensor {
		miss := graph.Abs(graph.Sub(yTrue, yPred))
		return graph.Mean(graph.ToFloat(graph.LessEq(miss, miss.Const(0.5))), -1)
	})
	halving := schedules.Func(func(step int64) float64 {
		return 0.1 * math.Pow(0.5, float64(step/1000))
	})
	model := nn.NewSequential(layers.Dense{Units: 1})
	defer model.Close()
	check(model.Compile(dev, nn.CompileConfig{
		Optimizer: optimizers.SGD{Settings: optimizers.Settings{LearningRate: halving}},
		Loss:      losses.MeanSquaredError{},
		Metrics:   []nn.Metric{metrics.MeanLoss{Label: "near", Loss: near}},
	}))
	history, err := model.Fit(context.Background(), line(), nn.FitConfig{
		Epochs: 100, Callbacks: []nn.Callback{GoodEnough{Loss: 0.01}},
	})
	check(err)
	fmt.Println("stopped early:", len(history.Epoch) < 100, "near:", history.Last("near"))
	// Output: stopped early: true near: 1
}

// Pinball is the loss of a quantile: a prediction that is too low costs Quantile
// times its error, one that is too high the rest.
type Pinball struct{ Quantile float64 }

func (Pinball) Name() string { return "pinball" }

func (l Pinball) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	e, q := graph.Sub(yTrue, yPred), float32(l.Quantile)
	return graph.Mean(graph.Max(graph.Scale(e, q), graph.Scale(e, q-1)), -1)
}

func init() { nn.Register[losses.Loss](Pinball{}) }

// A registered type is saved with its fields; a Go function cannot be.
func ExampleRegister() {
	folder, err := os.MkdirTemp("", "glearn")
	check(err)
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "own.safetensors")
	dev := open()
	defer dev.Close()
	model := nn.NewSequential(layers.Input{Shape: []int{1}}, layers.Dense{Units: 1})
	defer model.Close()

	check(model.Compile(dev, nn.CompileConfig{Loss: Pinball{Quantile: 0.9}}))
	check(model.Save(path))
	loaded, err := nn.Load(dev, path)
	check(err)
	defer loaded.Close()
	check(loaded.SetWeights([][]float32{{0}, {0}}))
	results, err := loaded.Evaluate(context.Background(), &data.Dataset{
		X: []data.Tensor{&data.Dense{Shape: []int{1, 1}, Values: []float32{3}}},
		Y: []data.Tensor{&data.Dense{Shape: []int{1, 1}, Values: []float32{10}}},
	})
	check(err)
	fmt.Println(results)

	check(model.Compile(dev, nn.CompileConfig{Loss: losses.Func(Pinball{Quantile: 0.9}.PerSample)}))
	fmt.Println("a function is refused:", model.Save(path) != nil)
	check(model.Compile(dev, nn.CompileConfig{})) // the weights stay
	fmt.Println("without it:", model.Save(path))
	// Output:
	// loss: 9.0000
	// a function is refused: true
	// without it: <nil>
}

// A field left out is Keras' default; wrong settings are an error of Compile that
// says where.
func ExampleModel_Compile_settings() {
	dev := open()
	defer dev.Close()
	model := nn.NewSequential(
		layers.Input{Shape: []int{8}},
		layers.Dense{Units: 16, NoBias: true},         // use_bias=False
		layers.BatchNormalization{Momentum: new(0.9)}, // nil is 0.99
		layers.LeakyReLU{NegativeSlope: new(0.0)},     // 0, not the default 0.3
		layers.Dropout{Rate: 1.5},
	)
	defer model.Close()
	err := model.Compile(dev, nn.CompileConfig{Loss: losses.MeanSquaredError{}, Seed: 7})
	fmt.Println(err)
	// Output: nn: Compile: layer 4 (Dropout): field Rate is 1.5, want at least 0 and below 1
}
