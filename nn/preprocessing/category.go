package preprocessing

import (
	"fmt"

	"github.com/glearn-go/glearn/data"
)

// CategoryEncoding encodes whole numbers in [0, NumTokens).
//
//	Integers [rows], *data.Ints [rows, n]  ->  *data.CSR [rows, NumTokens]
type CategoryEncoding struct {
	NumTokens int
	Output    Output // OneHot, MultiHot or Count; "": MultiHot
}

// Check looks at the settings.
func (e *CategoryEncoding) Check() error {
	if e.NumTokens < 1 || e.NumTokens > maxIndices {
		return fmt.Errorf("preprocessing: NumTokens is %d, want 1 to %d", e.NumTokens, maxIndices)
	}
	return e.Output.or(MultiHot).check(OneHot, MultiHot, Count)
}

// Adapt only checks: there is nothing to measure.
func (e *CategoryEncoding) Adapt(Column) error { return e.Check() }

// Apply encodes every row. A number out of range is an error.
func (e *CategoryEncoding) Apply(c Column) (data.Tensor, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	in, err := integers(c)
	if err != nil {
		return nil, err
	}
	out := lists[int32]{rows: make([][]int32, len(in.rows)), single: in.single}
	for i, row := range in.rows {
		for _, n := range row {
			if n < 0 || n >= int64(e.NumTokens) {
				return nil, fmt.Errorf("preprocessing: row %d is %d, want 0 to %d", i, n, e.NumTokens-1)
			}
			out.rows[i] = append(out.rows[i], int32(n))
		}
	}
	return e.Output.or(MultiHot).arrange(out, e.NumTokens, nil)
}
