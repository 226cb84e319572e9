// Mnist reads handwritten digits: the first example of "Deep Learning with
// Python", in Go, on the GPU or the CPU.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

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
)

const batchSize = 128

type options struct {
	example.Options
	rows   int
	linear bool
}

func main() {
	var o options
	o.Flags(5)
	flag.IntVar(&o.rows, "rows", 60000, "training images to use")
	flag.BoolVar(&o.linear, "linear", false, "leave the hidden layer's activation out, to see what it is good for")
	flag.Parse()
	example.Main("mnist", func(ctx context.Context, out io.Writer) error {
		_, err := run(ctx, out, o)
		return err
	})
}

// run trains on the training images and gives the results on the test images.
func run(ctx context.Context, out io.Writer, o options) (results *nn.Results, err error) {
	train, test, err := datasets.MNIST(datasets.ImageConfig{Flat: true})
	if err != nil {
		return nil, err
	}
	if o.rows < 1 || o.rows > train.Rows() {
		return nil, fmt.Errorf("-rows is %d, want 1 to %d", o.rows, train.Rows())
	}
	train, _ = train.Split(o.rows)
	dev, err := o.Open(out)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, dev.Close()) }()
	model, err := newModel(dev, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, model.Close()) }()
	if _, err := model.Fit(ctx, train, nn.FitConfig{Epochs: o.Epochs, BatchSize: batchSize, Progress: out}); err != nil {
		return nil, err
	}
	if results, err = model.Evaluate(ctx, test); err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "test set: %s\n\n", results)
	if err := model.Summary(out); err != nil {
		return nil, err
	}
	return results, printMistakes(ctx, out, model, test)
}

// newModel is 784-512-10: the pixels, 512 strokes and shapes that it finds by
// itself, and the probabilities of the ten digits.
func newModel(dev compute.Backend, o options) (*nn.Model, error) {
	hidden := activations.ReLU
	if o.linear {
		hidden = activations.Linear
	}
	model := nn.NewSequential(
		layers.Dense{Units: 512, Activation: hidden},
		layers.Dense{Units: 10, Activation: activations.Softmax},
	)
	return model, model.Compile(dev, nn.CompileConfig{
		Optimizer: optimizers.RMSprop{},
		Loss:      losses.SparseCategoricalCrossentropy{},
		Metrics:   []nn.Metric{metrics.Accuracy{}},
		Seed:      o.Seed,
	})
}

// printMistakes draws the first test images that the model reads wrongly.
func printMistakes(ctx context.Context, out io.Writer, model *nn.Model, test *data.Dataset) error {
	const shown = 2
	answers, err := model.Predict(ctx, test.X...)
	if err != nil {
		return err
	}
	images, digits := test.X[0].(*data.Dense), test.Y[0].(*data.Ints)
	for i, left := 0, shown; i < answers.Rows() && left > 0; i++ {
		guess := largest(answers.Row(i))
		if guess == int(digits.Values[i]) {
			continue
		}
		left--
		fmt.Fprintf(out, "\nimage %d is a %d, read as %d (%.0f%% sure):\n%s", i, digits.Values[i], guess, 100*answers.Row(i)[guess], draw(images.Row(i)))
	}
	return nil
}

func largest(row []float32) int {
	at := 0
	for i, v := range row {
		if v > row[at] {
			at = i
		}
	}
	return at
}

// draw shows the 28 x 28 pixels as text, two rows of pixels a line.
func draw(pixels []float32) string {
	const side = 28
	shades := []byte(" .:+#@")
	var b strings.Builder
	for y := 0; y < side; y += 2 {
		var line [side]byte
		for x := range side {
			ink := (pixels[y*side+x] + pixels[(y+1)*side+x]) / 2
			line[x] = shades[min(int(ink*float32(len(shades))), len(shades)-1)]
		}
		if text := strings.TrimRight(string(line[:]), " "); text != "" {
			b.WriteString(text + "\n")
		}
	}
	return b.String()
}
