package metrics

import "github.com/glearn-go/glearn/nn/internal/spec"

func init() {
	spec.Register[Metric](Accuracy{}, BinaryAccuracy{}, CategoricalAccuracy{}, SparseCategoricalAccuracy{},
		TopKCategoricalAccuracy{}, SparseTopKCategoricalAccuracy{}, Precision{}, Recall{}, TruePositives{}, FalsePositives{}, TrueNegatives{}, FalseNegatives{}, FBeta{}, F1Score{}, AUC{}, ConfusionMatrix{},
		MeanLoss{}, Named{}, MeanSquaredError{}, MeanAbsoluteError{}, MeanAbsolutePercentageError{}, MeanSquaredLogarithmicError{}, LogCoshError{},
		Poisson{}, KLDivergence{}, Hinge{}, SquaredHinge{}, CategoricalHinge{}, BinaryCrossentropy{}, CategoricalCrossentropy{},
		SparseCategoricalCrossentropy{}, RootMeanSquaredError{}, R2Score{}, CosineSimilarity{})
}
