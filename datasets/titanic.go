package datasets

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/glearn-go/glearn/data"
)

// TitanicConfig says where [Titanic] finds Kaggle's train.csv and test.csv.
type TitanicConfig struct {
	Dir string
}

// Passenger is one row of Kaggle's files.
type Passenger struct {
	ID       int
	Survived int // 1 yes, 0 no, -1 not told (test.csv)
	Class    int // 1 to 3
	Name     string
	Sex      string  // "male" or "female"
	Age      float64 // years; NaN when missing
	SibSp    int     // siblings and spouses aboard
	Parch    int     // parents and children aboard
	Ticket   string
	Fare     float64 // pounds; NaN when missing
	Cabin    string  // "" when missing
	Embarked string  // "C"herbourg, "Q"ueenstown, "S"outhampton, "" when missing
}

// Titanic is Kaggle's survival set with ten ready features (see
// [TitanicFeatures]): 891 passengers to train on, and 418 to predict, which have
// no targets. X is *data.Dense [n, 10], Y is *data.Dense [n, 1], 1 for a
// survivor. For features of your own, start from [TitanicPassengers] or, cell by
// cell, from [ReadCSV].
//
// Kaggle gives the files only to those who log in, so there is no download: get
// them from kaggle.com/c/titanic and put them into a folder, as titanic/train.csv
// and titanic/test.csv in the folder that GLEARN_DATA names, or set Dir.
func Titanic(cfg TitanicConfig) (train, test *data.Dataset, err error) {
	told, untold, err := TitanicPassengers(cfg)
	if err != nil {
		return nil, nil, err
	}
	y := &data.Dense{Shape: []int{len(told), 1}, Values: make([]float32, len(told))}
	for i, p := range told {
		y.Values[i] = float32(p.Survived)
	}
	if train, err = data.New(TitanicX(told), y); err != nil {
		return nil, nil, err
	}
	return train, &data.Dataset{X: []data.Tensor{TitanicX(untold)}}, nil
}

// TitanicFeatures are the names of the columns of [TitanicX].
func TitanicFeatures() []string {
	return []string{"Age/80", "Fare/512", "SibSp", "Parch", "male", "Pclass 1", "Pclass 2", "Pclass 3", "Embarked C", "Embarked Q"}
}

// TitanicX turns passengers into ten features, [n, 10]: age and fare divided by
// their largest, with 29.7 years and 14.4 pounds where they are missing (the
// mean age and the median fare of train.csv), and the classes one-hot.
func TitanicX(passengers []Passenger) *data.Dense {
	is := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	or := func(v, standard float64) float64 {
		if math.IsNaN(v) {
			return standard
		}
		return v
	}
	columns := len(TitanicFeatures())
	out := &data.Dense{Shape: []int{len(passengers), columns}, Values: make([]float32, 0, len(passengers)*columns)}
	for _, p := range passengers {
		for _, v := range []float64{
			or(p.Age, 29.7) / 80, or(p.Fare, 14.4) / 512, float64(p.SibSp), float64(p.Parch), is(p.Sex == "male"),
			is(p.Class == 1), is(p.Class == 2), is(p.Class == 3), is(p.Embarked == "C"), is(p.Embarked == "Q"),
		} {
			out.Values = append(out.Values, float32(v))
		}
	}
	return out
}

// TitanicPassengers are all rows of train.csv and test.csv.
func TitanicPassengers(cfg TitanicConfig) (train, test []Passenger, err error) {
	s := newSource(cfg.Dir)
	if train, err = passengers(s, "titanic/train.csv", true); err != nil {
		return nil, nil, err
	}
	if test, err = passengers(s, "titanic/test.csv", false); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

func passengers(s source, name string, told bool) ([]Passenger, error) {
	path, err := s.find(name)
	if errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("%w; download it from https://www.kaggle.com/c/titanic/data (this needs a login)", err)
	} else if err != nil {
		return nil, err
	}
	table, err := ReadCSV(path, CSVConfig{Missing: []string{}})
	if err != nil {
		return nil, err
	}
	return table.passengers(told)
}

// maxPassengers bounds a list of passengers, which takes ten times what the
// shortest rows do. Kaggle's files have 1,309 together.
const maxPassengers = 1 << 12

// passengers reads the columns of Kaggle's files.
func (t *Table) passengers(told bool) ([]Passenger, error) {
	if t.rows > maxPassengers {
		return nil, fmt.Errorf("%s: more than %d passengers", t.place(maxPassengers, 0), maxPassengers)
	}
	out := make([]Passenger, t.rows)
	var err error
	ints := func(column string, from, to int32, set func(*Passenger, int)) {
		if err != nil {
			return
		}
		var values *data.Ints
		if values, err = t.Int32(column); err != nil {
			return
		}
		for row, v := range values.Values {
			if v < from || v > to {
				err = fmt.Errorf("%s: %d, want %d to %d", t.place(row, slices.Index(t.columns, column)), v, from, to)
				return
			}
			set(&out[row], int(v))
		}
	}
	floats := func(column string, set func(*Passenger, float64)) {
		if err != nil {
			return
		}
		var values []float64
		if values, err = t.Float64(column); err != nil {
			return
		}
		for row, v := range values {
			set(&out[row], v)
		}
	}
	texts := func(column string, set func(*Passenger, string)) {
		if err != nil {
			return
		}
		var values iter.Seq[string]
		if values, err = t.Text(column); err != nil {
			return
		}
		row := 0
		for v := range values {
			set(&out[row], v)
			row++
		}
	}
	const most = math.MaxInt32
	ints("PassengerId", 0, most, func(p *Passenger, v int) { p.ID, p.Survived = v, -1 })
	if told {
		ints("Survived", 0, 1, func(p *Passenger, v int) { p.Survived = v })
	}
	ints("Pclass", 1, 3, func(p *Passenger, v int) { p.Class = v })
	texts("Name", func(p *Passenger, v string) { p.Name = v })
	texts("Sex", func(p *Passenger, v string) { p.Sex = v })
	floats("Age", func(p *Passenger, v float64) { p.Age = v })
	ints("SibSp", 0, most, func(p *Passenger, v int) { p.SibSp = v })
	ints("Parch", 0, most, func(p *Passenger, v int) { p.Parch = v })
	texts("Ticket", func(p *Passenger, v string) { p.Ticket = v })
	floats("Fare", func(p *Passenger, v float64) { p.Fare = v })
	texts("Cabin", func(p *Passenger, v string) { p.Cabin = v })
	texts("Embarked", func(p *Passenger, v string) { p.Embarked = v })
	return out, err
}
