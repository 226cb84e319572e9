package cpu_fallback

import "math"

var negInf = float32(math.Inf(-1))

// expLoop is dst = e^x.
var expLoop = unary64(math.Exp)
