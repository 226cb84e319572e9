package layers

import (
	"fmt"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
)

// or is an optional setting, or its default.
func or(x *float64, standard float64) float64 {
	if x == nil {
		return standard
	}
	return *x
}

// axisOf is an axis as a number from 1 on, the batch being 0: 0 stands for the
// last, negative ones count from the last.
func axisOf(axis int, row []int) (int, error) {
	at := axis
	if at == 0 {
		at = -1
	}
	if at < 0 {
		at += len(row) + 1
	}
	if at < 1 || at > len(row) {
		return 0, fmt.Errorf("axis %d of rows of shape %v, want 1 to %d, or -1 to %d: %w", axis, row, len(row), -len(row), nn.ErrShape)
	}
	return at, nil
}

// axesOf is axisOf of each; no axes stand for the last one.
func axesOf(axes []int, row []int) ([]int, error) {
	if len(axes) == 0 {
		axes = []int{0}
	}
	out := make([]int, len(axes))
	seen := map[int]bool{}
	for i, a := range axes {
		at, err := axisOf(a, row)
		if err != nil {
			return nil, err
		}
		if seen[at] {
			return nil, fmt.Errorf("axes %v name an axis twice: %w", axes, nn.ErrShape)
		}
		out[i], seen[at] = at, true
	}
	return out, nil
}

// along reshapes w, which has one length for each of the axes, so that it
// broadcasts over x along them.
func along(w, x *graph.Tensor, axes []int) *graph.Tensor {
	shape := make([]int, x.Rank())
	for i := range shape {
		shape[i] = 1
	}
	for _, a := range axes {
		shape[a] = x.Shape()[a]
	}
	return graph.Reshape(w, shape...)
}

// others lists the axes of a tensor of the given rank that are not among axes.
func others(axes []int, rank int) []int {
	var out []int
	for a := range rank {
		in := false
		for _, b := range axes {
			in = in || a == b
		}
		if !in {
			out = append(out, a)
		}
	}
	return out
}

// rank wants rows of a number of axes.
func rank(inputs [][]int, want int, names string) ([]int, error) {
	in, err := one(inputs)
	if err == nil && len(in) != want {
		err = fmt.Errorf("input rows have shape %v, want %s: %w", in, names, nn.ErrShape)
	}
	return in, err
}
