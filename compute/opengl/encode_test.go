//go:build cgo && (linux || windows)

package opengl

import (
	"slices"
	"testing"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// Three buffers that no driver has heard of: the planner looks at no more than
// which they are.
var bufferX, bufferY, scratchZ = &buffer{name: 1}, &buffer{name: 2}, &buffer{name: 3}

func reads(b *buffer, lo, hi int) access    { return access{b: b, lo: lo, hi: hi} }
func writes(b *buffer, lo, hi int) access   { return access{b: b, lo: lo, hi: hi, write: true} }
func textures(b *buffer, lo, hi int) access { return access{b: b, lo: lo, hi: hi, texture: true} }

const (
	none    = 0
	storage = gl.SHADER_STORAGE_BARRIER_BIT
	texture = gl.TEXTURE_FETCH_BARRIER_BIT
)

// TestHazards gives the planner dispatches one after another and wants a barrier
// of the right kind before each that needs one, and no other.
func TestHazards(t *testing.T) {
	type step struct {
		access []access
		want   uint32
	}
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"read after write", []step{
			{[]access{writes(bufferX, 0, 64)}, none},
			{[]access{reads(bufferX, 60, 64)}, storage},
		}},
		{"write after read", []step{
			{[]access{reads(bufferX, 0, 64)}, none},
			{[]access{writes(bufferX, 0, 4)}, storage},
		}},
		{"write after write", []step{
			{[]access{writes(bufferX, 0, 64)}, none},
			{[]access{writes(bufferX, 32, 128)}, storage},
		}},
		{"read after read", []step{
			{[]access{reads(bufferX, 0, 64)}, none},
			{[]access{reads(bufferX, 0, 64)}, none},
		}},
		{"neighbouring ranges", []step{
			{[]access{writes(bufferX, 64, 128)}, none},
			{[]access{writes(bufferX, 0, 64), reads(bufferX, 128, 256)}, none},
		}},
		{"a range inside another", []step{
			{[]access{writes(bufferX, 0, 1024)}, none},
			{[]access{reads(bufferX, 512, 516)}, storage},
		}},
		{"other buffers", []step{
			{[]access{writes(bufferX, 0, 64)}, none},
			{[]access{writes(bufferY, 0, 64)}, none},
			{[]access{reads(nil, 0, 64)}, none},
		}},
		{"scratch memory", []step{
			{[]access{writes(nil, 0, 64)}, none},
			{[]access{reads(nil, 0, 64)}, storage},
			{[]access{writes(scratchZ, 0, 64)}, storage},
		}},
		{"what a barrier settled", []step{
			{[]access{writes(bufferX, 0, 64), writes(bufferY, 0, 64)}, none},
			{[]access{reads(bufferX, 0, 64)}, storage},
			{[]access{reads(bufferY, 0, 64)}, none},
			{[]access{writes(bufferY, 0, 64)}, storage}, // still read by the third
		}},
		{"a dispatch in place is no hazard to itself", []step{
			{[]access{reads(bufferX, 0, 64), writes(bufferX, 0, 64)}, none},
			{[]access{reads(bufferX, 0, 64), writes(bufferX, 0, 64)}, storage},
		}},
		{"later than the next", []step{
			{[]access{writes(bufferX, 0, 64)}, none},
			{[]access{writes(bufferY, 0, 64)}, none},
			{[]access{reads(bufferX, 0, 64)}, storage},
		}},
		{"a texture of what was written", []step{
			{[]access{writes(bufferX, 0, 64)}, none},
			{[]access{textures(bufferX, 0, 64)}, texture},
			{[]access{textures(bufferX, 0, 64)}, none},
			{[]access{reads(bufferX, 0, 64)}, storage}, // the other kind is still due
		}},
		{"a texture after a barrier of storage", []step{
			{[]access{writes(bufferX, 0, 64)}, none},
			{[]access{reads(bufferX, 0, 64)}, storage},
			{[]access{textures(bufferX, 0, 64)}, texture},
		}},
		{"a write after a texture", []step{
			{[]access{textures(bufferX, 0, 64)}, none},
			{[]access{writes(bufferX, 0, 64)}, storage},
		}},
		{"both kinds at once", []step{
			{[]access{writes(bufferX, 0, 64), writes(bufferY, 0, 64)}, none},
			{[]access{textures(bufferX, 0, 64), reads(bufferY, 0, 64)}, storage | texture},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := newEncoder()
			for i, s := range c.steps {
				if got := e.hazards(&dispatch{access: s.access}, scratchZ); got != s.want {
					t.Errorf("dispatch %d: barrier bits %#x, want %#x", i, got, s.want)
				}
			}
		})
	}
}

// TestHazardsOfManyRanges: the planner may add barriers to keep its list short,
// and must not lose a hazard by that.
func TestHazardsOfManyRanges(t *testing.T) {
	e := newEncoder()
	barriers := 0
	for i := range 10 * maxPending {
		if e.hazards(&dispatch{access: []access{writes(bufferX, 64*i, 64*i+64)}}, nil) != none {
			barriers++
		}
		if n := len(e.pending) + len(e.unseen); n > 2*maxPending+4 {
			t.Fatalf("the planner keeps %d ranges after %d dispatches", n, i+1)
		}
	}
	if barriers == 0 || barriers > 12 {
		t.Errorf("%d barriers between dispatches that touch nothing in common, want about 10 to keep the list short", barriers)
	}
	last := 10*maxPending - 1
	if got := e.hazards(&dispatch{access: []access{reads(bufferX, 64*last, 64*last+64)}}, nil); got != storage {
		t.Errorf("the last range written: barrier bits %#x, want %#x", got, storage)
	}
}

// TestEncoderSetsWhatChanges counts the commands of dispatches that share
// programs, bindings and uniforms.
func TestEncoderSetsWhatChanges(t *testing.T) {
	g := &gpu{programs: map[string]uint32{"p": 7, "q": 8}}
	e := newEncoder()
	x := binding{b: bufferX, slot: 0, offset: 0, size: 64}
	y := binding{b: bufferY, slot: 1, offset: 0, size: 64}
	longer := x
	longer.size = 128
	const program, bind, uniforms, dispatched = 2, 7, 3 + 2, 4 // words of each
	for i, s := range []struct {
		d    dispatch
		want int
	}{
		{dispatch{source: "p", uniforms: []uint32{1, 2}, bindings: []binding{x, y}}, program + 2*bind + uniforms + dispatched},
		{dispatch{source: "p", uniforms: []uint32{1, 2}, bindings: []binding{x, y}}, dispatched},
		{dispatch{source: "p", uniforms: []uint32{1, 3}, bindings: []binding{x, y}}, uniforms + dispatched},
		{dispatch{source: "p", uniforms: []uint32{1, 3}, bindings: []binding{longer, y}}, bind + dispatched},
		{dispatch{source: "q", uniforms: []uint32{1, 3}, bindings: []binding{longer, y}}, program + uniforms + dispatched},
		{dispatch{source: "p", uniforms: []uint32{1, 3}, bindings: []binding{longer, y}}, program + dispatched},
	} {
		before := len(e.words)
		if err := e.add(g, &s.d, nil); err != nil {
			t.Fatal(err)
		}
		if got := len(e.words) - before; got != s.want {
			t.Errorf("dispatch %d: %d words, want %d: %v", i, got, s.want, e.words[before:])
		}
	}
	if e.dispatches() != 6 || !slices.IsSorted(e.ends) || e.ends[5] != len(e.words) {
		t.Errorf("%d dispatches that end at %v of %d words", e.dispatches(), e.ends, len(e.words))
	}
}
