package datasets

import (
	"slices"
	"testing"
)

func TestHousingIsKerasOnFixtures(t *testing.T) {
	want := fixtures(t)
	for name, c := range map[string]struct {
		load    func(HousingConfig) ([]int, []float32, []float32, error)
		want    housingRows
		columns int
	}{
		"boston": {func(cfg HousingConfig) ([]int, []float32, []float32, error) {
			a, b, err := BostonHousing(cfg)
			if err != nil {
				return nil, nil, nil, err
			}
			return denseOf(t, a.X).Shape, denseOf(t, a.X).Row(0), slices.Concat(denseOf(t, a.Y).Values, denseOf(t, b.Y).Values), nil
		}, want.Boston, len(BostonFeatures())},
		"california": {func(cfg HousingConfig) ([]int, []float32, []float32, error) {
			a, b, err := CaliforniaHousing(cfg)
			if err != nil {
				return nil, nil, nil, err
			}
			return denseOf(t, a.X).Shape, denseOf(t, a.X).Row(0), slices.Concat(denseOf(t, a.Y).Values, denseOf(t, b.Y).Values), nil
		}, want.California, len(CaliforniaFeatures())},
	} {
		shape, first, prices, err := c.load(HousingConfig{Dir: "testdata"})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !slices.Equal(shape, []int{8, c.columns}) { // int(11 * 0.8)
			t.Errorf("%s: shape %v", name, shape)
		}
		if !slices.Equal(first, c.want.X0) || !slices.Equal(prices, c.want.Y) {
			t.Errorf("%s: rows differ from Keras'", name)
		}
		if shape, _, _, err := c.load(HousingConfig{TestSplit: 0.5, Dir: "testdata"}); err != nil || shape[0] != 5 {
			t.Errorf("%s: TestSplit 0.5 leaves %v rows to train on (%v), want 5", name, shape, err)
		}
		for _, split := range []float64{-0.1, 1, 7} {
			_, _, _, err := c.load(HousingConfig{TestSplit: split, Dir: "testdata"})
			wantError(t, name, err, "datasets: TestSplit is", "want more than 0")
		}
	}
}

// The hashes were computed with NumPy 1.24.2 by Keras' load_data code on the
// same files; the first rows are those that Keras' book and documentation print.
func TestHousingIsKerasOnTheRealFiles(t *testing.T) {
	needs(t, "boston_housing.npz", "california_housing.npz")
	train, test, err := BostonHousing(HousingConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if train.Rows() != 404 || test.Rows() != 102 {
		t.Errorf("boston: %d and %d rows, want 404 and 102", train.Rows(), test.Rows())
	}
	if got, want := denseOf(t, train.X).Row(0), []float32{1.23247, 0, 8.14, 0, 0.538, 6.142, 91.7, 3.9769, 4, 307, 21, 396.9, 18.72}; !slices.Equal(got, want) {
		t.Errorf("boston: first row %v, want %v", got, want)
	}
	if got := hash(t, denseOf(t, train.X).Values, denseOf(t, test.X).Values); got != "f5c855446e62f3d96bb8560177be0e793107e4a919f6180f20a8f1095378cee9" {
		t.Errorf("boston: hash of X is %s", got)
	}
	if got := hash(t, denseOf(t, train.Y).Values, denseOf(t, test.Y).Values); got != "9f16e9645e1616e41aafb1c58ad269c9e7cdf5d549182d5a11dea291303feaf2" {
		t.Errorf("boston: hash of Y is %s", got)
	}
	train, test, err = CaliforniaHousing(HousingConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if train.Rows() != 16512 || test.Rows() != 4128 {
		t.Errorf("california: %d and %d rows, want 16512 and 4128", train.Rows(), test.Rows())
	}
	if got := hash(t, denseOf(t, train.X).Values, denseOf(t, test.X).Values); got != "8d4ebe7576ffca110dc0c545cdf4b1b652ea36fe6e02b43be96ec3d6497bbb32" {
		t.Errorf("california: hash of X is %s", got)
	}
	if got := hash(t, denseOf(t, train.Y).Values, denseOf(t, test.Y).Values); got != "a0b27608b47bbcdde715d002ed4147e4709d8acc07273bebc587b8ce348100c1" {
		t.Errorf("california: hash of Y is %s", got)
	}
}
