//go:build cgo && (linux || windows)

package opengl

import "fmt"

// factor is A or B of a product as kernels read it, with the same axes for
// both: batch, the factor's own axis (m of A, n of B), k.
type factor struct {
	array
	size int  // of its own axis
	wide bool // vec4 loads can walk it
}

// factors gives A and B.
func (p product) factors() (a, b factor) {
	batch, k := p.size[axisBatch], p.size[axisK]
	side := func(v array, own, size int) factor {
		f := factor{array: array{v.view, []int{v.strides[0], v.strides[own], v.strides[3-own]}}, size: size}
		if batch == 1 {
			f.strides[0] = 0 // whatever it is, it must not spoil alignment
		}
		if k > 0 {
			f.view.Len = space{dims: []int{batch, size, k}}.span(f.array)
			f.wide = f.aligned()
		}
		return f
	}
	return side(p.a, 1, p.size[axisM]), side(p.b, 2, p.size[axisN])
}

// alongK is true of a factor whose neighbours in memory are neighbours along k.
func (f factor) alongK() bool { return f.strides[2] == 1 }

// aligned says whether whole vec4s lie along k or along the factor's own axis.
func (f factor) aligned() bool {
	ok := f.view.Offset%4 == 0 && f.strides[0]%4 == 0
	switch {
	case f.strides[2] == 1:
		return ok && f.strides[1]%4 == 0
	case f.strides[1] == 1:
		return ok && f.strides[2]%4 == 0
	}
	return false
}

// loads writes the loads of one factor's values into the variables
// <name><i>_<q>: place i of an invocation's own along the factor's axis, term
// k + q. Places beyond the last are read as the last: no lane leaves a loop
// early, and a CPU renderer sees that all lanes read a shared factor alike.
type loads struct {
	factor
	name  string
	count int                       // places
	step  string                    // GLSL of the stride along k, in units
	at    func(index string) string // GLSL of the unit at an index
}

// unit is how many words a load gives: a vec4 or a float.
func (f factor) unit() int {
	if f.wide {
		return 4
	}
	return 1
}

// loads prepares the loads of count places from the GLSL variable first on,
// through a buffer texture where textured says so and the device has such long
// ones.
func (s *shader) loads(f factor, name, first, size string, count int, textured bool) *loads {
	base, at := s.source(f, textured)
	l := &loads{factor: f, name: name, count: count, at: at, step: s.number(f.strides[2] / f.unit())}
	batch, own := s.number(f.strides[0]), s.number(f.strides[1])
	places, last := 1, size+" - 1u"
	if f.wide && !f.alongK() {
		places, last = 4, fmt.Sprintf("(%s - 1u) / 4u * 4u", size)
	}
	for i := 0; i < count; i += places {
		s.line("\tuint %sat%d = (%s + b * %s + min(%s + %du, %s) * %s) / %du;", name, i, base, batch, first, i, last, own, f.unit())
	}
	return l
}

// source makes a factor readable: base is the place of its first word, at the
// GLSL of a unit.
func (s *shader) source(f factor, textured bool) (base string, at func(index string) string) {
	var array string
	form := "uintBitsToFloat(%s[%s])"
	switch {
	case textured && s.fitsTexture(f.view, f.wide):
		array, base = s.texture(f.view, f.wide)
		form = "texelFetch(%s, int(%s))"
		if !f.wide {
			form += ".x"
		}
	case f.wide:
		array, base = s.vectors(f.view)
		form = "%s[%s]"
	default:
		array, base = s.memory(f.view, false)
	}
	return base, func(index string) string { return fmt.Sprintf(form, array, index) }
}

// load adds the loads of the next terms, whose first is a multiple of 4 where
// there are four.
func (l *loads) add(s *shader, terms int) {
	switch {
	case l.wide && l.alongK():
		l.loadAlongK(s, terms)
	case l.wide:
		for q := range terms {
			for i := 0; i < l.count; i += 4 {
				s.line("\t\tvec4 %s%d_%dv = %s;", l.name, i, q, l.term(i, q))
				for e := range 4 {
					s.line("\t\tfloat %s%d_%d = %s%d_%dv[%d];", l.name, i+e, q, l.name, i, q, e)
				}
			}
		}
	default:
		for q := range terms {
			for i := range l.count {
				s.line("\t\tfloat %s%d_%d = %s;", l.name, i, q, l.term(i, q))
			}
		}
	}
}

// term is the GLSL of the unit with term k + q at place i.
func (l *loads) term(i, q int) string {
	return l.at(fmt.Sprintf("%sat%d + (k + %du) * %s", l.name, i, q, l.step))
}

// loadAlongK adds the loads where a unit holds four terms of one place.
func (l *loads) loadAlongK(s *shader, terms int) {
	for i := range l.count {
		v := fmt.Sprintf("%s%d", l.name, i)
		unit := l.at(fmt.Sprintf("%sat%d + k / 4u", l.name, i))
		if terms == 1 {
			s.line("\t\tfloat %s_0 = %s[k & 3u];", v, unit)
			continue
		}
		s.line("\t\tvec4 %s = %s;", v, unit)
		for q := range terms {
			s.line("\t\tfloat %s_%d = %s[%d];", v, q, v, q)
		}
	}
}

// accumulators adds the variables c<i>_<j> of an invocation's results.
func accumulators(s *shader, rows, columns int) {
	for i := range rows {
		for j := range columns {
			s.line("\tfloat c%d_%d = 0.0;", i, j)
		}
	}
}

// gather adds an array of the results, row by row, for loops to walk.
func gather(s *shader, rows, columns int) {
	s.line("\tfloat results[%d];", rows*columns)
	for i := range rows {
		for j := range columns {
			s.line("\tresults[%d] = c%d_%d;", i*columns+j, i, j)
		}
	}
}
