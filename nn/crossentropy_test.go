package nn_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
)

// A loss that cannot teach an output anything is a mistake of Compile; one that
// hardly fits its activation is a line in the log, and what fits is none.
func TestLossesThatDoNotFitTheActivation(t *testing.T) {
	dense := func(units int, a activations.Activation) []nn.Layer {
		return []nn.Layer{layers.Dense{Units: units, Activation: a}}
	}
	binary, focal := losses.BinaryCrossentropy{}, losses.BinaryFocalCrossentropy{}
	categorical, sparse := losses.CategoricalCrossentropy{}, losses.SparseCategoricalCrossentropy{}
	const yesNo = "activations.Sigmoid with losses.BinaryCrossentropy for yes or no"
	sum := layers.Lambda{Function: func(_ *nn.Call, x ...*graph.Tensor) *graph.Tensor { return graph.Sum(x[0], -1) }}
	cube := activations.Func(func(x *graph.Tensor) *graph.Tensor { return graph.Mul(x, graph.Square(x)) })
	b := cpu(t)
	for name, c := range map[string]struct {
		layers []nn.Layer
		loss   losses.Loss
		err    []string // of Compile
		log    []string
	}{
		"softmax over 1, binary":              {layers: dense(1, activations.Softmax), loss: binary, err: []string{`layer "dense"`, "softmax over one unit is always 1, so binary_crossentropy", yesNo}},
		"softmax over 1, by pointer":          {layers: dense(1, activations.Softmax), loss: &binary, err: []string{"always 1"}},
		"softmax over 1, binary focal":        {layers: dense(1, activations.Softmax), loss: focal, err: []string{"always 1"}},
		"softmax over 1, categorical":         {layers: dense(1, activations.Softmax), loss: categorical, err: []string{"always 1", "categorical_crossentropy"}},
		"softmax over 1, from logits":         {layers: dense(1, activations.Softmax), loss: losses.BinaryCrossentropy{FromLogits: true}, err: []string{"always 1"}},
		"softmax over 1, reshaped":            {layers: append(dense(1, activations.Softmax), layers.Reshape{Shape: []int{1, 1}}), loss: binary, err: []string{`layer "reshape"`, "always 1"}},
		"a layer of softmax over 1":           {layers: append(dense(1, nil), layers.Softmax{}), loss: sparse, err: []string{`layer "softmax"`, "always 1"}},
		"sigmoid of 1, categorical":           {layers: dense(1, activations.Sigmoid), loss: categorical, err: []string{"categorical_crossentropy over one unit is always 0", yesNo, "a unit for each class"}},
		"logit of 1, categorical":             {layers: dense(1, nil), loss: losses.CategoricalCrossentropy{FromLogits: true}, err: []string{"over one unit is always 0"}},
		"sigmoid of 1, categorical focal":     {layers: dense(1, activations.Sigmoid), loss: losses.CategoricalFocalCrossentropy{}, err: []string{"over one unit is always 0"}},
		"sigmoid of 1, sparse":                {layers: dense(1, activations.Sigmoid), loss: sparse, err: []string{"sparse_categorical_crossentropy over one unit"}},
		"steps of 1, sparse":                  {layers: append(dense(3, nil), layers.Reshape{Shape: []int{3, 1}}), loss: sparse, err: []string{"over one unit"}},
		"softmax over 1, another loss":        {layers: dense(1, activations.Softmax), loss: losses.MeanSquaredError{}, log: []string{"softmax over one unit is always 1", "layer=dense"}},
		"sigmoid, categorical":                {layers: dense(3, activations.Sigmoid), loss: categorical, log: []string{"categorical_crossentropy takes probabilities that add up to 1, and each output is 0 to 1: use activations.Softmax\"", "layer=dense"}},
		"no activation, categorical":          {layers: dense(3, nil), loss: categorical, log: []string{"each output is any number (there is no activation): use activations.Softmax, or FromLogits: true"}},
		"no bias, categorical":                {layers: []nn.Layer{layers.Dense{Units: 3, NoBias: true}}, loss: categorical, log: []string{"no activation"}},
		"linear, sparse":                      {layers: dense(3, activations.Linear), loss: sparse, log: []string{"sparse_categorical_crossentropy takes probabilities that add up", "FromLogits"}},
		"relu, sparse":                        {layers: dense(3, activations.ReLU), loss: sparse, log: []string{"0 or more: use activations.Softmax\""}},
		"log softmax, sparse":                 {layers: dense(3, activations.LogSoftmax), loss: sparse, log: []string{"0 or less"}},
		"sigmoid, categorical from logits":    {layers: dense(3, activations.Sigmoid), loss: losses.CategoricalCrossentropy{FromLogits: true}, log: []string{"FromLogits takes any numbers, and the output is 0 to 1: leave the activation out"}},
		"softmax, binary":                     {layers: dense(2, activations.Softmax), loss: binary, log: []string{"binary_crossentropy takes each output for itself", "losses.CategoricalCrossentropy"}},
		"no activation, binary":               {layers: dense(1, nil), loss: binary, log: []string{"binary_crossentropy takes probabilities, and the output is any number", "activations.Sigmoid, or FromLogits"}},
		"relu, binary":                        {layers: dense(1, activations.ReLU), loss: binary, log: []string{"0 or more: use activations.Sigmoid\""}},
		"a layer of relu, binary focal":       {layers: append(dense(1, nil), layers.ReLU{}), loss: focal, log: []string{"binary_focal_crossentropy", "0 or more", "layer=re_lu"}},
		"tanh, binary":                        {layers: dense(1, activations.Tanh), loss: binary, log: []string{"-1 to 1: use activations.Sigmoid\""}},
		"tanh, binary from logits":            {layers: dense(1, activations.Tanh), loss: losses.BinaryCrossentropy{FromLogits: true}, log: []string{"-1 to 1: leave the activation out"}},
		"sigmoid, binary":                     {layers: dense(1, activations.Sigmoid), loss: binary},
		"sigmoid, binary from logits":         {layers: dense(1, activations.Sigmoid), loss: losses.BinaryCrossentropy{FromLogits: true}},
		"softmax, categorical":                {layers: dense(3, activations.Softmax), loss: categorical},
		"softmax, sparse":                     {layers: dense(3, activations.Softmax), loss: sparse},
		"softmax, categorical from logits":    {layers: dense(3, activations.Softmax), loss: losses.CategoricalCrossentropy{FromLogits: true}},
		"no activation, from logits":          {layers: dense(3, nil), loss: losses.SparseCategoricalCrossentropy{FromLogits: true}},
		"no activation, binary from logits":   {layers: dense(1, nil), loss: losses.BinaryCrossentropy{FromLogits: true}},
		"no activation, another loss":         {layers: dense(1, nil), loss: losses.MeanSquaredError{}},
		"what is not known":                   {layers: dense(3, cube), loss: categorical},
		"sparsemax, categorical":              {layers: dense(3, activations.Sparsemax), loss: categorical},
		"dropout behind a sigmoid, binary":    {layers: append(dense(1, activations.Sigmoid), layers.Dropout{Rate: 0.1}), loss: binary},
		"classes along an axis of their own":  {layers: append(dense(6, nil), layers.Reshape{Shape: []int{3, 2}}, layers.Softmax{Axis: 1}, layers.Reshape{Shape: []int{3, 2}}), loss: losses.CategoricalCrossentropy{Axis: 1}},
		"one class along an axis of its own":  {layers: append(dense(6, activations.Sigmoid), layers.Reshape{Shape: []int{1, 6}}), loss: losses.CategoricalCrossentropy{Axis: 1}, err: []string{"over one unit"}},
		"one class along an axis counted end": {layers: append(dense(6, activations.Sigmoid), layers.Reshape{Shape: []int{1, 6}}), loss: losses.CategoricalCrossentropy{Axis: -2}, err: []string{"over one unit"}},
		"a number alone, categorical":         {layers: append(dense(3, activations.Sigmoid), sum), loss: categorical, err: []string{`layer "lambda"`, "categorical_crossentropy over one unit is always 0"}},
		"no loss":                             {layers: dense(1, activations.Softmax)},
	} {
		m := nn.NewSequential(append([]nn.Layer{layers.Input{Shape: []int{4}}}, c.layers...)...)
		var err error
		log := warnings(t, func() { err = m.Compile(b, nn.CompileConfig{Loss: c.loss}) })
		if c.err != nil {
			mistake(t, name, err, append(c.err, "nn: Compile: ")...)
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if c.log == nil && log != "" || c.log != nil && strings.Count(log, "\n") != 1 {
			t.Errorf("%s: the log is %q, want lines about %q", name, log, c.log)
		}
		for _, w := range c.log {
			if !strings.Contains(log, w) {
				t.Errorf("%s: the log %q does not say %q", name, log, w)
			}
		}
		closeModel(t, m)
	}
}

// An accuracy that takes 0.5 for the border is worth a line in the log where the
// output has another one.
func TestAccuracyThatDoesNotFitTheActivation(t *testing.T) {
	b := cpu(t)
	mse, logits := losses.MeanSquaredError{}, losses.BinaryCrossentropy{FromLogits: true}
	const says = "accuracy counts what is above 0.5 as yes, and the output is "
	for name, c := range map[string]struct {
		units      int
		activation activations.Activation
		loss       losses.Loss
		metric     nn.Metric
		log        string
	}{
		"numbers":               {1, nil, mse, metrics.Accuracy{}, says + "any number"},
		"by pointer":            {1, nil, mse, &metrics.Accuracy{}, says + "any number"},
		"under another name":    {1, nil, mse, metrics.Named{Label: "acc", Metric: metrics.Accuracy{}}, says + "any number"},
		"logits":                {1, nil, logits, metrics.BinaryAccuracy{}, "binary_" + says + "any number"},
		"several logits":        {3, nil, logits, &metrics.BinaryAccuracy{}, "metrics.BinaryAccuracy{Threshold: new(0.0)} for logits"},
		"tanh":                  {1, activations.Tanh, losses.Hinge{}, metrics.Accuracy{}, says + "-1 to 1"},
		"another threshold":     {1, nil, logits, metrics.BinaryAccuracy{Threshold: new(0.0)}, ""},
		"another, by pointer":   {1, nil, logits, &metrics.BinaryAccuracy{Threshold: new(0.0)}, ""},
		"the largest of logits": {3, nil, losses.CategoricalCrossentropy{FromLogits: true}, metrics.Accuracy{}, ""},
		"a sigmoid":             {1, activations.Sigmoid, mse, metrics.Accuracy{}, ""},
		"an error of numbers":   {1, nil, mse, metrics.MeanAbsoluteError{}, ""},
	} {
		m := nn.NewSequential(layers.Input{Shape: []int{4}}, layers.Dense{Units: c.units, Activation: c.activation})
		log := warnings(t, func() { compiled(t, b, m, nn.CompileConfig{Loss: c.loss, WeightedMetrics: []nn.Metric{c.metric}}) })
		if c.log == "" && log != "" || c.log != "" && (strings.Count(log, "\n") != 1 || !strings.Contains(log, c.log)) {
			t.Errorf("%s: the log is %q, want a line about %q", name, log, c.log)
		}
		closeModel(t, m)
	}
}

// Targets of a softmax that are no distribution are a line in the log, once.
func TestTargetsThatAreNoDistribution(t *testing.T) {
	b := cpu(t)
	sure, several := dense(3, 1, 0, 0, 0.25, 0.25, 0.5), dense(3, 1, 0, 0, 0, 1, 1)
	none, numbers := dense(3, 1, 0, 0, 0, 0, 0), ints(0, 1)
	for name, c := range map[string]struct {
		activation activations.Activation
		loss       losses.Loss
		y          data.Tensor
		want       string
	}{
		"one class each":   {activations.Softmax, losses.CategoricalCrossentropy{}, sure, ""},
		"several classes":  {activations.Softmax, losses.CategoricalCrossentropy{}, several, `add up to 2 in row 1, and categorical_crossentropy takes one class`},
		"none, focal":      {activations.Softmax, &losses.CategoricalFocalCrossentropy{}, none, "add up to 0 in row 1"},
		"several, sigmoid": {activations.Sigmoid, losses.BinaryCrossentropy{}, several, ""},
		"class numbers":    {activations.Softmax, losses.SparseCategoricalCrossentropy{}, numbers, ""},
		"another loss":     {nil, losses.MeanSquaredError{}, several, ""},
	} {
		m := compiled(t, b, nn.NewSequential(layers.Dense{Units: 3, Activation: c.activation}), nn.CompileConfig{Loss: c.loss})
		d := set(t, waves(2, 4), c.y)
		log := warnings(t, func() {
			fit(t, m, d, nn.FitConfig{Validation: d})
			if _, err := m.FitStream(background, inBatches(d, 1), nn.FitConfig{}); err != nil {
				t.Error(err)
			}
		})
		if c.want == "" && log != "" || c.want != "" && (strings.Count(log, "\n") != 1 || !strings.Contains(log, c.want)) {
			t.Errorf("%s: the log is %q, want one line with %q", name, log, c.want)
		}
		closeModel(t, m)
	}
}

// Classes along another axis than the last add up along it, and what is beyond
// the first million numbers is not looked at.
func TestTargetsThatAreNotAddedUp(t *testing.T) {
	b := cpu(t)
	check := func(name string, axis int, x *data.Dense, y *data.Dense, lines int) {
		t.Helper()
		shape := y.Shape[1:]
		m := compiled(t, b, nn.NewSequential(layers.Dense{Units: shape[0] * shape[1]}, layers.Reshape{Shape: shape}),
			nn.CompileConfig{Loss: losses.CategoricalCrossentropy{Axis: axis, FromLogits: true}})
		defer closeModel(t, m)
		log := warnings(t, func() {
			if _, err := m.Evaluate(background, set(t, x, y)); err != nil {
				t.Error(err)
			}
		})
		if strings.Count(log, "\n") != lines {
			t.Errorf("%s: the log is %q, want %d lines", name, log, lines)
		}
	}
	columns := &data.Dense{Shape: []int{1, 3, 2}, Values: []float32{1, 1, 0, 0, 0, 0}}
	for axis, lines := range map[int]int{0: 1, -1: 1, 2: 1, -2: 0, 1: 0} {
		check(fmt.Sprint("axis ", axis), axis, waves(1, 4), columns, lines)
	}
	const rows, classes = 1 << 10, 1 << 10
	for _, bad := range []int{rows - 1, rows} {
		y := &data.Dense{Shape: []int{rows + 1, 1, classes}, Values: make([]float32, (rows+1)*classes)}
		for r := range rows + 1 {
			if r != bad {
				y.Values[r*classes] = 1
			}
		}
		check(fmt.Sprint("row ", bad), 0, waves(rows+1, 1), y, rows-bad)
	}
}
