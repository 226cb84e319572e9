package datasets

import (
	"fmt"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/datasets/internal/mt19937"
	"github.com/glearn-go/glearn/internal/npy"
)

// HousingConfig says how [BostonHousing] and [CaliforniaHousing] give their
// rows. The zero value means Keras' defaults.
type HousingConfig struct {
	TestSplit float64 // share of rows to test with; 0 means 0.2
	Dir       string
}

// BostonHousing is Keras' boston_housing.load_data: 404 districts to train on
// and 102 to test with, in Keras' order. X is *data.Dense [n, 13], not scaled
// (see [BostonFeatures] and data.Normalize). Y is *data.Dense [n, 1], the median
// price of a home in thousands of dollars.
//
// The set is here because books train on it. Its column B is built on the share
// of Black residents of a district; it belongs into no other work.
//
// Source: Harrison & Rubinfeld 1978, StatLib; file boston_housing.npz.
func BostonHousing(cfg HousingConfig) (train, test *data.Dataset, err error) {
	return housing(cfg, "boston_housing.npz", len(BostonFeatures()))
}

// BostonFeatures are the names of the columns of [BostonHousing].
func BostonFeatures() []string {
	return []string{"CRIM", "ZN", "INDUS", "CHAS", "NOX", "RM", "AGE", "DIS", "RAD", "TAX", "PTRATIO", "B", "LSTAT"}
}

// CaliforniaHousing is Keras' california_housing.load_data: 16,512 districts to
// train on and 4,128 to test with, in Keras' order. X is *data.Dense [n, 8], not
// scaled (see [CaliforniaFeatures] and data.Normalize). Y is *data.Dense [n, 1],
// the median price of a home in dollars.
//
// Source: Pace & Barry 1997, StatLib; file california_housing.npz.
func CaliforniaHousing(cfg HousingConfig) (train, test *data.Dataset, err error) {
	return housing(cfg, "california_housing.npz", len(CaliforniaFeatures()))
}

// CaliforniaFeatures are the names of the columns of [CaliforniaHousing].
func CaliforniaFeatures() []string {
	return []string{"longitude", "latitude", "housing_median_age", "total_rooms", "total_bedrooms", "population", "households", "median_income"}
}

func housing(cfg HousingConfig, name string, columns int) (train, test *data.Dataset, err error) {
	if cfg.TestSplit == 0 {
		cfg.TestSplit = 0.2
	}
	if !(cfg.TestSplit > 0 && cfg.TestSplit < 1) {
		return nil, nil, fmt.Errorf("datasets: TestSplit is %v, want more than 0 and less than 1 (0 means 0.2)", cfg.TestSplit)
	}
	path, err := newSource(cfg.Dir).locate(name)
	if err != nil {
		return nil, nil, err
	}
	var all *data.Dataset
	err = readNPZ(path, func(a *npy.Archive) error {
		values, shape, err := float32Array(a, "x", 2)
		if err != nil {
			return err
		}
		if shape[1] != columns {
			return fmt.Errorf("x: %d columns, want %d", shape[1], columns)
		}
		prices, rows, err := float32Array(a, "y", 1)
		if err != nil {
			return err
		}
		x, err := data.NewDense(values, shape...)
		if err != nil {
			return err
		}
		y, err := data.NewDense(prices, rows[0], 1)
		if err != nil {
			return err
		}
		all, err = data.New(x, y)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	all = all.Take(mt19937.New(kerasSeed).Shuffled(all.Rows()))
	// Keras' int(len(x) * (1 - test_split))
	train, test = all.Split(int(float64(all.Rows()) * (1 - cfg.TestSplit)))
	return train, test, nil
}
