package losses_test

import (
	"math"

	. "github.com/glearn-go/glearn/nn/losses"
)

// sum adds f(t, p) up over a row.
func sum(t, p []float64, f func(t, p float64) float64) float64 {
	s := 0.0
	for i := range p {
		s += f(t[i], p[i])
	}
	return s
}

func mean(f func(t, p float64) float64) func(t, p []float64) float64 {
	return func(t, p []float64) float64 { return sum(t, p, f) / float64(len(p)) }
}

func clip(x, lo, hi float64) float64 { return math.Min(math.Max(x, lo), hi) }

const eps = 1e-7

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func softmax(x []float64) []float64 {
	out, s := make([]float64, len(x)), 0.0
	for i := range x {
		out[i] = math.Exp(x[i])
		s += out[i]
	}
	for i := range out {
		out[i] /= s
	}
	return out
}

func normalized(p []float64) []float64 {
	out, s := make([]float64, len(p)), 0.0
	for i := range p {
		s += p[i]
	}
	for i := range p {
		out[i] = clip(p[i]/s, eps, 1-eps)
	}
	return out
}

func crossentropy(smoothing, alpha, gamma float64, probabilities func([]float64) []float64) func(t, p []float64) float64 {
	return func(t, p []float64) float64 {
		k := float64(len(p))
		return sum(t, probabilities(p), func(t, p float64) float64 {
			return -(t*(1-smoothing) + smoothing/k) * alpha * math.Pow(1-p, gamma) * math.Log(p)
		})
	}
}

func binary(smoothing, gamma, alpha float64, logits bool) func(t, p []float64) float64 {
	return mean(func(t, p float64) float64 {
		if logits {
			p = sigmoid(p)
		}
		t = t*(1-smoothing) + smoothing/2
		p = clip(p, eps, 1-eps)
		weight := 1.0
		if alpha > 0 {
			weight = t*alpha + (1-t)*(1-alpha)
		}
		return -weight * math.Pow(1-(t*p+(1-t)*(1-p)), gamma) * (t*math.Log(p) + (1-t)*math.Log(1-p))
	})
}

func hinge(t, p float64) float64 {
	if t == 0 {
		t = -1
	}
	return math.Max(1-t*p, 0)
}

func huber(delta float64) func(t, p float64) float64 {
	return func(t, p float64) float64 {
		if e := math.Abs(t - p); e > delta {
			return delta*e - delta*delta/2
		}
		return (t - p) * (t - p) / 2
	}
}

// What predictions and targets a loss takes, for the gradient checks.
const (
	real         = iota // any numbers
	positive            // above 0
	probability         // in (0, 1), targets 0 or 1
	distribution        // rows of probabilities, one-hot targets
	scores              // any numbers, one-hot targets
	flags               // any numbers, targets 0 or 1
)

// reference holds each loss with its formula for one row in float64; the names
// before a slash are those of testdata/keras.json.
var reference = map[string]struct {
	loss Loss
	row  func(t, p []float64) float64
	kind int
}{
	"cce":            {CategoricalCrossentropy{}, crossentropy(0, 1, 0, normalized), distribution},
	"cce_ls":         {CategoricalCrossentropy{LabelSmoothing: 0.1}, crossentropy(0.1, 1, 0, normalized), distribution},
	"cce_logits":     {CategoricalCrossentropy{FromLogits: true}, crossentropy(0, 1, 0, softmax), scores},
	"cce_logits_ls":  {CategoricalCrossentropy{FromLogits: true, LabelSmoothing: 0.1}, crossentropy(0.1, 1, 0, softmax), scores},
	"scce":           {SparseCategoricalCrossentropy{}, crossentropy(0, 1, 0, normalized), distribution},
	"scce_logits":    {SparseCategoricalCrossentropy{FromLogits: true}, crossentropy(0, 1, 0, softmax), scores},
	"cfocal":         {CategoricalFocalCrossentropy{}, crossentropy(0, 0.25, 2, normalized), distribution},
	"cfocal/logits":  {CategoricalFocalCrossentropy{FromLogits: true, Alpha: new(0.5), Gamma: new(1.5), LabelSmoothing: 0.2}, crossentropy(0.2, 0.5, 1.5, softmax), scores},
	"bce":            {BinaryCrossentropy{}, binary(0, 0, 0, false), probability},
	"bce_ls":         {BinaryCrossentropy{LabelSmoothing: 0.1}, binary(0.1, 0, 0, false), probability},
	"bce_logits":     {BinaryCrossentropy{FromLogits: true}, binary(0, 0, 0, true), flags},
	"bfocal":         {BinaryFocalCrossentropy{}, binary(0, 2, 0, false), probability},
	"bfocal/balance": {BinaryFocalCrossentropy{FromLogits: true, ApplyClassBalancing: true, Gamma: new(0.5)}, binary(0, 0.5, 0.25, true), flags},
	"mse":            {MeanSquaredError{}, mean(func(t, p float64) float64 { return (t - p) * (t - p) }), real},
	"mae":            {MeanAbsoluteError{}, mean(func(t, p float64) float64 { return math.Abs(t - p) }), real},
	"mape":           {MeanAbsolutePercentageError{}, mean(func(t, p float64) float64 { return 100 * math.Abs(t-p) / math.Max(math.Abs(t), eps) }), real},
	"msle": {MeanSquaredLogarithmicError{}, mean(func(t, p float64) float64 {
		return math.Pow(math.Log1p(math.Max(t, eps))-math.Log1p(math.Max(p, eps)), 2)
	}), positive},
	"huber":   {Huber{}, mean(huber(1)), real},
	"huber/2": {Huber{Delta: 0.25}, mean(huber(0.25)), real},
	"logcosh": {LogCosh{}, mean(func(t, p float64) float64 { return math.Log(math.Cosh(p - t)) }), real},
	"poisson": {Poisson{}, mean(func(t, p float64) float64 { return p - t*math.Log(p+eps) }), positive},
	"kld": {KLDivergence{}, func(t, p []float64) float64 {
		return sum(t, p, func(t, p float64) float64 {
			t, p = clip(t, eps, 1), clip(p, eps, 1)
			return t * math.Log(t/p)
		})
	}, distribution},
	"hinge":   {Hinge{}, mean(hinge), flags},
	"sqhinge": {SquaredHinge{}, mean(func(t, p float64) float64 { return hinge(t, p) * hinge(t, p) }), flags},
	"chinge": {CategoricalHinge{}, func(t, p []float64) float64 {
		pos, neg := 0.0, math.Inf(-1)
		for i := range p {
			pos += t[i] * p[i]
			neg = math.Max(neg, (1-t[i])*p[i])
		}
		return math.Max(neg-pos+1, 0)
	}, scores},
	"cosine": {CosineSimilarity{}, func(t, p []float64) float64 {
		dot, tt, pp := 0.0, 0.0, 0.0
		for i := range p {
			dot, tt, pp = dot+t[i]*p[i], tt+t[i]*t[i], pp+p[i]*p[i]
		}
		return -dot / math.Max(math.Sqrt(tt), eps) / math.Max(math.Sqrt(pp), eps)
	}, real},
}
