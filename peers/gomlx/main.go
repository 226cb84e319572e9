// Command gomlx runs the networks of the jobs mnist and reuters of cmd/bench's
// suite train on GoMLX's pure Go backend, on fewer generated rows of the same
// width: whole batches, and no more than stay fast there. Compare by the row.
//
//	GOEXPERIMENT=simd go build -o gomlx . && ./gomlx [-epochs 5] [mnist] [reuters]
//
// For each job it prints one JSON line for TrainStep on batches that were cut
// before the clock started ("none"), and one for shuffled batches of an
// in-memory data set run by a Loop ("gather"): the median and the least
// milliseconds of an epoch after two that warm up.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend" // the pure Go backend
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/dataset"
	"github.com/gomlx/gomlx/ml/layers"
	"github.com/gomlx/gomlx/ml/layers/activation"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gomlx/gomlx/ml/train/loss"
	"github.com/gomlx/gomlx/ml/train/optimizer"
)

const warmUp = 2 // epochs

// job is a network of dense layers with ReLU between them.
type job struct {
	rows, features, classes, batch int
	ones                           int // of a row; 0 is dense rows
	hidden                         []int
	optimizer                      func() optimizer.Interface
}

var jobs = map[string]job{
	"mnist": {rows: 12800, features: 784, classes: 10, batch: 128, hidden: []int{128},
		optimizer: func() optimizer.Interface { return optimizer.Adam().LearningRate(1e-3).Done() }},
	"reuters": {rows: 4096, features: 10000, classes: 46, batch: 512, ones: 120, hidden: []int{64, 64},
		optimizer: func() optimizer.Interface { return optimizer.RMSProp().LearningRate(1e-3).Done() }},
}

// data is random rows x of [rows, features] and classes y of [rows].
func (j job) data() (x []float32, y []int32) {
	r := rand.New(rand.NewPCG(1, 2))
	x, y = make([]float32, j.rows*j.features), make([]int32, j.rows)
	for i := range y {
		y[i] = int32(r.IntN(j.classes))
		row := x[i*j.features:][:j.features]
		if j.ones == 0 {
			for c := range row {
				row[c] = r.Float32()
			}
		}
		for range j.ones {
			row[r.IntN(j.features)] = 1
		}
	}
	return x, y
}

func (j job) trainer(backend compute.Backend) *train.Trainer {
	logits := func(scope *model.Scope, x *graph.Node) *graph.Node {
		for i, units := range j.hidden {
			x = activation.Relu(layers.Dense(scope.In("hidden%d", i), x, true, units))
		}
		return layers.Dense(scope.In("out"), x, true, j.classes)
	}
	return train.NewTrainer(backend, model.NewStore(), logits, loss.SparseCategoricalCrossEntropyLogits, j.optimizer(), nil, nil)
}

// steps is the milliseconds of epochs of TrainStep, which takes the batches
// over, so they are cut anew for each epoch.
func (j job) steps(backend compute.Backend, epochs int) ([]float64, error) {
	x, y := j.data()
	t := j.trainer(backend)
	return timed(epochs, func() (func() error, error) {
		var batches []train.Batch
		for i := 0; i < j.rows; i += j.batch {
			to := min(i+j.batch, j.rows)
			batches = append(batches, train.Batch{
				Inputs: []*tensors.Tensor{tensors.FromFlatDataAndDimensions(x[i*j.features:to*j.features], to-i, j.features)},
				Labels: []*tensors.Tensor{tensors.FromFlatDataAndDimensions(y[i:to], to-i, 1)},
			})
		}
		return func() error {
			for _, b := range batches {
				metrics, err := t.TrainStep(b)
				if err != nil {
					return err
				}
				_ = metrics[0].Value().(float32) // waits for the step
			}
			return nil
		}, nil
	})
}

// loops is the milliseconds of epochs the way a program writes them.
func (j job) loops(backend compute.Backend, epochs int) ([]float64, error) {
	x, y := j.data()
	set, err := dataset.InMemoryFromData(backend, "train",
		[]any{tensors.FromFlatDataAndDimensions(x, j.rows, j.features)}, []any{tensors.FromFlatDataAndDimensions(y, j.rows, 1)})
	if err != nil {
		return nil, err
	}
	set = set.BatchSize(j.batch, true).Shuffle()
	loop := train.NewLoop(j.trainer(backend))
	return timed(epochs, func() (func() error, error) {
		return func() error { _, err := loop.RunEpochs(set, 1); return err }, nil
	})
}

// timed is the milliseconds of the last epochs of warmUp + epochs; prepare
// comes before the clock starts.
func timed(epochs int, prepare func() (run func() error, err error)) ([]float64, error) {
	var took []float64
	for range warmUp + epochs {
		run, err := prepare()
		if err != nil {
			return nil, err
		}
		start := time.Now()
		if err := run(); err != nil {
			return nil, err
		}
		took = append(took, float64(time.Since(start).Nanoseconds())/1e6)
	}
	return took[warmUp:], nil
}

// line is what peers/main.go reads.
type line struct {
	Peer    string  `json:"peer"`
	Setting string  `json:"setting"`
	Name    string  `json:"name"`
	Rows    int     `json:"rows"`
	Batch   int     `json:"batch"`
	MS      float64 `json:"ms"`
	MinMS   float64 `json:"min_ms"`
	N       int     `json:"n"`
}

func run(name string, epochs int) error {
	j, ok := jobs[name]
	if !ok {
		return fmt.Errorf("gomlx: no job %q, want mnist or reuters", name)
	}
	backend, err := compute.New()
	if err != nil {
		return err
	}
	for _, way := range []struct {
		name    string
		measure func(compute.Backend, int) ([]float64, error)
	}{{"none", j.steps}, {"gather", j.loops}} {
		took, err := way.measure(backend, epochs)
		if err != nil {
			return fmt.Errorf("gomlx: %s: %w", name, err)
		}
		slices.Sort(took)
		err = json.NewEncoder(os.Stdout).Encode(line{"GoMLX 0.28", runtime.Version() + ", shuffle " + way.name, "train/" + name,
			j.rows, j.batch, took[len(took)/2], took[0], len(took)})
		if err != nil {
			return err
		}
	}
	return nil
}

func main() {
	epochs := flag.Int("epochs", 5, "epochs to time, at least 1")
	flag.Parse()
	names := flag.Args()
	if len(names) == 0 {
		names = []string{"mnist", "reuters"}
	}
	for _, name := range names {
		if err := run(name, max(*epochs, 1)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
