//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"strings"
)

// stage copies a factor's part of a tile into shared memory, where it lies
// along the factor's own axis in vec4s: name[term * stageStride + place / 4]
// holds four neighbours of one term. An invocation reads such a four from
// memory as one vec4 where they are neighbours there too, else as four words of
// which other invocations of its group read the neighbours. In the guarded
// variant places beyond the factor's last are read as the last, whose results
// are not stored, and terms beyond the last are 0.
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
	step, turn   string // along k, of one term and of a tile, in units
}

// stageStride is the distance of neighbouring terms in shared memory, in vec4s:
// one more than the places have, so that a column of stores meets different
// banks of the memory.
func stageStride(places int) int { return places/4 + 1 }

// size is how many vec4s a tile takes.
func (x *stage) size() int { return x.tile.k * stageStride(x.places) }

// declare makes the factor readable and reserves its shared memory.
func (x *stage) declare(s *shader) {
	x.wide = x.wide && !x.alongK()
	x.base, x.at = s.source(x.factor, false)
	x.batch, x.own = s.number(x.strides[0]), s.number(x.strides[1])
	step := x.strides[2] / x.unit()
	x.step, x.turn = s.number(step), s.number(step*x.tile.k)
	s.line("shared vec4 %s[%d];", x.name, x.tile.stages()*x.size())
}

// copies is how many fours each invocation copies.
func (x *stage) copies() int { return x.places * x.tile.k / 4 / x.tile.invocations() }

// locate adds, for each four that an invocation copies, its term within the
// tile, its place in shared memory, and where it stands in memory at term k.
// Neighbouring invocations read neighbours.
func (x *stage) locate(s *shader) {
	fours := x.places / 4
	for r := range x.copies() {
		u := fmt.Sprintf("(t + %du)", r*x.tile.invocations())
		term, four := fmt.Sprintf("%s / %du", u, fours), fmt.Sprintf("%s %% %du", u, fours)
		if x.alongK() {
			term, four = fmt.Sprintf("%s %% %du", u, x.tile.k), fmt.Sprintf("%s / %du", u, x.tile.k)
		}
		s.line("\tuint %s_term%d = %s, %s_four%d = %s;", x.name, r, term, x.name, r, four)
		s.line("\tuint %s_to%d = %s_term%d * %du + %s_four%d;", x.name, r, x.name, r, stageStride(x.places), x.name, r)
		for e := range x.reads() {
			place := fmt.Sprintf("%s + %s_four%d * 4u + %du", x.first, x.name, r, e)
			if x.guard {
				last := x.limit + " - 1u"
				if x.wide {
					last = fmt.Sprintf("(%s) / 4u * 4u", last)
				}
				place = fmt.Sprintf("min(%s, %s)", place, last)
			}
			s.line("\tuint %s_at%d_%d = (%s + b * %s + (%s) * %s) / %du + (k + %s_term%d) * %s;",
				x.name, r, e, x.base, x.batch, place, x.own, x.unit(), x.name, r, x.step)
		}
	}
}

// reads is how many loads give a four.
func (x *stage) reads() int { return 4 / x.unit() }

// load adds the loads of an invocation's fours of the tile at term k, into
// variables that are there already, and goes on to the next tile.
func (x *stage) load(s *shader, k string) {
	for r := range x.copies() {
		loads := make([]string, x.reads())
		for e := range loads {
			loads[e] = x.at(fmt.Sprintf("%s_at%d_%d", x.name, r, e))
		}
		value := fmt.Sprintf("%s_value%d = vec4(%s);", x.name, r, strings.Join(loads, ", "))
		if x.guard {
			value = fmt.Sprintf("if (%s + %s_term%d < kEnd) %s", k, x.name, r, value)
		}
		s.line("\t\t%s", value)
		for e := range loads {
			s.line("\t\t%s_at%d_%d += %s;", x.name, r, e, x.turn)
		}
	}
}

// values adds the variables that loads fill.
func (x *stage) values(s *shader) {
	for r := range x.copies() {
		s.line("\t\tvec4 %s_value%d = vec4(0.0);", x.name, r)
	}
}

// put adds the stores of those variables into shared memory, into the half
// that the GLSL names.
func (x *stage) put(s *shader, half string) {
	for r := range x.copies() {
		s.line("\t\t%s[%s%s_to%d] = %s_value%d;", x.name, x.half(half), x.name, r, x.name, r)
	}
}

// half is the GLSL to add to a place for it to be in a half of the shared
// memory; "" stands for the only one.
func (x *stage) half(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf("%s * %du + ", name, x.size())
}
