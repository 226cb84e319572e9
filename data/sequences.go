package data

import (
	"fmt"
	"slices"
)

// MultiHot turns sequences of indices into sparse rows of the given number of
// columns: a 1 for every index that occurs, however often.
func MultiHot(sequences [][]int32, columns int) (*CSR, error) {
	if columns < 1 {
		return nil, fmt.Errorf("data: %w: %d columns, want 1 or more", ErrShape, columns)
	}
	out := &CSR{Columns: columns, RowPtr: make([]int32, 1, len(sequences)+1)}
	var row []int32
	for i, s := range sequences {
		row = append(row[:0], s...)
		slices.Sort(row)
		row = slices.Compact(row)
		if len(row) > 0 && (row[0] < 0 || int(row[len(row)-1]) >= columns) {
			return nil, fmt.Errorf("data: row %d: indices %d to %d, want 0 to %d", i, row[0], row[len(row)-1], columns-1)
		}
		if len(out.Col)+len(row) > 1<<31-1 {
			return nil, fmt.Errorf("data: %w: row %d: more than 2^31-1 indices in all", ErrShape, i)
		}
		out.Col = append(out.Col, row...)
		out.RowPtr = append(out.RowPtr, int32(len(out.Col)))
	}
	out.Col = slices.Clip(out.Col)
	return out, nil
}

// PadConfig says how [PadSequences] fits sequences to a length. The zero value
// pads and cuts in front, as Keras' pad_sequences does: the end of a text stays.
type PadConfig struct {
	PadAfter bool  // fill up behind the sequence, not in front
	CutAfter bool  // cut the end of a long sequence, not its beginning
	Value    int32 // what fills up
}

// PadSequences fits sequences of any length into [n, length].
func PadSequences(sequences [][]int32, length int, cfg PadConfig) (*Ints, error) {
	if length < 1 {
		return nil, fmt.Errorf("data: %w: sequences of length %d, want 1 or more", ErrShape, length)
	}
	n, err := size([]int{len(sequences), length})
	if err != nil {
		return nil, err
	}
	out := &Ints{Shape: []int{len(sequences), length}, Values: make([]int32, n)}
	for i, s := range sequences {
		if cut := len(s) - length; cut > 0 && cfg.CutAfter {
			s = s[:length]
		} else if cut > 0 {
			s = s[cut:]
		}
		row := out.Values[i*length : (i+1)*length]
		pad := row[:length-len(s)]
		if cfg.PadAfter {
			pad = row[len(s):]
			copy(row, s)
		} else {
			copy(row[len(pad):], s)
		}
		for k := range pad {
			pad[k] = cfg.Value
		}
	}
	return out, nil
}
