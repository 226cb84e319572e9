package cpu_fallback

// sumOf is the sum of x: eight running sums of float32 over stretches short
// enough that they lose little, added up in float64.
func sumOf(x []float32) float64 {
	const stretch = 256
	total := 0.0
	for len(x) > 0 {
		n := min(len(x), stretch)
		total += float64(shortSum(x[:n]))
		x = x[n:]
	}
	return total
}

func shortSum(x []float32) float32 {
	var s [8]float32
	for len(x) >= 8 {
		for i, v := range x[:8] {
			s[i] += v
		}
		x = x[8:]
	}
	for i, v := range x {
		s[i] += v
	}
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}

// maxOf is the largest of x, NaN if any is, -Inf if there is none.
func maxOf(x []float32) float32 {
	top := negInf
	for _, v := range x {
		top = max(top, v)
	}
	return top
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
