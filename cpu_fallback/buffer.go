package cpu_fallback

import (
	"fmt"
	"unsafe"

	"github.com/glearn-go/glearn/compute"
)

// buffer is memory of one device. Words are kept as float32, since most
// kernels read them so; ints shows them as int32.
type buffer struct {
	device *device
	length int
	words  []float32 // nil once released
}

// Len implements compute.Buffer.
func (b *buffer) Len() int { return b.length }

// Release implements compute.Buffer.
func (b *buffer) Release() {
	d := b.device
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.live[b]; !ok {
		return
	}
	delete(d.live, b)
	d.liveBytes -= int64(b.length) * 4
	d.releases++
	b.words = nil
	d.pool.forget()
}

// alignment of buffers in words: a cache line, which is also the widest vector.
const alignment = 16

// NewBuffer implements compute.Backend.
func (d *device) NewBuffer(words int) (compute.Buffer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, fmt.Errorf("cpu: NewBuffer(%d): %w", words, compute.ErrClosed)
	}
	if words < 0 {
		return nil, fmt.Errorf("cpu: NewBuffer(%d): negative size: %w", words, compute.ErrMisuse)
	}
	// make cannot report failure, so the machine's memory is the limit that is
	// checked in front of it.
	if int64(words) > (d.memory-d.liveBytes)/4 {
		return nil, fmt.Errorf("cpu: NewBuffer(%d): %d bytes are in use of %d: %w", words, d.liveBytes, d.memory, compute.ErrOutOfMemory)
	}
	b := &buffer{device: d, length: words, words: alignedWords(words)}
	d.live[b] = struct{}{}
	d.liveBytes += int64(words) * 4
	return b, nil
}

// alignedWords is n zeros that start on a cache line.
func alignedWords(n int) []float32 {
	s := make([]float32, n+alignment)
	askForHugePages(s)
	skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(s)))/4) & (alignment - 1)
	return s[skip : skip+n : skip+n]
}

// Write implements compute.Backend.
func (d *device) Write(dst compute.View, words []uint32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil || d.closed {
		return
	}
	to, err := d.transfer("Write", dst, len(words))
	if err != nil {
		d.err = err
		return
	}
	d.move(compute.Words(to), words)
}

// Read implements compute.Backend.
func (d *device) Read(words []uint32, src compute.View) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.state(); err != nil {
		return err
	}
	from, err := d.transfer("Read", src, len(words))
	if err != nil {
		return err
	}
	d.move(words, compute.Words(from))
	return nil
}

// moveWords is how many words of a long copy a worker takes at a time.
const moveWords = 1 << 16

// move is a copy between the program's memory and a buffer. One core alone does
// not use all that memory gives.
type move struct{ to, from []uint32 }

func (d *device) move(to, from []uint32) {
	if len(to) < 4*moveWords {
		copy(to, from)
		return
	}
	d.pool.run(newJob(move{to, from}, (len(to)+moveWords-1)/moveWords))
}

func (m move) part(_ *worker, i int) {
	lo, hi := i*moveWords, min((i+1)*moveWords, len(m.to))
	copy(m.to[lo:hi], m.from[lo:hi])
}

func (d *device) transfer(name string, v compute.View, n int) ([]float32, error) {
	if n == 0 && v.Len == 0 {
		return nil, nil
	}
	if v.Len != n {
		return nil, fmt.Errorf("cpu: %s: %d words for a view of %d: %w", name, n, v.Len, compute.ErrMisuse)
	}
	s, err := d.words(v)
	if err != nil {
		return nil, fmt.Errorf("cpu: %s: %w", name, err)
	}
	return s, nil
}

// words is the memory behind a view. An empty view has none.
func (d *device) words(v compute.View) ([]float32, error) {
	if v.Empty() {
		return nil, nil
	}
	b, ok := v.Buffer.(*buffer)
	switch {
	case !ok || b.device != d:
		return nil, fmt.Errorf("buffer of another device: %w", compute.ErrMisuse)
	case b.words == nil:
		return nil, fmt.Errorf("buffer is released: %w", compute.ErrMisuse)
	case v.Offset < 0 || v.Len < 0 || v.Offset > b.length-v.Len:
		return nil, fmt.Errorf("words [%d, %d) of a buffer of %d: %w", v.Offset, v.Offset+v.Len, b.length, compute.ErrMisuse)
	}
	return b.words[v.Offset : v.Offset+v.Len : v.Offset+v.Len], nil
}

// ints shows words as int32, without conversion.
func ints(s []float32) []int32 {
	return unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(s))), len(s))
}

// masks shows words as truth values: all bits set, or none.
func masks(s []float32) []uint32 {
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(s))), len(s))
}
