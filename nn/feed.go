package nn

import (
	"encoding/binary"
	"hash"
	"hash/maphash"
	"strings"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
)

// feed is room for a data set, or a window of one, on the device, and the
// programs that read it there. Programs stay good when other data of the same
// shapes is written.
type feed struct {
	device  *device
	x, y    []*column
	weights *graph.Variable // [rows] floats, or nil where all rows count alike
	index   *graph.Variable // [rows] Int: the order of an epoch
	rows    int
	buffers []compute.Buffer
	plans   recent[planKey, *plan]
	key     string
	digest  uint64 // of the data it holds; 0 is unknown
	ordered bool   // index is 0, 1, 2, ...
}

// own allocates v and frees it with the feed.
func (f *feed) own(v *graph.Variable) error {
	b, err := v.Allocate(f.device.backend)
	if err != nil {
		return err
	}
	f.buffers = append(f.buffers, b)
	return nil
}

// feedPlan is a feed that is not on the device yet.
func (d *device) feedPlan(x, y []*column, rows int, weighted bool) *feed {
	f := &feed{device: d, x: x, y: y, rows: rows}
	f.plans = recent[planKey, *plan]{limit: keptPlans, free: (*plan).free}
	var key strings.Builder
	for _, c := range x {
		key.WriteString(c.signature())
	}
	key.WriteByte('|')
	for _, c := range y {
		key.WriteString(c.signature())
	}
	if weighted {
		f.weights = graph.NewVariable("sample weights", compute.Float, rows)
		key.WriteString("|weighted")
	}
	f.index = graph.NewVariable("order", compute.Int, rows)
	f.key = key.String()
	return f
}

// room is a feed for rows rows like those of set, not yet allocated.
func (d *device) room(set *data.Dataset, rows int, weighted bool, sparse []bool) *feed {
	var x, y []*column
	for i, t := range set.X {
		x = append(x, newColumn(t, rows, roomFor(nonzeros(t, rows)), sparse[i]))
	}
	for _, t := range set.Y {
		y = append(y, newColumn(t, rows, 0, false))
	}
	return d.feedPlan(x, y, rows, weighted)
}

// takes is true when all rows of a set fit in.
func (f *feed) takes(set *data.Dataset, weighted bool, sparse []bool) bool {
	for i, c := range f.x {
		if !c.takes(set.X[i], sparse[i]) {
			return false
		}
	}
	for i, c := range f.y {
		if !c.takes(set.Y[i], false) {
			return false
		}
	}
	return weighted == (f.weights != nil)
}

// words is the longest buffer and the sum of all.
func (f *feed) words() (longest, total int) {
	for _, c := range append(append([]*column(nil), f.x...), f.y...) {
		l, t := c.words()
		longest, total = max(longest, l), total+t
	}
	return longest, total + 2*f.rows
}

// keptFeeds is how many feeds stay on the device when they are not in use:
// training set, validation set, test set, and a batch.
const keptFeeds = 4

// keptPlans is how many batch sizes and modes of a feed stay ready.
const keptPlans = 4

// borrow finds an idle feed with the same signature, or the same signature and
// data where digest is not 0 and there is one; else it allocates f. Of several
// with other data it takes the one that has been idle longest.
func (d *device) borrow(f *feed, digest uint64) (*feed, error) {
	d.mu.Lock()
	best := -1
	for i, idle := range d.feeds {
		if idle.key != f.key {
			continue
		}
		if idle.digest == digest && digest != 0 {
			best = i
			break
		}
		best = i
	}
	if best >= 0 {
		f = d.feeds[best]
		d.feeds = append(d.feeds[:best], d.feeds[best+1:]...)
		d.mu.Unlock()
		return f, nil
	}
	d.mu.Unlock()
	for {
		err := f.allocate()
		if err == nil {
			return f, nil
		}
		f.free()
		// What lies idle may be what is in the way.
		if !d.dropIdle() {
			return nil, err
		}
	}
}

