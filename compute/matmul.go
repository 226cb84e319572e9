package compute

import "fmt"

// Epilogue is an Expr that a product applies to each of its elements before
// it stores them: a bias, an activation, an activation's derivative.
//
// Input 0 of the Expr is the product's element; inputs 1.. are In, laid over
// the iteration space D(batch, m, n). Output 0 goes to C; outputs 1.. to Out.
type Epilogue struct {
	Expr *Expr
	In   []Operand
	Out  []Operand
}

// MatMul computes C[b] = epilogue(op(A[b]) op(B[b])), batch matrices of
// m x n = (m x k)(k x n). op is the matrix as it stands or, with TransA or
// TransB, its transpose: A is then stored k x m, B n x k. With Accumulate the
// product is added to what stands in C first. C overlaps neither A nor B. A
// factor that is exactly zero may be skipped, so 0 times NaN or Inf is
// unspecified. With k = 0 the product is 0.
type MatMul struct {
	Batch          int // 0 means 1
	M, N, K        int
	TransA, TransB bool
	A, B, C        Matrix
	Accumulate     bool
	Epilogue       *Epilogue // nil stores the product
}

// Batches is the number of products: Batch, or 1 where that is 0.
func (k *MatMul) Batches() int { return max(k.Batch, 1) }

// Dims is the iteration space of the epilogue.
func (k *MatMul) Dims() Dims { return D(k.Batches(), k.M, k.N) }

// FLOPs counts a multiplication and an addition for each term.
func (k *MatMul) FLOPs() int64 {
	return 2 * int64(k.Batches()) * int64(k.M) * int64(k.N) * int64(k.K)
}

// Check implements Kernel.
func (k *MatMul) Check() error {
	const name = "MatMul"
	if k.M < 0 || k.N < 0 || k.K < 0 || k.Batch < 0 {
		return misuse(name, "negative size in batch %d, m %d, n %d, k %d", k.Batch, k.M, k.N, k.K)
	}
	ar, ac, br, bc := k.M, k.K, k.K, k.N
	if k.TransA {
		ar, ac = ac, ar
	}
	if k.TransB {
		br, bc = bc, br
	}
	b := k.Batches()
	if err := checkMatrix(name, "A", k.A, b, ar, ac); err != nil {
		return err
	}
	if err := checkMatrix(name, "B", k.B, b, br, bc); err != nil {
		return err
	}
	if err := checkMatrix(name, "C", k.C, b, k.M, k.N); err != nil {
		return err
	}
	if !injective(Strides{0, k.C.Batch, k.C.Stride, 1}, k.Dims()) {
		return misuse(name, "the matrices of C overlap: batch stride %d", k.C.Batch)
	}
	if k.C.Overlaps(k.A.View) || k.C.Overlaps(k.B.View) {
		return misuse(name, "C overlaps a factor")
	}
	return checkEpilogue(name, k.Epilogue, k.C, k.Dims(), k.A.View, k.B.View)
}

func checkEpilogue(name string, e *Epilogue, c Matrix, d Dims, factors ...View) error {
	if e == nil {
		return nil
	}
	if e.Expr == nil || len(e.Expr.Inputs) == 0 || len(e.Expr.Outputs) == 0 || e.Expr.Inputs[0] != Float || e.Expr.Code[e.Expr.Outputs[0]].Type != Float {
		return misuse(name, "epilogue must map a float product to a float")
	}
	if err := checkExpr(name+" epilogue", e.Expr, e.In, e.Out, d, 1, 1); err != nil {
		return err
	}
	out := Operand{View: c.View, Strides: Strides{0, c.Batch, c.Stride, 1}}
	if err := checkAliases(name+" epilogue", e.In, append([]Operand{out}, e.Out...), d); err != nil {
		return err
	}
	for _, o := range e.Out {
		for _, f := range factors {
			if o.Overlaps(f) {
				return misuse(name, "an epilogue output overlaps a factor")
			}
		}
	}
	return nil
}

// Access implements Kernel.
func (k *MatMul) Access() (reads, writes []View) {
	reads, writes = some(k.A.View, k.B.View), some(k.C.View)
	return epilogueAccess(k.Epilogue, k.Accumulate, k.C.View, reads, writes)
}

func epilogueAccess(e *Epilogue, accumulate bool, c View, reads, writes []View) ([]View, []View) {
	if accumulate {
		reads = append(reads, c)
	}
	if e != nil {
		reads = append(reads, operandViews(e.In)...)
		writes = append(writes, operandViews(e.Out)...)
	}
	return reads, writes
}

func (k *MatMul) String() string {
	a, b := fmt.Sprintf("A[%d, %d]", k.M, k.K), fmt.Sprintf("B[%d, %d]", k.K, k.N)
	if k.TransA {
		a = fmt.Sprintf("A[%d, %d]ᵀ", k.K, k.M)
	}
	if k.TransB {
		b = fmt.Sprintf("B[%d, %d]ᵀ", k.N, k.K)
	}
	s := fmt.Sprintf("MatMul C[%d, %d] %s %s %s", k.M, k.N, assign(k.Accumulate), a, b)
	if k.Batches() > 1 {
		s += fmt.Sprintf(" x %d", k.Batch)
	}
	return s + epilogueString(k.Epilogue)
}

