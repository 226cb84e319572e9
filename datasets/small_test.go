package datasets

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// The means are NumPy's over the same file; scikit-learn's documentation prints
// the iris means 5.84, 3.05, 3.76, 1.20, the wine alcohol 13.0 and so on.
func TestSmallSets(t *testing.T) {
	for _, c := range []struct {
		name     string
		load     func() (*Small, error)
		shape    []int
		classes  []string
		count    []int
		features int
		means    []float64 // of the first features, to two digits
	}{
		{"iris", Iris, []int{150, 4}, []string{"setosa", "versicolor", "virginica"}, []int{50, 50, 50}, 4, []float64{5.84, 3.06, 3.76, 1.20}},
		{"wine", Wine, []int{178, 13}, []string{"class_0", "class_1", "class_2"}, []int{59, 71, 48}, 13, []float64{13.00, 2.34, 2.37}},
		{"breast cancer", BreastCancer, []int{569, 30}, []string{"malignant", "benign"}, []int{212, 357}, 30, []float64{14.13, 19.29, 91.97}},
		{"digits", Digits, []int{1797, 8, 8}, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, []int{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, 64, []float64{0, 0.02, 0.33}},
	} {
		s, err := c.load()
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		x := denseOf(t, s.X)
		if !slices.Equal(x.Shape, c.shape) || !slices.Equal(s.Classes, c.classes) || len(s.Features) != c.features {
			t.Errorf("%s: shape %v, classes %v, %d features", c.name, x.Shape, s.Classes, len(s.Features))
		}
		if unique := slices.Compact(slices.Sorted(slices.Values(s.Features))); len(unique) != c.features {
			t.Errorf("%s: two features have one name", c.name)
		}
		count := make([]int, len(c.classes))
		for _, label := range intsOf(t, s.Y).Values {
			count[label]++
		}
		if !slices.Equal(count, c.count) {
			t.Errorf("%s: %v rows of the classes, want %v", c.name, count, c.count)
		}
		for k, want := range c.means {
			sum := 0.0
			for i := range x.Rows() {
				sum += float64(x.Row(i)[k])
			}
			if mean := sum / float64(x.Rows()); math.Abs(mean-want) > 0.005 {
				t.Errorf("%s: %s has mean %v, want %v", c.name, s.Features[k], mean, want)
			}
		}
		for i, v := range x.Values {
			if math.IsNaN(float64(v)) || c.name == "digits" && (v < 0 || v > 1) {
				t.Fatalf("%s: value %d is %v", c.name, i, v)
			}
		}
	}
}

func TestSmallSetsAreNotShared(t *testing.T) {
	first, err := Iris()
	if err != nil {
		t.Fatal(err)
	}
	denseOf(t, first.X).Values[0] = 99
	second, err := Iris()
	if err != nil {
		t.Fatal(err)
	}
	if got := denseOf(t, second.X).Values[0]; got != 5.1 {
		t.Errorf("the first value is %v after a caller changed its own copy", got)
	}
}

func ExampleIris() {
	iris, err := Iris()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(iris.Rows(), "flowers,", iris.Features, iris.Classes)
	// Output: 150 flowers, [sepal length sepal width petal length petal width] [setosa versicolor virginica]
}

func ExampleDigits() {
	digits, err := Digits()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(digits.Rows(), "images, each", digits.X[0].RowShape())
	// Output: 1797 images, each [8 8]
}
