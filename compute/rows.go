package compute

import "fmt"

// Softmax computes, for every row x of In, Out = exp(x - max x) / sum, or its
// logarithm with Log. Out may be In. The sum is as accurate as one of Reduce.
type Softmax struct {
	Rows, Cols int
	In, Out    Matrix
	Log        bool
}

// Check implements Kernel.
func (k *Softmax) Check() error {
	const name = "Softmax"
	if k.Rows < 0 || k.Cols < 0 {
		return misuse(name, "negative size [%d, %d]", k.Rows, k.Cols)
	}
	if err := checkMatrix(name, "In", k.In, 1, k.Rows, k.Cols); err != nil {
		return err
	}
	if err := checkMatrix(name, "Out", k.Out, 1, k.Rows, k.Cols); err != nil {
		return err
	}
	if k.In.Overlaps(k.Out.View) && (k.In.Offset != k.Out.Offset || k.In.Stride != k.Out.Stride) {
		return misuse(name, "Out overlaps In without being the same array")
	}
	return nil
}

// Access implements Kernel.
func (k *Softmax) Access() (reads, writes []View) { return some(k.In.View), some(k.Out.View) }

func (k *Softmax) String() string {
	if k.Log {
		return fmt.Sprintf("LogSoftmax [%d, %d]", k.Rows, k.Cols)
	}
	return fmt.Sprintf("Softmax [%d, %d]", k.Rows, k.Cols)
}

// SoftmaxCrossEntropy computes, for every row x of Logits and its target
// distribution t, Loss = -sum t log softmax(x), and the loss's gradient with
// respect to x, Grad = Scale (softmax(x) sum(t) - t). The target is a row of Targets,
// or the class number in Labels (t is then 1 there). A label outside
// [0, Cols) gives a NaN loss and gradient. Terms with t = 0 count as 0. Grad
// may be empty, and may be Logits. Sums are as accurate as those of Reduce.
type SoftmaxCrossEntropy struct {
	Rows, Cols int
	Logits     Matrix
	Targets    Matrix  // float32, Rows x Cols; or empty, and then
	Labels     View    // int32, Rows
	Loss       View    // Rows
	Grad       Matrix  // Rows x Cols, or empty
	Scale      float32 // of Grad; 0 is 1
}

// Check implements Kernel.
func (k *SoftmaxCrossEntropy) Check() error {
	const name = "SoftmaxCrossEntropy"
	if k.Rows < 0 || k.Cols < 0 {
		return misuse(name, "negative size [%d, %d]", k.Rows, k.Cols)
	}
	if k.Rows == 0 {
		return nil
	}
	if err := checkMatrix(name, "Logits", k.Logits, 1, k.Rows, k.Cols); err != nil {
		return err
	}
	if k.Targets.Empty() == k.Labels.Empty() {
		return misuse(name, "give Targets or Labels, and not both")
	}
	if k.Targets.Empty() {
		if err := checkView(name, "Labels", k.Labels); err != nil {
			return err
		}
		if k.Labels.Len != k.Rows {
			return misuse(name, "%d labels for %d rows", k.Labels.Len, k.Rows)
		}
	} else if err := checkMatrix(name, "Targets", k.Targets, 1, k.Rows, k.Cols); err != nil {
		return err
	}
	if err := checkView(name, "Loss", k.Loss); err != nil {
		return err
	}
	if k.Loss.Len != k.Rows {
		return misuse(name, "%d losses for %d rows", k.Loss.Len, k.Rows)
	}
	if !k.Grad.Empty() {
		if err := checkMatrix(name, "Grad", k.Grad, 1, k.Rows, k.Cols); err != nil {
			return err
		}
		if k.Grad.Overlaps(k.Logits.View) && (k.Grad.Offset != k.Logits.Offset || k.Grad.Stride != k.Logits.Stride) {
			return misuse(name, "Grad overlaps Logits without being the same array")
		}
	}
	for _, v := range some(k.Targets.View, k.Labels) {
		if v.Overlaps(k.Grad.View) || v.Overlaps(k.Loss) {
			return misuse(name, "an output overlaps the targets")
		}
	}
	if s := k.Scale; s-s != 0 {
		return misuse(name, "Scale is %v", s)
	}
	if k.Loss.Overlaps(k.Grad.View) || k.Loss.Overlaps(k.Logits.View) {
		return misuse(name, "Loss overlaps Grad or Logits")
	}
	return nil
}

// GradScale is the factor of Grad.
func (k *SoftmaxCrossEntropy) GradScale() float32 {
	if k.Scale == 0 {
		return 1
	}
	return k.Scale
}