// dropIdle frees the feed that has been idle longest.
func (d *device) dropIdle() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := len(d.feeds)
	if n == 0 {
		return false
	}
	d.feeds[n-1].free()
	d.feeds = d.feeds[:n-1]
	return true
}

// giveBack puts a feed among the idle ones.
func (d *device) giveBack(f *feed) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.feeds = append([]*feed{f}, d.feeds...)
	for len(d.feeds) > keptFeeds {
		d.feeds[len(d.feeds)-1].free()
		d.feeds = d.feeds[:len(d.feeds)-1]
	}
}

// holds is true when an idle feed has the data of this digest.
func (d *device) holds(digest uint64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range d.feeds {
		if f.digest == digest {
			return true
		}
	}
	return false
}

func (f *feed) allocate() error {
	for i, c := range f.x {
		if err := c.allocate("x"+string(rune('0'+i%10)), f); err != nil {
			return err
		}
	}
	for i, c := range f.y {
		if err := c.allocate("y"+string(rune('0'+i%10)), f); err != nil {
			return err
		}
	}
	if f.weights != nil {
		if err := f.own(f.weights); err != nil {
			return err
		}
	}
	return f.own(f.index)
}

func (f *feed) free() {
	f.plans.clear()
	for _, b := range f.buffers {
		b.Release()
	}
	f.buffers = nil
}

// write sends rows of set: those that order names, or all.
func (f *feed) write(set *data.Dataset, weights []float32, order []int32) {
	b := f.device.backend
	for i, c := range f.x {
		c.write(b, set.X[i], order)
	}
	for i, c := range f.y {
		c.write(b, set.Y[i], order)
	}
	if f.weights == nil {
		return
	}
	if order == nil {
		b.Write(f.weights.View().Slice(0, len(weights)), compute.Words(weights))
		return
	}
	picked := make([]float32, len(order))
	for i, r := range order {
		picked[i] = weights[r]
	}
	b.Write(f.weights.View().Slice(0, len(picked)), compute.Words(picked))
}

// arrange sets the order in which batches take rows; nil is as they stand.
func (f *feed) arrange(order []int32) {
	if order != nil {
		f.device.backend.Write(f.index.View().Slice(0, len(order)), compute.Words(order))
		f.ordered = false
		return
	}
	if f.ordered {
		return
	}
	order = make([]int32, f.rows)
	count(order)
	f.device.backend.Write(f.index.View(), compute.Words(order))
	f.ordered = true
}

// count fills s with 0, 1, 2, ...
func count(s []int32) {
	for i := range s {
		s[i] = int32(i)
	}
}

var digestSeed = maphash.MakeSeed()

// digest is a fingerprint of all values of a data set, never 0.
func digest(set *data.Dataset, weights []float32) uint64 {
	var h maphash.Hash
	h.SetSeed(digestSeed)
	fingerprint(&h, set, weights)
	return h.Sum64() | 1
}

// fingerprint feeds all values of a data set to a hash.
func fingerprint(h hash.Hash, set *data.Dataset, weights []float32) {
	length := func(n int) { h.Write(binary.LittleEndian.AppendUint64(nil, uint64(n))) }
	put := func(words []uint32) {
		length(len(words))
		h.Write(bytesOf(words))
	}
	for _, t := range append(append([]data.Tensor(nil), set.X...), set.Y...) {
		for _, d := range t.RowShape() {
			length(d)
		}
		switch t := t.(type) {
		case *data.Dense:
			put(compute.Words(t.Values))
		case *data.Ints:
			put(compute.Words(t.Values))
		case *data.CSR:
			from, to := t.RowPtr[0], t.RowPtr[len(t.RowPtr)-1]
			put(compute.Words(t.RowPtr))
			put(compute.Words(t.Col[from:to]))
			if t.Val != nil {
				put(compute.Words(t.Val[from:to]))
			}
		}
	}
	put(compute.Words(weights))
}
