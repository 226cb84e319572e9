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

// Reduce combines Expr(In), a Float with one output, over the axes of Dims
// marked in Axes: Out has stride 0 there, and gets one element for each place
// along the others. Sums are more accurate than adding up in a row: at least
// pairwise, or in blocks. Out overlaps no input.
type Reduce struct {
	Op   ReduceOp
	Expr *Expr
	Dims Dims
	Axes [MaxAxes]bool
	In   []Operand
	Out  Operand
}

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
	for a, reduced := range k.Axes {
		if reduced && k.Out.Strides[a] != 0 {
			return misuse(name, "output has stride %d along reduced axis %d", k.Out.Strides[a], a)
		}
	}
	if k.Op == ReduceArgMax && k.Reduced() == 0 && k.Kept().Size() > 0 {
		return misuse(name, "argmax of no elements")
	}
	if err := checkExpr(name, k.Expr, k.In, nil, k.Dims, 0, 1); err != nil {
		return err
	}
	if k.Expr.Code[k.Expr.Outputs[0]].Type != Float {
		return misuse(name, "the expression must be a float")
	}
	if err := checkOperand(name, "output", k.Out, k.Kept()); err != nil {
		return err
	}
	if !injective(k.Out.Strides, k.Kept()) {
		return misuse(name, "output has overlapping elements")
	}
	for i, x := range k.In {
		if k.Out.Overlaps(x.View) {
			return misuse(name, "output overlaps input %d", i)
		}
	}
	return nil
}

// Access implements Kernel.
func (k *Reduce) Access() (reads, writes []View) { return operandViews(k.In), some(k.Out.View) }

func (k *Reduce) String() string {
	return fmt.Sprintf("Reduce %v %s -> %s %s", k.Op, dims(k.Dims), dims(k.Kept()), k.Expr)
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
