// Package compute says what a device can do: memory, a handful of kernels, and
// the order in which they run.
//
// A [Backend] is a device. A [Kernel] is a command for it: a plain value such as
// [MatMul] or [Map] that names its operands and can be checked, printed and
// recorded. An [Expr] is an elementwise formula; it is written once, and every
// backend runs it in its own way.
//
// Every buffer element is a 32-bit word: a float32 or an int32, as the kernel
// that reads it says. Matrices are row-major.
package compute

import "errors"

// The kinds of failure a caller can tell apart with [errors.Is].
var (
	// ErrOutOfMemory is returned by NewBuffer; the device stays usable.
	ErrOutOfMemory = errors.New("out of device memory")
	// ErrDeviceLost sticks: the driver reset or dropped the device.
	ErrDeviceLost = errors.New("device lost")
	// ErrClosed is returned by everything called on a closed backend.
	ErrClosed = errors.New("device is closed")
	// ErrMisuse marks a kernel whose operands break its contract.
	ErrMisuse = errors.New("kernel misused")
	// ErrNoDevice is wrapped by a driver that finds no device it can use.
	ErrNoDevice = errors.New("no usable device")
)

// Backend is a device that runs kernels in the order they are given.
//
// Run, Write and Replay only enqueue; Read and Sync wait. A failure in queued
// work sticks: later work is dropped, and the next Read, Sync or Close returns
// the first error. A failed NewBuffer returns its own error and does not stick.
// All methods may be called from several goroutines; each call is atomic.
type Backend interface {
	// Info describes the device and what it holds at this moment.
	Info() Info
	// NewBuffer reserves words 32-bit elements, all zero.
	NewBuffer(words int) (Buffer, error)
	// Write copies words into dst, which is as long as words. The slice may be
	// changed as soon as Write returns.
	Write(dst View, words []uint32)
	// Read waits for the work before it and copies src, which is as long as words.
	Read(words []uint32, src View) error
	// Run enqueues one kernel. The kernel value is not kept.
	Run(k Kernel)
	// Record prepares kernels for repeated running. An error here (a shader that
	// does not compile) does not stick.
	Record(kernels []Kernel) (Recording, error)
	// Sync waits until everything before it has run.
	Sync() error
	// Close waits, frees the device and everything still on it.
	Close() error
}

// Recording is a prepared list of kernels.
type Recording interface {
	// Replay enqueues the whole list, times times over.
	Replay(times int)
	// Release frees the recording, after the work that was enqueued from it.
	Release()
}

// Launcher is implemented by recordings of devices that start every kernel by
// itself: a replay launches that many programs of the device and makes it wait
// that often for earlier ones.
type Launcher interface {
	Launches() (programs, waits int)
}

// Prober is implemented by backends that looked their device over and can say
// more than Info: what a report of a slow or a wrong driver needs.
type Prober interface {
	// Probed is what was found, in the order it should be read in.
	Probed() ([]Property, error)
}

// Property is one thing found out about a device.
type Property struct{ Name, Value string }

// Buffer is memory on a device, counted in 32-bit words.
type Buffer interface {
	Len() int
	// Release frees the buffer after the work enqueued so far. A second call
	// does nothing.
	Release()
}

// Info describes a device.
type Info struct {
	Backend     string // "cpu" or "opengl"
	Device      string // what the hardware calls itself
	Driver      string // driver and version, or the BLAS library in use
	Software    bool   // a GPU interface that a CPU renders: right, but slow
	Threads     int    // CPU threads the backend uses, 0 where it does not say
	MemoryBytes int64  // memory it may fill, 0 where it does not say
	MaxWords    int    // longest single buffer, 0 where there is no limit
	LiveBuffers int    // buffers not yet released
	LiveBytes   int64  // bytes of those
}

// View is a contiguous window of a buffer, in words.
type View struct {
	Buffer Buffer
	Offset int
	Len    int
}

// ViewOf is the whole buffer.
func ViewOf(b Buffer) View { return View{Buffer: b, Len: b.Len()} }

// Slice is the window [from, from+n) of v.
func (v View) Slice(from, n int) View { return View{Buffer: v.Buffer, Offset: v.Offset + from, Len: n} }

// Empty is true of the zero View, which stands for an operand left out.
func (v View) Empty() bool { return v.Buffer == nil }

// Overlaps is true when both views hold a common word.
func (v View) Overlaps(w View) bool {
	return v.Buffer == w.Buffer && v.Buffer != nil && v.Offset < w.Offset+w.Len && w.Offset < v.Offset+v.Len
}
