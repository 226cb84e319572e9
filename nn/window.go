package nn

import (
	"errors"
	"fmt"
	"slices"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/internal/devicememory"
)

// source is where a pass over data takes its batches from.
type source interface {
	// begin starts an epoch.
	begin(epoch int) error
	// next prepares a window that has the given batch and ends before batch
	// limit; an empty window is the end.
	next(batch, limit int) (window, error)
	// ahead prepares what follows the window that next gave, while the device
	// works on that.
	ahead()
	// holds says whether the device still has the window that next gave.
	holds() bool
}

// loader brings the batches of a data set to the device: all at once where
// they fit, else in windows of batches, through two feeds in turn.
type loader struct {
	device  *device
	set     *data.Dataset
	weights []float32
	batch   int // rows of a batch, at most those of the set
	window  int // rows of a window: a multiple of batch, or all
	feeds   []*feed
	plans   []*plan
	shuffle bool
	order   []int32 // of this epoch; nil is as they stand

	held    [2]span       // what is in the feeds, where there are two
	coming  span          // what comes after the window that next gave
	filling chan struct{} // closed when coming is in its feed; nil where nobody is at it
}

// span is rows [from, from+n) of an epoch.
type span struct{ from, n int }

// window is a run of batches on the device.
type window struct {
	plan  *plan
	first int // number of its first batch in the epoch
	skip  int // batches of it that are done already
	full  int // full batches
	last  int // rows of an uneven batch at the end, or 0
}

// batches counts both kinds.
func (w window) batches() int {
	if w.last > 0 {
		return w.full + 1
	}
	return w.full
}

// windowBytes is how much of a data set that does not fit is sent at a time.
const windowBytes = 64 << 20

// memoryLimit is how many bytes the data sets may fill; 0 is no limit. What is
// left is shared with the activations, other models and other programs.
func (d *device) memoryLimit() (int64, error) {
	n, err := devicememory.Limit(d.backend.Info().MemoryBytes)
	if err != nil {
		return 0, fmt.Errorf("nn: %w", err)
	}
	return n / 2, nil
}

// load makes a loader. weights, one a row, are sent along where not nil.
func (m *Model) load(d *device, set *data.Dataset, weights []float32, batch int, training bool, print uint64) (*loader, error) {
	rows := set.Rows()
	l := &loader{device: d, set: set, weights: weights, batch: min(batch, rows), window: rows}
	sparse := m.takesSparse(d, set.X)
	limit, err := d.memoryLimit()
	if err != nil {
		return nil, err
	}
	max := d.backend.Info().MaxWords
	whole := d.room(set, rows, weights != nil, sparse)
	longest, total := whole.words()
	if (max == 0 || longest <= max) && (limit == 0 || int64(total)*4 <= limit) {
		var f *feed
		if f, err = d.borrow(whole, print); err == nil {
			if f.digest != print || print == 0 {
				f.write(set, weights, nil)
				f.digest = print
			}
			l.feeds = []*feed{f}
		} else if !errors.Is(err, compute.ErrOutOfMemory) {
			return nil, fmt.Errorf("nn: %w", err)
		}
	}
	if l.feeds == nil {
		if err := l.stream(sparse, limit, max); err != nil {
			l.close()
			return nil, err
		}
	}
	for _, f := range l.feeds {
		p, err := f.plan(m, training, l.batch)
		if err != nil {
			l.close()
			return nil, fmt.Errorf("nn: %w", err)
		}
		l.plans = append(l.plans, p)
	}
	return l, nil
}

// stream makes the loader go through two feeds of a window each.
func (l *loader) stream(sparse []bool, limit int64, maxWords int) error {
	one := l.device.room(l.set, l.batch, l.weights != nil, sparse)
	longest, total := one.words()
	if maxWords > 0 && longest > maxWords {
		return fmt.Errorf("nn: a batch of %d rows needs a buffer of %d words, the device allows %d: %w", l.batch, longest, maxWords, compute.ErrOutOfMemory)
	}
	budget := int64(windowBytes)
	if limit > 0 {
		budget = min(budget, limit/2)
	}
	n := max(1, int(budget/int64(4*total)))
	if maxWords > 0 {
		n = min(n, maxWords/longest)
	}
	l.window = min(n*l.batch, (l.set.Rows()+l.batch-1)/l.batch*l.batch)
	for range 2 {
		f, err := l.device.borrow(l.device.room(l.set, l.window, l.weights != nil, sparse), 0)
		if err != nil {
			return fmt.Errorf("nn: a window of %d rows: %w", l.window, err)
		}
		f.digest = 0
		l.feeds = append(l.feeds, f)
	}
	return nil
}

