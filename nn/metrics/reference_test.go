package metrics_test

import (
	"math"

	"github.com/glearn-go/glearn/nn/losses"
	. "github.com/glearn-go/glearn/nn/metrics"
)

// mean is the weighted mean of f over rows.
func mean(d data, f func(t, p []float64) float64) float64 {
	s, w := 0.0, 0.0
	for i, t := range d.hot() {
		s, w = s+d.Weight[i]*f(t, d.Pred[i]), w+d.Weight[i]
	}
	return s / w
}

func each(f func(t, p float64) float64) func(d data) float64 {
	return func(d data) float64 {
		return mean(d, func(t, p []float64) float64 {
			s := 0.0
			for j := range p {
				s += f(t[j], p[j])
			}
			return s / float64(len(p))
		})
	}
}

func rows(f func(t, p []float64) float64) func(d data) float64 {
	return func(d data) float64 { return mean(d, f) }
}

func argmax(x []float64) int {
	best := 0
	for i := range x {
		if x[i] > x[best] {
			best = i
		}
	}
	return best
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func topK(k int) func(d data) float64 {
	return rows(func(t, p []float64) float64 {
		larger := 0
		for _, x := range p {
			larger += int(truth(x > p[argmax(t)]))
		}
		return truth(larger < k)
	})
}

// counts are TP, FP, FN, TN of some columns at a threshold.
func counts(d data, threshold float64, columns ...int) (tp, fp, fn, tn float64) {
	for i, t := range d.hot() {
		for _, j := range columns {
			w := d.Weight[i]
			switch yes, one := d.Pred[i][j] > threshold, t[j] > 0; {
			case yes && one:
				tp += w
			case yes:
				fp += w
			case one:
				fn += w
			default:
				tn += w
			}
		}
	}
	return
}

func fbeta(tp, fp, fn, beta float64) float64 {
	if tp == 0 {
		return 0
	}
	return (1 + beta*beta) * tp / ((1+beta*beta)*tp + beta*beta*fn + fp)
}

// area is AUC by its definition: counts at each threshold, then the curve.
func area(curve Curve, s Summation, n int, columns ...int) func(d data) float64 {
	return func(d data) float64 {
		var x, y, tps, ps []float64
		for i := range n {
			th := float64(i) / float64(n-1)
			if i == 0 {
				th = -1e-7
			}
			if i == n-1 {
				th = 1 + 1e-7
			}
			tp, fp, fn, tn := counts(d, th, columns...)
			tps, ps = append(tps, tp), append(ps, tp+fp)
			if curve == PR {
				precision := 0.0
				if tp+fp > 0 {
					precision = tp / (tp + fp)
				}
				x, y = append(x, tp/(tp+fn)), append(y, precision)
			} else {
				x, y = append(x, fp/(fp+tn)), append(y, tp/(tp+fn))
			}
		}
		sum := 0.0
		for i := range n - 1 {
			if curve == PR && s == "" {
				// The integral of precision over recall, by the midpoint rule.
				const parts = 20000
				for k := range parts {
					at := (float64(k) + 0.5) / parts
					tp, p := tps[i+1]+at*(tps[i]-tps[i+1]), ps[i+1]+at*(ps[i]-ps[i+1])
					if p > 0 {
						sum += tp / p * (tps[i] - tps[i+1]) / parts / tps[0]
					}
				}
				continue
			}
			h := map[Summation]float64{"": (y[i] + y[i+1]) / 2, Minoring: math.Min(y[i], y[i+1]), Majoring: math.Max(y[i], y[i+1])}[s]
			sum += (x[i] - x[i+1]) * h
		}
		return sum
	}
}

func perClass(f func(d data, j int) float64) func(d data) float64 {
	return func(d data) float64 { return (f(d, 0) + f(d, 1) + f(d, 2)) / 3 }
}

func square(t, p float64) float64 { return (t - p) * (t - p) }

func hinge(t, p float64) float64 {
	if t == 0 {
		t = -1
	}
	return math.Max(1-t*p, 0)
}

// reference holds each metric with its definition in float64, over random
// examples of a kind, weighted.
var reference = map[string]struct {
	m    Metric
	kind string
	f    func(d data) float64
}{
	"BinaryAccuracy":                {BinaryAccuracy{Threshold: new(0.25)}, "flags", each(func(t, p float64) float64 { return truth((p > 0.25) == (t == 1)) })},
	"CategoricalAccuracy":           {CategoricalAccuracy{}, "onehot", rows(func(t, p []float64) float64 { return truth(argmax(t) == argmax(p)) })},
	"SparseCategoricalAccuracy":     {SparseCategoricalAccuracy{}, "sparse", rows(func(t, p []float64) float64 { return truth(argmax(t) == argmax(p)) })},
	"Accuracy":                      {Accuracy{}, "onehot", rows(func(t, p []float64) float64 { return truth(argmax(t) == argmax(p)) })},
	"Accuracy/sparse":               {Accuracy{}, "sparse", rows(func(t, p []float64) float64 { return truth(argmax(t) == argmax(p)) })},
	"TopKCategoricalAccuracy":       {TopKCategoricalAccuracy{K: 1}, "onehot", topK(1)},
	"SparseTopKCategoricalAccuracy": {SparseTopKCategoricalAccuracy{K: 2}, "sparse", topK(2)},
	"Precision": {Precision{Threshold: new(0.25)}, "flags", func(d data) float64 {
		tp, fp, _, _ := counts(d, 0.25, 0, 1, 2)
		return tp / (tp + fp)
	}},
	"Precision/class": {Precision{ClassID: new(1), Threshold: new(0.25)}, "sparse", func(d data) float64 {
		tp, fp, _, _ := counts(d, 0.25, 1)
		return tp / (tp + fp)
	}},
	"Recall": {Recall{Threshold: new(0.25)}, "flags", func(d data) float64 {
		tp, _, fn, _ := counts(d, 0.25, 0, 1, 2)
		return tp / (tp + fn)
	}},
	"Recall/class": {Recall{ClassID: new(2)}, "flags", func(d data) float64 {
		tp, _, fn, _ := counts(d, 0.5, 2)
		return tp / (tp + fn)
	}},
	"TruePositives": {TruePositives{}, "flags", func(d data) float64 {
		tp, _, _, _ := counts(d, 0.5, 0, 1, 2)
		return tp
	}},
	"FalsePositives": {FalsePositives{Threshold: new(0.25)}, "flags", func(d data) float64 {
		_, fp, _, _ := counts(d, 0.25, 0, 1, 2)
		return fp
	}},
	"FalseNegatives": {FalseNegatives{Threshold: new(0.25)}, "flags", func(d data) float64 {
		_, _, fn, _ := counts(d, 0.25, 0, 1, 2)
		return fn
	}},
	"TrueNegatives": {TrueNegatives{Threshold: new(0.25)}, "sparse", func(d data) float64 {
		_, _, _, tn := counts(d, 0.25, 0, 1, 2)
		return tn
	}},
	"FBeta": {FBeta{Beta: 2, Threshold: new(0.3)}, "flags", perClass(func(d data, j int) float64 {
		tp, fp, fn, _ := counts(d, 0.3, j)
		return fbeta(tp, fp, fn, 2)
	})},
	"FBeta/micro": {FBeta{Beta: 0.5, Threshold: new(0.3), Average: Micro}, "flags", func(d data) float64 {
		tp, fp, fn, _ := counts(d, 0.3, 0, 1, 2)
		return fbeta(tp, fp, fn, 0.5)
	}},
	"FBeta/weighted": {FBeta{Threshold: new(0.3), Average: Weighted}, "flags", func(d data) float64 {
		s, all := 0.0, 0.0
		for j := range 3 {
			tp, fp, fn, _ := counts(d, 0.3, j)
			s, all = s+(tp+fn)*fbeta(tp, fp, fn, 1), all+tp+fn
		}
		return s / all
	}},
	"F1Score": {F1Score{}, "sparse", perClass(func(d data, j int) float64 {
		largest := data{True: d.hot(), Weight: d.Weight}
		for _, p := range d.Pred {
			top := p[argmax(p)]
			largest.Pred = append(largest.Pred, []float64{truth(p[0] == top), truth(p[1] == top), truth(p[2] == top)})
		}
		tp, fp, fn, _ := counts(largest, 0.5, j)
		return fbeta(tp, fp, fn, 1)
	})},
	"AUC":          {AUC{}, "flags", area(ROC, "", 200, 0, 1, 2)},
	"AUC/5":        {AUC{NumThresholds: 5}, "flags", area(ROC, "", 5, 0, 1, 2)},
	"AUC/minoring": {AUC{Summation: Minoring}, "flags", area(ROC, Minoring, 200, 0, 1, 2)},
	"AUC/majoring": {AUC{Summation: Majoring, Curve: ROC}, "flags", area(ROC, Majoring, 200, 0, 1, 2)},
	"AUC/PR":       {AUC{Curve: PR, NumThresholds: 9}, "flags", area(PR, "", 9, 0, 1, 2)},
	"AUC/PR/minor": {AUC{Curve: PR, Summation: Minoring}, "flags", area(PR, Minoring, 200, 0, 1, 2)},
	"AUC/labels": {AUC{MultiLabel: true}, "flags", perClass(func(d data, j int) float64 {
		return area(ROC, "", 200, j)(d)
	})},
	"AUC/sparse": {AUC{MultiLabel: true, Curve: PR, Summation: Majoring}, "sparse", perClass(func(d data, j int) float64 {
		return area(PR, Majoring, 200, j)(d)
	})},
	"ConfusionMatrix":             {ConfusionMatrix{}, "onehot", rows(func(t, p []float64) float64 { return truth(argmax(t) == argmax(p)) })},
	"MeanLoss":                    {MeanLoss{Loss: losses.Huber{}}, "real", each(func(t, p float64) float64 { e := math.Abs(t - p); return math.Min(e*e/2, e-0.5+truth(e < 1)) })},
	"Named":                       {Named{Label: "prc", Metric: AUC{Curve: PR, NumThresholds: 9}}, "flags", area(PR, "", 9, 0, 1, 2)},
	"MeanSquaredError":            {MeanSquaredError{}, "real", each(square)},
	"MeanAbsoluteError":           {MeanAbsoluteError{}, "real", each(func(t, p float64) float64 { return math.Abs(t - p) })},
	"MeanAbsolutePercentageError": {MeanAbsolutePercentageError{}, "real", each(func(t, p float64) float64 { return 100 * math.Abs((t-p)/t) })},
	"MeanSquaredLogarithmicError": {MeanSquaredLogarithmicError{}, "flags", each(func(t, p float64) float64 { return square(math.Log1p(t), math.Log1p(p)) })},
	"LogCoshError":                {LogCoshError{}, "real", each(func(t, p float64) float64 { return math.Log(math.Cosh(p - t)) })},
	"Poisson":                     {Poisson{}, "flags", each(func(t, p float64) float64 { return p - t*math.Log(p+1e-7) })},
	"KLDivergence": {KLDivergence{}, "onehot", rows(func(t, p []float64) float64 {
		s := 0.0
		for j := range p {
			s += math.Max(t[j], 1e-7) * math.Log(math.Max(t[j], 1e-7)/p[j])
		}
		return s
	})},
	"Hinge":        {Hinge{}, "flags", each(hinge)},
	"SquaredHinge": {SquaredHinge{}, "flags", each(func(t, p float64) float64 { return hinge(t, p) * hinge(t, p) })},
	"CategoricalHinge": {CategoricalHinge{}, "onehot", rows(func(t, p []float64) float64 {
		own, other := p[argmax(t)], 0.0
		for j := range p {
			other = math.Max(other, (1-t[j])*p[j])
		}
		return math.Max(other-own+1, 0)
	})},
	"BinaryCrossentropy": {BinaryCrossentropy{FromLogits: true, LabelSmoothing: 0.2}, "flags", each(func(t, p float64) float64 {
		return math.Log1p(math.Exp(p)) - (t*0.8+0.1)*p
	})},
	"CategoricalCrossentropy": {CategoricalCrossentropy{LabelSmoothing: 0.3}, "onehot", rows(func(t, p []float64) float64 {
		s := 0.0
		for j := range p {
			s -= (t[j]*0.7 + 0.1) * math.Log(p[j]/(p[0]+p[1]+p[2]))
		}
		return s
	})},
	"SparseCategoricalCrossentropy": {SparseCategoricalCrossentropy{FromLogits: true}, "sparse", rows(func(t, p []float64) float64 {
		return math.Log(math.Exp(p[0])+math.Exp(p[1])+math.Exp(p[2])) - p[argmax(t)]
	})},
	"RootMeanSquaredError": {RootMeanSquaredError{}, "real", func(d data) float64 { return math.Sqrt(each(square)(d)) }},
	"R2Score": {R2Score{}, "real", perClass(func(d data, j int) float64 {
		residual, variance := moments(d, j)
		return 1 - residual/variance
	})},
	"R2Score/weighted": {R2Score{VarianceWeighted: true}, "real", func(d data) float64 {
		s, all := 0.0, 0.0
		for j := range 3 {
			residual, variance := moments(d, j)
			s, all = s+variance-residual, all+variance
		}
		return s / all
	}},
	"CosineSimilarity": {CosineSimilarity{}, "real", rows(func(t, p []float64) float64 {
		dot, tt, pp := 0.0, 0.0, 0.0
		for j := range p {
			dot, tt, pp = dot+t[j]*p[j], tt+t[j]*t[j], pp+p[j]*p[j]
		}
		return dot / math.Sqrt(tt*pp)
	})},
}

// moments is the residual and the variance of a column, times the weight.
func moments(d data, j int) (residual, variance float64) {
	mean := mean(d, func(t, _ []float64) float64 { return t[j] })
	for i, t := range d.True {
		residual += d.Weight[i] * square(t[j], d.Pred[i][j])
		variance += d.Weight[i] * square(t[j], mean)
	}
	return residual, variance
}
