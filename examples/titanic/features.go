package main

import (
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/datasets"
	"github.com/glearn-go/glearn/nn/preprocessing"
)

// newPipeline says what becomes of each column.
func newPipeline() *preprocessing.Pipeline {
	// Numbers are brought to mean 0 and deviation 1, so that none drowns the
	// others. For a missing one the median stands in, and a column of its own
	// says that it was missing: that, too, tells who survived to give an age.
	number := func(column string, missing bool) preprocessing.Feature {
		return preprocessing.Feature{Column: column, Transform: &preprocessing.Impute{
			Strategy: preprocessing.Median, Indicator: missing, Then: &preprocessing.Normalization{},
		}}
	}
	// A category is a column of 0 and 1 for each of its values: the ports C, Q
	// and S have no order that a number could stand for.
	category := func(column string) preprocessing.Feature {
		return preprocessing.Feature{Column: column, Transform: &preprocessing.StringLookup{Output: preprocessing.OneHot}}
	}
	return preprocessing.NewPipeline(
		number("Age", true),
		number("Fare", false),
		number("SibSp", false),
		number("Parch", false),
		category("Sex"),
		category("Embarked"),
		preprocessing.Feature{Column: "Pclass", Transform: &preprocessing.IntegerLookup{Output: preprocessing.OneHot}},
		// The most frequent words of the names are titles: Mr, Miss, Mrs and
		// Master, who is a boy.
		preprocessing.Feature{Column: "Name", Transform: &preprocessing.TextVectorization{MaxTokens: 8, Output: preprocessing.MultiHot}},
	)
}

// frame gives the passengers as columns, by Kaggle's names.
func frame(all []datasets.Passenger) preprocessing.Frame {
	text := func(of func(datasets.Passenger) string) (column preprocessing.Texts) {
		for _, p := range all {
			column = append(column, of(p))
		}
		return column
	}
	number := func(of func(datasets.Passenger) float64) (column preprocessing.Numbers) {
		for _, p := range all {
			column = append(column, of(p))
		}
		return column
	}
	return preprocessing.Frame{
		"Name":     text(func(p datasets.Passenger) string { return p.Name }),
		"Sex":      text(func(p datasets.Passenger) string { return p.Sex }),
		"Embarked": text(func(p datasets.Passenger) string { return p.Embarked }),
		"Pclass":   number(func(p datasets.Passenger) float64 { return float64(p.Class) }),
		"Age":      number(func(p datasets.Passenger) float64 { return p.Age }),
		"Fare":     number(func(p datasets.Passenger) float64 { return p.Fare }),
		"SibSp":    number(func(p datasets.Passenger) float64 { return float64(p.SibSp) }),
		"Parch":    number(func(p datasets.Passenger) float64 { return float64(p.Parch) }),
	}
}

// dataset pairs what the pipeline makes of passengers with who survived.
func dataset(pipeline *preprocessing.Pipeline, all []datasets.Passenger) (*data.Dataset, error) {
	x, err := pipeline.Apply(frame(all))
	if err != nil {
		return nil, err
	}
	survived := make([]float32, len(all))
	for i, p := range all {
		survived[i] = float32(p.Survived)
	}
	y, err := data.NewDense(survived, len(all), 1)
	if err != nil {
		return nil, err
	}
	return data.New(x[0], y)
}

// take copies the given rows.
func take(all []datasets.Passenger, rows []int) []datasets.Passenger {
	out := make([]datasets.Passenger, len(rows))
	for i, row := range rows {
		out[i] = all[row]
	}
	return out
}
