//go:build cgo && (linux || windows)

package opengl

import "fmt"

// stage copies a factor's part of a tile into shared memory, where it lies
// along the factor's own axis: name[q * stageStride + place] is the element of
// term k + q. In the guarded variant places beyond the factor's last are read
// as the last, whose results are not stored, and terms beyond the last are 0.
type stage struct {
	factor
	name         string // of the shared array
	first, limit string // GLSL: the group's first place, the number of places
	places       int    // along the factor's own axis
	tile         tiled
	guard        bool
	base         string // place of the first word
	at           func(index string) string
	batch, own   string // GLSL of the strides
	step         string // along k, in units
}

// stageStride is the distance of neighbouring terms in shared memory: four
// words more than the places, so that a column of stores spreads over the
// memory's banks while rows still start at whole vec4s.
func stageStride(places int) int { return places + 4 }

// declare makes the factor readable and reserves its shared memory.
func (x *stage) declare(s *shader) {
	x.base, x.at = s.source(x.factor, false)
	x.batch, x.own, x.step = s.number(x.strides[0]), s.number(x.strides[1]), s.number(x.strides[2]/x.unit())
	s.line("shared float %s[%d];", x.name, x.tile.k*stageStride(x.places))
}

// copies is how many units each invocation copies.
func (x *stage) copies() int { return x.places * x.tile.k / x.unit() / x.tile.invocations() }

// locate adds, for each unit that an invocation copies, its place along the
// factor's axis, its term within the tile, and where its row starts in memory.
// Neighbouring invocations read neighbouring words.
func (x *stage) locate(s *shader) {
	for r := range x.copies() {
		u := fmt.Sprintf("(t + %du)", r*x.tile.invocations())
		across, fast, slow := x.places, "place", "term"
		if x.alongK() {
			across, fast, slow = x.tile.k, "term", "place"
		}
		s.line("\tuint %s_%s%d = %s %% %du * %du;", x.name, fast, r, u, across/x.unit(), x.unit())
		s.line("\tuint %s_%s%d = %s / %du;", x.name, slow, r, u, across/x.unit())
		place := fmt.Sprintf("%s + %s_place%d", x.first, x.name, r)
		if x.guard {
			last := x.limit + " - 1u"
			if x.wide && !x.alongK() {
				last = fmt.Sprintf("(%s) / 4u * 4u", last)
			}
			place = fmt.Sprintf("min(%s, %s)", place, last)
		}
		s.line("\tuint %s_at%d = (%s + b * %s + (%s) * %s) / %du;", x.name, r, x.base, x.batch, place, x.own, x.unit())
	}
}

// fill adds the copying of one tile.
func (x *stage) fill(s *shader) {
	kind, zero := "float", "0.0"
	if x.wide {
		kind, zero = "vec4", "vec4(0.0)"
	}
	for r := range x.copies() {
		term := fmt.Sprintf("k + %s_term%d", x.name, r)
		index := fmt.Sprintf("%s_at%d + (%s) * %s", x.name, r, term, x.step)
		if x.wide && x.alongK() {
			index = fmt.Sprintf("%s_at%d + (%s) / 4u", x.name, r, term)
		}
		v := fmt.Sprintf("%s_value%d", x.name, r)
		if x.guard {
			s.line("\t\t%s %s = %s;", kind, v, zero)
			s.line("\t\tif (%s < kEnd) %s = %s;", term, v, x.at(index))
		} else {
			s.line("\t\t%s %s = %s;", kind, v, x.at(index))
		}
		x.put(s, r, v)
	}
}

// put adds the stores of the value v, unit r, into shared memory.
func (x *stage) put(s *shader, r int, v string) {
	to := fmt.Sprintf("%s_term%d * %du + %s_place%d", x.name, r, stageStride(x.places), x.name, r)
	if !x.wide {
		s.line("\t\t%s[%s] = %s;", x.name, to, v)
		return
	}
	for e := range 4 {
		element, apart := fmt.Sprintf("%s[%d]", v, e), 1
		if x.alongK() {
			apart = stageStride(x.places)
			if x.guard {
				element = fmt.Sprintf("k + %s_term%d + %du < kEnd ? %s : 0.0", x.name, r, e, element)
			}
		}
		s.line("\t\t%s[%s + %du] = %s;", x.name, to, e*apart, element)
	}
}
