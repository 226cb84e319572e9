package main

import (
	"encoding/json"
	"io"
	"slices"
)

// result is what one job took on one device, as -json writes it.
type result struct {
	Suite   string  `json:"suite"`
	Name    string  `json:"name"`
	Backend string  `json:"backend"`
	Device  string  `json:"device"`
	BLAS    string  `json:"blas"`   // library of the dense products; empty on a GPU
	MS      float64 `json:"ms"`     // median milliseconds of a run, or of an epoch
	MinMS   float64 `json:"min_ms"` // the fastest
	N       int     `json:"n"`      // runs or epochs that were timed
	GFLOPS  float64 `json:"gflops"` // 0 where memory is what counts
	Rows    int     `json:"rows"`   // examples of an epoch; 0 for ops
	Batch   int     `json:"batch"`  // examples of a step; 0 for ops
	Checked bool    `json:"checked"`

	// What a step starts on a device that counts: programs, and barriers between
	// them; 0 for ops and on a CPU.
	Launches int `json:"launches,omitempty"`
	Waits    int `json:"waits,omitempty"`

	gbs     float64   // GB/s through memory, 0 where arithmetic is what counts
	samples []float64 // milliseconds of a run, one for each time the clock was read
	runs    int       // runs between two looks at the clock
}

// median is the middle of the values, or the mean of the two in the middle; 0
// of none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(values))
	m := len(s) / 2
	if len(s)%2 == 1 {
		return s[m]
	}
	return (s[m-1] + s[m]) / 2
}

// timed fills in what follows from samples, each the mean milliseconds of runs
// runs of flops operations over bytes of memory.
func (r *result) timed(samples []float64, runs int, flops, bytes float64) {
	r.samples, r.runs = samples, runs
	r.N = len(samples) * runs
	r.MS, r.MinMS = median(samples), slices.Min(samples)
	if r.MS > 0 {
		r.GFLOPS = flops / r.MS / 1e6
		r.gbs = bytes / r.MS / 1e6
	}
}

// writeJSON writes the results as an array, one object a line.
func writeJSON(w io.Writer, results []result) error {
	if results == nil {
		results = []result{}
	}
	text, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}
