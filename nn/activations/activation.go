// Package activations has the functions that make a network more than one
// linear map: without one between them, two Dense layers are one.
//
// Those without parameters are constants of type [Named] (ReLU, Softmax, ...);
// those with parameters are structs whose zero value has Keras' defaults
// (LeakyReLU{}, LeakyReLU{NegativeSlope: new(0.1)}). Each is a formula over
// graph tensors, so its derivative is taken by rule; values and derivatives are
// finite for finite inputs (but for Exponential), and NaN stays NaN.
package activations

import "github.com/glearn-go/glearn/graph"

// Activation is a differentiable function of a tensor, of the same shape (GLU
// alone halves the last axis). Gradients are taken by rule; there is no
// backward pass to write.
type Activation interface {
	Apply(x *graph.Tensor) *graph.Tensor
}

// Func makes an Activation of any function. A model that uses one can be
// trained, but only a registered type can be saved.
type Func func(x *graph.Tensor) *graph.Tensor

// Apply calls f.
func (f Func) Apply(x *graph.Tensor) *graph.Tensor { return f(x) }

// Apply is a(x), or x where a is nil: Keras' linear default.
func Apply(a Activation, x *graph.Tensor) *graph.Tensor {
	if a == nil {
		return x
	}
	return a.Apply(x)
}
