package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/datasets"
	"github.com/glearn-go/glearn/examples/internal/example"
	"github.com/glearn-go/glearn/examples/internal/exampletest"
	"github.com/glearn-go/glearn/nn"
)

func TestReachesTheAccuracyAndAnswers(t *testing.T) {
	exampletest.Needs(t, "titanic/train.csv", "titanic/test.csv")
	exampletest.OnEachBackend(t, func(t *testing.T, backend string) {
		dir := t.TempDir()
		o := options{
			Options:    example.Options{Backend: backend, Epochs: 40, Seed: 1},
			submission: filepath.Join(dir, "submission.csv"),
			save:       filepath.Join(dir, "titanic.safetensors"),
		}
		if testing.Short() {
			o.Epochs = 15
		}
		var out strings.Builder
		accuracy, err := run(t.Context(), &out, o)
		if err != nil {
			t.Fatal(err)
		}
		if accuracy < 0.80 {
			t.Errorf("mean accuracy %.4f, want 0.80 or more", accuracy)
		}
		for _, text := range []string{"device: " + backend, "fold 5: ", "Kelly, Mr. James"} {
			if !strings.Contains(out.String(), text) {
				t.Errorf("the output lacks %q:\n%s", text, out.String())
			}
		}
		checkSubmission(t, o.submission)
		model, err := nn.Load(nil, o.save)
		if err != nil {
			t.Fatal(err)
		}
		if model.Attached(example.Pipeline) == nil {
			t.Error("the saved model lacks its pipeline")
		}
		if err := model.Close(); err != nil {
			t.Error(err)
		}
	})
}

// An accuracy is of 891 passengers: 0.005 are four of them.
func TestBackendsAgree(t *testing.T) {
	exampletest.Needs(t, "titanic/train.csv", "titanic/test.csv")
	exampletest.Agree(t, 0.005, func(t *testing.T, backend string) map[string]float64 {
		accuracy, err := run(t.Context(), io.Discard, options{Options: example.Options{Backend: backend, Epochs: 10, Seed: 1}})
		if err != nil {
			t.Fatal(err)
		}
		return map[string]float64{"accuracy": accuracy}
	})
}

// checkSubmission holds a file against Kaggle's rules: a line of names, 418
// passengers from number 892 on, each 0 or 1.
func checkSubmission(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 419 || strings.Join(rows[0], ",") != "PassengerId,Survived" {
		t.Fatalf("%d rows, the first is %q", len(rows), rows[0])
	}
	survivors := 0
	for i, row := range rows[1:] {
		if row[0] != fmt.Sprint(892+i) || row[1] != "0" && row[1] != "1" {
			t.Errorf("row %d is %q", i+1, row)
		}
		if row[1] == "1" {
			survivors++
		}
	}
	if survivors < 100 || survivors > 209 {
		t.Errorf("%d of 418 survive, want about 4 in 10", survivors)
	}
}

func TestPipelineTellsMissingAgesAndTitles(t *testing.T) {
	all := []datasets.Passenger{
		{Name: "A, Mr. B", Sex: "male", Class: 3, Age: 20, Fare: 7, Embarked: "S"},
		{Name: "C, Mr. D", Sex: "male", Class: 1, Age: 40, Fare: 9, Embarked: "C"},
		{Name: "E, Miss. F", Sex: "female", Class: 3, Age: math.NaN(), Fare: math.NaN()},
	}
	pipeline := newPipeline()
	if err := pipeline.Adapt(frame(all)); err != nil {
		t.Fatal(err)
	}
	set, err := dataset(pipeline, all)
	if err != nil {
		t.Fatal(err)
	}
	// the first two columns are the age and whether it was missing: the median
	// of 20 and 40 is the mean of all three
	x := set.X[0].(*data.Dense)
	if young, ageless := x.Row(0), x.Row(2); young[0] >= 0 || young[1] != 0 || ageless[0] != 0 || ageless[1] != 1 {
		t.Errorf("ages %v and %v", young[:2], ageless[:2])
	}
	// an unknown port and class are no error
	if _, err := dataset(pipeline, []datasets.Passenger{{Name: "X", Sex: "male", Class: 2, Embarked: "Q"}}); err != nil {
		t.Error(err)
	}
}
