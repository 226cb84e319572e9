package initializers

import "github.com/glearn-go/glearn/nn/internal/spec"

func init() {
	spec.Register[Initializer](Zeros{}, Ones{}, Constant{}, Identity{}, RandomNormal{}, TruncatedNormal{}, RandomUniform{},
		VarianceScaling{}, GlorotUniform{}, GlorotNormal{}, HeUniform{}, HeNormal{}, LecunUniform{}, LecunNormal{}, Orthogonal{})
}
