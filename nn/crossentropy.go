package nn

import (
	"fmt"
	"log/slog"
	"math"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/losses"
)

// checkActivation holds the loss of an output against what its layer's
// activation gives: an error where nothing can be learned, a line in the log
// where it may be meant.
func (m *Model) checkActivation(i int, loss losses.Loss, y *graph.Tensor) error {
	if loss == nil {
		return nil
	}
	doubt, err := activationFor(loss, y)
	if err != nil {
		return fmt.Errorf("layer %q: %w", m.outputName(i), err)
	}
	if doubt != "" {
		slog.Warn("nn: Compile: "+doubt, "layer", m.outputName(i))
	}
	return nil
}

// activationFor says why predictions y teach nothing with a loss, or what is to
// doubt about them; "" where nothing is known to be.
func activationFor(loss losses.Loss, y *graph.Tensor) (doubt string, err error) {
	_, softmax, known := graph.Logits(y)
	single := softmax && y.Shape()[y.Rank()-1] == 1
	c, ok := loss.(losses.Crossentropy)
	if !ok {
		if single {
			doubt = "softmax over one unit is always 1"
		}
		return doubt, nil
	}
	want := c.Predictions()
	switch {
	case single:
		return "", fmt.Errorf("softmax over one unit is always 1, so %s can teach it nothing: use activations.Sigmoid with losses.BinaryCrossentropy for yes or no, or a unit for each class", loss.Name())
	case want.Exclusive && classCount(y.Shape(), want.Axis) == 1:
		return "", fmt.Errorf("%s over one unit is always 0: use activations.Sigmoid with losses.BinaryCrossentropy for yes or no, or a unit for each class", loss.Name())
	case known && softmax == want.Exclusive:
		return "", nil // the loss sees through it to the logits
	}
	lo, hi, known := graph.Bounds(y)
	any := math.IsInf(lo, -1) && math.IsInf(hi, 1)
	switch {
	case !known, want.Logits && any:
		return "", nil
	case want.Logits:
		return fmt.Sprintf("%s with FromLogits takes any numbers, and the output is %s: leave the activation out", loss.Name(), between(lo, hi)), nil
	case softmax:
		return fmt.Sprintf("%s takes each output for itself, and those of a softmax add up to 1: use losses.CategoricalCrossentropy, or activations.Sigmoid where several may be true", loss.Name()), nil
	}
	way := "activations.Sigmoid"
	if want.Exclusive {
		way = "activations.Softmax"
	}
	if any {
		way += ", or FromLogits: true in the loss"
	}
	if want.Exclusive {
		return fmt.Sprintf("%s takes probabilities that add up to 1, and each output is %s: use %s", loss.Name(), between(lo, hi), way), nil
	}
	return fmt.Sprintf("%s takes probabilities, and the output is %s: use %s", loss.Name(), between(lo, hi), way), nil
}

// classCount is the length of the axis of classes in predictions of a shape, 0
// where they have no such axis; axis 0 is the last.
func classCount(shape []int, axis int) int {
	switch n := len(shape); {
	case axis == 0:
		axis = n - 1
	case axis < 0:
		axis += n
	}
	if axis < 1 || axis >= len(shape) {
		return 0
	}
	return shape[axis]
}

// between says what range numbers are in.
func between(lo, hi float64) string {
	switch {
	case math.IsInf(lo, -1) && math.IsInf(hi, 1):
		return "any number (there is no activation)"
	case math.IsInf(lo, -1):
		return fmt.Sprintf("%v or less", hi)
	case math.IsInf(hi, 1):
		return fmt.Sprintf("%v or more", lo)
	}
	return fmt.Sprintf("%v to %v", lo, hi)
}
