package compute

// fake is a backend with memory and no kernels: it notes what reaches it.
type fake struct {
	calls    []string
	full     bool
	counts   bool // recordings say how many launches they take
	closed   bool
	buffers  int
	kernel   Kernel // the last one run
	recorded []Kernel
	released bool // the last recording
}

type fakeBuffer struct {
	owner    *fake
	words    []uint32
	releases int
}

func newFake() *fake { return &fake{} }

func (f *fake) note(call string) { f.calls = append(f.calls, call) }

func (f *fake) Info() Info { return Info{Backend: "fake", LiveBuffers: f.buffers} }

func (f *fake) NewBuffer(words int) (Buffer, error) {
	switch {
	case f.closed:
		return nil, ErrClosed
	case f.full:
		return nil, ErrOutOfMemory
	}
	f.buffers++
	return &fakeBuffer{owner: f, words: make([]uint32, words)}, nil
}

func (b *fakeBuffer) Len() int { return len(b.words) }
func (b *fakeBuffer) Release() { b.releases++ }

func (f *fake) Write(dst View, words []uint32) {
	f.note("Write")
	copy(dst.Buffer.(*fakeBuffer).words[dst.Offset:], words)
}

func (f *fake) Read(words []uint32, src View) error {
	f.note("Read")
	if f.closed {
		return ErrClosed
	}
	copy(words, src.Buffer.(*fakeBuffer).words[src.Offset:])
	return nil
}

func (f *fake) Run(k Kernel) {
	f.note("Run")
	f.kernel = k
}

func (f *fake) Sync() error {
	f.note("Sync")
	if f.closed {
		return ErrClosed
	}
	return nil
}

func (f *fake) Close() error {
	if f.closed {
		return ErrClosed
	}
	f.closed = true
	return nil
}

func (f *fake) Record(kernels []Kernel) (Recording, error) {
	if f.closed {
		return nil, ErrClosed
	}
	f.note("Record")
	f.recorded = kernels
	if f.counts {
		return countedRecording{fakeRecording{f}}, nil
	}
	return fakeRecording{f}, nil
}

type fakeRecording struct{ owner *fake }

func (r fakeRecording) Replay(int) { r.owner.note("Replay") }
func (r fakeRecording) Release()   { r.owner.released = true }

// countedRecording is one of a device that counts its launches.
type countedRecording struct{ fakeRecording }

func (countedRecording) Launches() (programs, waits int) { return 3, 2 }
