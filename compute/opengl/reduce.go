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
	return r.kept(sp)
}

type reducer struct {
	l  *lowering
	k  *compute.Reduce
	op reduction
}

// kept cuts the space along kept axes while an array does not fit a storage
// block: the parts are independent.
func (r reducer) kept(sp space) error {
	axis, far := -1, 0
	for _, a := range sp.arrays {
		if a.view.Buffer == nil || r.l.fits(sp.span(a)) {
			continue
		}
		for i, d := range sp.dims {
			if reach := (d - 1) * a.strides[i]; reach > far && !r.k.Axes[i] {
				axis, far = i, reach
			}
		}
	}
	if axis < 0 {
		return r.reduced(sp)
	}
	half := sp.dims[axis] / 2
	if err := r.kept(sp.part(axis, 0, half)); err != nil {
		return err
	}
	return r.kept(sp.part(axis, half, sp.dims[axis]-half))
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

// reduced combines the reduced axes, in pieces where they do not fit.
func (r reducer) reduced(sp space) error {
	pieces := []space{sp.cut()}
	if sp.size() > 0 {
		pieces = r.l.pieces(sp)
	}
	kept := r.axes(sp, false)
	keptN := kept.size()
	chunks := make([]int, len(pieces))
	total := 0
	for i, p := range pieces {
		chunks[i] = r.l.chunks(keptN, r.axes(p, true).size())
		total += chunks[i]
	}
	out := sp.arrays[len(r.k.In)]
	if total == 1 {
		return r.first(pieces[0], 1, 0, compute.View{}, 1)
	}
	partial := r.l.temp(total * keptN * r.op.words)
	at := 0
	for i, p := range pieces {
		if err := r.first(p, chunks[i], at, partial, total); err != nil {
			return err
		}
		at += chunks[i]
	}
	for total > 1 {
		next := r.l.chunks(keptN, total)
		to := compute.View{}
		if next > 1 {
			to = r.l.temp(next * keptN * r.op.words)
		}
		if err := r.again(partial, total, kept, out.view, next, to); err != nil {
			return err
		}
		partial, total = to, next
	}
	return nil
}

// chunks is the number of parts that n elements are combined in, for each of
// kept outputs: enough to keep the device busy, and not so few that a sum's
// rounding errors or an invocation's loop grow long.
func (l *lowering) chunks(kept, n int) int {
	busy, short, long := 16384, 16, 1024
	if l.lim.software {
		busy, short, long = 64, 64, 2048
	}
	if n <= 4*short {
		return 1
	}
	c := min(ceil(busy, kept), n/short)
	return min(max(c, ceil(n, long), 1), 32768)
}

// begin starts a shader: the formula or, without e, partial results come in.
func (r reducer) begin(kept, chunks int) *shader {
	x := 1
	for x < 64 && x < kept {
		x *= 2
	}
	s := r.l.shader("Reduce", x, 64/x)
	s.call("special")
	s.define("ACC", r.op.acc)
	s.define("NONE", r.op.none)
	s.line("%s", r.op.combine)
	s.define("KEPT", s.number(kept))
	s.define("CHUNKS", s.number(chunks))
	return s
}

// run dispatches: outputs along x and z, chunks along y.
func (r reducer) run(s *shader, kept, chunks int) error {
	s.include("reduce")
	x, z := r.l.grid(ceil(kept, s.local[0]))
	return s.run(x, ceil(chunks, s.local[1]), z)
}

// first combines the elements of sp into chunks partial results, which start
// at place at among total, or into the output when there is one chunk of one.
func (r reducer) first(sp space, chunks, at int, partial compute.View, total int) error {
	kept, reduced := r.axes(sp, false), r.axes(sp, true)
	keptN := kept.size()
	s := r.begin(keptN, chunks)
	s.formula("formula", r.k.Expr)
	s.define("REDUCED", s.number(reduced.size()))

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
	r.store(s, kept, sp.arrays[n].view, at, partial, total)
	return r.run(s, keptN, chunks)
}

// again combines n partial results into chunks, or into the output.
func (r reducer) again(from compute.View, n int, kept space, out compute.View, chunks int, to compute.View) error {
	keptN := kept.size()
	s := r.begin(keptN, chunks)
	s.define("REDUCED", s.number(n))
	words, base := s.memory(from, false)
	s.line("uint from;")
	s.line("void begin(uint kept) { from = %s + kept; }", base)
	load := fmt.Sprintf("%s[from + r * KEPT]", words)
	if r.op.words == 2 {
		s.line("uvec2 value(uint r) { return uvec2(%s, %s[from + (REDUCED + r) * KEPT]); }", load, words)
	} else {
		s.line("float value(uint r) { return uintBitsToFloat(%s); }", load)
	}
	r.store(s, kept, out, 0, to, chunks)
	return r.run(s, keptN, chunks)
}

// store adds the function that keeps a result: among the partial ones, or in
// the output.
func (r reducer) store(s *shader, kept space, out compute.View, at int, partial compute.View, total int) {
	s.line("void store(uint kept, uint chunk, %s a) {", r.op.acc)
	switch {
	case partial.Empty():
		coords := coordinates(len(kept.dims))
		s.split("kept", kept.dims, coords)
		words, base := s.memory(out, true)
		value := "floatBitsToUint(a)"
		if r.op.words == 2 {
			value = "a.y"
		}
		s.line("\t%s[%s] = %s;", words, s.at(base, kept.arrays[len(r.k.In)], coords), value)
	case r.op.words == 2:
		words, base := s.memory(partial, true)
		start := s.number(at)
		all := s.number(total)
		s.line("\t%s[%s + (%s + chunk) * KEPT + kept] = a.x;", words, base, start)
		s.line("\t%s[%s + (%s + %s + chunk) * KEPT + kept] = a.y;", words, base, all, start)
	default:
		words, base := s.memory(partial, true)
		s.line("\t%s[%s + (%s + chunk) * KEPT + kept] = floatBitsToUint(a);", words, base, s.number(at))
	}
	s.line("}")
}
