package layers_test

import (
	"math"
	"slices"
)

// array is a row-major float64 array: what the formulas of the tests work on.
type array struct {
	shape []int
	v     []float64
}

// build fills an array of the given shape from a formula of the indices.
func build(shape []int, f func(at []int) float64) array {
	a := array{shape: slices.Clone(shape)}
	at := make([]int, len(shape))
	for range size(shape) {
		a.v = append(a.v, f(at))
		for i := len(at) - 1; i >= 0; i-- {
			if at[i]++; at[i] < shape[i] {
				break
			}
			at[i] = 0
		}
	}
	return a
}

// at is one element; an axis of length 1 has the same everywhere.
func (a array) at(index ...int) float64 {
	p := 0
	for i, d := range a.shape {
		k := index[i]
		if d == 1 {
			k = 0
		}
		p = p*d + k
	}
	return a.v[p]
}

// each is f of every element.
func (a array) each(f func(x float64) float64) array {
	out := array{shape: a.shape}
	for _, x := range a.v {
		out.v = append(out.v, f(x))
	}
	return out
}

// mean is over an axis, which stays with length 1.
func (a array) mean(axis int) array {
	shape := slices.Clone(a.shape)
	shape[axis] = 1
	return build(shape, func(at []int) float64 {
		at, sum := slices.Clone(at), 0.0
		for k := range a.shape[axis] {
			at[axis] = k
			sum += a.at(at...)
		}
		return sum / float64(a.shape[axis])
	})
}

// means is mean over several axes.
func (a array) means(axes ...int) array {
	for _, axis := range axes {
		a = a.mean(axis)
	}
	return a
}

// combine is f of both, of a's shape; b broadcasts.
func (a array) combine(b array, f func(x, y float64) float64) array {
	return build(a.shape, func(at []int) float64 { return f(a.at(at...), b.at(at...)) })
}

// standardized is (a - mean) / sqrt(variance + epsilon) over axes.
func (a array) standardized(epsilon float64, axes ...int) array {
	centered := a.combine(a.means(axes...), sub)
	return centered.combine(centered.each(square).means(axes...), func(x, v float64) float64 { return x / math.Sqrt(v+epsilon) })
}

// reshaped has the same elements.
func (a array) reshaped(shape ...int) array { return array{shape: shape, v: a.v} }

func add(x, y float64) float64 { return x + y }
func sub(x, y float64) float64 { return x - y }
func mul(x, y float64) float64 { return x * y }
func square(x float64) float64 { return x * x }

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

func sum(v []float64) float64 {
	total := 0.0
	for _, x := range v {
		total += x
	}
	return total
}

// floats is the elements as a model takes them.
func (a array) floats() []float32 {
	out := make([]float32, len(a.v))
	for i, x := range a.v {
		out[i] = float32(x)
	}
	return out
}

// doubles is what a model gives, as an array has it.
func doubles(values []float32) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}
