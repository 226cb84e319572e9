//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"strings"

	"github.com/glearn-go/glearn/compute"
)

// reduction is what a ReduceOp is in GLSL.
type reduction struct {
	acc, none, combine string
	words              int // of a partial result
}

var reductions = map[compute.ReduceOp]reduction{
	compute.ReduceSum: {"float", "0.0", "float combine(float a, float b) { precise float c = a + b; return c; }", 1},
	compute.ReduceMax: {"float", "uintBitsToFloat(0xFF800000u)", "float combine(float a, float b) { return fmax2(a, b); }", 1},
	// A key that orders floats as unsigned numbers, NaN last, and a position;
	// of equal keys the first wins.
	compute.ReduceArgMax: {"uvec2", "uvec2(0u, 0xFFFFFFFFu)", `uvec2 combine(uvec2 a, uvec2 b) { return b.x > a.x || b.x == a.x && b.y < a.y ? b : a; }
uvec2 ranked(float x, uint at) {
	uint bits = floatBitsToUint(x);
	if (bits == 0x80000000u) bits = 0u;
	if (fnan(x)) return uvec2(0xFFFFFFFFu, at);
	return uvec2((bits & 0x80000000u) != 0u ? ~bits : bits | 0x80000000u, at);
}`, 2},
}

// reduce lowers Reduce: invocations each combine a chunk of the elements, runs
// of the kernel combine their results until one is left for each output.
func (l *lowering) reduce(k *compute.Reduce) error {
	if k.Kept().Size() == 0 {
		return nil
	}
	r := reducer{l: l, k: k, op: reductions[k.Op]}
	sp := newSpace(k.Dims, append(append([]compute.Operand(nil), k.In...), k.Out)...)
	reduced := compute.Dims{1, 1, 1, 1}
	for a, is := range k.Axes {
		if is {
			reduced[a] = k.Dims[a]
		}
	}
	// Positions for OpRandom (over all axes) and for ReduceArgMax (over the
	// reduced ones) are arrays too, so that pieces keep them.
	sp = sp.position(k.Dims, 0).position(reduced, 0)
	for a, is := range k.Axes {
		if !is {
			sp.arrays[len(sp.arrays)-1].strides[a] = 0
		}
	}
	return r.run(sp)
}

type reducer struct {
	l  *lowering
	k  *compute.Reduce
	op reduction
}

// farthest names the kept, or the reduced, axis along which an array that does
// not fit a storage block reaches farthest; -1 when there is none. With reduced
// an array counts only when its reduced axes alone take half a block: then
// cutting kept axes would not do.
func (r reducer) farthest(sp space, reduced bool) int {
	axis, far := -1, 0
	for _, a := range sp.arrays {
		if a.view.Buffer == nil || r.l.fits(sp.span(a)) {
			continue
		}
		within := 0
		for i, d := range sp.dims {
			if r.k.Axes[i] {
				within += (d - 1) * a.strides[i]
			}
		}
		if reduced != (within > r.l.lim.blockWords/2) {
			continue
		}
		for i, d := range sp.dims {
			if reach := (d - 1) * a.strides[i]; reach > far && r.k.Axes[i] == reduced {
				axis, far = i, reach
			}
		}
	}
	return axis
}

// cut cuts a space along kept, or along reduced, axes until it fits.
func (r reducer) cut(sp space, reduced bool) []space {
	axis := r.farthest(sp, reduced)
	if axis < 0 {
		return []space{sp.cut()}
	}
	half := sp.dims[axis] / 2
	return append(r.cut(sp.part(axis, 0, half), reduced), r.cut(sp.part(axis, half, sp.dims[axis]-half), reduced)...)
}

// axes is the space with the kept, or the reduced, axes only.
func (r reducer) axes(sp space, reduced bool) space {
	out := space{dims: append([]int(nil), sp.dims...), arrays: sp.arrays}
	for i := range out.dims {
		if r.k.Axes[i] != reduced {
			out.dims[i] = 1
		}
	}
	return out.merged()
}

