package nn

import (
	"fmt"

	"github.com/glearn-go/glearn/nn/internal/spec"
)

// room is what is left of the memory that making a model of a file may take.
// Nil, for models that a program puts together, has no end.
type room struct{ limit, left int64 }

// What the parts of a model take while it is built, in bytes, generously.
const (
	inputBytes = 256 // an input
	fromBytes  = 128 // one of the values that a call is on
	callBytes  = 512 // a use of a layer
	layerBytes = 512 // a layer
	nameBytes  = 8   // a byte of a name, which goes into others
	partBytes  = 512 // a weight
)

// take counts bytes before they are allocated.
func (r *room) take(bytes int64) error {
	if r == nil {
		return nil
	}
	if r.left -= bytes; r.left < 0 {
		return fmt.Errorf("building the model would take more than %d bytes: %w", r.limit, spec.ErrMemory)
	}
	return nil
}

// rest is the count itself, for a graph that is built meanwhile.
func (r *room) rest() *int64 {
	if r == nil {
		return nil
	}
	return &r.left
}
