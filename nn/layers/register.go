package layers

import "github.com/glearn-go/glearn/nn"

func init() {
	nn.Register[nn.Layer](Activation{}, Dense{}, Dropout{}, Flatten{}, Input{}, Reshape{})
}
