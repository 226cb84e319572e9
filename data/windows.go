package data

import "fmt"

// WindowConfig says how Windows cuts a series.
type WindowConfig struct {
	Length int // steps of a window, at least 1
	Rate   int // a window takes every so many steps of the series; 0 means 1
	Stride int // from the beginning of a window to that of the next; 0 means 1
}

// Windows makes examples of a series of steps, in time order: Keras'
// timeseries_dataset_from_array. Window i begins at step s = i Stride and has the
// steps s, s + Rate, ... of x; its target is row s of targets.
//
//	x [steps, features], targets [n, ...]  ->  X [windows, Length, features], Y [windows, ...]
//
// A target that lies d steps behind the window's beginning comes from targets
// that begin at step d:
//
//	data.Windows(x, y.Slice(d, y.Rows()), cfg)
//
// Windows that would go beyond the series, or beyond the targets, are left out.
// Each is a copy: a series takes Length / Stride times its memory.
func Windows(x *Dense, targets Tensor, cfg WindowConfig) (*Dataset, error) {
	rate, stride := max(cfg.Rate, 1), max(cfg.Stride, 1)
	if cfg.Length < 1 || cfg.Rate < 0 || cfg.Stride < 0 {
		return nil, fmt.Errorf("data: windows of %d steps, Rate %d and Stride %d: want a Length of at least 1 and no negative number", cfg.Length, cfg.Rate, cfg.Stride)
	}
	for _, t := range []Tensor{x, targets} {
		if err := t.Check(); err != nil {
			return nil, err
		}
	}
	// Where the last window can begin. What is longer than the series is as good
	// as a step longer, and does not overflow.
	last := x.Rows() - 1 - (min(cfg.Length, x.Rows()+1)-1)*min(rate, x.Rows())
	var starts, steps []int
	for s := 0; s <= min(last, targets.Rows()-1); s += stride {
		starts = append(starts, s)
		for k := range cfg.Length {
			steps = append(steps, s+k*rate)
		}
	}
	if len(starts) == 0 {
		return nil, fmt.Errorf("data: %w: no window of %d steps at Rate %d fits into %d steps with %d targets", ErrShape, cfg.Length, rate, x.Rows(), targets.Rows())
	}
	windows := x.Take(steps).(*Dense)
	windows.Shape = append([]int{len(starts), cfg.Length}, x.RowShape()...)
	return New(windows, targets.Take(starts))
}
