package layers_test

import (
	"slices"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
)

// Any layer makes of sparse rows what it makes of the same rows written out in
// full, by itself and with a Dense layer behind it.
func TestSparseRows(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, k := range checks {
			if !slices.ContainsFunc(k.rows, func(row []int) bool { return len(row) == 1 }) || k.integerBelow > 0 {
				continue
			}
			t.Run(k.title(), func(t *testing.T) {
				var nodes []*nn.Node
				var sparse, full []data.Tensor
				for _, row := range k.rows {
					nodes = append(nodes, nn.Input(row...))
					x := &data.Dense{Shape: append([]int{2}, row...), Values: make([]float32, 2*size(row))}
					if len(row) > 1 {
						sparse, full = append(sparse, x), append(full, x)
						continue
					}
					c := &data.CSR{Columns: row[0], RowPtr: []int32{0, 1, 2}, Col: []int32{0, int32(row[0] - 1)}, Val: []float32{2, -0.5}}
					sparse, full = append(sparse, c), append(full, c.Dense())
				}
				alone := nn.Apply(k.layer, nodes...)
				for _, out := range []*nn.Node{alone, nn.Apply(layers.Dense{Units: 2}, nn.Apply(layers.Flatten{}, alone))} {
					m := nn.NewModel(nodes, []*nn.Node{out})
					defer m.Close()
					if err := m.Compile(b, nn.CompileConfig{Seed: 5}); err != nil {
						t.Fatal(err)
					}
					want, err := m.Predict(t.Context(), full...)
					if err != nil {
						t.Fatal(err)
					}
					got, err := m.Predict(t.Context(), sparse...)
					if err != nil {
						t.Fatal(err)
					}
					graphtest.Near(t, "of sparse rows", doubles(got.Values), doubles(want.Values), 1e-5, 1e-6)
				}
			})
		}
	})
}