// run lowers the whole reduction: in parts of the reduced axes where an array
// does not fit a storage block, whose results are partial.
func (r reducer) run(sp space) error {
	parts := r.cut(sp, true)
	keptN := r.axes(sp, false).size()
	chunks := make([]int, len(parts))
	total := 0
	for i, p := range parts {
		chunks[i] = r.l.chunks(keptN, r.axes(p, true).size())
		total += chunks[i]
	}
	if total > 1 && !r.l.fits(total*keptN*r.op.words) {
		for axis, d := range sp.dims { // partial results have to fit as well
			if !r.k.Axes[axis] && d > 1 {
				if err := r.run(sp.part(axis, 0, d/2)); err != nil {
					return err
				}
				return r.run(sp.part(axis, d/2, d-d/2))
			}
		}
	}
	out := sp.arrays[len(r.k.In)]
	if total == 1 {
		return r.first(parts[0], 1, out, 0, 0)
	}
	partial := r.l.temp(total * keptN * r.op.words)
	at := 0
	for i, p := range parts {
		to := array{partial.Slice(at*keptN, chunks[i]*keptN), r.packed(sp)}
		if err := r.first(p, chunks[i], to, keptN, total*keptN); err != nil {
			return err
		}
		at += chunks[i]
	}
	for total > 1 {
		next := r.l.chunks(keptN, total)
		to, view, plane := out, compute.View{}, 0
		if next > 1 {
			view, plane = r.l.temp(next*keptN*r.op.words), next*keptN
			to = array{view.Slice(0, plane), r.packed(sp)}
		}
		if err := r.again(partial, total, sp, next, to, keptN, plane); err != nil {
			return err
		}
		partial, total = view, next
	}
	return nil
}

// packed is the strides of an array without gaps over the kept axes.
func (r reducer) packed(sp space) []int {
	strides := make([]int, len(sp.dims))
	step := 1
	for i := len(sp.dims) - 1; i >= 0; i-- {
		if !r.k.Axes[i] {
			strides[i] = step
			step *= sp.dims[i]
		}
	}
	return strides
}

// chunks is the number of parts that n elements are combined in, for each of
// kept outputs: enough to keep the device busy, and not so few that a sum's
// rounding errors or an invocation's loop grow long. Short sums are one part,
// and with that one dispatch.
func (l *lowering) chunks(kept, n int) int {
	busy, short, long := 16384, 4096, 32*mostTeam
	if l.lim.software {
		busy, short, long = 64, 512, 2048
	}
	if n <= 4*short {
		return 1
	}
	c := min(ceil(busy, kept), n/short)
	return min(max(c, ceil(n, long), 1), 32768)
}

// mostTeam is how many invocations share a part at most.
const mostTeam = 256

// team is how many invocations share each part of n elements. They meet at
// barriers, which a renderer on a CPU is slow at.
func (l *lowering) team(kept, n int) int {
	team := 1
	for !l.lim.software && team < mostTeam && 16*team < n && kept*team < 1<<16 {
		team *= 2
	}
	return team
}

// begin starts a shader that combines n elements for each of kept outputs, in
// chunks parts.
func (r reducer) begin(kept, chunks, n int) *shader {
	team := r.l.team(kept*chunks, ceil(n, chunks))
	across := max(64, team) / team
	if team > 1 {
		across = max(across, 8) // neighbours in memory
	}
	x := 1
	for x < across && x < kept {
		x *= 2
	}
	y := team
	if team == 1 {
		y = 64 / x
	}
	s := r.l.shader("Reduce", x, y)
	s.call("special")
	s.define("ACC", r.op.acc)
	s.define("NONE", r.op.none)
	s.line("%s", r.op.combine)
	s.define("KEPT", s.number(kept))
	s.define("CHUNKS", s.number(chunks))
	s.define("REDUCED", s.number(n))
	s.define("TEAM", itoa(team)+"u")
	if team > 1 {
		s.define("SHARES", "")
		s.line("shared ACC shares[TEAM][%d];", x)
	}
	return s
}

// dispatch runs it: outputs along x and z, chunks along y.
func (r reducer) dispatch(s *shader, kept, chunks, n int) error {
	s.include("reduce")
	x, z := r.l.grid(ceil(kept, s.local[0]))
	y := chunks
	if r.l.team(kept*chunks, ceil(n, chunks)) == 1 {
		y = ceil(chunks, s.local[1])
	}
	return s.run(x, y, z)
}

// first combines the elements of sp into chunks results for each output, apart
// by step in the array to; a second word of each lies plane further.
func (r reducer) first(sp space, chunks int, to array, step, plane int) error {
	sp.arrays = append([]array(nil), sp.arrays...)
	sp.arrays[len(r.k.In)] = to
	for _, p := range r.cut(sp, false) {
		if err := r.firstPart(p, chunks, step, plane); err != nil {
			return err
		}
	}
	return nil
}

