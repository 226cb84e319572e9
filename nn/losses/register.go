package losses

import "github.com/glearn-go/glearn/nn/internal/spec"

func init() {
	spec.Register[Loss](CategoricalCrossentropy{}, SparseCategoricalCrossentropy{}, CategoricalFocalCrossentropy{},
		BinaryCrossentropy{}, BinaryFocalCrossentropy{}, MeanSquaredError{}, MeanAbsoluteError{}, MeanAbsolutePercentageError{},
		MeanSquaredLogarithmicError{}, Huber{}, LogCosh{}, Poisson{}, Hinge{}, SquaredHinge{}, CategoricalHinge{},
		CosineSimilarity{}, KLDivergence{}, WithTargets{})
}
