package metrics

import (
	"fmt"
	"strconv"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/glearn-go/glearn/data"
)

// ClassScore is how well one class is told from the others, each 0 to 1:
//
//	precision = TP / (TP + FP)     of those said to be of the class, how many are
//	recall    = TP / (TP + FN)     of those of the class, how many are said to be
//	F1        = 2 precision recall / (precision + recall)
//
// A share of nothing is 0.
type ClassScore struct {
	Name                  string
	Precision, Recall, F1 float64
	Support               int // rows of the class
}

// Report is the scores of every class and over all of them, as scikit-learn's
// classification_report has them.
type Report struct {
	Classes  []ClassScore
	Accuracy float64
	Macro    ClassScore // mean of the classes
	Weighted ClassScore // mean of the rows: each class counts by its support
}

// ClassificationReport compares predictions with the truth, row by row. Either
// is class numbers ([rows] or [rows, 1] of *data.Ints), a number for each class
// ([rows, classes]: the largest is meant), or the probability of class 1 of two
// ([rows, 1]: above 0.5). names are the classes' names, 0, 1, ... by default.
func ClassificationReport(yTrue, yPred data.Tensor, names ...string) (*Report, error) {
	t, n, err := classNumbers("targets", yTrue)
	if err != nil {
		return nil, err
	}
	p, m, err := classNumbers("predictions", yPred)
	if err != nil {
		return nil, err
	}
	if len(t) != len(p) || len(t) == 0 {
		return nil, fmt.Errorf("metrics: %w: %d targets and %d predictions, want as many, and at least 1", data.ErrShape, len(t), len(p))
	}
	if n = max(n, m); len(names) == 0 {
		for i := range n {
			names = append(names, strconv.Itoa(i))
		}
	}
	if len(names) < n {
		return nil, fmt.Errorf("metrics: %w: %d names for %d classes", data.ErrShape, len(names), n)
	}
	right, said, there, total := make([]int, len(names)), make([]int, len(names)), make([]int, len(names)), 0
	for i := range t {
		there[t[i]]++
		said[p[i]]++
		if t[i] == p[i] {
			right[t[i]]++
			total++
		}
	}
	r := &Report{Accuracy: float64(total) / float64(len(t)), Macro: ClassScore{Name: "macro average", Support: len(t)}, Weighted: ClassScore{Name: "weighted average", Support: len(t)}}
	for i, name := range names {
		c := ClassScore{Name: name, Support: there[i]}
		c.Precision = ratio(float64(right[i]), float64(said[i]))
		c.Recall = ratio(float64(right[i]), float64(there[i]))
		c.F1 = ratio(2*float64(right[i]), float64(said[i]+there[i]))
		r.Classes = append(r.Classes, c)
		r.Macro.add(c, 1/float64(len(names)))
		r.Weighted.add(c, float64(c.Support)/float64(len(t)))
	}
	return r, nil
}

// add is a share of a mean.
func (s *ClassScore) add(c ClassScore, share float64) {
	s.Precision += share * c.Precision
	s.Recall += share * c.Recall
	s.F1 += share * c.F1
}

// String is a table.
func (r *Report) String() string {
	t := table.NewWriter()
	style := table.StyleLight
	style.Format.Header = text.FormatDefault
	t.SetStyle(style)
	t.AppendHeader(table.Row{"", "precision", "recall", "F1", "support"})
	var numbers []table.ColumnConfig
	for i := 2; i <= 5; i++ {
		numbers = append(numbers, table.ColumnConfig{Number: i, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(numbers)
	for _, c := range r.Classes {
		t.AppendRow(c.row())
	}
	t.AppendSeparator()
	t.AppendRow(table.Row{"accuracy", "", "", decimals(r.Accuracy), r.Macro.Support})
	t.AppendRow(r.Macro.row())
	t.AppendRow(r.Weighted.row())
	return t.Render()
}

func (s ClassScore) row() table.Row {
	return table.Row{s.Name, decimals(s.Precision), decimals(s.Recall), decimals(s.F1), s.Support}
}

func decimals(x float64) string { return strconv.FormatFloat(x, 'f', 3, 64) }

// maxClasses bounds the rows of a report: a mistaken target is not one of them.
const maxClasses = 1 << 16

// classNumbers is the class of every row, and how many classes there are at
// least.
func classNumbers(what string, y data.Tensor) (classes []int, n int, err error) {
	if d, ok := y.(*data.Dense); ok && len(d.Values) == d.Rows() {
		classes, n = make([]int, d.Rows()), 2
		for i, v := range d.Values {
			if v > 0.5 {
				classes[i] = 1
			}
		}
		return classes, n, nil
	}
	if classes, err = (&data.Dataset{X: []data.Tensor{y}, Y: []data.Tensor{y}}).Classes(); err != nil {
		return nil, 0, fmt.Errorf("metrics: %s: %w", what, err)
	}
	for i, c := range classes {
		if c < 0 || c >= maxClasses {
			return nil, 0, fmt.Errorf("metrics: %s: row %d is class %d, want 0 to %d", what, i, c, maxClasses-1)
		}
		n = max(n, c+1)
	}
	if d, ok := y.(*data.Dense); ok {
		n = max(n, len(d.Values)/max(d.Rows(), 1))
	}
	return classes, n, nil
}
