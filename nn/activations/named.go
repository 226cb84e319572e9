package activations

import (
	"fmt"
	"sort"
	"strings"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/spec"
)

// Named is an activation by its Keras name. Those that have parameters are
// known by name, too, with the default ones: Named("leaky_relu").
type Named string

// The activations without parameters.
const (
	// Linear is x.
	Linear Named = "linear"
	// ReLU is max(x, 0); its slope at 0 is 0 (Nair & Hinton 2010).
	ReLU Named = "relu"
	// ReLU6 is min(max(x, 0), 6) (Krizhevsky 2010).
	ReLU6 Named = "relu6"
	// SELU is 1.0507 x for x > 0, else 1.0507 * 1.6733 (e^x - 1), with which
	// activations of a deep network keep mean 0 and variance 1 (Klambauer et
	// al. 2017).
	SELU Named = "selu"
	// GELU is x Phi(x), with the normal distribution function Phi(x) =
	// (1 + erf(x / sqrt 2)) / 2 (Hendrycks & Gimpel 2016).
	GELU Named = "gelu"
	// GELUTanh is GELU with Phi approximated as (1 + tanh(sqrt(2/pi) (x +
	// 0.044715 x^3))) / 2: Keras' gelu(approximate=True).
	GELUTanh Named = "gelu_tanh"
	// Sigmoid is 1 / (1 + e^-x).
	Sigmoid Named = "sigmoid"
	// HardSigmoid is min(max(x + 3, 0), 6) / 6 (Courbariaux et al. 2015, in the
	// form of Howard et al. 2019).
	HardSigmoid Named = "hard_sigmoid"
	// LogSigmoid is log(1 / (1 + e^-x)).
	LogSigmoid Named = "log_sigmoid"
	// Tanh is the hyperbolic tangent.
	Tanh Named = "tanh"
	// HardTanh is min(max(x, -1), 1).
	HardTanh Named = "hard_tanh"
	// TanhShrink is x - tanh(x).
	TanhShrink Named = "tanh_shrink"
	// Softmax is exp(x) / sum exp(x) along the last axis: probabilities.
	Softmax Named = "softmax"
	// LogSoftmax is the logarithm of Softmax.
	LogSoftmax Named = "log_softmax"
	// Softplus is log(1 + e^x) (Dugas et al. 2001).
	Softplus Named = "softplus"
	// Softsign is x / (1 + |x|) (Glorot & Bengio 2010).
	Softsign Named = "softsign"
	// SiLU is x / (1 + e^-x), also called swish (Ramachandran et al. 2017).
	SiLU Named = "silu"
	// Swish is another name of SiLU.
	Swish Named = "swish"
	// HardSiLU is x min(max(x + 3, 0), 6) / 6 (Howard et al. 2019).
	HardSiLU Named = "hard_silu"
	// HardSwish is another name of HardSiLU.
	HardSwish Named = "hard_swish"
	// Mish is x tanh(log(1 + e^x)) (Misra 2019).
	Mish Named = "mish"
	// Exponential is e^x, infinite from x = 88.73 on.
	Exponential Named = "exponential"
	// GLU is a / (1 + e^-b) for the halves a, b of the last axis, which must
	// have an even length (Dauphin et al. 2017).
	GLU Named = "glu"
	// Sparsemax is the point of the probability simplex nearest to x along the
	// last axis: like Softmax, but small probabilities are exactly 0 (Martins &
	// Astudillo 2016).
	Sparsemax Named = "sparsemax"
)

// byName has every activation, those with parameters in their default form.
var byName = map[Named]func(x *graph.Tensor) *graph.Tensor{
	Linear:        func(x *graph.Tensor) *graph.Tensor { return x },
	ReLU:          graph.Relu,
	ReLU6:         func(x *graph.Tensor) *graph.Tensor { return graph.Min(graph.Relu(x), x.Const(6)) },
	SELU:          selu,
	GELU:          gelu,
	GELUTanh:      geluTanh,
	Sigmoid:       graph.Sigmoid,
	HardSigmoid:   hardSigmoid,
	LogSigmoid:    func(x *graph.Tensor) *graph.Tensor { return graph.Neg(graph.Softplus(graph.Neg(x))) },
	Tanh:          graph.Tanh,
	HardTanh:      func(x *graph.Tensor) *graph.Tensor { return graph.Clip(x, -1, 1) },
	TanhShrink:    tanhShrink,
	Softmax:       graph.Softmax,
	LogSoftmax:    graph.LogSoftmax,
	Softplus:      graph.Softplus,
	Softsign:      softsign,
	SiLU:          silu,
	Swish:         silu,
	HardSiLU:      hardSiLU,
	HardSwish:     hardSiLU,
	Mish:          func(x *graph.Tensor) *graph.Tensor { return graph.Mul(x, graph.Tanh(graph.Softplus(x))) },
	Exponential:   graph.Exp,
	GLU:           glu,
	Sparsemax:     sparsemax,
	"leaky_relu":  LeakyReLU{}.Apply,
	"elu":         ELU{}.Apply,
	"celu":        CELU{}.Apply,
	"squareplus":  Squareplus{}.Apply,
	"soft_shrink": SoftShrink{}.Apply,
	"hard_shrink": HardShrink{}.Apply,
	"threshold":   Threshold{}.Apply,
}

// Names lists the names that [Named] knows, sorted.
func Names() []string {
	var out []string
	for n := range byName {
		out = append(out, string(n))
	}
	sort.Strings(out)
	return out
}

// Apply is the activation of that name. An unknown name is a mistake that the
// graph keeps.
func (n Named) Apply(x *graph.Tensor) *graph.Tensor {
	f, ok := byName[n]
	if !ok {
		x.Graph().Fail("%w", n.Check())
		return x
	}
	return f(x)
}

// Check wants a known name.
func (n Named) Check() error {
	if _, ok := byName[n]; !ok {
		return fmt.Errorf("activations: there is no activation %q, want one of %s", string(n), strings.Join(Names(), ", "))
	}
	return nil
}

func init() {
	spec.Register[Activation](Linear, LeakyReLU{}, ELU{}, CELU{}, Squareplus{}, SoftShrink{}, HardShrink{}, Threshold{})
}
