package compute

import (
	"fmt"
	"strings"
)

// Kernel is a command for a device: one of *[MatMul], *[SparseMatMul],
// *[SparseMatMulT], *[Map], *[Reduce], *[Softmax], *[SoftmaxCrossEntropy],
// *[Gather], *[ScatterAdd] and *[Copy].
type Kernel interface {
	// Check says what breaks the kernel's contract; it wraps ErrMisuse.
	Check() error
	// Access lists the views the kernel reads and those it writes.
	Access() (reads, writes []View)
	// String is the kernel in one readable line.
	String() string
}

// MaxAxes is the number of axes of an iteration space.
const MaxAxes = 4

// Dims is an iteration space of up to four axes, row-major: the last axis runs
// fastest. Axes that are not needed lead and are 1.
type Dims [MaxAxes]int

// D pads the given axes in front with ones.
func D(axes ...int) Dims {
	d := Dims{1, 1, 1, 1}
	copy(d[MaxAxes-len(axes):], axes)
	return d
}

// Size is the number of elements.
func (d Dims) Size() int { return d[0] * d[1] * d[2] * d[3] }

// Strides is how many words apart neighbours along each axis of an iteration
// space are; 0 repeats the same element along that axis. Never negative.
type Strides [MaxAxes]int

// Contiguous is the strides of an array that fills d without gaps.
func (d Dims) Contiguous() Strides {
	return Strides{d[1] * d[2] * d[3], d[2] * d[3], d[3], 1}
}

// Index is the place of element (c0, c1, c2, c3) relative to the view's start.
func (s Strides) Index(c Dims) int {
	return c[0]*s[0] + c[1]*s[1] + c[2]*s[2] + c[3]*s[3]
}

// span is the number of words from the first to one past the last element.
func (s Strides) span(d Dims) int {
	if d.Size() == 0 {
		return 0
	}
	n := 1
	for a := range d {
		n += (d[a] - 1) * s[a]
	}
	return n
}

// Operand is an array laid over a kernel's iteration space.
type Operand struct {
	View
	Strides Strides
}

// Full is the operand that fills d without gaps.
func Full(v View, d Dims) Operand { return Operand{View: v, Strides: d.Contiguous()} }

// Scalar is the operand that repeats one word everywhere.
func Scalar(v View) Operand { return Operand{View: v} }

// RowVector repeats a vector along every axis but the last (a bias row).
func RowVector(v View) Operand { return Operand{View: v, Strides: Strides{0, 0, 0, 1}} }

// ColumnVector repeats a vector along the last axis: one value for each row.
func ColumnVector(v View) Operand { return Operand{View: v, Strides: Strides{0, 0, 1, 0}} }

// Matrix is a row-major matrix inside a view, or a batch of them.
type Matrix struct {
	View
	Stride int // words between the starts of neighbouring rows
	Batch  int // words between the starts of neighbouring matrices; 0 shares one
}

// Rows is a matrix without gaps between its rows, the view's only content.
func Rows(v View, columns int) Matrix { return Matrix{View: v, Stride: columns} }

// Index picks rows: row i of the result is row View[Cursor[0]*Stride+i] of a
// table. The zero Index picks row i for i.
type Index struct {
	View        // int32 row numbers
	Cursor View // one int32, or empty for 0
	Stride int  // row numbers that one step of the cursor passes over
}

func misuse(kernel, format string, args ...any) error {
	return fmt.Errorf("compute: %s: "+format+": %w", append(append([]any{kernel}, args...), ErrMisuse)...)
}

// checkOperand says whether o stays inside its view over d.
func checkOperand(kernel, name string, o Operand, d Dims) error {
	if d.Size() == 0 {
		return nil
	}
	if o.Empty() {
		return misuse(kernel, "%s is missing", name)
	}
	for _, s := range o.Strides {
		if s < 0 {
			return misuse(kernel, "%s has a negative stride %v", name, o.Strides)
		}
	}
	if n := o.Strides.span(d); n > o.Len {
		return misuse(kernel, "%s spans %d words over %v, its view has %d", name, n, d, o.Len)
	}
	return checkView(kernel, name, o.View)
}

func checkView(kernel, name string, v View) error {
	if v.Empty() {
		return misuse(kernel, "%s is missing", name)
	}
	if v.Offset < 0 || v.Len < 0 || v.Len > v.Buffer.Len()-v.Offset {
		return misuse(kernel, "%s is %d words from %d of a buffer of %d", name, v.Len, v.Offset, v.Buffer.Len())
	}
	return nil
}

func checkMatrix(kernel, name string, m Matrix, batch, rows, cols int) error {
	if batch*rows*cols == 0 {
		return nil
	}
	if m.Stride < cols || m.Batch < 0 {
		return misuse(kernel, "%s has stride %d for %d columns, batch stride %d", name, m.Stride, cols, m.Batch)
	}
	if n := (batch-1)*m.Batch + (rows-1)*m.Stride + cols; n > m.Len {
		return misuse(kernel, "%s spans %d words for %d x [%d, %d], its view has %d", name, n, batch, rows, cols, m.Len)
	}
	return checkView(kernel, name, m.View)
}

