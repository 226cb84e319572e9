package nn

import (
	"fmt"
	"sync/atomic"
)

// Node is a tensor in the making: an input of a model, or what a layer makes
// of other nodes. Nodes are descriptions; every model built from them has
// weights of its own.
type Node struct {
	shared *Shared // nil for an input
	inputs []*Node
	shape  []int  // of an input, without the batch axis
	name   string // of an input
	serial int64  // nodes made later have larger ones, so serials sort topologically
}

var serials atomic.Int64

// Input is the start of a functional model: rows of the given shape.
//
//	x := nn.Input(10)
//	h := nn.Apply(layers.Dense{Units: 8, Activation: activations.ReLU}, x)
//	y := nn.Apply(layers.Dense{Units: 1}, nn.Apply(layers.Concatenate{}, x, h))
//	model := nn.NewModel([]*nn.Node{x}, []*nn.Node{y})
func Input(shape ...int) *Node {
	return &Node{shape: append([]int{}, shape...), serial: serials.Add(1)}
}

// NamedInput is Input with a name for messages and the summary.
func NamedInput(name string, shape ...int) *Node {
	n := Input(shape...)
	n.name = name
	return n
}

// label is what messages call input i: by its name, or else its number.
func (n *Node) label(i int) string {
	if n.name != "" {
		return fmt.Sprintf("input %q", n.name)
	}
	return fmt.Sprintf("input %d", i)
}

// Apply is layer's output for the given inputs. Shapes that do not fit are
// reported when the model is built.
func Apply(layer Layer, inputs ...*Node) *Node {
	return &Node{shared: Share(layer), inputs: append([]*Node(nil), inputs...), serial: serials.Add(1)}
}

// Shared is a layer that is applied several times with the same weights.
type Shared struct {
	layer Layer

	// Of a layer that was loaded: what it was called and whether it was frozen.
	name   string
	frozen bool
}

// Share makes a layer usable several times: each Apply of the result uses the
// same weights. Apply of the plain layer makes new ones each time.
func Share(layer Layer) *Shared {
	if s, ok := layer.(*Shared); ok {
		return s
	}
	return &Shared{layer: layer}
}

// Build implements Layer.
func (s *Shared) Build(b *Builder, inputs ...[]int) (Forward, error) {
	return s.layer.Build(b, inputs...)
}
