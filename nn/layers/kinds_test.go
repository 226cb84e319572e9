package layers_test

import (
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
)

// Any layer makes of whole numbers and of sparse rows what it makes of the same
// rows as floats written out in full, by itself and with a Dense layer behind
// it.
func TestKindsOfData(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, k := range checks {
			if k.integerBelow > 0 || typeName(k.layer) == "Lambda" {
				continue // the one takes whole numbers alone, the other what it wants
			}
			t.Run(k.title(), func(t *testing.T) {
				var nodes []*nn.Node
				var floats, ints, sparse []data.Tensor
				for _, row := range k.rows {
					nodes = append(nodes, nn.Input(row...))
					n := size(row)
					c := &data.CSR{Columns: n, RowPtr: []int32{0, 1, 2}, Col: []int32{0, int32(n - 1)}, Val: []float32{2, -1}}
					full, whole := c.Dense(), &data.Ints{}
					full.Shape = append([]int{2}, row...)
					for _, v := range full.Values {
						whole.Values = append(whole.Values, int32(v))
					}
					whole.Shape = full.Shape
					floats, ints = append(floats, full), append(ints, whole)
					if len(row) == 1 {
						sparse = append(sparse, c)
					} else {
						sparse = append(sparse, full)
					}
				}
				alone := nn.Apply(k.layer, nodes...)
				for _, out := range []*nn.Node{alone, nn.Apply(layers.Dense{Units: 2}, nn.Apply(layers.Flatten{}, alone))} {
					m := nn.NewModel(nodes, []*nn.Node{out})
					defer m.Close()
					if err := m.Compile(b, nn.CompileConfig{Seed: 5}); err != nil {
						t.Fatal(err)
					}
					predict := func(x []data.Tensor) []float64 {
						y, err := m.Predict(t.Context(), x...)
						if err != nil {
							t.Fatal(err)
						}
						return doubles(y.Values)
					}
					want := predict(floats)
					graphtest.Near(t, "of whole numbers", predict(ints), want, 0, 0)
					graphtest.Near(t, "of sparse rows", predict(sparse), want, 1e-5, 1e-6)
				}
			})
		}
	})
}
