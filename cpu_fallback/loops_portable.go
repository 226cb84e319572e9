package cpu_fallback

import "math"

func add(dst, x, y, _ []float32) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] + y[i]
	}
}

func addSingle(dst, x, y, _ []float32) {
	x = x[:len(dst)]
	s := y[0]
	for i := range dst {
		dst[i] = x[i] + s
	}
}

func sub(dst, x, y, _ []float32) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] - y[i]
	}
}

func subSingle(dst, x, y, _ []float32) {
	x = x[:len(dst)]
	s := y[0]
	for i := range dst {
		dst[i] = x[i] - s
	}
}

func singleSub(dst, x, y, _ []float32) {
	y = y[:len(dst)]
	s := x[0]
	for i := range dst {
		dst[i] = s - y[i]
	}
}

func mul(dst, x, y, _ []float32) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] * y[i]
	}
}

func mulSingle(dst, x, y, _ []float32) {
	x = x[:len(dst)]
	s := y[0]
	for i := range dst {
		dst[i] = x[i] * s
	}
}

func div(dst, x, y, _ []float32) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] / y[i]
	}
}

func divSingle(dst, x, y, _ []float32) {
	x = x[:len(dst)]
	s := y[0]
	for i := range dst {
		dst[i] = x[i] / s
	}
}

func singleDiv(dst, x, y, _ []float32) {
	y = y[:len(dst)]
	s := x[0]
	for i := range dst {
		dst[i] = s / y[i]
	}
}

func minimum(dst, x, y, _ []float32) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = min(x[i], y[i])
	}
}

func minSingle(dst, x, y, _ []float32) {
	x = x[:len(dst)]
	s := y[0]
	for i := range dst {
		dst[i] = min(x[i], s)
	}
}

func maximum(dst, x, y, _ []float32) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = max(x[i], y[i])
	}
}

func maxSingle(dst, x, y, _ []float32) {
	x = x[:len(dst)]
	s := y[0]
	for i := range dst {
		dst[i] = max(x[i], s)
	}
}

func pow(dst, x, y, _ []float32) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = float32(math.Pow(float64(x[i]), float64(y[i])))
	}
}

func powSingle(dst, x, y, _ []float32) {
	x = x[:len(dst)]
	s := float64(y[0])
	for i := range dst {
		dst[i] = float32(math.Pow(float64(x[i]), s))
	}
}

func negate(dst, x, _, _ []float32) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = -x[i]
	}
}

func absolute(dst, x, _, _ []float32) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = math.Float32frombits(math.Float32bits(x[i]) &^ (1 << 31))
	}
}

func squareRoot(dst, x, _, _ []float32) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = float32(math.Sqrt(float64(x[i])))
	}
}

func sign(dst, x, _, _ []float32) {
	x = x[:len(dst)]
	for i := range dst {
		switch v := x[i]; {
		case v > 0:
			dst[i] = 1
		case v < 0:
			dst[i] = -1
		default:
			dst[i] = v
		}
	}
}

func relu(dst, x, _, _ []float32) {
	x = x[:len(dst)]
	for i := range dst {
		v := x[i]
		if v <= 0 {
			v = 0
		}
		dst[i] = v
	}
}

func less(dst, x, y, _ []float32) {
	x, y = x[:len(dst)], y[:len(dst)]
	to := masks(dst)
	for i := range to {
		to[i] = mask(x[i] < y[i])
	}
}

func lessSingle(dst, x, y, _ []float32) {
	x = x[:len(dst)]
	s := y[0]
	to := masks(dst)
	for i := range to {
		to[i] = mask(x[i] < s)
	}
}

func singleLess(dst, x, y, _ []float32) {
	y = y[:len(dst)]
	s := x[0]
	to := masks(dst)
	for i := range to {
		to[i] = mask(s < y[i])
	}
}

func lessEq(dst, x, y, _ []float32) {
	x, y = x[:len(dst)], y[:len(dst)]
	to := masks(dst)
	for i := range to {
		to[i] = mask(x[i] <= y[i])
	}
}

func lessEqSingle(dst, x, y, _ []float32) {
	x = x[:len(dst)]
	s := y[0]
	to := masks(dst)
	for i := range to {
		to[i] = mask(x[i] <= s)
	}
}

