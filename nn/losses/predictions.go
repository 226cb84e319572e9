package losses

// Predictions is what a loss takes predictions to be.
type Predictions struct {
	// Exclusive probabilities are those of classes of which one is true, as a
	// softmax gives them; others stand each for itself, as those of a sigmoid.
	Exclusive bool
	Axis      int  // of exclusive classes; 0: the last
	Logits    bool // the logits of such probabilities
}

// Crossentropy is a Loss of predicted probabilities: it means nothing for other
// numbers.
type Crossentropy interface {
	Loss
	Predictions() Predictions
}

// Predictions are probabilities that stand each for itself.
func (l BinaryCrossentropy) Predictions() Predictions { return Predictions{Logits: l.FromLogits} }

// Predictions are probabilities that stand each for itself.
func (l BinaryFocalCrossentropy) Predictions() Predictions { return Predictions{Logits: l.FromLogits} }

// Predictions are those of classes of which one is true.
func (l CategoricalCrossentropy) Predictions() Predictions {
	return Predictions{Exclusive: true, Axis: l.Axis, Logits: l.FromLogits}
}

// Predictions are those of classes of which one is true.
func (l CategoricalFocalCrossentropy) Predictions() Predictions {
	return Predictions{Exclusive: true, Axis: l.Axis, Logits: l.FromLogits}
}

// Predictions are those of classes of which one is true.
func (l SparseCategoricalCrossentropy) Predictions() Predictions {
	return Predictions{Exclusive: true, Logits: l.FromLogits}
}
