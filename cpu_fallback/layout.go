package cpu_fallback

import "github.com/glearn-go/glearn/compute"

// layout is an iteration space after merging: axes that every operand steps
// through without a seam are one, axes of length 1 are gone. The order of the
// elements is the kernel's row-major order, so positions keep their meaning.
type layout struct {
	dims   [compute.MaxAxes]int // leading axes that are not needed are 1
	origin [compute.MaxAxes]int // one of the kernel's axes that went there
	size   int
}

// merge finds the layout of dims under the operands' strides, and the strides
// in it. split says which axes to keep apart; nil keeps none.
func merge(dims compute.Dims, strides []compute.Strides, split func(a, b int) bool) (layout, []compute.Strides) {
	l := layout{dims: compute.Dims{1, 1, 1, 1}, size: dims.Size()}
	out := make([]compute.Strides, len(strides))
	at := compute.MaxAxes // the axis of the layout filled last
	last := -1            // an axis of dims that went there
	for a := compute.MaxAxes - 1; a >= 0; a-- {
		if dims[a] == 1 {
			continue
		}
		joins := last >= 0 && (split == nil || !split(a, last))
		for i, s := range strides {
			joins = joins && s[a] == out[i][at]*l.dims[at]
		}
		if joins {
			l.dims[at] *= dims[a]
			continue
		}
		at, last = at-1, a
		l.origin[at] = a
		l.dims[at] = dims[a]
		for i, s := range strides {
			out[i][at] = s[a]
		}
	}
	return l, out
}

// inner is the number of elements along the last axis.
func (l *layout) inner() int { return l.dims[compute.MaxAxes-1] }

// contiguous is true when an operand's words lie in the order of the elements.
func (l *layout) contiguous(s compute.Strides) bool {
	step := 1
	for a := compute.MaxAxes - 1; a >= 0; a-- {
		if l.dims[a] != 1 && s[a] != step {
			return false
		}
		step *= l.dims[a]
	}
	return true
}

// place is where the element at a position lies, as coordinates.
func (l *layout) place(position int) (c compute.Dims) {
	for a := compute.MaxAxes - 1; a > 0; a-- {
		if n := l.dims[a]; n != 1 {
			c[a], position = position%n, position/n
		}
	}
	c[0] = position
	return c
}

// next moves c to the start of the following run along the last axis.
func (l *layout) next(c *compute.Dims) {
	c[compute.MaxAxes-1] = 0
	for a := compute.MaxAxes - 2; a > 0; a-- {
		if c[a]++; c[a] < l.dims[a] {
			return
		}
		c[a] = 0
	}
	c[0]++
}

// gather copies the elements from position on into dst.
func (l *layout) gather(dst, src []float32, s compute.Strides, position int) {
	c := l.place(position)
	step := s[compute.MaxAxes-1]
	for len(dst) > 0 {
		run := min(l.inner()-c[compute.MaxAxes-1], len(dst))
		from := s.Index(c)
		switch step {
		case 0:
			x := src[from]
			for i := range dst[:run] {
				dst[i] = x
			}
		case 1:
			copy(dst[:run], src[from:from+run])
		default:
			for i := range dst[:run] {
				dst[i] = src[from]
				from += step
			}
		}
		dst = dst[run:]
		l.next(&c)
	}
}

// scatter copies src to the elements from position on.
func (l *layout) scatter(dst, src []float32, s compute.Strides, position int) {
	c := l.place(position)
	step := s[compute.MaxAxes-1]
	for len(src) > 0 {
		run := min(l.inner()-c[compute.MaxAxes-1], len(src))
		to := s.Index(c)
		if step == 1 {
			copy(dst[to:to+run], src)
		} else {
			for _, x := range src[:run] {
				dst[to] = x
				to += step
			}
		}
		src = src[run:]
		l.next(&c)
	}
}
