//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"strings"

	"github.com/glearn-go/glearn/compute"
)

// space is an iteration space with arrays laid over it. Its axes may be
// merged, never permuted: an element's row-major position is what OpRandom
// counts by, and stays what it was.
type space struct {
	dims   []int
	arrays []array
}

// array is a view with a stride for each axis of its space.
type array struct {
	view    compute.View
	strides []int
}

func newSpace(d compute.Dims, operands ...compute.Operand) space {
	sp := space{dims: append([]int(nil), d[:]...)}
	for _, o := range operands {
		sp.arrays = append(sp.arrays, array{o.View, append([]int(nil), o.Strides[:]...)})
	}
	return sp
}

func (sp space) size() int {
	n := 1
	for _, d := range sp.dims {
		n *= d
	}
	return n
}

// position adds the row-major position of an element as one more array.
func (sp space) position(d compute.Dims, start int) space {
	c := d.Contiguous()
	sp.arrays = append(sp.arrays[:len(sp.arrays):len(sp.arrays)], array{compute.View{Offset: start}, append([]int(nil), c[:]...)})
	return sp
}

// span is the number of words from an array's first to its last element.
func (sp space) span(a array) int {
	n := 1
	for i, d := range sp.dims {
		n += (d - 1) * a.strides[i]
	}
	return n
}

// merged drops axes of length 1 and joins neighbours that every array walks as
// one. At least one axis stays.
func (sp space) merged() space {
	out := space{arrays: make([]array, len(sp.arrays))}
	for i, a := range sp.arrays {
		out.arrays[i].view = a.view
	}
	for ax := range sp.dims {
		if sp.dims[ax] == 1 {
			continue
		}
		last := len(out.dims) - 1
		joins := last >= 0
		for i, a := range sp.arrays {
			joins = joins && out.arrays[i].strides[last] == a.strides[ax]*sp.dims[ax]
		}
		if joins {
			out.dims[last] *= sp.dims[ax]
			for i, a := range sp.arrays {
				out.arrays[i].strides[last] = a.strides[ax]
			}
			continue
		}
		out.dims = append(out.dims, sp.dims[ax])
		for i, a := range sp.arrays {
			out.arrays[i].strides = append(out.arrays[i].strides, a.strides[ax])
		}
	}
	if len(out.dims) == 0 {
		out.dims = []int{1}
		for i := range out.arrays {
			out.arrays[i].strides = []int{0}
		}
	}
	return out
}

// pieces cuts a space until each of its arrays fits a storage block, or one
// element is left. An array without a buffer is a position and always fits.
func (l *lowering) pieces(sp space) []space {
	axis, far := -1, 0
	for _, a := range sp.arrays {
		if a.view.Buffer == nil || l.fits(sp.span(a)) {
			continue
		}
		for i, d := range sp.dims {
			if reach := (d - 1) * a.strides[i]; reach > far {
				axis, far = i, reach
			}
		}
	}
	if axis < 0 {
		return []space{sp.cut()}
	}
	var all []space
	half := sp.dims[axis] / 2
	for _, part := range [][2]int{{0, half}, {half, sp.dims[axis] - half}} {
		all = append(all, l.pieces(sp.part(axis, part[0], part[1]))...)
	}
	return all
}

// part is the space with axis cut to n places from from on.
func (sp space) part(axis, from, n int) space {
	p := space{dims: append([]int(nil), sp.dims...)}
	p.dims[axis] = n
	for _, a := range sp.arrays {
		a.view.Offset += from * a.strides[axis]
		p.arrays = append(p.arrays, a)
	}
	return p
}

// cut shortens the views to what the arrays reach.
func (sp space) cut() space {
	for i := range sp.arrays {
		if a := &sp.arrays[i]; a.view.Buffer != nil {
			a.view.Len = sp.span(*a)
		}
	}
	return sp
}

// coordinates names the places along the axes.
func coordinates(axes int) []string {
	names := make([]string, axes)
	for i := range names {
		names[i] = fmt.Sprintf("i%d", i)
	}
	return names
}

// at is the GLSL for base plus the array's element at the given coordinates.
// Strides of 0 and 1 are part of the text, others are uniforms.
func (s *shader) at(base string, a array, coords []string) string {
	terms := []string{base}
	for i, c := range coords {
		switch a.strides[i] {
		case 0:
		case 1:
			terms = append(terms, c)
		default:
			terms = append(terms, c+" * "+s.number(a.strides[i]))
		}
	}
	return strings.Join(terms, " + ")
}

// split adds the GLSL that takes the variable from apart into coordinates
// along dims, the last running fastest.
func (s *shader) split(from string, dims []int, coords []string) {
	for i := len(dims) - 1; i > 0; i-- {
		n := s.number(dims[i])
		s.line("\tuint %s = %s %% %s; %s /= %s;", coords[i], from, n, from, n)
	}
	s.line("\tuint %s = %s;", coords[0], from)
}