func assign(accumulate bool) string {
	if accumulate {
		return "+="
	}
	return "="
}

func epilogueString(e *Epilogue) string {
	if e == nil {
		return ""
	}
	return fmt.Sprintf(", then %v", e.Expr) // which may be nil
}

// CSR is a sparse matrix of rows x Cols words: row r has the values Val at the
// columns Col, both from RowPtr[r] to RowPtr[r+1], columns in ascending order.
// What stands at one column several times adds up. Rows picks which rows of
// the stored matrix make up the operand, so a shuffled batch is no copy.
type CSR struct {
	RowPtr View // int32, one more than the stored rows
	Col    View // int32
	Val    View // float32; empty when every stored value is 1
	Cols   int
	Rows   Index
}

func (a CSR) check(kernel string, rows int) error {
	if rows == 0 {
		return nil
	}
	if err := checkView(kernel, "RowPtr", a.RowPtr); err != nil {
		return err
	}
	if a.RowPtr.Len < 1 || a.Rows.Empty() && a.RowPtr.Len < rows+1 {
		return misuse(kernel, "RowPtr has %d words for %d rows", a.RowPtr.Len, rows)
	}
	if !a.Col.Empty() {
		if err := checkView(kernel, "Col", a.Col); err != nil {
			return err
		}
	}
	if !a.Val.Empty() {
		if a.Val.Len != a.Col.Len {
			return misuse(kernel, "%d values for %d columns", a.Val.Len, a.Col.Len)
		}
		if err := checkView(kernel, "Val", a.Val); err != nil {
			return err
		}
	}
	return checkIndex(kernel, a.Rows, rows)
}

func (a CSR) views() []View { return some(a.RowPtr, a.Col, a.Val, a.Rows.View, a.Rows.Cursor) }

// SparseMatMul computes C = epilogue(A B): m x n = (m x k sparse)(k x n), with
// k = A.Cols. With Accumulate the product is added to what stands in C.
type SparseMatMul struct {
	M, N       int
	A          CSR
	B, C       Matrix
	Accumulate bool
	Epilogue   *Epilogue
}

// Check implements Kernel.
func (k *SparseMatMul) Check() error {
	const name = "SparseMatMul"
	if k.M < 0 || k.N < 0 || k.A.Cols < 0 {
		return misuse(name, "negative size in m %d, n %d, k %d", k.M, k.N, k.A.Cols)
	}
	if err := k.A.check(name, k.M); err != nil {
		return err
	}
	if err := checkMatrix(name, "B", k.B, 1, k.A.Cols, k.N); err != nil {
		return err
	}
	if err := checkMatrix(name, "C", k.C, 1, k.M, k.N); err != nil {
		return err
	}
	for _, v := range append(k.A.views(), k.B.View) {
		if k.C.Overlaps(v) {
			return misuse(name, "C overlaps a factor")
		}
	}
	return checkEpilogue(name, k.Epilogue, k.C, D(k.M, k.N), append(k.A.views(), k.B.View)...)
}

// Access implements Kernel.
func (k *SparseMatMul) Access() (reads, writes []View) {
	return epilogueAccess(k.Epilogue, k.Accumulate, k.C.View, append(k.A.views(), some(k.B.View)...), some(k.C.View))
}

func (k *SparseMatMul) String() string {
	return fmt.Sprintf("SparseMatMul C[%d, %d] %s A[%d, %d] sparse B[%d, %d]", k.M, k.N, assign(k.Accumulate), k.M, k.A.Cols, k.A.Cols, k.N) + epilogueString(k.Epilogue)
}

// SparseMatMulT computes C = Aᵀ B: k x n = (m x k sparse)ᵀ (m x n), with
// k = A.Cols: the weight gradient of a layer whose input is sparse. Rows of C
// that no stored value touches become 0, or stay as they are with Accumulate.
// The terms of each element are added in the order of the rows.
type SparseMatMulT struct {
	M, N       int
	A          CSR
	B, C       Matrix
	Accumulate bool
}

// Check implements Kernel.
func (k *SparseMatMulT) Check() error {
	const name = "SparseMatMulT"
	if k.M < 0 || k.N < 0 || k.A.Cols < 0 {
		return misuse(name, "negative size in m %d, n %d, k %d", k.M, k.N, k.A.Cols)
	}
	if err := k.A.check(name, k.M); err != nil {
		return err
	}
	if err := checkMatrix(name, "B", k.B, 1, k.M, k.N); err != nil {
		return err
	}
	if err := checkMatrix(name, "C", k.C, 1, k.A.Cols, k.N); err != nil {
		return err
	}
	for _, v := range append(k.A.views(), k.B.View) {
		if k.C.Overlaps(v) {
			return misuse(name, "C overlaps a factor")
		}
	}
	return nil
}

// Access implements Kernel.
func (k *SparseMatMulT) Access() (reads, writes []View) {
	return epilogueAccess(nil, k.Accumulate, k.C.View, append(k.A.views(), some(k.B.View)...), some(k.C.View))
}

func (k *SparseMatMulT) String() string {
	return fmt.Sprintf("SparseMatMulT C[%d, %d] %s A[%d, %d]ᵀ sparse B[%d, %d]", k.A.Cols, k.N, assign(k.Accumulate), k.M, k.A.Cols, k.M, k.N)
}
