package backendtest

import (
	"fmt"
	"math"

	"github.com/glearn-go/glearn/compute"
)

// cellKind is what a kernel does to a word.
type cellKind uint8

const (
	untouched cellKind = iota
	wordCell           // exactly bits
	floatCell          // a float near want
)

// cell is what one word must be.
type cell struct {
	kind  cellKind
	bits  uint32
	want  float64
	scale float64 // size of the terms that want was summed from
}

// memory is the contents of buffers.
type memory map[compute.Buffer][]uint32

// outcome is what buffers must hold after a kernel: the words as they were, but
// for the cells that it writes.
type outcome struct {
	before memory
	cells  map[compute.Buffer][]cell

	loaded, stored compute.Buffer // the last ones used, found without the maps
	words          []uint32       // before[loaded]
	writes         []cell         // cells[stored]
}

func newOutcome(before memory) *outcome {
	return &outcome{before: before, cells: map[compute.Buffer][]cell{}}
}

// word is what a cell holds when it is right.
func (c cell) word() uint32 {
	if c.kind == floatCell {
		return math.Float32bits(float32(c.want))
	}
	return c.bits
}

// follow adds what k does to what o has stored so far.
func (o *outcome) follow(k *compute.Map) {
	between := memory{}
	for b, words := range o.before {
		between[b] = append([]uint32(nil), words...)
		for i, c := range o.cells[b] {
			if c.kind != untouched {
				between[b][i] = c.word()
			}
		}
	}
	then := newOutcome(between)
	then.mapKernel(k)
	for b, cells := range then.cells {
		for i, c := range cells {
			if c.kind != untouched {
				o.put(compute.View{Buffer: b}, i, c)
			}
		}
	}
}

// bits is the word at place at of v, before the kernel.
func (o *outcome) bits(v compute.View, at int) uint32 {
	if v.Buffer != o.loaded {
		o.loaded, o.words = v.Buffer, o.before[v.Buffer]
	}
	return o.words[v.Offset+at]
}

func (o *outcome) put(v compute.View, at int, c cell) {
	if v.Buffer != o.stored {
		if o.cells[v.Buffer] == nil {
			o.cells[v.Buffer] = make([]cell, len(o.before[v.Buffer]))
		}
		o.stored, o.writes = v.Buffer, o.cells[v.Buffer]
	}
	o.writes[v.Offset+at] = c
}

// word stores bits that must come out as they are.
func (o *outcome) word(v compute.View, at int, bits uint32) {
	o.put(v, at, cell{kind: wordCell, bits: bits})
}

// float stores a number that rounding may move.
func (o *outcome) float(v compute.View, at int, want, scale float64) {
	o.put(v, at, cell{kind: floatCell, want: want, scale: scale})
}

// problem is empty when word at of b is as it should be.
func (o *outcome) problem(b compute.Buffer, before []uint32, at int, got uint32, tol tolerance) string {
	var c cell
	if o.cells[b] != nil {
		c = o.cells[b][at]
	}
	switch {
	case c.kind == untouched && got != before[at]:
		return fmt.Sprintf("word %d, which is not written: was %#x (%g), is %#x (%g)", at, before[at], math.Float32frombits(before[at]), got, math.Float32frombits(got))
	case c.kind == floatCell && !tol.accepts(math.Float32frombits(got), c.want, c.scale):
		return fmt.Sprintf("word %d: %g, want %g", at, math.Float32frombits(got), float32(c.want))
	case c.kind == wordCell && got != c.bits:
		return fmt.Sprintf("word %d: %#x (int %d), want %#x (int %d)", at, got, int32(got), c.bits, int32(c.bits))
	}
	return ""
}

// apply changes the memory to the outcome, correctly rounded.
func (o *outcome) apply() {
	for b, cells := range o.cells {
		for at, c := range cells {
			if c.kind != untouched {
				o.before[b][at] = c.word()
			}
		}
	}
}
