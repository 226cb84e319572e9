// Package preprocessing turns raw columns (texts, categories, numbers with
// holes) into the arrays that models take, in Keras' names and with Keras'
// conventions.
//
// A [Transform] is configured, adapted to training data, and then applied to
// any data:
//
//	port := &preprocessing.StringLookup{Output: preprocessing.OneHot}
//	err := port.Adapt(preprocessing.Texts{"S", "C", "S", "Q"})
//	x, err := port.Apply(preprocessing.Texts{"Q", "Lisbon"})
//
// A [Pipeline] applies transforms to the named columns of a table. All of them
// are data: nn.Model.Attach puts one into a model, whose file then has all that
// is needed to serve raw rows. Applying is safe from
// several goroutines at once; adapting is not.
package preprocessing

import (
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn"
)

// Transform turns a raw column into an array.
type Transform interface {
	// Adapt measures the column: its vocabulary, mean, quantiles. What was
	// measured before is forgotten. A transform that needs no measuring only
	// checks its settings.
	Adapt(c Column) error
	// Apply gives one row for each of the column's.
	Apply(c Column) (data.Tensor, error)
}

func init() {
	nn.Register[Transform](&CategoryEncoding{}, &Discretization{}, &Hashing{}, &Impute{}, &IntegerLookup{}, &Normalization{},
		&StringLookup{}, &TextVectorization{})
	nn.Register[nn.Preprocessor](&CategoryEncoding{}, &Discretization{}, &Hashing{}, &Impute{}, &IntegerLookup{}, &Normalization{},
		&Pipeline{}, &StringLookup{}, &TextVectorization{})
}