func singleLessEq(dst, x, y, _ []float32) {
	y = y[:len(dst)]
	s := x[0]
	to := masks(dst)
	for i := range to {
		to[i] = mask(s <= y[i])
	}
}

func equal(dst, x, y, _ []float32) {
	x, y = x[:len(dst)], y[:len(dst)]
	to := masks(dst)
	for i := range to {
		to[i] = mask(x[i] == y[i])
	}
}

func equalSingle(dst, x, y, _ []float32) {
	x = x[:len(dst)]
	s := y[0]
	to := masks(dst)
	for i := range to {
		to[i] = mask(x[i] == s)
	}
}

func finite(dst, x, _, _ []float32) {
	to, from := masks(dst), masks(x[:len(dst)])
	const exponent = 0xFF << 23 // all ones for NaN and infinities
	for i := range to {
		to[i] = mask(from[i]&exponent != exponent)
	}
}

func choose(dst, x, y, z []float32) {
	to, if_, then, else_ := masks(dst), masks(x[:len(dst)]), masks(y[:len(dst)]), masks(z[:len(dst)])
	for i := range to {
		to[i] = if_[i]&then[i] | else_[i]&^if_[i]
	}
}

func toInt(dst, x, _, _ []float32) {
	x = x[:len(dst)]
	to := ints(dst)
	for i := range to {
		to[i] = int32(x[i])
	}
}

func intToFloat(dst, x, _, _ []float32) {
	from := ints(x[:len(dst)])
	for i := range dst {
		dst[i] = float32(from[i])
	}
}

func boolToFloat(dst, x, _, _ []float32) {
	to, from := masks(dst), masks(x[:len(dst)])
	for i := range to {
		to[i] = from[i] & 0x3F800000 // the bits of 1
	}
}

func addInt(dst, x, y, _ []float32) {
	to, a, b := ints(dst), ints(x[:len(dst)]), ints(y[:len(dst)])
	for i := range to {
		to[i] = a[i] + b[i]
	}
}

func subInt(dst, x, y, _ []float32) {
	to, a, b := ints(dst), ints(x[:len(dst)]), ints(y[:len(dst)])
	for i := range to {
		to[i] = a[i] - b[i]
	}
}

func mulInt(dst, x, y, _ []float32) {
	to, a, b := ints(dst), ints(x[:len(dst)]), ints(y[:len(dst)])
	for i := range to {
		to[i] = a[i] * b[i]
	}
}

func lessInt(dst, x, y, _ []float32) {
	to, a, b := masks(dst), ints(x[:len(dst)]), ints(y[:len(dst)])
	for i := range to {
		to[i] = mask(a[i] < b[i])
	}
}

func lessEqInt(dst, x, y, _ []float32) {
	to, a, b := masks(dst), ints(x[:len(dst)]), ints(y[:len(dst)])
	for i := range to {
		to[i] = mask(a[i] <= b[i])
	}
}

func equalInt(dst, x, y, _ []float32) {
	to, a, b := masks(dst), ints(x[:len(dst)]), ints(y[:len(dst)])
	for i := range to {
		to[i] = mask(a[i] == b[i])
	}
}

func and(dst, x, y, _ []float32) {
	to, a, b := masks(dst), masks(x[:len(dst)]), masks(y[:len(dst)])
	for i := range to {
		to[i] = a[i] & b[i]
	}
}

func or(dst, x, y, _ []float32) {
	to, a, b := masks(dst), masks(x[:len(dst)]), masks(y[:len(dst)])
	for i := range to {
		to[i] = a[i] | b[i]
	}
}

func addScaled(dst, x, y, z []float32) {
	x, y = x[:len(dst)], y[:len(dst)]
	s := z[0]
	for i := range dst {
		// The conversion keeps a compiler from fusing the two roundings.
		dst[i] = x[i] + float32(y[i]*s)
	}
}

func negInt(dst, x, _, _ []float32) {
	to, a := ints(dst), ints(x[:len(dst)])
	for i := range to {
		to[i] = -a[i]
	}
}

func not(dst, x, _, _ []float32) {
	to, a := masks(dst), masks(x[:len(dst)])
	for i := range to {
		to[i] = ^a[i]
	}
}
