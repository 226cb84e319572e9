package backendtest

import (
	"fmt"

	"github.com/glearn-go/glearn/compute"
)

// everyOther drops every second one of the kernels that are given at once.
func everyOther() *mutant {
	n := 0
	return &mutant{kernel: func(k compute.Kernel) compute.Kernel {
		if n++; n%2 == 0 {
			return nil
		}
		return k
	}}
}

// late runs each kernel after the next one, when they touch the same memory and
// the second of them is a copy: a missing barrier.
func late() *mutant {
	m := &mutant{}
	var held compute.Kernel
	m.kernel = func(k compute.Kernel) compute.Kernel {
		if _, isCopy := k.(*compute.Copy); isCopy && held == nil {
			held = k
			return nil
		}
		if held != nil {
			m.reference.Run(k)
			k, held = held, nil
		}
		return k
	}
	return m
}

var deviceMutants = []mutation{
	{"drops kernels", "Order", everyOther},
	{"runs a copy after the kernel that follows it", "Order", late},
	{"keeps the kernel value", "Order", func() *mutant {
		m := &mutant{}
		var held []compute.Kernel
		m.kernel = func(k compute.Kernel) compute.Kernel {
			held = append(held, k)
			return nil
		}
		m.sync = func(r *reference) error {
			for _, k := range held {
				r.Run(k)
			}
			held = nil
			return r.Sync()
		}
		return m
	}},
	{"gives other bits each time", "Determinism", unsteady},
	{"hands out memory as it was left", "Memory", func() *mutant {
		return &mutant{newBuffer: func(r *reference, words int) (compute.Buffer, error) {
			b, err := r.NewBuffer(words)
			if err == nil && words > 10 {
				b.(*referenceBuffer).words[words-1] = 1
			}
			return b, err
		}}
	}},
	{"rounds sizes up", "Memory", func() *mutant {
		return &mutant{newBuffer: func(r *reference, words int) (compute.Buffer, error) { return r.NewBuffer((words + 3) / 4 * 4) }}
	}},
	{"counts a buffer twice", "Memory", func() *mutant {
		return &mutant{newBuffer: func(r *reference, words int) (compute.Buffer, error) {
			b, err := r.NewBuffer(words)
			if err == nil {
				r.live++
			}
			return b, err
		}}
	}},
	{"leaks buffers", "Memory", func() *mutant {
		return &mutant{newBuffer: func(r *reference, words int) (compute.Buffer, error) {
			b, err := r.NewBuffer(words)
			if err == nil {
				b.(*referenceBuffer).released = true // so that Release does nothing
			}
			return b, err
		}}
	}},
	{"has memory without end", "Memory", func() *mutant {
		return &mutant{newBuffer: func(r *reference, words int) (compute.Buffer, error) { return r.NewBuffer(min(words, 1<<20)) }}
	}},
	{"names no cause when memory ends", "Memory", func() *mutant {
		return &mutant{newBuffer: func(r *reference, words int) (compute.Buffer, error) {
			b, err := r.NewBuffer(words)
			if err != nil {
				return nil, fmt.Errorf("no: %v", err)
			}
			return b, nil
		}}
	}},
	{"writes at the start of the buffer", "Memory", func() *mutant {
		return &mutant{write: func(r *reference, dst compute.View, words []uint32) {
			dst.Offset = 0
			r.Write(dst, words)
		}}
	}},
	{"drops the last word of a long write", "Memory", func() *mutant {
		return &mutant{write: func(r *reference, dst compute.View, words []uint32) {
			n := len(words)
			if n > 100 {
				n--
			}
			r.Write(dst.Slice(0, n), words[:n])
		}}
	}},
	{"writes before the kernel that it follows", "Uploads", func() *mutant {
		m := &mutant{}
		var held compute.Kernel
		flush := func() {
			if held != nil {
				m.reference.Run(held)
			}
			held = nil
		}
		m.kernel = func(k compute.Kernel) compute.Kernel {
			flush()
			held = k
			return nil
		}
		m.write = func(r *reference, dst compute.View, words []uint32) {
			r.Write(dst, words)
			flush()
		}
		m.read = func(r *reference, words []uint32, src compute.View) error {
			flush()
			return r.Read(words, src)
		}
		return m
	}},
	{"reads the words of a long write later", "Uploads", func() *mutant {
		var to compute.View
		var held []uint32
		flush := func(r *reference) {
			if held != nil {
				r.Write(to, held)
			}
			held = nil
		}
		return &mutant{
			write: func(r *reference, dst compute.View, words []uint32) {
				flush(r)
				if to = dst; len(words) < 100_000 {
					r.Write(dst, words)
				} else {
					held = words
				}
			},
			read: func(r *reference, words []uint32, src compute.View) error {
				flush(r)
				return r.Read(words, src)
			},
		}
	}},
	{"replays once", "Record", func() *mutant {
		return &mutant{replay: func(rec compute.Recording, times int) { rec.Replay(min(times, 1)) }}
	}},
	{"runs while it records", "Record", func() *mutant {
		return &mutant{record: func(r *reference, kernels []compute.Kernel) (compute.Recording, error) {
			for _, k := range kernels {
				r.Run(k)
			}
			return r.Record(kernels)
		}}
	}},
	{"records the last kernel only", "Record", func() *mutant {
		return &mutant{record: func(r *reference, kernels []compute.Kernel) (compute.Recording, error) {
			return r.Record(kernels[max(0, len(kernels)-1):])
		}}
	}},
	{"loses the error that sticks", "Lifecycle", func() *mutant {
		return &mutant{sync: func(r *reference) error {
			err := r.Sync()
			if r.err != nil {
				r.err = nil
			}
			return err
		}}
	}},
	{"closes a lost device without a word", "Lifecycle", func() *mutant {
		return &mutant{close: func(r *reference) error {
			if r.err != nil {
				r.err = nil
			}
			return r.Close()
		}}
	}},
	{"closes twice", "Lifecycle", func() *mutant {
		return &mutant{close: func(r *reference) error {
			if r.closed {
				return nil
			}
			return r.Close()
		}}
	}},
	{"keeps buffers when it closes", "Lifecycle", func() *mutant {
		return &mutant{close: func(r *reference) error {
			live := r.live
			err := r.Close()
			r.live = live
			return err
		}}
	}},
	{"gives memory after it closed", "Lifecycle", func() *mutant {
		return &mutant{newBuffer: func(r *reference, words int) (compute.Buffer, error) {
			if r.closed {
				return &referenceBuffer{owner: r, words: make([]uint32, words)}, nil
			}
			return r.NewBuffer(words)
		}}
	}},
	{"loses replays that come close together", "Concurrency", func() *mutant {
		n := 0
		return &mutant{replay: func(rec compute.Recording, times int) {
			if n++; n%17 != 0 {
				rec.Replay(times)
			}
		}}
	}},
	{"records no empty kernels", "Empty", func() *mutant {
		return &mutant{record: func(r *reference, kernels []compute.Kernel) (compute.Recording, error) {
			for _, k := range kernels {
				if m, ok := k.(*compute.MatMul); ok && m.M*m.N == 0 {
					return nil, fmt.Errorf("%v is empty", m)
				}
			}
			return r.Record(kernels)
		}}
	}},
}
