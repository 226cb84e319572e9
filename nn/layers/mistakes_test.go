package layers_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/cpu_fallback"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
)

// A configuration that is wrong, or does not fit its input, is an error of
// Compile that names the layer and what would be right.
func TestMistakes(t *testing.T) {
	b, err := cpu_fallback.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, c := range []struct {
		layer nn.Layer
		rows  [][]int
		want  string
		shape bool // the error is an ErrShape
	}{
		{layers.ActivityRegularization{L1: -1}, [][]int{{2}}, "L1 is -1", false},
		{layers.Add{}, [][]int{{2}}, "2 inputs or more, got 1", true},
		{layers.Add{}, [][]int{{2}, {3}}, "[[2] [3]] do not fit together", true},
		{layers.Add{}, [][]int{{2, 1}, {1, 2}, {3, 2}}, "do not fit together", true},
		{layers.AlphaDropout{Rate: 1}, [][]int{{2}}, "Rate is 1", false},
		{layers.Average{}, [][]int{{2}}, "got 1", true},
		{layers.BatchNormalization{Momentum: new(1.5)}, [][]int{{2}}, "Momentum is 1.5", false},
		{layers.BatchNormalization{Epsilon: new(0.0)}, [][]int{{2}}, "Epsilon is 0", false},
		{layers.BatchNormalization{Axis: 3}, [][]int{{2, 2}}, "axis 3 of rows of shape [2 2], want 1 to 2", true},
		{layers.BatchNormalization{}, [][]int{{2}, {2}}, "takes 1 input, got 2", true},
		{layers.Concatenate{}, [][]int{{2, 2}, {3, 2}}, "differ in more than axis 2", true},
		{layers.Concatenate{Axis: -3}, [][]int{{2, 2}, {3, 2}}, "axis -3", true},
		{layers.Dense{}, [][]int{{2}}, "Units is 0", false},
		{layers.Dot{}, [][]int{{2}}, "takes 2 inputs", true},
		{layers.Dot{}, [][]int{{2}, {3}}, "has length 2, axis 1 of the second 3", true},
		{layers.Dot{Axes: [2]int{2, 1}}, [][]int{{2}, {2}}, "input 0: axis 2", true},
		{layers.Dropout{Rate: 1.2}, [][]int{{2}}, "Rate is 1.2", false},
		{layers.Dropout{Rate: 0.5, NoiseShape: []int{1}}, [][]int{{2}}, "NoiseShape is [1] for rows of shape [2]", true},
		{layers.AlphaDropout{Rate: 0.5, NoiseShape: []int{0, 3}}, [][]int{{2}}, "NoiseShape is [0 3]", true},
		{layers.Embedding{OutputDim: 2}, [][]int{{2}}, "InputDim is 0", false},
		{layers.GaussianDropout{Rate: -0.1}, [][]int{{2}}, "Rate is -0.1", false},
		{layers.GaussianNoise{StdDev: -1}, [][]int{{2}}, "StdDev is -1", false},
		{layers.GlobalAveragePooling1D{}, [][]int{{2}}, "want [steps, features]", true},
		{layers.GlobalMaxPooling1D{}, [][]int{{2, 2, 2}}, "want [steps, features]", true},
		{layers.Input{Shape: []int{3}}, [][]int{{2}}, "want [3]", true},
		{layers.Lambda{}, [][]int{{2}}, "Function is nil", false},
		{layers.LayerNormalization{Axes: []int{1, -1}}, [][]int{{2}}, "name an axis twice", true},
		{layers.LayerNormalization{Epsilon: new(-1.0)}, [][]int{{2}}, "Epsilon is -1", false},
		{layers.LeakyReLU{NegativeSlope: new(-1.0)}, [][]int{{2}}, "NegativeSlope is -1", false},
		{layers.Normalization{}, [][]int{{2}}, "call Adapt first", false},
		{layers.Normalization{Mean: []float64{1}, Variance: []float64{-1}}, [][]int{{2}}, "variance -1", false},
		{layers.Normalization{Mean: []float64{1, 2, 3}, Variance: []float64{1, 2, 3}}, [][]int{{2}}, "2 features, Normalization was adapted to 3", true},
		{layers.PReLU{SharedAxes: []int{2}}, [][]int{{2}}, "axis 2", true},
		{layers.Permute{Dims: []int{1, 1}}, [][]int{{2, 2}}, "name an axis twice", true},
		{layers.Permute{Dims: []int{0, 1}}, [][]int{{2, 2}}, "axes count from 1", false},
		{layers.Permute{Dims: []int{1}}, [][]int{{2, 2}}, "1 axes", true},
		{layers.ReLU{MaxValue: new(-1.0)}, [][]int{{2}}, "MaxValue is -1", false},
		{layers.RepeatVector{}, [][]int{{2}}, "N is 0", false},
		{layers.RepeatVector{N: 2}, [][]int{{2, 2}}, "want [features]", true},
		{layers.Rescaling{}, [][]int{{2}}, "Scale is 0", false},
		{layers.Reshape{Shape: []int{4}}, [][]int{{3}}, "cannot become [4]", true},
		{layers.RMSNormalization{Epsilon: new(2.0)}, [][]int{{2}}, "Epsilon is 2", false},
		{layers.Softmax{Axis: 2}, [][]int{{2}}, "axis 2", true},
		{layers.SpatialDropout1D{Rate: 0.5}, [][]int{{2}}, "want [steps, features]", true},
		{layers.Subtract{}, [][]int{{2}, {2}, {2}}, "takes 2 inputs, got 3", true},
		{layers.UnitNormalization{Axes: []int{0, -1}}, [][]int{{2}}, "name an axis twice", true},
	} {
		err := compile(b, c.layer, c.rows)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), `layer "faulty"`) {
			t.Errorf("%T%+v on %v: want an error with %q, got %v", c.layer, c.layer, c.rows, c.want, err)
		} else if errors.Is(err, nn.ErrShape) != c.shape {
			t.Errorf("%v: is an ErrShape: %v, want %v", err, !c.shape, c.shape)
		}
	}
}

