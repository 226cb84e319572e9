// Csv trains on a CSV file of one's own: numbers, categories, missing cells and a
// number to predict. docs/from-keras.md goes through it line by line.
//
// It uses nothing of the other examples, so that it can be copied and changed.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"slices"

	"github.com/glearn-go/glearn"
	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/datasets"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/callbacks"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/preprocessing"
	"github.com/glearn-go/glearn/nn/schedules"
)

// The columns of the file.
var (
	numbers    = []string{"area", "rooms", "floor", "built"}
	categories = []string{"district"}
)

const target = "rent"

type options struct {
	backend   string
	epochs    int
	seed      uint64
	csv, save string
}

func main() {
	var o options
	flag.StringVar(&o.backend, "backend", "auto", "device: auto, opengl or cpu")
	flag.IntVar(&o.epochs, "epochs", 200, "passes over the training data, at most")
	flag.Uint64Var(&o.seed, "seed", 1, "where all chance comes from")
	flag.StringVar(&o.csv, "csv", "examples/csv/flats.csv", "file to learn from")
	flag.StringVar(&o.save, "save", "flats.safetensors", "file to save the model in")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, o); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer, o options) error {
	dev, err := glearn.Open(o.backend)
	if err != nil {
		return err
	}
	defer dev.Close()
	if err := learn(ctx, out, dev, o); err != nil {
		return err
	}
	return answer(ctx, out, dev, o.save)
}

// load reads the file: raw columns, and the target as [rows, 1].
func load(path string) (preprocessing.Frame, *data.Dense, error) {
	table, err := datasets.ReadCSV(path, datasets.CSVConfig{})
	if err != nil {
		return nil, nil, err
	}
	columns := preprocessing.Frame{}
	for _, name := range numbers {
		values, err := table.Float64(name) // NaN where a cell is missing
		if err != nil {
			return nil, nil, err
		}
		columns[name] = preprocessing.Numbers(values)
	}
	for _, name := range categories {
		texts, err := table.Text(name) // "" where a cell is missing
		if err != nil {
			return nil, nil, err
		}
		columns[name] = preprocessing.Texts(slices.Collect(texts))
	}
	y, err := table.Float32(target)
	return columns, y, err
}

// newPipeline says what becomes of each column.
func newPipeline() *preprocessing.Pipeline {
	var features []preprocessing.Feature
	for _, name := range numbers {
		features = append(features, preprocessing.Feature{Column: name, Transform: &preprocessing.Impute{
			Strategy: preprocessing.Median, Then: &preprocessing.Normalization{},
		}})
	}
	for _, name := range categories {
		features = append(features, preprocessing.Feature{Column: name, Transform: &preprocessing.StringLookup{
			Output: preprocessing.OneHot,
		}})
	}
	return preprocessing.NewPipeline(features...)
}

// prepare holds out a fifth of the rows, and measures medians, means and
// categories on the others alone.
func prepare(path string, seed uint64) (pipeline *preprocessing.Pipeline, train, test *data.Dataset, err error) {
	columns, y, err := load(path)
	if err != nil {
		return nil, nil, nil, err
	}
	folds, err := data.KFold(y.Rows(), data.FoldConfig{Folds: 5, Shuffle: true, Seed: seed})
	if err != nil {
		return nil, nil, nil, err
	}
	rows := folds[0]
	known, err := columns.Take(rows.Train)
	if err != nil {
		return nil, nil, nil, err
	}
	pipeline = newPipeline()
	if err := pipeline.Adapt(known); err != nil {
		return nil, nil, nil, err
	}
	x, err := pipeline.Apply(columns)
	if err != nil {
		return nil, nil, nil, err
	}
	all, err := data.New(x[0], y)
	if err != nil {
		return nil, nil, nil, err
	}
	return pipeline, all.Take(rows.Train), all.Take(rows.Validation), nil
}

// learn trains, evaluates and saves.
func learn(ctx context.Context, out io.Writer, dev compute.Backend, o options) error {
	pipeline, train, test, err := prepare(o.csv, o.seed)
	if err != nil {
		return err
	}
	model := nn.NewSequential(
		layers.Dense{Units: 32, Activation: activations.ReLU},
		layers.Dense{Units: 32, Activation: activations.ReLU},
		layers.Dense{Units: 1},
	)
	defer model.Close()
	err = model.Compile(dev, nn.CompileConfig{
		Optimizer: optimizers.Adam{Settings: optimizers.Settings{LearningRate: schedules.Constant(0.01)}},
		Loss:      losses.MeanSquaredError{},
		Metrics:   []nn.Metric{metrics.MeanAbsoluteError{}},
		Seed:      o.seed,
	})
	if err != nil {
		return err
	}
	_, err = model.Fit(ctx, train, nn.FitConfig{
		Epochs:          o.epochs,
		ValidationSplit: 0.2,
		Callbacks: []nn.Callback{
			&callbacks.EarlyStopping{Patience: 20, RestoreBestWeights: true},
			&callbacks.ReduceLROnPlateau{Patience: 8, Factor: 0.5},
		},
		Progress: out,
	})
	if err != nil {
		return err
	}
	results, err := model.Evaluate(ctx, test)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "test:", results)
	if err := model.Attach("columns", pipeline); err != nil {
		return err
	}
	return model.Save(o.save)
}

// answer loads the model, as another program would, and asks it about one flat
// whose year is not known.
func answer(ctx context.Context, out io.Writer, dev compute.Backend, path string) error {
	model, err := nn.Load(dev, path)
	if err != nil {
		return err
	}
	defer model.Close()
	pipeline, ok := model.Attached("columns").(*preprocessing.Pipeline)
	if !ok {
		return fmt.Errorf("%s has no pipeline", path)
	}
	x, err := pipeline.Apply(preprocessing.Records([]map[string]any{
		{"area": 80.0, "rooms": 3.0, "floor": 2.0, "built": nil, "district": "harbour"},
	}))
	if err != nil {
		return err
	}
	rent, err := model.Predict(ctx, x...)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "rent: %.0f\n", rent.Values[0])
	return nil
}
