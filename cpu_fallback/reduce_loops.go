package cpu_fallback

import "math"

// lanes is how many running results a fold keeps: what the widest vector
// holds. It is the same on every processor, and with it the order of a sum.
const lanes = 16

// sumOf is the sum of x: 16 running sums of float32 over stretches short
// enough that they lose little, added up in float64.
func sumOf(x []float32) float64 {
	const stretch = 32 * lanes
	total := 0.0
	for len(x) > 0 {
		n := min(len(x), stretch)
		total += float64(active.sumRow(x[:n]))
		x = x[n:]
	}
	return total
}

func sumRow(x []float32) float32 {
	return foldRow(x, negativeZero, func(a, b float32) float32 { return a + b })
}

func maxRow(x []float32) float32 {
	return foldRow(x, negInf, func(a, b float32) float32 { return max(a, b) })
}

var negativeZero = math.Float32frombits(1 << 31)

// foldRow folds x into 16 lanes, each of which begins with start, and those by
// halves.
func foldRow(x []float32, start float32, fold func(a, b float32) float32) float32 {
	var l [lanes]float32
	fill(l[:], start)
	for i, v := range x {
		l[i%lanes] = fold(l[i%lanes], v)
	}
	for half := lanes / 2; half > 0; half /= 2 {
		for i := range half {
			l[i] = fold(l[i], l[i+half])
		}
	}
	return l[0]
}

// argMaxOf is the position of the first largest of x; NaN counts as largest.
func argMaxOf(x []float32) int {
	best := 0
	for i, v := range x {
		if larger(v, x[best]) {
			best = i
		}
	}
	return best
}

// larger orders float32 with NaN above all else.
func larger(a, b float32) bool { return a > b || a != a && b == b }
