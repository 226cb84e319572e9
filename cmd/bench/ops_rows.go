package main

import (
	"fmt"
	"slices"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/activations"
)

// biases are the sum of rows and a bias, and the gradient of the bias.
func biases() []op {
	var out []op
	for _, s := range [][2]int{{512, 64}, {512, 1024}} {
		rows, cols := s[0], s[1]
		x, b := uniform(1, -1, 1, rows*cols), uniform(2, -1, 1, cols)
		name := fmt.Sprintf("BiasAdd/%dx%d", rows, cols)
		out = append(out, op{
			name:  name,
			bytes: 4 * float64(2*rows*cols+cols),
			build: func(r *rig) {
				r.compile(graph.Add(r.g.Read(r.floats("x", x, rows, cols)), r.g.Read(r.floats("bias", b, cols))))
			},
		}, op{
			name:  name + "/gradient",
			bytes: 4 * float64(rows*cols+cols),
			build: func(r *rig) {
				bias := r.g.Read(r.floats("bias", b, cols))
				dy := r.g.Read(r.floats("slope", x, rows, cols))
				zeros := r.g.Zeros(rows, cols)
				r.compile(graph.Gradients(graph.Sum(graph.Mul(graph.Add(zeros, bias), dy)), bias)...)
			},
		})
	}
	return out
}

// activationOps are every activation with default settings, and its derivative
// times the slope that arrives from behind.
func activationOps() []op {
	const rows, cols = 512, 256
	x := uniform(1, -4, 4, rows*cols)
	slope := uniform(2, -1, 1, rows*cols)
	var out []op
	for _, name := range activations.Names() {
		f := activations.Named(name)
		switch f {
		case activations.Linear, activations.Swish, activations.HardSwish:
			continue // nothing to compute, and second names of others
		}
		width := cols
		if f == activations.GLU {
			width = cols / 2
		}
		title := fmt.Sprintf("Activation/%s/%dx%d", name, rows, cols)
		out = append(out, op{
			name:  title,
			bytes: 4 * float64(rows*(cols+width)),
			build: func(r *rig) { r.compile(f.Apply(r.g.Read(r.floats("x", x, rows, cols)))) },
		}, op{
			name:  title + "/derivative",
			bytes: 4 * float64(rows*(2*cols+width)),
			build: func(r *rig) {
				in := r.g.Read(r.floats("x", x, rows, cols))
				dy := r.g.Read(r.floats("slope", slope[:rows*width], rows, width))
				r.compile(graph.Gradients(graph.Sum(graph.Mul(f.Apply(in), dy)), in)...)
			},
		})
	}
	return out
}

// crossEntropies are softmax and cross-entropy with the gradient of the mean
// loss, for one-hot targets and for class numbers.
func crossEntropies() []op {
	var out []op
	for _, s := range [][2]int{{512, 46}, {256, 1000}} {
		rows, classes := s[0], s[1]
		x := uniform(1, -4, 4, rows*classes)
		labels, onehot := make([]int32, rows), make([]float32, rows*classes)
		for i := range labels {
			labels[i] = int32(i * 31 % classes)
			onehot[i*classes+int(labels[i])] = 1
		}
		job := func(targets func(r *rig) *graph.Tensor) func(r *rig) {
			return func(r *rig) {
				logits := r.g.Read(r.floats("logits", x, rows, classes))
				loss := graph.Mean(graph.SoftmaxCrossEntropy(logits, targets(r)))
				r.compile(append(graph.Gradients(loss, logits), loss)...)
			}
		}
		name := fmt.Sprintf("SoftmaxCrossEntropy/%dx%d", rows, classes)
		out = append(out, op{
			name:  name,
			bytes: 4 * float64(3*rows*classes),
			build: job(func(r *rig) *graph.Tensor { return r.g.Read(r.floats("targets", onehot, rows, classes)) }),
		}, op{
			name:  name + "/labels",
			bytes: 4 * float64(2*rows*classes+rows),
			build: job(func(r *rig) *graph.Tensor { return r.g.Read(r.ints("labels", slices.Clone(labels), rows)) }),
		})
	}
	return out
}
