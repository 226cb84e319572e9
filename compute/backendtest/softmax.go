package backendtest

import (
	"fmt"
	"math"

	"github.com/glearn-go/glearn/compute"
)

// exponential is for results made of exponentials and logarithms: GLSL allows an
// exponential of x an error of 3 + 2|x| units in the last place, and the scale
// of the cells counts |x| in.
var exponential = tolerance{ulps: 4, scale: 16}

// rowSizes are shapes [rows, columns] of row-wise kernels.
func (d *device) rowSizes() [][2]int {
	sizes := [][2]int{{1, 1}, {1, 2}, {5, 1}, {3, 10}, {17, 46}, {128, 31}, {33, 64}, {9, 65}, {2, 1000}, {4, 4097}, {70_000, 3}, {2, 70_000}, {0, 4}, {4, 0}}
	if d.suite.short {
		return sizes[:9]
	}
	return sizes
}

// hardRows are logits at which a careless softmax fails.
func hardRows() map[string][]float32 {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	return map[string][]float32{
		"huge":           {1e4, -1e4, 9999, 9990, 0},
		"largest floats": {3e38, -3e38, 3e38, 0, 1},
		"very negative":  {-1e30, -1e30, -1e30, -1e30, -1e30},
		"equal":          {2, 2, 2, 2, 2},
		"one -Inf":       {1, -inf, 3, 2, 0},
		"one Inf":        {1, inf, 3, 2, 0},
		"only -Inf":      {-inf, -inf, -inf, -inf, -inf},
		"one NaN":        {1, 2, nan, 3, 0},
		"NaN first":      {nan, 2, 1, 3, 0},
		"Inf and NaN":    {inf, 2, 1, nan, 0},
		"sure":           {0, 100, 0, 0, 0},
		"nearly sure":    {0, 17, 0, 0, 0},
	}
}

func testSoftmax(d *device) {
	for _, log := range []bool{false, true} {
		name := "softmax"
		if log {
			name = "log"
		}
		d.run(name, func(d *device) {
			for i, s := range d.rowSizes() {
				d.run(fmt.Sprintf("%dx%d", s[0], s[1]), func(d *device) {
					value := func() float32 { return 5 * d.real() }
					in := d.matrix(1, s[0], s[1], layouts[i%len(layouts)], value)
					out := d.matrix(1, s[0], s[1], layouts[(i+2)%len(layouts)], d.unread)
					d.check(&compute.Softmax{Rows: s[0], Cols: s[1], In: in, Out: out, Log: log}, exponential)
					d.check(&compute.Softmax{Rows: s[0], Cols: s[1], In: in, Out: in, Log: log}, exponential)
				})
			}
			for name, row := range hardRows() {
				d.run(name, func(d *device) {
					// Between two ordinary rows, which must not notice.
					rows := append(append([]float32{1, 2, 3, 4, 5}, row...), 5, 4, 3, 2, 1)
					in := compute.Rows(d.guarded(1, compute.Words(rows)), len(row))
					out := d.matrix(1, 3, len(row), layouts[1], d.unread)
					d.check(&compute.Softmax{Rows: 3, Cols: len(row), In: in, Out: out, Log: log}, exponential)
				})
			}
		})
	}
}

func testCrossEntropy(d *device) {
	for i, s := range d.rowSizes() {
		rows, cols := s[0], s[1]
		d.run(fmt.Sprintf("%dx%d", rows, cols), func(d *device) {
			value := func() float32 { return 5 * d.real() }
			logits := d.matrix(1, rows, cols, layouts[i%len(layouts)], value)
			loss := d.floats(3, rows, d.unread)
			grad := d.matrix(1, rows, cols, layouts[(i+1)%len(layouts)], d.unread)
			k := &compute.SoftmaxCrossEntropy{Rows: rows, Cols: cols, Logits: logits, Loss: loss, Grad: grad}
			k.Labels = d.integers(1, d.below(cols+1, rows)...) // one past the last among them
			d.check(k, exponential)
			k.Labels, k.Targets = compute.View{}, d.matrix(1, rows, cols, layouts[(i+2)%len(layouts)], func() float32 {
				return max(0, d.real()) // soft targets, half of them 0, sums other than 1
			})
			d.check(k, exponential)
			k.Grad = compute.Matrix{}
			d.check(k, exponential)
			k.Grad, k.Scale = k.Logits, -0.37
			d.check(k, exponential)
		})
	}
	for name, row := range hardRows() {
		d.run(name, func(d *device) {
			cols := len(row)
			var all []float32
			targets := make([]float32, 0, cols*cols)
			labels := make([]int32, cols)
			for j := range cols {
				all = append(all, row...)
				labels[j] = int32(j)
				one := make([]float32, cols)
				one[j] = 1
				targets = append(targets, one...)
			}
			k := &compute.SoftmaxCrossEntropy{
				Rows: cols, Cols: cols, Logits: compute.Rows(d.guarded(1, compute.Words(all)), cols),
				Labels: d.integers(2, labels...), Loss: d.floats(1, cols, d.unread), Grad: d.matrix(1, cols, cols, layouts[1], d.unread),
			}
			d.check(k, exponential)
			k.Labels, k.Targets = compute.View{}, compute.Rows(d.guarded(3, compute.Words(targets)), cols)
			d.check(k, exponential)
		})
	}
	d.run("labels out of range", func(d *device) {
		labels := []int32{-1, 0, 4, 5, math.MaxInt32, math.MinInt32, 2}
		n := len(labels)
		d.check(&compute.SoftmaxCrossEntropy{
			Rows: n, Cols: 5, Logits: d.matrix(1, n, 5, layout{}, d.real), Labels: d.integers(1, labels...),
			Loss: d.floats(0, n, d.unread), Grad: d.matrix(1, n, 5, layout{}, d.unread), Scale: 0.25,
		}, exponential)
	})
}