func (r reducer) firstPart(sp space, chunks, step, plane int) error {
	kept, reduced := r.axes(sp, false), r.axes(sp, true)
	keptN := kept.size()
	s := r.begin(keptN, chunks, reduced.size())
	s.formula("formula", r.k.Expr)

	// begin(kept) sets the places that value(r) counts from.
	n := len(r.k.In)
	in := r.k.Expr.Inputs
	random := r.k.Expr.Uses(compute.OpRandom) > 0
	words, base := make([]string, n), make([]string, n)
	for i := range n {
		words[i], base[i] = s.memory(sp.arrays[i].view, false)
		s.line("uint at%d;", i)
	}
	s.line("uint position;")
	s.line("void begin(uint kept) {")
	coords := coordinates(len(kept.dims))
	s.split("kept", kept.dims, coords)
	for i := range n {
		s.line("\tat%d = %s;", i, s.at(base[i], kept.arrays[i], coords))
	}
	if random {
		s.line("\tposition = %s;", s.at(s.number(sp.arrays[n+1].view.Offset), kept.arrays[n+1], coords))
	}
	s.line("}")

	s.line("%s value(uint r) {", r.op.acc)
	coords = coordinates(len(reduced.dims))
	s.line("\tuint place = r;")
	s.split("place", reduced.dims, coords)
	element := "0u"
	if random {
		element = s.at("position", reduced.arrays[n+1], coords)
	}
	args := []string{element}
	for i := range n {
		args = append(args, fromBits(in[i], fmt.Sprintf("%s[%s]", words[i], s.at(fmt.Sprintf("at%d", i), reduced.arrays[i], coords))))
	}
	s.line("\tfloat o;")
	s.line("\tformula(%s, o);", strings.Join(args, ", "))
	if r.op.words == 2 {
		s.line("\treturn ranked(o, %s);", s.at(s.number(sp.arrays[n+2].view.Offset), reduced.arrays[n+2], coords))
	} else {
		s.line("\treturn o;")
	}
	s.line("}")
	r.store(s, kept, chunks, step, plane)
	return r.dispatch(s, keptN, chunks, reduced.size())
}

// again combines n partial results for each output into chunks.
func (r reducer) again(from compute.View, n int, sp space, chunks int, to array, step, plane int) error {
	sp.arrays = append([]array(nil), sp.arrays...)
	sp.arrays[len(r.k.In)] = to
	kept := r.axes(sp, false)
	keptN := kept.size()
	s := r.begin(keptN, chunks, n)
	words, base := s.memory(from, false)
	s.line("uint from;")
	s.line("void begin(uint kept) { from = %s + kept; }", base)
	load := fmt.Sprintf("%s[from + r * KEPT]", words)
	if r.op.words == 2 {
		s.line("uvec2 value(uint r) { return uvec2(%s, %s[from + (REDUCED + r) * KEPT]); }", load, words)
	} else {
		s.line("float value(uint r) { return uintBitsToFloat(%s); }", load)
	}
	r.store(s, kept, chunks, step, plane)
	return r.dispatch(s, keptN, chunks, n)
}

// store adds the function that keeps a result in the space's output array. A
// plane of 0 stands for the final result.
func (r reducer) store(s *shader, kept space, chunks, step, plane int) {
	out := kept.arrays[len(r.k.In)]
	out.view.Len = kept.span(out)
	s.line("void store(uint kept, uint chunk, %s a) {", r.op.acc)
	coords := coordinates(len(kept.dims))
	s.split("kept", kept.dims, coords)
	view := out.view
	if chunks > 1 {
		view.Len += (chunks - 1) * step
	}
	if r.op.words == 2 && plane > 0 {
		view.Len += plane
	}
	words, base := s.memory(view, true)
	at := s.at(base, out, coords)
	if chunks > 1 {
		at += " + chunk * " + s.number(step)
	}
	switch {
	case r.op.words == 1:
		s.line("\t%s[%s] = floatBitsToUint(a);", words, at)
	case plane == 0:
		s.line("\t%s[%s] = a.y;", words, at)
	default:
		s.line("\t%s[%s] = a.x;", words, at)
		s.line("\t%s[%s + %s] = a.y;", words, at, s.number(plane))
	}
	s.line("}")
}
