package compute

import "fmt"

// Map computes Out = Expr(In) for every element of Dims. An output may be the
// same array as an input (equal view and strides); otherwise outputs overlap
// nothing.
type Map struct {
	Expr *Expr
	Dims Dims
	In   []Operand
	Out  []Operand
}

// Check implements Kernel.
func (k *Map) Check() error {
	if err := checkDims("Map", k.Dims); err != nil {
		return err
	}
	return checkExpr("Map", k.Expr, k.In, k.Out, k.Dims, 0, 0)
}

func checkDims(kernel string, d Dims) error {
	for _, n := range d {
		if n < 0 {
			return misuse(kernel, "negative axis in %v", d)
		}
	}
	return nil
}

// Access implements Kernel.
func (k *Map) Access() (reads, writes []View) { return operandViews(k.In), operandViews(k.Out) }

func (k *Map) String() string { return fmt.Sprintf("Map %s %s", dims(k.Dims), k.Expr) }

// ReduceOp is how Reduce combines elements.
type ReduceOp uint8

// The reductions. Their order is fixed, so results repeat bit for bit.
const (
	ReduceSum    ReduceOp = iota // 0 for no elements
	ReduceMax                    // -Inf for no elements; NaN if any is NaN
	ReduceArgMax                 // int32: row-major position, among the reduced axes, of the first largest; NaN counts as largest; at least one element
)

func (op ReduceOp) String() string {
	if op > ReduceArgMax {
		return "reduction?"
	}
	return [...]string{"sum", "max", "argmax"}[op]
}

// Reduce combines each output of Expr(In), Floats, over the axes of Dims marked
// in Axes. Output 0 goes to Out, outputs 1.. to More: these have stride 0 along
// the marked axes, and get one element for each place along the others. Sums are
// more accurate than adding up in a row: at least pairwise, or in blocks.
// Results overlap no input.
//
// Then, when not nil, is a Map over Kept() that runs once the results stand: it
// may read them, element for element, and writes over nothing that Expr reads.
// Several sums and what is made of them are one kernel by this.
type Reduce struct {
	Op   ReduceOp
	Expr *Expr
	Dims Dims
	Axes [MaxAxes]bool
	In   []Operand
	Out  Operand
	More []Operand
	Then *Map
}

// Results lists Out and More.
func (k *Reduce) Results() []Operand { return append([]Operand{k.Out}, k.More...) }

// Kept is Dims with the reduced axes set to 1.
func (k *Reduce) Kept() Dims {
	d := k.Dims
	for a, reduced := range k.Axes {
		if reduced {
			d[a] = 1
		}
	}
	return d
}

// Reduced is the number of elements combined into one.
func (k *Reduce) Reduced() int {
	n := 1
	for a, reduced := range k.Axes {
		if reduced {
			n *= k.Dims[a]
		}
	}
	return n
}

// Check implements Kernel.
func (k *Reduce) Check() error {
	const name = "Reduce"
	if err := checkDims(name, k.Dims); err != nil {
		return err
	}
	if k.Op > ReduceArgMax {
		return misuse(name, "unknown operation %d", k.Op)
	}
	if k.Op == ReduceArgMax && k.Reduced() == 0 && k.Kept().Size() > 0 {
		return misuse(name, "argmax of no elements")
	}
	results := k.Results()
	if err := checkExpr(name, k.Expr, k.In, nil, k.Dims, 0, len(results)); err != nil {
		return err
	}
	for i, out := range results {
		if k.Expr.Code[k.Expr.Outputs[i]].Type != Float {
			return misuse(name, "the expression must be a float")
		}
		if err := k.checkResult(i, out); err != nil {
			return err
		}
	}
	return k.checkThen(results)
}

func (k *Reduce) checkResult(i int, out Operand) error {
	name := fmt.Sprintf("output %d", i)
	for a, reduced := range k.Axes {
		if reduced && out.Strides[a] != 0 {
			return misuse("Reduce", "%s has stride %d along reduced axis %d", name, out.Strides[a], a)
		}
	}
	if err := checkOperand("Reduce", name, out, k.Kept()); err != nil {
		return err
	}
	if !injective(out.Strides, k.Kept()) {
		return misuse("Reduce", "%s has overlapping elements", name)
	}
	for n, x := range k.In {
		if out.Overlaps(x.View) {
			return misuse("Reduce", "%s overlaps input %d", name, n)
		}
	}
	for n, other := range k.Results()[:i] {
		if out.Overlaps(other.View) && interferes(out, other, k.Kept()) {
			return misuse("Reduce", "outputs %d and %d overlap", n, i)
		}
	}
	return nil
}

func (k *Reduce) checkThen(results []Operand) error {
	if k.Then == nil {
		return nil
	}
	if k.Then.Dims != k.Kept() {
		return misuse("Reduce", "what follows runs over %s, the results over %s", dims(k.Then.Dims), dims(k.Kept()))
	}
	if err := k.Then.Check(); err != nil {
		return err
	}
	for i, r := range results {
		for n, x := range k.Then.In {
			if x.Overlaps(r.View) && !sameArray(x, r, k.Kept()) {
				return misuse("Reduce", "input %d of what follows overlaps output %d without being the same array", n, i)
			}
		}
		for n, y := range k.Then.Out {
			if y.Overlaps(r.View) {
				return misuse("Reduce", "output %d of what follows overlaps output %d", n, i)
			}
		}
	}
	for n, y := range k.Then.Out {
		for i, x := range k.In {
			if y.Overlaps(x.View) {
				return misuse("Reduce", "output %d of what follows overlaps input %d", n, i)
			}
		}
	}
	return nil
}

// Access implements Kernel.
func (k *Reduce) Access() (reads, writes []View) {
	reads, writes = operandViews(k.In), operandViews(k.Results())
	if k.Then != nil {
		r, w := k.Then.Access()
		reads, writes = append(reads, r...), append(writes, w...)
	}
	return reads, writes
}

func (k *Reduce) String() string {
	s := fmt.Sprintf("Reduce %v %s -> %s %s", k.Op, dims(k.Dims), dims(k.Kept()), k.Expr)
	if k.Then != nil {
		s += fmt.Sprintf(", then %s", k.Then.Expr)
	}
	return s
}

// Copy moves words of any type: Out = In for every element of Dims. Slices,
// transposes, repeats, concatenations and padding are its strides. Out
// overlaps In only by being the same array.
type Copy struct {
	Dims Dims
	In   Operand
	Out  Operand
}

// Check implements Kernel.
func (k *Copy) Check() error {
	if err := checkDims("Copy", k.Dims); err != nil {
		return err
	}
	return checkExpr("Copy", Identity(Int), []Operand{k.In}, []Operand{k.Out}, k.Dims, 0, 0)
}

// Access implements Kernel.
func (k *Copy) Access() (reads, writes []View) { return some(k.In.View), some(k.Out.View) }

func (k *Copy) String() string {
	return fmt.Sprintf("Copy %s strides %v -> %v", dims(k.Dims), k.In.Strides, k.Out.Strides)
}
