package nn_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
)

// A model is saved by one program and answers in another, which imports
// nn/layers and knows nothing else about it.
func ExampleModel_Save() {
	folder, err := os.MkdirTemp("", "glearn")
	check(err)
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "line.safetensors")
	dev := open()
	defer dev.Close()

	model := nn.NewSequential(layers.Dense{Units: 4, Activation: activations.Tanh}, layers.Dense{Units: 1}).Named("line")
	defer model.Close()
	check(model.Compile(dev, nn.CompileConfig{Loss: losses.MeanSquaredError{}}))
	_, err = model.Fit(context.Background(), line(), nn.FitConfig{})
	check(err)
	check(model.Save(path))

	loaded, err := nn.Load(dev, path)
	check(err)
	defer loaded.Close()
	x := &data.Dense{Shape: []int{1, 1}, Values: []float32{0.5}}
	a, err := model.Predict(context.Background(), x)
	check(err)
	b, err := loaded.Predict(context.Background(), x)
	check(err)
	fmt.Println(loaded.Name(), a.Values[0] == b.Values[0])
	// Output: line true
}

// Weights go to NumPy and come back.
func ExampleModel_SaveWeights() {
	folder, err := os.MkdirTemp("", "glearn")
	check(err)
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "weights.npz") // numpy.load(path)["dense/kernel"]

	model := nn.NewSequential(layers.Dense{Units: 2})
	check(model.Build(3))
	check(model.SaveWeights(path))
	check(model.LoadWeights(path))

	other := nn.NewSequential(layers.Dense{Units: 2})
	check(other.Build(4))
	err = other.LoadWeights(path)
	fmt.Println(errors.Is(err, nn.ErrShape)) // weight "dense/kernel" has the shape [3 2] in the file, want [4 2]
	// Output: true
}
