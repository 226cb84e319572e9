package cpu_fallback

import (
	"runtime"
	"sync/atomic"
)

// task is work cut into numbered parts that may run at the same time. The cut
// is fixed when the task is made, so it does not depend on the pool.
type task interface {
	part(w *worker, i int)
}

// job is a task on its way through the pool. A prepared kernel keeps its jobs,
// so that running it again allocates nothing.
type job struct {
	task   task
	parts  int32
	shares []share      // one for each worker
	done   atomic.Int32 // parts finished
}

// share is the parts that a worker takes first, so that what it wrote in one
// kernel, or in the step before, it finds in its own cache in the next. A worker
// that is through with its own helps with the others'.
type share struct {
	next atomic.Int32 // the first part that nobody has taken
	end  int32
	_    [56]byte // the other workers' counters are in other cache lines
}

// reset makes all parts free again. Every part that can be taken is valid from
// then on.
func (j *job) reset(workers int) {
	if len(j.shares) != workers {
		j.shares = make([]share, workers)
		for i := range j.shares {
			j.shares[i].end = j.share(i + 1)
		}
	}
	j.done.Store(0)
	for i := range j.shares {
		j.shares[i].next.Store(j.share(i))
	}
}

// share is the first part of worker i's share.
func (j *job) share(i int) int32 { return j.parts * int32(i) / int32(len(j.shares)) }

func newJob(t task, parts int) *job { return &job{task: t, parts: int32(parts)} }

// worker is what one goroutine of the pool computes with.
type worker struct {
	number    int         // of the pool's workers
	slots     [][]float32 // the values of the Expr at hand, see program
	scratch   []float32   // the registers of the Expr at hand
	length    int         // of the registers
	phases    []int       // where in its row each load stands, see transfer.period
	panel     []float32   // packed factors, sums: what a kernel needs beside
	single    [1]float32
	gemm      gemm // the product at hand
	vectors   vectorState
	fortran   fortran
	block     [2 * blockWords]float32
	sums      [blockWords]float64
	positions [blockWords]int32

	parked atomic.Bool
	wake   chan struct{}
}

// pool is a fixed set of goroutines. One goroutine at a time runs jobs; it
// works along as worker 0, and the helpers take parts as they come free.
type pool struct {
	workers []*worker
	current atomic.Pointer[job]
	turn    atomic.Uint32 // changes with every job
	closing atomic.Bool
	used    bool // since the last forget
}

func newPool(threads int) *pool {
	p := &pool{}
	for i := range threads {
		p.workers = append(p.workers, &worker{number: i, wake: make(chan struct{}, 1)})
	}
	for _, w := range p.workers[1:] {
		go p.help(w)
	}
	return p
}

func (p *pool) threads() int { return len(p.workers) }

// run finishes all parts of j.
func (p *pool) run(j *job) {
	p.used = true
	if j.parts <= 1 || len(p.workers) == 1 {
		for i := range int(j.parts) {
			j.task.part(p.workers[0], i)
		}
		return
	}
	// A helper that still holds this job from its last run sees either no free
	// part or valid ones.
	j.reset(len(p.workers))
	p.current.Store(j)
	p.turn.Add(1)
	for i, w := range p.workers[1:] {
		if i+1 < int(j.parts) && w.parked.CompareAndSwap(true, false) {
			w.wake <- struct{}{}
		}
	}
	j.work(p.workers[0])
	for spins := 0; j.done.Load() < j.parts; spins++ {
		giveWay(spins)
	}
}

// work takes parts until none is free: those of w's share first.
func (j *job) work(w *worker) {
	for k := range j.shares {
		s := &j.shares[(w.number+k)%len(j.shares)]
		for {
			i := s.next.Add(1) - 1
			if i >= s.end {
				break
			}
			j.task.part(w, int(i))
			j.done.Add(1)
		}
	}
}

// spinTurns is how often an idle helper looks for the next job before it goes
// to sleep: about 100 microseconds. Between two kernels that are shared out, a
// step has some that one core does alone, and a helper that slept through them
// would be late for the next: MNIST trained half as fast again.
const spinTurns = 200_000

// giveWay lets other goroutines run in between, every few microseconds of
// looking: another device's, of which there may be more than cores.
func giveWay(turn int) {
	const turns = 4096
	if turn%turns == turns-1 {
		runtime.Gosched()
	}
}

func (p *pool) help(w *worker) {
	var seen uint32
	for {
		turn := p.turn.Load()
		for spins := 0; turn == seen && spins < spinTurns && !p.closing.Load(); spins++ {
			giveWay(spins)
			turn = p.turn.Load()
		}
		if turn == seen {
			w.parked.Store(true)
			// A job that came in between has either seen parked and sends a
			// wake-up, or is visible now.
			if p.turn.Load() == seen && !p.closing.Load() || !w.parked.CompareAndSwap(true, false) {
				<-w.wake
			}
		}
		if p.closing.Load() {
			return
		}
		seen = p.turn.Load()
		if j := p.current.Load(); j != nil {
			j.work(w)
		}
	}
}

// reserve grows the workers' memory to what a kernel will need.
func (p *pool) reserve(slots, scratch, panel int) {
	for _, w := range p.workers {
		w.reserve(slots, scratch, panel)
	}
}

func (w *worker) reserve(slots, scratch, panel int) {
	w.slots = grown(w.slots, slots)
	w.phases = grown(w.phases, slots) // of loads there are fewer
	if len(w.scratch) < scratch {
		w.scratch = alignedWords(scratch)
	}
	if len(w.panel) < panel {
		w.panel = alignedWords(panel)
	}
}

func grown[T any](s []T, n int) []T {
	if len(s) < n {
		return make([]T, n)
	}
	return s
}

// forget lets go of the arrays that the last jobs worked on, which may be all
// that keeps the memory of a released buffer. It comes between two jobs.
func (p *pool) forget() {
	if !p.used {
		return
	}
	p.used = false
	p.current.Store(nil)
	for _, w := range p.workers {
		clear(w.slots)
		w.gemm, w.vectors = gemm{}, vectorState{}
	}
}

// stop ends the helpers. The pool runs nothing afterwards.
func (p *pool) stop() {
	p.current.Store(nil)
	p.closing.Store(true)
	for _, w := range p.workers[1:] {
		if w.parked.CompareAndSwap(true, false) {
			w.wake <- struct{}{}
		}
	}
}