// Access implements Kernel.
func (k *SoftmaxCrossEntropy) Access() (reads, writes []View) {
	return some(k.Logits.View, k.Targets.View, k.Labels), some(k.Loss, k.Grad.View)
}

func (k *SoftmaxCrossEntropy) String() string {
	s := fmt.Sprintf("SoftmaxCrossEntropy [%d, %d]", k.Rows, k.Cols)
	if k.Scale != 0 && !k.Grad.Empty() {
		s += fmt.Sprintf(", gradient times %g", k.Scale)
	}
	return s
}

// Gather copies rows: Out[i] = Table[Index(i)], words of any type. A row
// number outside [0, TableRows) gives a row of NaN bits (0x7FC00000). With Sum
// above 1, rows are of floats, and Out[i] is the sum of Table[Index(i Sum + k)]
// for k from 0 below Sum.
type Gather struct {
	Rows, Cols int
	TableRows  int
	Sum        int // 0 is 1
	Table      Matrix
	Index      Index
	Out        Matrix
}

// Check implements Kernel.
func (k *Gather) Check() error {
	const name = "Gather"
	if k.Sum < 0 {
		return misuse(name, "sums of %d rows", k.Sum)
	}
	if err := checkRows(name, k.Rows*k.Sums(), k.Cols, k.TableRows, k.Table, k.Index, "Out", k.Out, k.Rows); err != nil {
		return err
	}
	for _, v := range some(k.Table.View, k.Index.View, k.Index.Cursor) {
		if v.Overlaps(k.Out.View) {
			return misuse(name, "Out overlaps what it is gathered from")
		}
	}
	return nil
}

func checkRows(name string, rows, cols, tableRows int, table Matrix, index Index, otherName string, other Matrix, otherRows int) error {
	if rows < 0 || cols < 0 || tableRows < 0 {
		return misuse(name, "negative size [%d, %d] of %d rows", rows, cols, tableRows)
	}
	if err := checkMatrix(name, "Table", table, 1, tableRows, cols); err != nil {
		return err
	}
	if err := checkMatrix(name, otherName, other, 1, otherRows, cols); err != nil {
		return err
	}
	return checkIndex(name, index, rows)
}

// Access implements Kernel.
func (k *Gather) Access() (reads, writes []View) {
	return some(k.Table.View, k.Index.View, k.Index.Cursor), some(k.Out.View)
}

// Sums is how many rows of the table are added up for a row of Out.
func (k *Gather) Sums() int { return max(k.Sum, 1) }

func (k *Gather) String() string {
	s := fmt.Sprintf("Gather [%d, %d] of [%d, %d]", k.Rows, k.Cols, k.TableRows, k.Cols)
	if n := k.Sums(); n > 1 {
		s += fmt.Sprintf(", sums of %d rows", n)
	}
	return s
}

// ScatterAdd adds rows of floats: Table[Index(i)] += In[i / Repeat], for i in
// order, so that repeated row numbers add up the same way every time. A row
// number outside [0, TableRows) is skipped.
type ScatterAdd struct {
	Rows, Cols int
	TableRows  int
	Repeat     int // Rows is a multiple of it; 0 is 1
	In         Matrix
	Index      Index
	Table      Matrix
}

// Check implements Kernel.
func (k *ScatterAdd) Check() error {
	const name = "ScatterAdd"
	if k.Repeat < 0 || k.Rows%k.Repeats() != 0 {
		return misuse(name, "%d rows, each %d times", k.Rows, k.Repeat)
	}
	if err := checkRows(name, k.Rows, k.Cols, k.TableRows, k.Table, k.Index, "In", k.In, k.Rows/k.Repeats()); err != nil {
		return err
	}
	for _, v := range some(k.In.View, k.Index.View, k.Index.Cursor) {
		if v.Overlaps(k.Table.View) {
			return misuse(name, "Table overlaps what is added to it")
		}
	}
	return nil
}

// Access implements Kernel.
func (k *ScatterAdd) Access() (reads, writes []View) {
	return some(k.In.View, k.Index.View, k.Index.Cursor, k.Table.View), some(k.Table.View)
}

// Repeats is how many row numbers in a row a row of In is added for.
func (k *ScatterAdd) Repeats() int { return max(k.Repeat, 1) }

func (k *ScatterAdd) String() string {
	s := fmt.Sprintf("ScatterAdd [%d, %d] into [%d, %d]", k.Rows, k.Cols, k.TableRows, k.Cols)
	if n := k.Repeats(); n > 1 {
		s += fmt.Sprintf(", each row %d times", n)
	}
	return s
}
