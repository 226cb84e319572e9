package nn_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/glearn-go/glearn"
	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/callbacks"
	"github.com/glearn-go/glearn/nn/initializers"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func open() compute.Backend {
	dev, err := glearn.Open("cpu")
	check(err)
	return dev
}

// line is 64 points of y = 2x - 1, as a column each.
func line() *data.Dataset {
	x, y := make([]float32, 64), make([]float32, 64)
	for i := range x {
		x[i] = float32(i)/32 - 1
		y[i] = 2*x[i] - 1
	}
	set, err := data.New(&data.Dense{Shape: []int{64, 1}, Values: x}, &data.Dense{Shape: []int{64, 1}, Values: y})
	check(err)
	return set
}

func Example() {
	dev := open()
	defer dev.Close()
	model := nn.NewSequential(layers.Dense{Units: 1})
	defer model.Close()
	check(model.Compile(dev, nn.CompileConfig{
		Optimizer: optimizers.SGD{Settings: optimizers.Settings{LearningRate: schedules.Constant(0.1)}},
		Loss:      losses.MeanSquaredError{},
	}))
	_, err := model.Fit(context.Background(), line(), nn.FitConfig{Epochs: 80})
	check(err)
	answers, err := model.Predict(context.Background(), &data.Dense{Shape: []int{2, 1}, Values: []float32{0, 3}})
	check(err)
	fmt.Printf("%.3f\n", answers.Values)
	// Output: [-1.000 5.000]
}

// Scale multiplies each feature by a weight of its own: y = x * w.
type Scale struct{}

func (Scale) Build(b *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if len(inputs) != 1 || len(inputs[0]) != 1 {
		return nil, fmt.Errorf("got inputs %v, want one of rank 1", inputs)
	}
	w := b.Weight(nn.WeightSpec{Name: "scale", Shape: inputs[0], Init: initializers.Ones{}})
	return func(c *nn.Call, inputs ...*graph.Tensor) *graph.Tensor {
		return graph.Mul(inputs[0], c.Read(w))
	}, nil
}

// A layer of one's own: how to make one is in docs/adding-a-layer.md.
func ExampleLayer() {
	dev := open()
	defer dev.Close()
	model := nn.NewSequential(Scale{})
	defer model.Close()
	check(model.Compile(dev, nn.CompileConfig{Optimizer: optimizers.Adam{Settings: optimizers.Settings{LearningRate: schedules.Constant(0.1)}}, Loss: losses.MeanSquaredError{}}))
	x := &data.Dense{Shape: []int{2, 2}, Values: []float32{1, 1, 2, -1}}
	y := &data.Dense{Shape: []int{2, 2}, Values: []float32{3, -1, 6, 1}}
	set, err := data.New(x, y)
	check(err)
	_, err = model.Fit(context.Background(), set, nn.FitConfig{Epochs: 300})
	check(err)
	w, err := model.GetWeights()
	check(err)
	fmt.Printf("%s is %.2f\n", model.Weights()[0].Name(), w[0])
	// Output: scale/scale is [3.00 -1.00]
}

// An activation of one's own.
func ExampleModel_activation() {
	dev := open()
	defer dev.Close()
	cube := activations.Func(func(x *graph.Tensor) *graph.Tensor {
		return graph.Mul(x, graph.Square(x))
	})
	model := nn.NewSequential(layers.Dense{Units: 1, Activation: cube, KernelInitializer: initializers.Constant{Value: 2}})
	defer model.Close()
	check(model.Compile(dev, nn.CompileConfig{}))
	answers, err := model.Predict(context.Background(), &data.Dense{Shape: []int{2, 1}, Values: []float32{1, -2}})
	check(err)
	fmt.Println(answers.Values)
	// Output: [8 -64]
}

// A loss of one's own.
func ExampleModel_loss() {
	dev := open()
	defer dev.Close()
	quartic := losses.Func(func(yTrue, yPred *graph.Tensor) *graph.Tensor {
		return graph.Mean(graph.Square(graph.Square(graph.Sub(yTrue, yPred))), -1)
	})
	model := nn.NewSequential(layers.Dense{Units: 1, KernelInitializer: initializers.Zeros{}})
	defer model.Close()
	check(model.Compile(dev, nn.CompileConfig{Loss: quartic}))
	set, err := data.New(&data.Dense{Shape: []int{2, 1}, Values: []float32{1, 2}}, &data.Dense{Shape: []int{2, 1}, Values: []float32{1, 2}})
	check(err)
	results, err := model.Evaluate(context.Background(), set)
	check(err)
	fmt.Println(results)
	// Output: loss: 8.5000
}

// SignSGD takes steps of one length, whatever the gradient: w - rate * sign(g).
type SignSGD struct{ optimizers.Settings }

func (SignSGD) Name() string                  { return "sign_sgd" }
func (o SignSGD) Common() optimizers.Settings { return o.WithDefaults(0.001, 0) }
func (SignSGD) Slots() []optimizers.Slot      { return nil }
func (o SignSGD) Check() error                { return nil }
func (SignSGD) Update(s optimizers.Step) (*graph.Tensor, []*graph.Tensor) {
	return graph.Sub(s.W, graph.Mul(s.Rate, graph.Sign(s.G))), nil
}