// close gives the feeds back.
func (l *loader) close() {
	l.settle()
	for _, f := range l.feeds {
		l.device.giveBack(f)
	}
	l.feeds, l.plans = nil, nil
}

// begin starts an epoch: in an order of its own, or as the rows stand.
func (l *loader) begin(epoch int) error {
	if l.shuffle {
		l.settle()
		if l.order == nil {
			l.order = make([]int32, l.set.Rows())
		}
		count(l.order)
		data.Shuffle(l.order, l.device.seed, shuffleStream+uint64(epoch))
		l.held = [2]span{}
	}
	if len(l.feeds) == 1 {
		l.feeds[0].arrange(l.order)
		return nil
	}
	for _, f := range l.feeds {
		f.arrange(nil)
	}
	return nil
}

// reorder makes the epoch's order another one.
func (l *loader) reorder(order []int32) {
	l.settle()
	l.order, l.held = order, [2]span{}
	if len(l.feeds) == 1 {
		l.feeds[0].arrange(order)
	}
}

// shuffleStream is the first of the streams of chance that shuffles take from
// the model's seed; weights take the small numbers.
const shuffleStream = 1 << 40

// batches is how many batches an epoch has.
func (l *loader) batches() int { return (l.set.Rows() + l.batch - 1) / l.batch }

// next prepares the window that has the given batch.
func (l *loader) next(batch, limit int) (window, error) {
	number := batch * l.batch / l.window
	rows := l.rows(number, limit)
	k := number % len(l.feeds)
	if len(l.feeds) > 1 {
		l.settle()
		l.fill(k, rows)
		l.coming = l.rows(number+1, limit)
	}
	w := window{plan: l.plans[k], first: rows.from / l.batch}
	w.skip = batch - w.first
	w.full, w.last = rows.n/l.batch, rows.n%l.batch
	return w, nil
}

// rows are those of a window that ends before batch limit; none behind the end.
func (l *loader) rows(number, limit int) span {
	from := number * l.window
	return span{from, max(0, min(l.set.Rows()-from, l.window, limit*l.batch-from))}
}

// ahead has the next window put together and sent by another goroutine. The
// device takes what it can get of it between the batches of the present one.
func (l *loader) ahead() {
	if l.coming.n == 0 {
		return
	}
	done := make(chan struct{})
	l.filling = done
	go func(rows span) {
		defer close(done)
		l.fill(rows.from/l.window%len(l.feeds), rows)
	}(l.coming)
}

// holds is true: the next window goes to the other feed.
func (l *loader) holds() bool { return true }

// settle waits for what ahead began.
func (l *loader) settle() {
	if l.filling != nil {
		<-l.filling
		l.filling = nil
	}
	l.coming = span{}
}

// fill writes rows into feed k, unless they are there.
func (l *loader) fill(k int, rows span) {
	if l.held[k] == rows {
		return
	}
	l.held[k] = rows
	if l.order != nil {
		l.feeds[k].write(l.set, l.weights, l.order[rows.from:rows.from+rows.n])
		return
	}
	var weights []float32
	if l.weights != nil {
		weights = l.weights[rows.from : rows.from+rows.n]
	}
	l.feeds[k].write(l.set.Slice(rows.from, rows.from+rows.n), weights, nil)
}

// takesSparse says which inputs the model can take as sparse rows: those that
// only products look at.
func (m *Model) takesSparse(d *device, xs []data.Tensor) []bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]bool, len(xs))
	for i, x := range xs {
		if _, ok := x.(*data.CSR); !ok {
			continue
		}
		if _, known := d.sparse[i]; !known {
			// A layer that cannot take them fails the graph; then it gets full
			// rows, as does what looks at an output.
			_, outs, err := m.probe(i)
			d.sparse[i] = err == nil && !slices.ContainsFunc(outs, (*graph.Tensor).IsSparse)
		}
		out[i] = d.sparse[i]
	}
	return out
}
