package datasets

import (
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"strings"

	"github.com/glearn-go/glearn/data"
)

//go:embed small/iris.csv small/wine.csv small/breast_cancer.csv small/digits.csv.gz
var small embed.FS

// Small is a set that is part of the program: examples in classes, with names.
type Small struct {
	*data.Dataset          // one input, *data.Dense, and one target, *data.Ints [n]
	Features      []string // names of the input's columns
	Classes       []string // names of the classes; the index is the label
}

// Iris is 150 flowers of three species, 50 each, in species order (shuffle them:
// see data.TrainTestSplit). X is [150, 4], in centimetres.
//
// Source: Fisher 1936; UCI, by way of scikit-learn (see small/README.md).
func Iris() (*Small, error) {
	return loadSmall("iris.csv", 3, []string{"sepal length", "sepal width", "petal length", "petal width"})
}

// Wine is 178 wines of three growers, in grower order. X is [178, 13], not scaled.
//
// Source: Forina et al. 1991; UCI, by way of scikit-learn (see small/README.md).
func Wine() (*Small, error) {
	return loadSmall("wine.csv", 3, []string{"alcohol", "malic acid", "ash", "alcalinity of ash", "magnesium", "total phenols", "flavanoids",
		"nonflavanoid phenols", "proanthocyanins", "color intensity", "hue", "od280/od315 of diluted wines", "proline"})
}

// BreastCancer is 569 tumours, 212 malignant (label 0) and 357 benign (label 1).
// X is [569, 30], not scaled: ten measures of cell nuclei, each as mean, standard
// error and worst.
//
// Source: Street, Wolberg & Mangasarian 1993; UCI, by way of scikit-learn (see
// small/README.md).
func BreastCancer() (*Small, error) {
	var features []string
	for _, of := range []string{"mean %s", "%s error", "worst %s"} {
		for _, measure := range []string{"radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points", "symmetry", "fractal dimension"} {
			features = append(features, fmt.Sprintf(of, measure))
		}
	}
	return loadSmall("breast_cancer.csv", 2, features)
}

// Digits is 1,797 handwritten digits of 8 by 8 pixels: MNIST's little sister.
// X is [1797, 8, 8] in [0, 1], pixels from 0 to 16 divided by 16.
//
// Source: Alpaydin & Kaynak 1998; UCI, by way of scikit-learn (see
// small/README.md).
func Digits() (*Small, error) {
	const side, white = 8, 16
	var features []string
	for i := range side * side {
		features = append(features, fmt.Sprintf("pixel %d,%d", i/side, i%side))
	}
	s, err := loadSmall("digits.csv.gz", 10, features)
	if err != nil {
		return nil, err
	}
	x := s.X[0].(*data.Dense)
	for i := range x.Values {
		x.Values[i] /= white
	}
	x.Shape = []int{x.Rows(), side, side}
	return s, nil
}

// loadSmall reads one of the embedded files: the features of a row, then its
// label. The first line of all but the digits is "rows,columns,class,class,...".
func loadSmall(name string, classes int, features []string) (*Small, error) {
	f, err := small.Open("small/" + name)
	if err != nil {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return nil, fmt.Errorf("datasets: %s: %w", name, err)
		}
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("datasets: %s: %w", name, err)
	}
	text := string(raw)
	s := &Small{Features: features}
	for i := range classes {
		s.Classes = append(s.Classes, fmt.Sprint(i))
	}
	if !strings.HasSuffix(name, ".gz") {
		var first string
		first, text, _ = strings.Cut(text, "\n")
		s.Classes = strings.Split(strings.TrimSpace(first), ",")[2:]
	}
	table, err := ParseCSV(strings.NewReader(text), name, CSVConfig{NoHeader: true})
	if err != nil {
		return nil, err
	}
	columns := table.Columns()
	if len(columns) != len(features)+1 || len(s.Classes) != classes {
		return nil, fmt.Errorf("datasets: %s: %d columns and %d classes, want %d and %d", name, len(columns), len(s.Classes), len(features)+1, classes)
	}
	x, err := table.Float32(columns[:len(features)]...)
	if err != nil {
		return nil, err
	}
	y, err := table.Int32(columns[len(features)])
	if err != nil {
		return nil, err
	}
	s.Dataset, err = data.New(x, y)
	return s, err
}
