package layers_test

import (
	"context"
	"fmt"

	"github.com/glearn-go/glearn/cpu_fallback"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/layers"
)

// predict is what a model of one layer makes of x.
func predict(l nn.Layer, x *data.Dense) {
	dev, err := cpu_fallback.Open()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer dev.Close()
	m := nn.NewSequential(l)
	defer m.Close()
	if err := m.Compile(dev, nn.CompileConfig{}); err != nil {
		fmt.Println(err)
		return
	}
	y, err := m.Predict(context.Background(), x)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(y.Shape, y.Values)
}

// Text as a bag of word vectors: each word is a vector, a text their mean.
func ExampleEmbedding() {
	m := nn.NewSequential(
		layers.Embedding{InputDim: 10000, OutputDim: 16},
		layers.GlobalAveragePooling1D{},
		layers.Dense{Units: 1, Activation: activations.Sigmoid},
	)
	if err := m.Build(256); err != nil { // texts of 256 words
		fmt.Println(err)
		return
	}
	fmt.Println(m.OutputShapes(), m.CountParams())
	// Output: [[1]] 160017
}

// A branch around a layer: the network learns what to add to its input.
func ExampleAdd() {
	x := nn.Input(8)
	h := nn.Apply(layers.Dense{Units: 8, Activation: activations.ReLU}, x)
	m := nn.NewModel([]*nn.Node{x}, []*nn.Node{nn.Apply(layers.Add{}, x, h)})
	if err := m.Build(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.OutputShapes(), m.CountParams())
	// Output: [[8]] 72
}

// Two inputs side by side.
func ExampleConcatenate() {
	person, ticket := nn.Input(3), nn.Input(2)
	m := nn.NewModel([]*nn.Node{person, ticket}, []*nn.Node{nn.Apply(layers.Concatenate{}, person, ticket)})
	if err := m.Build(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.OutputShapes())
	// Output: [[5]]
}

// Half of the parameters are trained: gamma and beta. The others are the moving
// averages.
func ExampleBatchNormalization() {
	m := nn.NewSequential(layers.BatchNormalization{})
	if err := m.Build(64); err != nil {
		fmt.Println(err)
		return
	}
	for _, w := range m.Weights() {
		fmt.Println(w.Name(), w.Shape(), w.Trainable())
	}
	// Output:
	// batch_normalization/gamma [64] true
	// batch_normalization/beta [64] true
	// batch_normalization/moving_mean [64] false
	// batch_normalization/moving_variance [64] false
}

// The model brings its own scaling: it is saved with it.
func ExampleNormalization() {
	scale := layers.Normalization{}
	x := &data.Dense{Shape: []int{2, 2}, Values: []float32{10, 5, 30, 5}}
	if err := scale.Adapt(x); err != nil {
		fmt.Println(err)
		return
	}
	predict(scale, x)
	// Output: [2 2] [-1 0 1 0]
}

func ExampleRescaling() {
	predict(layers.Rescaling{Scale: 0.5, Offset: -1}, &data.Dense{Shape: []int{1, 3}, Values: []float32{0, 2, 4}})
	// Output: [1 3] [-1 0 1]
}

func ExampleLambda() {
	double := layers.Lambda{Function: func(_ *nn.Call, x ...*graph.Tensor) *graph.Tensor { return graph.Add(x[0], x[0]) }}
	predict(double, &data.Dense{Shape: []int{1, 2}, Values: []float32{1, -3}})
	// Output: [1 2] [2 -6]
}

func ExampleSoftmax() {
	predict(layers.Softmax{}, &data.Dense{Shape: []int{1, 4}, Values: []float32{1, 1, 1, 1}})
	// Output: [1 4] [0.25 0.25 0.25 0.25]
}

func ExampleReLU() {
	predict(layers.ReLU{MaxValue: new(6.0), NegativeSlope: 0.5}, &data.Dense{Shape: []int{1, 3}, Values: []float32{-2, 3, 9}})
	// Output: [1 3] [-1 3 6]
}
