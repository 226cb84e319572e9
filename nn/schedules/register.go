package schedules

import "github.com/glearn-go/glearn/nn/internal/spec"

func init() {
	spec.Register[Schedule](Constant(0), ExponentialDecay{}, InverseTimeDecay{}, PolynomialDecay{},
		PiecewiseConstantDecay{}, CosineDecay{}, CosineDecayRestarts{}, OneCycle{})
}
