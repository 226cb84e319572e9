package optimizers

import "github.com/glearn-go/glearn/nn/internal/spec"

func init() {
	spec.Register[Optimizer](SGD{}, Momentum{}, Adagrad{}, Adadelta{}, RMSprop{}, Adam{}, AdamW{}, Adamax{}, Nadam{}, Ftrl{},
		Lion{}, LAMB{}, Adafactor{})
}