// An optimizer of one's own.
func ExampleModel_optimizer() {
	dev := open()
	defer dev.Close()
	model := nn.NewSequential(layers.Dense{Units: 1, KernelInitializer: initializers.Zeros{}})
	defer model.Close()
	check(model.Compile(dev, nn.CompileConfig{
		Optimizer: SignSGD{optimizers.Settings{LearningRate: schedules.Constant(0.25)}},
		Loss:      losses.MeanSquaredError{},
	}))
	_, err := model.Fit(context.Background(), line(), nn.FitConfig{Epochs: 2, BatchSize: 64})
	check(err)
	w, err := model.GetWeights()
	check(err)
	fmt.Println(w)
	// Output: [[0.5] [-0.5]]
}

// A functional model: a network with a branch around its middle.
func ExampleNewModel() {
	x := nn.NamedInput("features", 10)
	h := nn.Apply(layers.Dense{Units: 8, Activation: activations.ReLU}, x)
	middle := nn.Apply(layers.Dense{Units: 8, Activation: activations.ReLU}, h)
	y := nn.Apply(layers.Dense{Name: "answer", Units: 1}, nn.Apply(layers.Add{}, h, middle))
	model := nn.NewModel([]*nn.Node{x}, []*nn.Node{y})
	check(model.Summary(os.Stdout))
	// Output:
	// Model: "functional"
	// ┏━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━━━━━━━━━━━┓
	// ┃ Layer (type)     ┃ Output Shape ┃ Param # ┃ Connected to   ┃
	// ┣━━━━━━━━━━━━━━━━━━╋━━━━━━━━━━━━━━╋━━━━━━━━━╋━━━━━━━━━━━━━━━━┫
	// ┃ features (Input) ┃ (None, 10)   ┃       0 ┃ -              ┃
	// ┃ dense (Dense)    ┃ (None, 8)    ┃      88 ┃ features       ┃
	// ┃ dense_1 (Dense)  ┃ (None, 8)    ┃      72 ┃ dense          ┃
	// ┃ add (Add)        ┃ (None, 8)    ┃       0 ┃ dense, dense_1 ┃
	// ┃ answer (Dense)   ┃ (None, 1)    ┃       9 ┃ add            ┃
	// ┗━━━━━━━━━━━━━━━━━━┻━━━━━━━━━━━━━━┻━━━━━━━━━┻━━━━━━━━━━━━━━━━┛
	//  Total params: 169 (676.00 B)
	//  Trainable params: 169 (676.00 B)
	//  Non-trainable params: 0 (0.00 B)
}

// Callbacks look on and step in. Any function will do for the simplest.
func ExampleFunc() {
	dev := open()
	defer dev.Close()
	model := nn.NewSequential(layers.Dense{Units: 1})
	defer model.Close()
	check(model.Compile(dev, nn.CompileConfig{
		Optimizer: optimizers.SGD{Settings: optimizers.Settings{LearningRate: schedules.Constant(0.1)}},
		Loss:      losses.MeanSquaredError{},
		Metrics:   []nn.Metric{metrics.MeanAbsoluteError{}},
	}))
	stop := &callbacks.EarlyStopping{Monitor: "loss", MinDelta: 1e-3, RestoreBestWeights: true}
	history, err := model.Fit(context.Background(), line(), nn.FitConfig{Epochs: 100, Callbacks: []nn.Callback{stop,
		nn.Func(func(t *nn.Training, r *nn.Results) error {
			if t.Epoch()%10 == 9 {
				fmt.Printf("epoch %d: error below 1: %v\n", t.Epoch()+1, r.Get("mean_absolute_error") < 1)
			}
			return nil
		}),
	}})
	check(err)
	fmt.Println("stopped early:", len(history.Epoch) < 100)
	// Output:
	// epoch 10: error below 1: true
	// stopped early: true
}

// warmUp raises the learning rate from batch to batch.
type warmUp struct {
	Batches int     // until the rate is reached
	Rate    float64 // from then on
}

// The compiler says whether the method is the one that Fit calls.
var _ nn.BatchBeginner = warmUp{}

func (w warmUp) OnBatchBegin(t *nn.Training, _ int) error {
	done := t.Steps() + 1
	if done > int64(w.Batches) {
		return nil
	}
	return t.SetLearningRate(w.Rate * float64(done) / float64(w.Batches))
}

// Check is asked before the first epoch.
func (w warmUp) Check() error {
	if w.Batches < 1 {
		return fmt.Errorf("warm-up of %d batches, want 1 or more", w.Batches)
	}
	return nil
}

// A callback of one's own is any type with some of the methods that Fit calls.
func ExampleCallback() {
	dev := open()
	defer dev.Close()
	model := nn.NewSequential(layers.Dense{Units: 1})
	defer model.Close()
	check(model.Compile(dev, nn.CompileConfig{Loss: losses.MeanSquaredError{}}))
	fmt.Println("rate after Compile:", model.LearningRate())
	rates := nn.Func(func(t *nn.Training, _ *nn.Results) error {
		fmt.Printf("rate after %d batches: %.3f\n", t.Steps(), t.LearningRate())
		return nil
	})
	_, err := model.Fit(context.Background(), line(), nn.FitConfig{
		Epochs: 3, StepsPerEpoch: 2, BatchSize: 4, Callbacks: []nn.Callback{warmUp{Batches: 5, Rate: 0.01}, rates},
	})
	check(err)
	_, err = model.Fit(context.Background(), line(), nn.FitConfig{Callbacks: []nn.Callback{warmUp{}}})
	fmt.Println(err)
	// Output:
	// rate after Compile: 0.001
	// rate after 2 batches: 0.004
	// rate after 4 batches: 0.008
	// rate after 6 batches: 0.010
	// nn: Fit: callback 0, a nn_test.warmUp: warm-up of 0 batches, want 1 or more
}
