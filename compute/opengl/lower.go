//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"strconv"

	"github.com/glearn-go/glearn/compute"
)

// lower turns a kernel into dispatches. It runs on the caller's goroutine and
// touches no OpenGL.
func (d *device) lower(k compute.Kernel) ([]dispatch, error) {
	if err := k.Check(); err != nil {
		return nil, err
	}
	reads, writes := k.Access()
	for _, v := range append(reads, writes...) {
		if _, err := d.own(v); err != nil {
			return nil, fmt.Errorf("%v: %w", k, err)
		}
	}
	l := &lowering{lim: d.lim, dev: d}
	var err error
	switch k := k.(type) {
	case *compute.Map:
		err = l.mapKernel(k)
	case *compute.Copy:
		err = l.copyKernel(k)
	case *compute.Reduce:
		err = l.reduce(k)
	case *compute.MatMul:
		err = l.matMul(k)
	case *compute.SparseMatMul:
		err = l.sparseMatMul(k)
	case *compute.SparseMatMulT:
		err = l.sparseMatMulT(k)
	case *compute.Softmax:
		err = l.softmax(k)
	case *compute.SoftmaxCrossEntropy:
		err = l.crossEntropy(k)
	case *compute.Gather:
		err = l.gather(k)
	case *compute.ScatterAdd:
		err = l.scatterAdd(k)
	default:
		err = fmt.Errorf("opengl: there is no kernel %T: %w", k, compute.ErrMisuse)
	}
	if err != nil {
		return nil, fmt.Errorf("%v: %w", k, err)
	}
	return l.list, nil
}

// lowering collects the dispatches of one kernel.
type lowering struct {
	dev  *device
	lim  limits
	list []dispatch
	used int // words of scratch memory given out
}

// temp is a window of the scratch memory, words long, for this kernel alone.
func (l *lowering) temp(words int) compute.View {
	v := compute.View{Buffer: scratchBuffer{}, Offset: l.used, Len: words}
	l.used += (words + 63) &^ 63 // whole cache lines, and any alignment of windows
	return v
}

// scratchBuffer stands for the scratch memory in a view.
type scratchBuffer struct{}

// Len implements compute.Buffer; the memory grows as needed.
func (scratchBuffer) Len() int { return maxBufferWords }

// Release implements compute.Buffer.
func (scratchBuffer) Release() {}

// bufferOf is the buffer behind a view, nil for the scratch memory.
func bufferOf(v compute.View) *buffer {
	b, _ := v.Buffer.(*buffer) // own has checked all others
	return b
}

// fits is true when a window that holds words [offset, offset+n) can be bound.
func (l *lowering) fits(words int) bool { return l.lim.fits(words) }

// grid spreads n groups over the axes x and y, which are limited.
func (l *lowering) grid(n int) (x, y int) {
	if n <= l.lim.groups {
		return n, 1
	}
	y = ceil(n, l.lim.groups)
	return ceil(n, y), y
}

func ceil(a, b int) int { return (a + b - 1) / b }

func itoa(n int) string { return strconv.Itoa(n) }
