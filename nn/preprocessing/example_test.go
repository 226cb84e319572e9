package preprocessing_test

import (
	"encoding/json"
	"fmt"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/preprocessing"
)

// Length is the number of bytes of each text.
type Length struct{}

func (Length) Adapt(preprocessing.Column) error { return nil }

func (Length) Apply(c preprocessing.Column) (data.Tensor, error) {
	texts, ok := c.(preprocessing.Texts)
	if !ok {
		return nil, fmt.Errorf("the column is %T, want texts", c)
	}
	out := &data.Dense{Shape: []int{len(texts), 1}}
	for _, s := range texts {
		out.Values = append(out.Values, float32(len(s)))
	}
	return out, nil
}

func ExampleTransform() {
	nn.Register[preprocessing.Transform](Length{})
	p := preprocessing.NewPipeline(preprocessing.Feature{Column: "note", Transform: Length{}})
	x, err := p.Apply(preprocessing.Frame{"note": preprocessing.Texts{"", "four"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	written, err := json.Marshal(p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(x[0].(*data.Dense).Values)
	fmt.Println(string(written))
	// Output:
	// [0 4]
	// {"inputs":[[{"column":"note","transform":{"class":"Length"}}]]}
}
