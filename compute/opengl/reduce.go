//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"strings"

	"github.com/glearn-go/glearn/compute"
)

// reduction is what a ReduceOp is in GLSL, for one result.
type reduction struct {
	acc, none, combine string
	words              int // of a partial result
}

var reductions = map[compute.ReduceOp]reduction{
	compute.ReduceSum: {"float", "0.0", "float join(float a, float b) { precise float c = a + b; return c; }", 1},
	compute.ReduceMax: {"float", "uintBitsToFloat(0xFF800000u)", "float join(float a, float b) { return fmax2(a, b); }", 1},
	// A key that orders floats as unsigned numbers, NaN last, and a position;
	// of equal keys the first wins.
	compute.ReduceArgMax: {"uvec2", "uvec2(0u, 0xFFFFFFFFu)", `uvec2 join(uvec2 a, uvec2 b) { return b.x > a.x || b.x == a.x && b.y < a.y ? b : a; }
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
	r := reducer{l: l, k: k, op: reductions[k.Op], results: len(k.More) + 1}
	operands := append(append([]compute.Operand(nil), k.In...), k.Results()...)
	if k.Then != nil {
		operands = append(append(operands, k.Then.In...), k.Then.Out...)
		for i := len(k.In) + r.results; i < len(operands); i++ {
			for a, is := range k.Axes {
				if is {
					operands[i].Strides[a] = 0 // of one element there
				}
			}
		}
	}
	sp := newSpace(k.Dims, operands...)
	reduced := compute.Dims{1, 1, 1, 1}
	for a, is := range k.Axes {
		if is {
			reduced[a] = k.Dims[a]
		}
	}
	// Positions for OpRandom (over all axes), for ReduceArgMax (over the reduced
	// ones) and for OpRandom in what follows (over the kept ones) are arrays too,
	// so that pieces keep them.
	r.positions = len(sp.arrays)
	sp = sp.position(k.Dims, 0).position(reduced, 0).position(k.Kept(), 0)
	for a, is := range k.Axes {
		if is {
			sp.arrays[r.positions+2].strides[a] = 0
		} else {
			sp.arrays[r.positions+1].strides[a] = 0
		}
	}
	return r.run(sp)
}

// reducer lowers one Reduce. Its space's arrays are the inputs, the results,
// the inputs and outputs of what follows, and three positions.
type reducer struct {
	l         *lowering
	k         *compute.Reduce
	op        reduction
	results   int
	positions int // place of the positions among the arrays
}

// planes is the number of words that make up a partial result.
func (r reducer) planes() int { return r.results * r.op.words }

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
	if total > 1 && !r.l.fits(total*keptN*r.planes()) {
		for axis, d := range sp.dims { // partial results have to fit as well
			if !r.k.Axes[axis] && d > 1 {
				if err := r.run(sp.part(axis, 0, d/2)); err != nil {
					return err
				}
				return r.run(sp.part(axis, d/2, d-d/2))
			}
		}
	}
	if total == 1 {
		return r.first(parts[0], 1, nil, 0, 0)
	}
	partial := r.l.temp(total * keptN * r.planes())
	at := 0
	for i, p := range parts {
		to := array{partial.Slice(at*keptN, chunks[i]*keptN), r.packed(sp)}
		if err := r.first(p, chunks[i], &to, keptN, total*keptN); err != nil {
			return err
		}
		at += chunks[i]
	}
	for total > 1 {
		next := r.l.chunks(keptN, total)
		var to *array
		view, plane := compute.View{}, 0
		if next > 1 {
			view, plane = r.l.temp(next*keptN*r.planes()), next*keptN
			to = &array{view.Slice(0, plane), r.packed(sp)}
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

// leastGroup is how many invocations every OpenGL 4.3 device allows a group.
const leastGroup = 1024

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
	y := 64 / x
	if team > 1 {
		for x*team > leastGroup || x*team*8*r.results > r.l.lim.sharedBytes {
			team /= 2 // a running result is 8 bytes at most
		}
		y = team
	}
	s := r.l.shader("Reduce", x, y)
	s.call("special")
	r.accumulator(s)
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

// accumulator defines the type of a running result, of none and how two are
// combined: that of one result, or a struct of several.
func (r reducer) accumulator(s *shader) {
	s.line("%s", r.op.combine)
	if r.results == 1 {
		s.define("ACC", r.op.acc)
		s.define("NONE", r.op.none)
		s.define("combine", "join")
		return
	}
	var fields, none, joined []string
	for i := range r.results {
		fields = append(fields, fmt.Sprintf("%s r%d;", r.op.acc, i))
		none = append(none, r.op.none)
		joined = append(joined, fmt.Sprintf("join(a.r%d, b.r%d)", i, i))
	}
	s.line("struct Results { %s };", strings.Join(fields, " "))
	s.define("ACC", "Results")
	s.define("NONE", "Results("+strings.Join(none, ", ")+")")
	s.line("Results combine(Results a, Results b) { return Results(%s); }", strings.Join(joined, ", "))
}

// pack is a running result made of the given ones, result is result i of one.
func (r reducer) pack(results []string) string {
	if r.results == 1 {
		return results[0]
	}
	return "Results(" + strings.Join(results, ", ") + ")"
}

func (r reducer) result(i int) string {
	if r.results == 1 {
		return "a"
	}
	return fmt.Sprintf("a.r%d", i)
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

// first combines the elements of sp into chunks partial results for each place,
// apart by step in the array to; further words of each lie plane further on.
// With to nil the results are final.
func (r reducer) first(sp space, chunks int, to *array, step, plane int) error {
	for _, p := range r.cut(r.into(sp, to), false) {
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
		s.line("\tposition = %s;", s.at(s.number(sp.arrays[r.positions].view.Offset), kept.arrays[r.positions], coords))
	}
	s.line("}")

	s.line("ACC value(uint r) {")
	coords = coordinates(len(reduced.dims))
	s.line("\tuint place = r;")
	s.split("place", reduced.dims, coords)
	element := "0u"
	if random {
		element = s.at("position", reduced.arrays[r.positions], coords)
	}
	args := []string{element}
	for i := range n {
		args = append(args, fromBits(in[i], fmt.Sprintf("%s[%s]", words[i], s.at(fmt.Sprintf("at%d", i), reduced.arrays[i], coords))))
	}
	values := make([]string, r.results)
	for i := range values {
		values[i] = fmt.Sprintf("o%d", i)
		args = append(args, values[i])
		s.line("\tfloat o%d;", i)
	}
	s.line("\tformula(%s);", strings.Join(args, ", "))
	if r.op.words == 2 {
		p := r.positions + 1
		s.line("\tuint ranks = %s;", s.at(s.number(sp.arrays[p].view.Offset), reduced.arrays[p], coords))
		for i := range values {
			values[i] = fmt.Sprintf("ranked(o%d, ranks)", i)
		}
	}
	s.line("\treturn %s;", r.pack(values))
	s.line("}")
	r.store(s, kept, chunks, step, plane)
	return r.dispatch(s, keptN, chunks, reduced.size())
}

// into is sp with partial results in place of all that is final.
func (r reducer) into(sp space, to *array) space {
	if to == nil {
		return sp
	}
	sp.arrays = append([]array(nil), sp.arrays...)
	for i := len(r.k.In); i < r.positions; i++ {
		sp.arrays[i] = *to
	}
	return sp
}

// again combines n partial results for each place into chunks.
func (r reducer) again(from compute.View, n int, sp space, chunks int, to *array, step, plane int) error {
	kept := r.axes(r.into(sp, to), false)
	keptN := kept.size()
	s := r.begin(keptN, chunks, n)
	words, base := s.memory(from, false)
	s.line("uint from;")
	s.line("void begin(uint kept) { from = %s + kept; }", base)
	load := func(plane int) string { return fmt.Sprintf("%s[from + (REDUCED * %du + r) * KEPT]", words, plane) }
	loads := make([]string, r.results)
	for i := range loads {
		loads[i] = fmt.Sprintf("uintBitsToFloat(%s)", load(i))
		if r.op.words == 2 {
			loads[i] = fmt.Sprintf("uvec2(%s, %s)", load(2*i), load(2*i+1))
		}
	}
	s.line("ACC value(uint r) { return %s; }", r.pack(loads))
	r.store(s, kept, chunks, step, plane)
	return r.dispatch(s, keptN, chunks, n)
}

// store adds the function that keeps a running result a: in the arrays of the
// results or, with a plane, as a partial one.
func (r reducer) store(s *shader, kept space, chunks, step, plane int) {
	if r.k.Then != nil && plane == 0 {
		s.formula("following", r.k.Then.Expr)
	}
	s.line("void store(uint kept, uint chunk, ACC a) {")
	coords := coordinates(len(kept.dims))
	s.split("kept", kept.dims, coords)
	if plane > 0 {
		r.storePartial(s, kept, chunks, step, plane, coords)
	} else {
		r.storeFinal(s, kept, coords)
	}
	s.line("}")
}

func (r reducer) storePartial(s *shader, kept space, chunks, step, plane int, coords []string) {
	out := kept.arrays[len(r.k.In)]
	out.view.Len = kept.span(out) + (chunks-1)*step + (r.planes()-1)*plane
	words, base := s.memory(out.view, true)
	s.line("\tuint at = %s + chunk * %s;", s.at(base, out, coords), s.number(step))
	for i := range r.results {
		value := r.result(i)
		parts := []string{"floatBitsToUint(" + value + ")"}
		if r.op.words == 2 {
			parts = []string{value + ".x", value + ".y"}
		}
		for k, part := range parts {
			s.line("\t%s[at + %s] = %s;", words, s.number((i*r.op.words+k)*plane), part)
		}
	}
}

func (r reducer) storeFinal(s *shader, kept space, coords []string) {
	place := func(i int, write bool) string {
		a := kept.arrays[i]
		a.view.Len = kept.span(a)
		words, base := s.memory(a.view, write)
		return fmt.Sprintf("%s[%s]", words, s.at(base, a, coords))
	}
	for i := range r.results {
		s.line("\tuint result%d = %s;", i, r.bits(i))
		s.line("\t%s = result%d;", place(len(r.k.In)+i, true), i)
	}
	then := r.k.Then
	if then == nil {
		return
	}
	at := len(r.k.In) + r.results
	position := r.positions + 2
	args := []string{s.at(s.number(kept.arrays[position].view.Offset), kept.arrays[position], coords)}
	for i, in := range then.In {
		// A result comes from where it was computed, not back from memory.
		word := ""
		for n, out := range r.k.Results() {
			if in.Overlaps(out.View) {
				word = fmt.Sprintf("result%d", n)
			}
		}
		if word == "" {
			word = place(at+i, false)
		}
		args = append(args, fromBits(then.Expr.Inputs[i], word))
	}
	for i, o := range then.Expr.Outputs {
		s.line("\t%s o%d;", glType(then.Expr.Code[o].Type), i)
		args = append(args, fmt.Sprintf("o%d", i))
	}
	s.line("\tfollowing(%s);", strings.Join(args, ", "))
	for i, o := range then.Expr.Outputs {
		s.line("\t%s = %s;", place(at+len(then.In)+i, true), toBits(then.Expr.Code[o].Type, fmt.Sprintf("o%d", i)))
	}
}

// bits is result i of a running result a as a word.
func (r reducer) bits(i int) string {
	if r.op.words == 2 {
		return r.result(i) + ".y"
	}
	return "floatBitsToUint(" + r.result(i) + ")"
}
