package nn

import (
	"fmt"
	"log/slog"
	"math"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
)

// checkActivation holds the loss and the metrics of output i against what its
// layer's activation gives: an error where nothing can be learned, a line in the
// log where it may be meant.
func (m *Model) checkActivation(i int, o objective, y *graph.Tensor) error {
	var doubts []string
	if o.loss != nil {
		doubt, err := activationFor(o.loss, y)
		if err != nil {
			return fmt.Errorf("layer %q: %w", m.outputName(i), err)
		}
		doubts = append(doubts, doubt)
	}
	for _, metric := range o.watched() {
		doubts = append(doubts, accuracyOf(metric, y))
	}
	for _, doubt := range doubts {
		if doubt != "" {
			slog.Warn("nn: Compile: "+doubt, "layer", m.outputName(i))
		}
	}
	return nil
}

// accuracyOf says what is to doubt about an accuracy of yes and no that takes
// 0.5 for the border of predictions y.
func accuracyOf(metric Metric, y *graph.Tensor) string {
	switch m := metric.(type) {
	case metrics.Named:
		return accuracyOf(m.Metric, y)
	case metrics.Accuracy, *metrics.Accuracy:
		if shape := y.Shape(); shape[len(shape)-1] > 1 {
			return "" // it looks for the largest
		}
	case metrics.BinaryAccuracy:
		if m.Threshold != nil {
			return ""
		}
	case *metrics.BinaryAccuracy:
		if m.Threshold != nil {
			return ""
		}
	default:
		return ""
	}
	lo, hi, known := graph.Bounds(y)
	if !known || lo >= 0 && hi <= 1 {
		return ""
	}
	return fmt.Sprintf("%s counts what is above 0.5 as yes, and the output is %s: use metrics.MeanAbsoluteError for numbers, metrics.BinaryAccuracy{Threshold: new(0.0)} for logits", metric.Name(), between(lo, hi))
}

// doubtRows writes a line to the log, once for each Compile, where a row of
// target y, for output i, is no distribution over the classes of which the loss
// takes one to be true. It looks at the first numbers since Compile: on each
// batch of a stream it would cost as much as the loss.
func (m *Model) doubtRows(i int, y data.Tensor, d *device) {
	const enough = 1 << 20
	c, ok := d.objectives[i].loss.(losses.Crossentropy)
	rows, isDense := y.(*data.Dense)
	if !ok || !isDense || !lastAxis(c.Predictions(), m.outShapes[i]) || losses.DomainOf(c) == losses.ClassNumbers || d.summed.Load() >= enough {
		return
	}
	n := m.outShapes[i][len(m.outShapes[i])-1]
	for at := 0; at < len(rows.Values) && at < enough; at += n {
		sum := float32(0)
		for _, v := range rows.Values[at : at+n] {
			sum += v
		}
		const rounding = 1e-3
		if sum < 1-rounding || sum > 1+rounding {
			if d.summed.Swap(enough) < enough {
				slog.Warn(fmt.Sprintf("nn: targets of output %q add up to %v in row %d, and %s takes one class to be true: use losses.BinaryCrossentropy with activations.Sigmoid where several may be, or none", m.outputName(i), sum, at/product(rows.RowShape()), c.Name()))
			}
			return
		}
	}
	d.summed.Add(int64(len(rows.Values)))
}

// lastAxis is true of exclusive classes along the last axis of rows of a shape.
func lastAxis(p losses.Predictions, row []int) bool {
	return p.Exclusive && (p.Axis == 0 || p.Axis == -1 || p.Axis == len(row))
}

// activationFor says why predictions y teach nothing with a loss, or what is to
// doubt about them; "" where nothing is known to be.
func activationFor(loss losses.Loss, y *graph.Tensor) (doubt string, err error) {
	_, softmax, known := graph.Logits(y)
	single := softmax && y.Shape()[y.Rank()-1] == 1
	c, ok := loss.(losses.Crossentropy)
	if !ok {
		if single {
			doubt = "softmax over one unit is always 1: use activations.Sigmoid, or no activation"
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
// where they have no such axis; axis 0 is the last. One number for each row is a
// class alone.
func classCount(shape []int, axis int) int {
	switch n := len(shape); {
	case n == 1:
		return 1
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
