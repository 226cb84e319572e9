package main

import (
	"fmt"
	"math"
)

// tolerance is how far two results may be apart, by the size of the value and of
// the typical one beside it: some forty float32 roundings, since a formula may
// lose a digit where it subtracts.
const tolerance = 5e-6

// agree says where two lists of results differ by more than tolerance.
func agree(got, want [][]float32) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d results, want %d", len(got), len(want))
	}
	for k := range want {
		if len(got[k]) != len(want[k]) {
			return fmt.Errorf("result %d has %d values, want %d", k, len(got[k]), len(want[k]))
		}
		scale := rootMeanSquare(want[k])
		for i, w := range want[k] {
			if !near(float64(got[k][i]), float64(w), tolerance*(math.Abs(float64(w))+scale)) {
				return fmt.Errorf("value %d of result %d is %g, want %g", i, k, got[k][i], w)
			}
		}
	}
	return nil
}

// near is true when got is at most slack away from want, or both are not numbers,
// or both the same infinity.
func near(got, want, slack float64) bool {
	if math.IsNaN(want) || math.IsInf(want, 0) {
		return math.IsNaN(want) && math.IsNaN(got) || got == want
	}
	return math.Abs(got-want) <= slack
}

// rootMeanSquare is the typical size of the finite values.
func rootMeanSquare(values []float32) float64 {
	sum, n := 0.0, 0
	for _, v := range values {
		if x := float64(v); !math.IsNaN(x) && !math.IsInf(x, 0) {
			sum, n = sum+x*x, n+1
		}
	}
	if n == 0 {
		return 0
	}
	return math.Sqrt(sum / float64(n))
}

// checkProduct holds elements of C = op(A) op(B), m x n, against dot products
// in float64: the corners and a few hundred others. A difference of sixteen
// roundings of the sum of the terms' sizes is allowed, which is less than one
// term of 10,000.
func checkProduct(c, a, b []float32, m, n, k int, transA, transB bool) error {
	at := func(x []float32, rows, cols, i, j int, trans bool) float64 {
		if trans {
			return float64(x[j*rows+i])
		}
		return float64(x[i*cols+j])
	}
	const samples = 256
	for s := range samples + 4 {
		i, j := (s*7919+s/3)%m, (s*104729+s/5)%n
		if s >= samples {
			i, j = (m-1)*(s&1), (n-1)*(s>>1&1)
		}
		sum, size := 0.0, 0.0
		for l := range k {
			t := at(a, m, k, i, l, transA) * at(b, k, n, l, j, transB)
			sum, size = sum+t, size+math.Abs(t)
		}
		if got := float64(c[i*n+j]); !near(got, sum, 16*size/(1<<24)) {
			return fmt.Errorf("element (%d, %d) is %g, want %g", i, j, got, sum)
		}
	}
	return nil
}
