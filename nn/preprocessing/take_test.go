package preprocessing_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/data"
	. "github.com/glearn-go/glearn/nn/preprocessing"
)

type strange struct{}

func (strange) Rows() int { return 3 }

func TestTake(t *testing.T) {
	all := Frame{
		"texts":    Texts{"a", "b", "c"},
		"lists":    TextLists{{"a"}, nil, {"c", "d"}},
		"numbers":  Numbers{1, 2, 3},
		"integers": Integers{1, 2, 3},
		"values":   Values{1.0, nil, "c"},
		"matrix":   &data.Dense{Shape: []int{3, 2}, Values: []float32{1, 2, 3, 4, 5, 6}},
	}
	got, err := all.Take([]int{2, 0, 2})
	if err != nil {
		t.Fatal(err)
	}
	if want := (Frame{
		"texts":    Texts{"c", "a", "c"},
		"lists":    TextLists{{"c", "d"}, {"a"}, {"c", "d"}},
		"numbers":  Numbers{3, 1, 3},
		"integers": Integers{3, 1, 3},
		"values":   Values{"c", 1.0, "c"},
		"matrix":   &data.Dense{Shape: []int{3, 2}, Values: []float32{5, 6, 1, 2, 5, 6}},
	}); !reflect.DeepEqual(got, want) {
		t.Errorf("rows 2, 0 and 2 are %v, want %v", got, want)
	}
	got["numbers"].(Numbers)[1] = 9
	if all["numbers"].(Numbers)[0] != 1 {
		t.Error("the rows are not copies")
	}
	if _, err := (Frame{"odd": strange{}}).Take(nil); err == nil || !strings.Contains(err.Error(), `"odd" is preprocessing_test.strange`) {
		t.Errorf("a column of another type: %v", err)
	}
}
