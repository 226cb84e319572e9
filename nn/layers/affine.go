package layers

import (
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/initializers"
)

// affine is the learned mean and deviation that follow a normalization:
//
//	y = gamma x + beta
type affine struct {
	noCenter, noScale bool
	beta, gamma       nn.WeightSpec // without names and shapes
}

// build declares gamma and beta of the given shape, that of x along axes.
func (a affine) build(b *nn.Builder, axes, shape []int) func(c *nn.Call, x *graph.Tensor) *graph.Tensor {
	var gamma, beta *nn.Weight
	if !a.noScale {
		a.gamma.Name, a.gamma.Shape, a.gamma.Init = "gamma", shape, orOnes(a.gamma.Init)
		gamma = b.Weight(a.gamma)
	}
	if !a.noCenter {
		a.beta.Name, a.beta.Shape = "beta", shape
		beta = b.Weight(a.beta)
	}
	return func(c *nn.Call, x *graph.Tensor) *graph.Tensor {
		if gamma != nil {
			x = graph.Mul(x, along(c.Read(gamma), x, axes))
		}
		if beta != nil {
			x = graph.Add(x, along(c.Read(beta), x, axes))
		}
		return x
	}
}

// orOnes is an initializer, or ones.
func orOnes(i initializers.Initializer) initializers.Initializer {
	if i == nil {
		return initializers.Ones{}
	}
	return i
}
