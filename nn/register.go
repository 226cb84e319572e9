package nn

import "github.com/glearn-go/glearn/nn/internal/spec"

// Register lets types of your own stand in saved models, as the layers, losses
// and activations of this library do:
//
//	func init() {
//		nn.Register[nn.Layer](Scale{})
//		nn.Register[activations.Activation](Cube{})
//	}
//
// What is saved is the type's name and its exported fields; a program that
// loads the model has to register the same type. A method Check() error is
// asked about what was read. Two types of one name are a mistake in the
// program, and panic.
func Register[I any](examples ...I) { spec.Register(examples...) }
