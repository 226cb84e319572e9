package backendtest

import (
	"math"

	"github.com/glearn-go/glearn/compute"
)

// nanBits is the NaN that Gather writes for a row that is not there.
const nanBits = 0x7FC00000

// logits is one row with its largest value and the logarithm of its sum of
// exponentials relative to that.
type logits struct {
	x      []float64
	top    float64
	sum    float64 // of exp(x - top)
	logSum float64
}

func (o *outcome) logits(m compute.Matrix, row, cols int) logits {
	l := logits{x: make([]float64, cols), top: math.Inf(-1)}
	for j := range l.x {
		l.x[j] = o.value(m.View, row*m.Stride+j)
		l.top = math.Max(l.top, l.x[j])
	}
	for _, x := range l.x {
		l.sum += math.Exp(x - l.top)
	}
	l.logSum = math.Log(l.sum)
	return l
}

func (l logits) softmax(j int) float64 { return math.Exp(l.x[j]-l.top) / l.sum }

func (l logits) logSoftmax(j int) float64 { return l.x[j] - l.top - l.logSum }

// size is the size of the terms of logSoftmax, and by that the relative error,
// in roundings, that an exponential of their sum has.
func (l logits) size(j int) float64 { return 1 + math.Abs(l.x[j]-l.top) + math.Abs(l.logSum) }

func (o *outcome) softmax(k *compute.Softmax) {
	for i := range k.Rows {
		l := o.logits(k.In, i, k.Cols)
		for j := range k.Cols {
			at := i*k.Out.Stride + j
			if k.Log {
				o.float(k.Out.View, at, l.logSoftmax(j), l.size(j))
			} else {
				o.float(k.Out.View, at, l.softmax(j), l.softmax(j)*l.size(j))
			}
		}
	}
}

func (o *outcome) crossEntropy(k *compute.SoftmaxCrossEntropy) {
	for i := range k.Rows {
		l := o.logits(k.Logits, i, k.Cols)
		target := func(j int) float64 { return o.value(k.Targets.View, i*k.Targets.Stride+j) }
		labelled := true
		if k.Targets.Empty() {
			label := o.integer(k.Labels, i)
			labelled = label >= 0 && label < k.Cols
			target = func(j int) float64 {
				if j == label {
					return 1
				}
				return 0
			}
		}
		loss, size, mass := 0.0, 0.0, 0.0
		for j := range k.Cols {
			if t := target(j); t != 0 {
				loss -= t * l.logSoftmax(j)
				size += math.Abs(t) * l.size(j)
				mass += t
			}
		}
		if !labelled {
			loss, mass = math.NaN(), math.NaN()
		}
		o.float(k.Loss, i, loss, size)
		if k.Grad.Empty() {
			continue
		}
		scale := float64(k.GradScale())
		for j := range k.Cols {
			t, p := target(j), l.softmax(j)
			o.float(k.Grad.View, i*k.Grad.Stride+j, scale*(p*mass-t), math.Abs(scale)*(math.Abs(p*mass)*l.size(j)+math.Abs(t)))
		}
	}
}

func (o *outcome) gather(k *compute.Gather) {
	if k.Sums() > 1 {
		o.gatherSums(k)
		return
	}
	for i := range k.Rows {
		row := o.row(k.Index, i)
		for j := range k.Cols {
			bits := uint32(nanBits)
			if row >= 0 && row < k.TableRows {
				bits = o.bits(k.Table.View, row*k.Table.Stride+j)
			}
			o.word(k.Out.View, i*k.Out.Stride+j, bits)
		}
	}
}

func (o *outcome) gatherSums(k *compute.Gather) {
	for i := range k.Rows {
		for j := range k.Cols {
			sum, size := 0.0, 0.0
			for s := range k.Sums() {
				x := math.NaN()
				if row := o.row(k.Index, i*k.Sums()+s); row >= 0 && row < k.TableRows {
					x = o.value(k.Table.View, row*k.Table.Stride+j)
				}
				sum += x
				size += math.Abs(x)
			}
			o.float(k.Out.View, i*k.Out.Stride+j, sum, size)
		}
	}
}

func (o *outcome) scatterAdd(k *compute.ScatterAdd) {
	sums, sizes := map[int]float64{}, map[int]float64{}
	for i := range k.Rows {
		row := o.row(k.Index, i)
		if row < 0 || row >= k.TableRows {
			continue
		}
		for j := range k.Cols {
			at, x := row*k.Table.Stride+j, o.value(k.In.View, i/k.Repeats()*k.In.Stride+j)
			if _, begun := sums[at]; !begun {
				sums[at] = o.value(k.Table.View, at)
				sizes[at] = math.Abs(sums[at])
			}
			sums[at] = float64(float32(sums[at] + x)) // in order, as the contract says
			sizes[at] += math.Abs(x)
		}
	}
	for at, sum := range sums {
		o.float(k.Table.View, at, sum, sizes[at])
	}
}
