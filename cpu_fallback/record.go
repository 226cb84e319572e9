package cpu_fallback

import (
	"fmt"

	"github.com/glearn-go/glearn/compute"
)

// op is a kernel bound to memory, ready to run any number of times without
// allocating.
type op interface {
	run(p *pool)
}

// prepare checks a kernel and binds it.
func (d *device) prepare(k compute.Kernel) (op, error) {
	switch k.(type) {
	case *compute.MatMul, *compute.SparseMatMul, *compute.SparseMatMulT, *compute.Map, *compute.Reduce,
		*compute.Softmax, *compute.SoftmaxCrossEntropy, *compute.Gather, *compute.ScatterAdd, *compute.Copy:
	default:
		return nil, fmt.Errorf("cpu: no kernel %T: %w", k, compute.ErrMisuse)
	}
	if err := k.Check(); err != nil {
		return nil, fmt.Errorf("cpu: %w", err)
	}
	o, err := d.bind(k)
	if err != nil {
		return nil, fmt.Errorf("cpu: %v: %w", k, err)
	}
	return o, nil
}

func (d *device) bind(k compute.Kernel) (op, error) {
	switch k := k.(type) {
	case *compute.MatMul:
		return d.matMul(k)
	case *compute.SparseMatMul:
		return d.sparseMatMul(k)
	case *compute.SparseMatMulT:
		return d.sparseMatMulT(k)
	case *compute.Map:
		return d.mapOp(k)
	case *compute.Reduce:
		return d.reduce(k)
	case *compute.Softmax:
		return d.softmax(k)
	case *compute.SoftmaxCrossEntropy:
		return d.crossEntropy(k)
	case *compute.Gather:
		return d.gather(k)
	case *compute.ScatterAdd:
		return d.scatterAdd(k)
	case *compute.Copy:
		return d.copyOp(k)
	}
	return nil, compute.ErrMisuse
}

// binder collects the memory behind several views and keeps the first error.
type binder struct {
	d   *device
	err error
}

func (b *binder) words(v compute.View) []float32 {
	s, err := b.d.words(v)
	if b.err == nil {
		b.err = err
	}
	return s
}

func (b *binder) operands(list []compute.Operand) []operand {
	out := make([]operand, len(list))
	for i, o := range list {
		out[i] = operand{o, b.words(o.View)}
	}
	return out
}

// recording is a list of bound kernels.
type recording struct {
	device   *device
	ops      []op
	buffers  []*buffer
	releases int // of the device, when the buffers were last seen alive
}

// Record implements compute.Backend.
func (d *device) Record(kernels []compute.Kernel) (compute.Recording, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, fmt.Errorf("cpu: Record: %w", compute.ErrClosed)
	}
	r := &recording{device: d, releases: d.releases}
	seen := map[*buffer]bool{}
	for i, k := range kernels {
		o, err := d.prepare(k)
		if err != nil {
			return nil, fmt.Errorf("cpu: Record: kernel %d: %w", i, err)
		}
		r.ops = append(r.ops, o)
		reads, writes := k.Access()
		for _, views := range [][]compute.View{reads, writes} {
			for _, v := range views {
				if b, ok := v.Buffer.(*buffer); ok && !seen[b] {
					seen[b] = true
					r.buffers = append(r.buffers, b)
				}
			}
		}
	}
	return r, nil
}

// Replay implements compute.Recording.
func (r *recording) Replay(times int) {
	d := r.device
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil || d.closed {
		return
	}
	if r.releases != d.releases {
		for _, b := range r.buffers {
			if b.words == nil {
				d.err = fmt.Errorf("cpu: Replay: a buffer of the recording is released: %w", compute.ErrMisuse)
				return
			}
		}
		r.releases = d.releases
	}
	for range times {
		for _, o := range r.ops {
			o.run(d.pool)
		}
	}
}

// Release implements compute.Recording.
func (r *recording) Release() {
	r.device.mu.Lock()
	defer r.device.mu.Unlock()
	r.ops, r.buffers = nil, nil
}
