package compute

import (
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Checked wraps a backend so that misuse of it becomes an error instead of
// undefined behaviour; every test of ours runs on one. What it catches sticks:
// the offending call and all later work are dropped, and each Read, Sync and
// Close from then on returns the first mistake, wrapped in [ErrMisuse]:
//
//   - a kernel that its own Check refuses, or of an unknown kind;
//   - a buffer of another backend, or one already released;
//   - a Write or Read of another length than its view, or outside its buffer;
//   - the replay of a released recording, or of one whose buffers are released;
//   - work given to a closed backend (also an [ErrClosed]).
//
// Everything else is passed on as it is, second calls of Release and Close
// included. The wrapped backend sees copies of the kernels with its own buffers
// in them, so this costs allocations. Unwrap gives the backend inside.
func Checked(b Backend) Backend { return &checked{inner: b} }

type checked struct {
	inner Backend

	mu     sync.Mutex // guards all below, and the released marks; never held while inner works
	closed bool
	err    error
}

type checkedBuffer struct {
	owner    *checked
	inner    Buffer
	released bool
}

type checkedRecording struct {
	owner    *checked
	inner    Recording
	buffers  []*checkedBuffer
	released bool
}

// Unwrap is the backend that is being checked.
func (c *checked) Unwrap() Backend { return c.inner }

func (c *checked) Info() Info { return c.inner.Info() }

func (c *checked) NewBuffer(words int) (Buffer, error) {
	if words < 0 {
		return nil, fmt.Errorf("compute: a buffer of %d words: %w", words, ErrMisuse)
	}
	b, err := c.inner.NewBuffer(words)
	if err != nil {
		return nil, err
	}
	return &checkedBuffer{owner: c, inner: b}, nil
}

// admit says whether a call may go on to the device. problem is asked with mu
// held, and its answer sticks.
func (c *checked) admit(what string, problem func() error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		c.stick(fmt.Errorf("compute: %s: %w: %w", what, ErrMisuse, ErrClosed))
		return true // the wrapped backend has to cope with it
	}
	if c.err != nil {
		return false
	}
	c.stick(problem())
	return c.err == nil
}

func (c *checked) stick(err error) {
	if c.err == nil {
		c.err = err
	}
}

func (c *checked) failure() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// usable says what keeps the device from working on v.
func (c *checked) usable(v View) error {
	b, ours := v.Buffer.(*checkedBuffer)
	switch {
	case !ours || b.owner != c:
		return errors.New("a buffer of another backend")
	case b.released:
		return errors.New("a released buffer")
	}
	return nil
}

func (c *checked) transfer(what string, v View, words int) error {
	if err := checkView(what, "the view", v); err != nil {
		return err
	}
	if v.Len != words {
		return misuse(what, "%d words for a view of %d", words, v.Len)
	}
	if err := c.usable(v); err != nil {
		return misuse(what, "%v", err)
	}
	return nil
}

func (c *checked) kernel(k Kernel) error {
	if missing(k) {
		return misuse("Run", "%T is not a kernel", k)
	}
	if err := k.Check(); err != nil {
		return err
	}
	for _, v := range touched(k) {
		if err := c.usable(v); err != nil {
			return misuse(k.String(), "%v", err)
		}
	}
	return nil
}

func touched(k Kernel) []View {
	reads, writes := k.Access()
	return slices.Concat(reads, writes)
}

func (c *checked) Write(dst View, words []uint32) {
	if c.admit("Write", func() error { return c.transfer("Write", dst, len(words)) }) {
		c.inner.Write(unwrapView(dst), words)
	}
}

func (c *checked) Read(words []uint32, src View) error {
	if c.admit("Read", func() error { return c.transfer("Read", src, len(words)) }) {
		if err := c.inner.Read(words, unwrapView(src)); err != nil {
			return err
		}
	}
	return c.failure()
}

func (c *checked) Run(k Kernel) {
	if c.admit("Run", func() error { return c.kernel(k) }) && !missing(k) {
		c.inner.Run(rebind(k, unwrapView))
	}
}

// Record checks the kernels at once; like the error of a Record, a mistake
// found there does not stick.
func (c *checked) Record(kernels []Kernel) (Recording, error) {
	r := &checkedRecording{owner: c}
	inside := make([]Kernel, len(kernels))
	for i, k := range kernels {
		c.mu.Lock()
		err := c.kernel(k)
		c.mu.Unlock()
		if err != nil {
			return nil, fmt.Errorf("kernel %d of the recording: %w", i, err)
		}
		inside[i] = rebind(k, unwrapView)
		for _, v := range touched(k) {
			if b := v.Buffer.(*checkedBuffer); !slices.Contains(r.buffers, b) {
				r.buffers = append(r.buffers, b)
			}
		}
	}
	inner, err := c.inner.Record(inside)
	if err != nil {
		return nil, err
	}
	r.inner = inner
	return r, nil
}

func (c *checked) Sync() error {
	if err := c.inner.Sync(); err != nil {
		return err
	}
	return c.failure()
}

func (c *checked) Close() error {
	err := c.inner.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.err != nil && !errors.Is(err, ErrClosed) {
		return errors.Join(c.err, err)
	}
	return err
}

func (b *checkedBuffer) Len() int { return b.inner.Len() }

func (b *checkedBuffer) Release() {
	b.owner.mu.Lock()
	b.released = true
	b.owner.mu.Unlock()
	b.inner.Release()
}

func (r *checkedRecording) Replay(times int) {
	ok := r.owner.admit("Replay", func() error {
		switch {
		case times < 0:
			return misuse("Replay", "%d times", times)
		case r.released:
			return misuse("Replay", "a released recording")
		}
		for _, b := range r.buffers {
			if b.released {
				return misuse("Replay", "a released buffer of %d words is in the recording", b.Len())
			}
		}
		return nil
	})
	if ok {
		r.inner.Replay(times)
	}
}

// Launches passes on what the backend counts; 0 where it does not.
func (r *checkedRecording) Launches() (programs, waits int) {
	if l, ok := r.inner.(Launcher); ok {
		return l.Launches()
	}
	return 0, 0
}

func (r *checkedRecording) Release() {
	r.owner.mu.Lock()
	r.released = true
	r.owner.mu.Unlock()
	r.inner.Release()
}

// unwrapView is v on the wrapped backend's own buffer.
func unwrapView(v View) View {
	if b, ok := v.Buffer.(*checkedBuffer); ok {
		v.Buffer = b.inner
	}
	return v
}
