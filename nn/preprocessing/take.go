package preprocessing

import (
	"fmt"

	"github.com/glearn-go/glearn/data"
)

// Take copies the given rows of every column, in the given order: the rows to
// train on, for Adapt, as data.KFold numbers them. A row out of range panics. A
// column of a type from elsewhere is an error.
func (f Frame) Take(rows []int) (Frame, error) {
	out := Frame{}
	for name, c := range f {
		switch c := c.(type) {
		case Texts:
			out[name] = take(c, rows)
		case TextLists:
			out[name] = take(c, rows)
		case Numbers:
			out[name] = take(c, rows)
		case Integers:
			out[name] = take(c, rows)
		case Values:
			out[name] = take(c, rows)
		case data.Tensor:
			out[name] = c.Take(rows)
		default:
			return nil, fmt.Errorf("preprocessing: column %q is %T, of which no rows can be taken", name, c)
		}
	}
	return out, nil
}

func take[S ~[]E, E any](column S, rows []int) S {
	out := make(S, len(rows))
	for i, row := range rows {
		out[i] = column[row]
	}
	return out
}