func checkIndex(kernel string, x Index, rows int) error {
	if rows == 0 {
		return nil
	}
	if x.Empty() {
		if !x.Cursor.Empty() {
			return misuse(kernel, "a cursor without row numbers")
		}
		return nil
	}
	if x.Stride < 0 {
		return misuse(kernel, "the cursor passes over %d row numbers", x.Stride)
	}
	if x.Len < rows {
		return misuse(kernel, "index has %d row numbers for %d rows", x.Len, rows)
	}
	if !x.Cursor.Empty() {
		if x.Cursor.Len != 1 {
			return misuse(kernel, "cursor has %d words, want 1", x.Cursor.Len)
		}
		if err := checkView(kernel, "cursor", x.Cursor); err != nil {
			return err
		}
	}
	return checkView(kernel, "index", x.View)
}

// checkExpr holds an Expr against the operands that a kernel gives it.
func checkExpr(kernel string, e *Expr, in, out []Operand, d Dims, inBase, outBase int) error {
	if e == nil {
		return misuse(kernel, "expression is missing")
	}
	if len(e.Inputs) != len(in)+inBase {
		return misuse(kernel, "expression has %d inputs, kernel gives %d", len(e.Inputs), len(in)+inBase)
	}
	if len(e.Outputs) != len(out)+outBase {
		return misuse(kernel, "expression has %d outputs, kernel takes %d", len(e.Outputs), len(out)+outBase)
	}
	for i, o := range in {
		if err := checkOperand(kernel, fmt.Sprintf("input %d", i+inBase), o, d); err != nil {
			return err
		}
	}
	for i, o := range out {
		name := fmt.Sprintf("output %d", i+outBase)
		if err := checkOperand(kernel, name, o, d); err != nil {
			return err
		}
		if !injective(o.Strides, d) {
			return misuse(kernel, "%s has overlapping elements: strides %v over %v", name, o.Strides, d)
		}
	}
	return checkAliases(kernel, in, out, d)
}

// injective is true when no two elements of d share a word under s: sorted by
// stride, every axis steps past all that the smaller ones reach.
func injective(s Strides, d Dims) bool {
	if d.Size() == 0 {
		return true
	}
	reach := 0
	done := [MaxAxes]bool{}
	for range d {
		best := -1
		for a := range d {
			if !done[a] && d[a] > 1 && (best < 0 || s[a] < s[best]) {
				best = a
			}
		}
		if best < 0 {
			return true
		}
		if s[best] <= reach {
			return false
		}
		reach += (d[best] - 1) * s[best]
		done[best] = true
	}
	return true
}

// checkAliases allows an output to be an input only element for element, and
// outputs in one view only where they interleave.
func checkAliases(kernel string, in, out []Operand, d Dims) error {
	if d.Size() == 0 {
		return nil
	}
	for i, o := range out {
		for k, x := range in {
			if o.Overlaps(x.View) && !sameArray(o, x, d) {
				return misuse(kernel, "output %d overlaps input %d without being the same array", i, k)
			}
		}
		for k := range i {
			if o.Overlaps(out[k].View) && interferes(o, out[k], d) {
				return misuse(kernel, "outputs %d and %d overlap", k, i)
			}
		}
	}
	return nil
}

// sameArray is true when both operands put each element of d at the same word.
// Strides along axes of length 1 do not matter.
func sameArray(a, b Operand, d Dims) bool {
	if a.Buffer != b.Buffer || a.Offset != b.Offset {
		return false
	}
	for axis, n := range d {
		if n > 1 && a.Strides[axis] != b.Strides[axis] {
			return false
		}
	}
	return true
}

// interferes is true when two injective operands of one buffer may share a word.
// With equal strides the answer is exact; with others it is always yes.
func interferes(a, b Operand, d Dims) bool {
	apart := a.Offset - b.Offset
	b.Offset = a.Offset
	return !sameArray(a, b, d) || reaches(apart, a.Strides, d)
}

// reaches is true when two elements of d lie n words apart under injective
// strides. Axes go from the longest stride to the shortest: what the shorter
// ones reach is less than one step, so only two counts of steps are possible.
func reaches(n int, s Strides, d Dims) bool {
	longest := -1
	for a := range d {
		if d[a] > 1 && (longest < 0 || s[a] > s[longest]) {
			longest = a
		}
	}
	if longest < 0 {
		return n == 0
	}
	n, step, most := max(n, -n), s[longest], d[longest]-1
	d[longest] = 1
	down := n / step
	return down <= most && reaches(n-down*step, s, d) || down+1 <= most && reaches(n-(down+1)*step, s, d)
}

func operandViews(os []Operand) []View {
	var views []View
	for _, o := range os {
		if !o.Empty() {
			views = append(views, o.View)
		}
	}
	return views
}

func some(views ...View) []View {
	var out []View
	for _, v := range views {
		if !v.Empty() {
			out = append(out, v)
		}
	}
	return out
}

func dims(d Dims) string {
	var parts []string
	for i, n := range d {
		if n != 1 || len(parts) > 0 || i == MaxAxes-1 {
			parts = append(parts, fmt.Sprint(n))
		}
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
