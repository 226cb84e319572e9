package datasets

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/internal/memtest"
)

func TestTitanicPassengers(t *testing.T) {
	for _, dir := range []string{"testdata", "testdata/titanic"} {
		train, test, err := TitanicPassengers(TitanicConfig{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if len(train) != 3 || len(test) != 1 {
			t.Fatalf("%d and %d passengers", len(train), len(test))
		}
		want := Passenger{ID: 2, Survived: 1, Class: 1, Name: `Roe, Mrs. Jane ("Jenny")`, Sex: "female", Age: 38.5, SibSp: 1, Parch: 2, Ticket: "PC 2", Fare: 71.2833, Cabin: "C85", Embarked: "C"}
		if train[1] != want {
			t.Errorf("got %+v, want %+v", train[1], want)
		}
		if !math.IsNaN(train[2].Age) || train[2].Cabin != "" || train[2].Embarked != "" {
			t.Errorf("missing cells: %+v", train[2])
		}
		if test[0].Survived != -1 || !math.IsNaN(test[0].Fare) || test[0].Age != 34.5 {
			t.Errorf("the test passenger: %+v", test[0])
		}
	}
}

func TestTitanicFeaturesOfAFixture(t *testing.T) {
	train, test, err := Titanic(TitanicConfig{Dir: "testdata"})
	if err != nil {
		t.Fatal(err)
	}
	want := []float32{
		22. / 80, 7.25 / 512, 1, 0, 1, 0, 0, 1, 0, 0,
		38.5 / 80, 71.2833 / 512, 1, 2, 0, 1, 0, 0, 1, 0,
		29.7 / 80, 13. / 512, 0, 0, 0, 0, 1, 0, 0, 0,
	}
	if x := denseOf(t, train.X); !slices.Equal(x.Values, want) || !slices.Equal(x.Shape, []int{3, len(TitanicFeatures())}) {
		t.Errorf("features %v, want %v", x, want)
	}
	if y := denseOf(t, train.Y); !slices.Equal(y.Values, []float32{0, 1, 1}) || !slices.Equal(y.Shape, []int{3, 1}) {
		t.Errorf("targets %+v", y)
	}
	if len(test.Y) != 0 || test.Rows() != 1 {
		t.Errorf("the test part: %+v", test)
	}
}

func TestTitanicRefuses(t *testing.T) {
	_, _, err := Titanic(TitanicConfig{Dir: t.TempDir()})
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("error %v does not wrap ErrNotFound", err)
	}
	wantError(t, "no file", err, "titanic/train.csv", "kaggle.com/c/titanic")

	raw, err := os.ReadFile("testdata/titanic/train.csv")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"text in a number":    {",38.5,", ",old,", `line 3, column "Age": "old" is no finite number`},
		"infinity":            {",38.5,", ",Inf,", `line 3, column "Age": "Inf" is no finite number`},
		"class 4":             {"1,0,3,", "1,0,4,", `line 2, column "Pclass": 4, want 1 to 3`},
		"survived twice":      {"1,0,3,", "1,2,3,", `line 2, column "Survived": 2, want 0 to 1`},
		"half a sibling":      {",22,1,", ",22,1.5,", `line 2, column "SibSp": "1.5" is no whole number`},
		"a row cut short":     {",13,,", ",13", "line 4 has 10 cells, the first line has 12"},
		"a missing column":    {"Parch", "Perch", `no column "Parch"; there is ["PassengerId"`},
		"a quote out of turn": {",male,", `,ma"le,`, `bare "`},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "train.csv")
		if err := os.WriteFile(path, []byte(strings.Replace(string(raw), c.from, c.to, 1)), 0o666); err != nil {
			t.Fatal(err)
		}
		_, _, err := TitanicPassengers(TitanicConfig{Dir: dir})
		wantError(t, name, err, "datasets: "+path, c.want)
	}
}

// A list of the shortest rows takes ten times their text, so it ends somewhere.
func TestTitanicBoundsTheNumberOfPassengers(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "train.csv")
	for rows, want := range map[int]string{maxPassengers: "test.csv", maxPassengers + 1: `line 4098, column "PassengerId": more than 4096 passengers`, 1 << 18: `line 4098, column "PassengerId": more than 4096 passengers`} {
		text := "PassengerId,Survived,Pclass,Name,Sex,Age,SibSp,Parch,Ticket,Fare,Cabin,Embarked\n" + strings.Repeat("1,0,1,,,,0,0,,,,\n", rows)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		var err error
		memtest.AtMost(t, int64(len(text)), 1<<20, func() { _, _, err = TitanicPassengers(TitanicConfig{Dir: dir}) })
		wantError(t, "many passengers", err, want) // the smallest list is good, and there is no test.csv
	}
}

// The hash is that of the features as a PyTorch program builds them from the
// same file, float32(float64 / 80) and so on, NumPy 1.24.2.
func TestTitanicOnTheRealFiles(t *testing.T) {
	needs(t, "titanic/train.csv", "titanic/test.csv")
	train, test, err := Titanic(TitanicConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if train.Rows() != 891 || test.Rows() != 418 {
		t.Fatalf("%d and %d passengers, want 891 and 418", train.Rows(), test.Rows())
	}
	if got := hash(t, denseOf(t, train.X).Values); got != "358e5df6e3f2dc7c2cc07d34adb7566831b02c5919610e19e6a6e1039c37247f" {
		t.Errorf("hash of the features is %s", got)
	}
	survivors := float32(0)
	for _, v := range denseOf(t, train.Y).Values {
		survivors += v
	}
	if survivors != 342 {
		t.Errorf("%v survivors, want 342", survivors)
	}
	path, err := Find("titanic/train.csv")
	if err != nil {
		t.Fatal(err)
	}
	table, err := ReadCSV(path, CSVConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := table.Missing("Age"); err != nil || n != 177 {
		t.Errorf("Age is missing %d times (%v), want 177", n, err)
	}
}
