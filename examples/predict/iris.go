package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/datasets"
	"github.com/glearn-go/glearn/examples/internal/example"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/preprocessing"
)

// irisQuestion is a request about one flower.
var irisQuestion = []byte(`{"instances": [{"sepal length": 5.9, "sepal width": 3.0, "petal length": 5.1, "petal width": 1.8}]}`)

// trainIris trains a model that tells three kinds of flowers apart, with the
// pipeline that scales their measures, and saves it.
func trainIris(ctx context.Context, out io.Writer, dev compute.Backend, o options, path string) (err error) {
	iris, err := datasets.Iris()
	if err != nil {
		return err
	}
	pipeline := preprocessing.NewPipeline()
	columns := preprocessing.Frame{}
	measures := iris.X[0].(*data.Dense)
	for i, name := range iris.Features {
		column := make(preprocessing.Numbers, measures.Rows())
		for row := range column {
			column[row] = float64(measures.Row(row)[i])
		}
		columns[name] = column
		pipeline.Inputs[0] = append(pipeline.Inputs[0], preprocessing.Feature{Column: name, Transform: &preprocessing.Normalization{}})
	}
	if err := pipeline.Adapt(columns); err != nil {
		return err
	}
	x, err := pipeline.Apply(columns)
	if err != nil {
		return err
	}
	train, err := data.New(x[0], iris.Y[0])
	if err != nil {
		return err
	}
	model := nn.NewSequential(
		layers.Dense{Units: 16, Activation: activations.ReLU},
		layers.Dense{Units: len(iris.Classes), Activation: activations.Softmax},
	)
	defer func() { err = errors.Join(err, model.Close()) }()
	err = model.Compile(dev, nn.CompileConfig{
		Optimizer: optimizers.Adam{Settings: optimizers.Settings{}},
		Loss:      losses.SparseCategoricalCrossentropy{},
		Metrics:   []nn.Metric{metrics.Accuracy{}},
		Seed:      o.Seed,
	})
	if err != nil {
		return err
	}
	history, err := model.Fit(ctx, train, nn.FitConfig{Epochs: o.Epochs, BatchSize: 16})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "trained on %d flowers: accuracy %.3f\n", train.Rows(), history.Last("accuracy"))
	if err := model.Attach(example.Pipeline, pipeline); err != nil {
		return err
	}
	return model.Save(path)
}
