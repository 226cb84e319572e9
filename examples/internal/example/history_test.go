package example

import (
	"math"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/nn"
)

func history(train, validation []float64) *nn.History {
	h := &nn.History{Names: []string{"loss"}, Metrics: map[string][]float64{"loss": train}}
	for epoch := range train {
		h.Epoch = append(h.Epoch, epoch)
	}
	if validation != nil {
		h.Names = append(h.Names, "val_loss")
		h.Metrics["val_loss"] = validation
	}
	return h
}

func TestBest(t *testing.T) {
	for _, c := range []struct {
		validation []float64
		want       int
	}{{[]float64{0.5, 0.3, 0.3, 0.4}, 1}, {[]float64{math.NaN(), 0.3, math.NaN()}, 1}, {[]float64{math.NaN()}, -1}, {nil, -1}} {
		if got := Best(history(make([]float64, len(c.validation)), c.validation), "val_loss"); got != c.want {
			t.Errorf("the best of %v is %d, want %d", c.validation, got, c.want)
		}
	}
}

func TestPrintHistory(t *testing.T) {
	for name, c := range map[string]struct {
		h    *nn.History
		want []string
	}{
		"overfitting": {history([]float64{1, 0.5, 0}, []float64{1, 0.75, 0.875}), []string{
			"epoch    loss  val_loss  t: loss, v: val_loss",
			"1  1.0000    1.0000  |                               *|",
			"2  0.5000    0.7500  |               t       v        | best",
			"3  0.0000    0.8750  |t                          v    |",
		}},
		"every second epoch": {history([]float64{1, 0}, []float64{math.NaN(), 0}), []string{
			"epoch    loss  val_loss  t: loss, v: val_loss",
			"1  1.0000       NaN  |                               t|",
			"2  0.0000    0.0000  |*                               | best",
		}},
		"no validation": {history([]float64{1, 0.5}, nil), []string{"epoch    loss", "1  1.0000", "2  0.5000"}},
		"all the same":  {history([]float64{2}, []float64{2}), []string{"epoch    loss  val_loss  t: loss, v: val_loss", "1  2.0000    2.0000  |*                               | best"}},
		"no epoch":      {history(nil, nil), []string{"epoch  loss"}},
	} {
		var out strings.Builder
		if err := PrintHistory(&out, c.h); err != nil {
			t.Fatal(err)
		}
		var got []string
		for line := range strings.Lines(out.String()) {
			got = append(got, strings.TrimSpace(line))
		}
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}
