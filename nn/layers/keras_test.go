package layers_test

import (
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
)

// counting is the numbers first, first+1, ... in the given shape.
func counting(first float64, shape ...int) array {
	return build(shape, func([]int) float64 {
		first++
		return first - 1
	})
}

// The numbers are those that Keras' documentation prints for its layers.
func TestKerasDocumentation(t *testing.T) {
	adapted := layers.Normalization{Mean: []float64{1, 8, 5}, Variance: []float64{1, 1, 1}}
	inverted := adapted
	inverted.Invert = true
	row := func(values ...float64) array { return array{shape: []int{1, len(values)}, v: values} }
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, c := range []struct {
			layer nn.Layer
			in    []array
			want  []float64
		}{
			{layers.Dot{Axes: [2]int{1, 2}}, []array{counting(0, 1, 5, 2), counting(10, 1, 2, 5)}, []float64{260, 360, 320, 445}},
			{layers.LeakyReLU{NegativeSlope: new(0.5)}, []array{row(-10, -5, 0, 5, 10)}, []float64{-5, -2.5, 0, 5, 10}},
			{layers.Normalization{Mean: []float64{3}, Variance: []float64{2}}, []array{row(1, 2, 3)}, []float64{-1.4142135, -0.70710677, 0}},
			{adapted, []array{row(0, 7, 4)}, []float64{-1, -1, -1}},
			{inverted, []array{row(1, 2, 3)}, []float64{2, 10, 8}},
			{layers.ReLU{MaxValue: new(10.0), NegativeSlope: 0.5}, []array{row(-10, -5, 0, 5, 10)}, []float64{-5, -2.5, 0, 5, 10}},
			{layers.Softmax{}, []array{row(1, 2, 1)}, []float64{0.21194157, 0.5761169, 0.21194157}},
		} {
			m, x := ofOne(t, b, c.layer, c.in)
			y, err := m.Predict(t.Context(), x...)
			if err != nil {
				t.Fatal(err)
			}
			graphtest.Near(t, typeName(c.layer), doubles(y.Values), c.want, 1e-6, 1e-6)
		}
	})
}
