package example

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/glearn-go/glearn/nn"
)

// Best is the epoch, from 0, at which the number of the given name was smallest;
// -1 where no epoch has it.
func Best(h *nn.History, name string) int {
	best := -1
	for epoch, v := range h.Metrics[name] {
		if !math.IsNaN(v) && (best < 0 || v < h.Metrics[name][best]) {
			best = epoch
		}
	}
	return best
}

// PrintHistory writes one line an epoch, with a curve beside it when there is
// validation: t is the training loss and v the validation loss, the further right
// the larger. Where t goes on to the left and v turns right, the model has begun
// to learn its training rows by heart.
func PrintHistory(out io.Writer, h *nn.History) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "epoch\t%s\t", strings.Join(h.Names, "\t"))
	best := Best(h, "val_loss")
	if best >= 0 {
		fmt.Fprint(w, "  t: loss, v: val_loss")
	}
	fmt.Fprintln(w)
	for i, epoch := range h.Epoch {
		fmt.Fprintf(w, "%d\t", epoch+1)
		for _, name := range h.Names {
			fmt.Fprintf(w, "%.4f\t", h.Metrics[name][i])
		}
		if best >= 0 {
			fmt.Fprint(w, curve(h, i))
		}
		if i == best {
			fmt.Fprint(w, " best")
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

// curve is the two losses of one epoch, each on a scale from the smallest loss
// to the largest.
func curve(h *nn.History, epoch int) string {
	const width = 32
	train, validation := h.Metrics["loss"], h.Metrics["val_loss"]
	all := slices.DeleteFunc(slices.Concat(train, validation), math.IsNaN)
	low, high := slices.Min(all), slices.Max(all)
	line := []byte(strings.Repeat(" ", width))
	for mark, v := range map[byte]float64{'t': train[epoch], 'v': validation[epoch]} {
		if math.IsNaN(v) {
			continue
		}
		at := 0
		if high > low {
			at = int((v - low) / (high - low) * (width - 1))
		}
		if line[at] != ' ' {
			mark = '*' // both
		}
		line[at] = mark
	}
	return "  |" + string(line) + "|"
}
