package backendtest

import (
	"fmt"
	"sync"

	"github.com/glearn-go/glearn/compute"
)

// Reference is a backend that runs every kernel at once, by the suite's own
// float64 loops: slow and plain. It shows that the suite can be passed, and is
// an oracle for whoever wants whole programs computed in float64.
func Reference() compute.Backend { return &reference{} }

// referenceWords is its memory: 64 MiB.
const referenceWords = 1 << 24

type reference struct {
	mu     sync.Mutex
	live   int
	words  int
	closed bool
	err    error // sticks
}

type referenceBuffer struct {
	owner    *reference
	words    []uint32
	released bool
}

func (r *reference) Info() compute.Info {
	r.mu.Lock()
	defer r.mu.Unlock()
	return compute.Info{
		Backend: "reference", Device: "float64 loops", Threads: 1,
		MemoryBytes: 4 * referenceWords, LiveBuffers: r.live, LiveBytes: 4 * int64(r.words),
	}
}

func (r *reference) NewBuffer(words int) (compute.Buffer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, compute.ErrClosed
	}
	if words > referenceWords-r.words {
		return nil, fmt.Errorf("backendtest: %d words besides %d: %w", words, r.words, compute.ErrOutOfMemory)
	}
	r.live++
	r.words += words
	return &referenceBuffer{owner: r, words: make([]uint32, words)}, nil
}

func (b *referenceBuffer) Len() int { return len(b.words) }

func (b *referenceBuffer) Release() {
	b.owner.mu.Lock()
	defer b.owner.mu.Unlock()
	if b.released || b.owner.closed {
		return
	}
	b.released = true
	b.owner.live--
	b.owner.words -= len(b.words)
}

// LoseDevice makes the device fail, as a driver's reset would.
func (r *reference) LoseDevice() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = fmt.Errorf("backendtest: simulated: %w", compute.ErrDeviceLost)
	}
}

// working is true while work is done; mu is held.
func (r *reference) working() bool { return !r.closed && r.err == nil }

func (r *reference) failure() error {
	if r.closed {
		return compute.ErrClosed
	}
	return r.err
}

func window(v compute.View) []uint32 {
	return v.Buffer.(*referenceBuffer).words[v.Offset : v.Offset+v.Len]
}

func (r *reference) Write(dst compute.View, words []uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.working() {
		copy(window(dst), words)
	}
}

func (r *reference) Read(words []uint32, src compute.View) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.failure(); err != nil {
		return err
	}
	copy(words, window(src))
	return nil
}

func (r *reference) Run(k compute.Kernel) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.execute(k)
}

func (r *reference) execute(k compute.Kernel) {
	if !r.working() {
		return
	}
	mem := memory{}
	reads, writes := k.Access()
	for _, views := range [][]compute.View{reads, writes} {
		for _, v := range views {
			mem[v.Buffer] = v.Buffer.(*referenceBuffer).words
		}
	}
	oracle(k, mem).apply()
}

func (r *reference) Sync() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failure()
}

func (r *reference) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.failure()
	r.closed = true
	r.live, r.words = 0, 0
	return err
}

func (r *reference) Record(kernels []compute.Kernel) (compute.Recording, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, compute.ErrClosed
	}
	return &referenceRecording{owner: r, kernels: append([]compute.Kernel(nil), kernels...)}, nil
}

type referenceRecording struct {
	owner   *reference
	kernels []compute.Kernel
}

func (rec *referenceRecording) Replay(times int) {
	rec.owner.mu.Lock()
	defer rec.owner.mu.Unlock()
	for range times {
		for _, k := range rec.kernels {
			rec.owner.execute(k)
		}
	}
}

func (rec *referenceRecording) Release() {}