// compile is the error of a model of one layer, called "faulty".
func compile(b compute.Backend, l nn.Layer, rows [][]int) error {
	var in []*nn.Node
	for _, row := range rows {
		in = append(in, nn.Input(row...))
	}
	m := nn.NewModel(in, []*nn.Node{nn.Apply(named(l, "faulty"), in...)})
	defer m.Close()
	return m.Compile(b, nn.CompileConfig{})
}

// Words that the table has no row for are refused, and the layer is named.
func TestEmbeddingRefusesUnknownNumbers(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for x, want := range map[float64]string{5: "row 1, column 0 is 5, want a whole number from 0 to 4", -1: "is -1", 1.5: "is 1.5"} {
			m, in := ofOne(t, b, layers.Embedding{Name: "words", InputDim: 5, OutputDim: 2}, []array{{shape: []int{2, 2}, v: []float64{0, 4, x, 1}}})
			_, err := m.Predict(t.Context(), in...)
			if !errors.Is(err, nn.ErrValue) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `"words"`) {
				t.Errorf("number %v: %v, want an error with %q", x, err, want)
			}
		}
	})
}

// A layer of one input says so when it gets two, and none panics on inputs of
// another rank than it takes.
func TestInputsThatDoNotFit(t *testing.T) {
	b, err := cpu_fallback.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, k := range checks {
		name := typeName(k.layer)
		if len(k.rows) == 1 && name != "Lambda" {
			err := compile(b, k.layer, append(k.rows[:1:1], k.rows[0]))
			if !errors.Is(err, nn.ErrShape) || !strings.Contains(err.Error(), `layer "faulty": takes 1 input, got 2`) {
				t.Errorf("%s with two inputs: %v", k.title(), err)
			}
		}
		for _, row := range [][]int{{}, {1}, {2}, {2, 3}, {2, 3, 4}} {
			rows := make([][]int, len(k.rows))
			for i := range rows {
				rows[i] = row
			}
			if err := compile(b, k.layer, rows); err != nil && (strings.Contains(err.Error(), "panicked") || !strings.Contains(err.Error(), `layer "faulty"`)) {
				t.Errorf("%s on rows of shape %v: %v", k.title(), row, err)
			}
		}
	}
}
