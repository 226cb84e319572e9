package nn

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
)

// Predict is what the model answers, when it has one output, for any number of
// rows: one array for each of its inputs, all of as many rows.
//
//	inputs [rows, ...InputShapes]  ->  *data.Dense [rows, ...OutputShapes]
//
// Inputs that do not fit are errors that wrap ErrShape, ErrValue or ErrEmpty. It
// may be called from several goroutines at once, also while Fit is at work.
func (m *Model) Predict(ctx context.Context, inputs ...data.Tensor) (*data.Dense, error) {
	outs, err := m.PredictAll(ctx, inputs...)
	if err != nil {
		return nil, err
	}
	if len(outs) != 1 {
		return nil, fmt.Errorf("nn: Predict: the model has %d outputs; PredictAll returns all", len(outs))
	}
	return outs[0], nil
}

// PredictOnBatch is Predict with all rows in one batch.
func (m *Model) PredictOnBatch(ctx context.Context, inputs ...data.Tensor) (*data.Dense, error) {
	outs, err := m.predict(ctx, inputs, math.MaxInt)
	if err != nil {
		return nil, err
	}
	if len(outs) != 1 {
		return nil, fmt.Errorf("nn: PredictOnBatch: the model has %d outputs; PredictAll returns all", len(outs))
	}
	return outs[0], nil
}

// PredictAll is Predict for models with several outputs.
func (m *Model) PredictAll(ctx context.Context, inputs ...data.Tensor) ([]*data.Dense, error) {
	return m.predict(ctx, inputs, predictRows)
}

// predictRows is how many rows are worked on at a time at most.
const predictRows = 512

func (m *Model) predict(ctx context.Context, inputs []data.Tensor, most int) ([]*data.Dense, error) {
	if err := m.acquire(shared); err != nil {
		return nil, err
	}
	defer m.release(shared)
	if m.config == nil && m.err == nil {
		return nil, fmt.Errorf("nn: Predict: %w: call Compile first", ErrNotCompiled)
	}
	set := &data.Dataset{X: inputs}
	if err := m.checkSet("input", set, false); err != nil {
		return nil, err
	}
	if err := m.ready(rowShapes(inputs)); err != nil {
		return nil, err
	}
	d := m.current()
	if err := m.checkInputs(inputs); err != nil {
		return nil, err
	}
	if err := m.checkValues("Predict", set, d); err != nil {
		return nil, err
	}
	rows := set.Rows()
	size := min(most, bucket(rows))
	select { // for one of the few predictors that may be at work at once
	case d.turns <- struct{}{}:
		defer func() { <-d.turns }()
	case <-ctx.Done():
		return nil, fmt.Errorf("nn: Predict stopped before row 0 of %d: %w", rows, ctx.Err())
	}
	p, err := m.predictor(d, inputs, size)
	if err != nil {
		return nil, fmt.Errorf("nn: Predict: %w", err)
	}
	outs := make([]*data.Dense, len(m.outShapes))
	for i, shape := range m.outShapes {
		outs[i] = &data.Dense{Shape: append([]int{rows}, shape...), Values: make([]float32, rows*product(shape))}
	}
	p.write(set, 0, min(size, rows))
	for from := 0; from < rows; from += size {
		if err := ctx.Err(); err != nil {
			d.keep(p)
			return nil, fmt.Errorf("nn: Predict stopped before row %d of %d: %w", from, rows, err)
		}
		if err := p.run(set, from, min(size, rows-from), outs); err != nil {
			p.free()
			return nil, fmt.Errorf("nn: Predict: %w", err)
		}
	}
	d.keep(p)
	return outs, nil
}

// bucket is the number of rows that a batch of n is padded to: few different
// sizes are compiled.
func bucket(n int) int { return 1 << bits.Len(uint(n-1)) }

// predictor is a forward program with memory of its own, used by one goroutine
// at a time.
type predictor struct {
	device *device
	feed   *feed // its inputs; no order
	prog   *graph.Program
	outs   []*graph.Tensor
}

// predictor finds an idle one that fits, or makes one.
func (m *Model) predictor(d *device, inputs []data.Tensor, rows int) (*predictor, error) {
	sparse := m.takesSparse(d, inputs)
	f := d.room(&data.Dataset{X: inputs}, rows, false, sparse)
	if p := d.idlePredictor(f.key); p != nil {
		return p, nil
	}
	p := &predictor{device: d, feed: f}
	if err := p.compile(m, rows); err != nil {
		p.free()
		return nil, err
	}
	return p, nil
}

// idlePredictor takes one with the given inputs from the idle ones; nil where
// there is none.
func (d *device) idlePredictor(key string) *predictor {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.IndexFunc(d.predictors, func(p *predictor) bool { return p.feed.key == key })
	if i < 0 {
		return nil
	}
	p := d.predictors[i]
	d.predictors = slices.Delete(d.predictors, i, i+1)
	return p
}

// compile traces the forward pass of a batch of rows rows.
func (p *predictor) compile(m *Model, rows int) error {
	if err := p.feed.allocate(); err != nil {
		return err
	}
	g := graph.New()
	var xs []*graph.Tensor
	for i, c := range p.feed.x {
		xs = append(xs, m.asInput(i, c.batch(g, nil, nil, rows, rows)))
	}
	var err error
	if p.outs, err = m.trace(newCall(g, false, g.ConstInt(maskSeed(p.device.seed)), g.ConstInt(0)), xs); err != nil {
		return err
	}
	for i, o := range p.outs {
		p.outs[i] = graph.ToFloat(o)
		g.Output(p.outs[i])
	}
	p.prog, err = graph.Compile(p.device.backend, g)
	return err
}

// write sends rows [from, from+n) of a set.
func (p *predictor) write(set *data.Dataset, from, n int) {
	if n > 0 {
		p.feed.write(set.Slice(from, from+n), nil, nil)
	}
}

// run answers rows [from, from+n) of a set, which were written. While the device
// works on them it sends as many of the rows that follow.
func (p *predictor) run(set *data.Dataset, from, n int, outs []*data.Dense) error {
	p.prog.Run(1)
	p.write(set, from+n, min(n, set.Rows()-from-n))
	for i, o := range outs {
		width := product(o.RowShape())
		view := p.prog.View(p.outs[i]).Slice(0, n*width)
		if err := p.device.backend.Read(compute.Words(o.Values[from*width:(from+n)*width]), view); err != nil {
			return err
		}
	}
	return nil
}

// keptPredictors is how many stay ready, for a few sizes or goroutines, and how
// many may be at work at once: each has memory of its own.
const keptPredictors = 8

func (d *device) keep(p *predictor) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.predictors = append([]*predictor{p}, d.predictors...)
	for len(d.predictors) > keptPredictors {
		d.predictors[len(d.predictors)-1].free()
		d.predictors = d.predictors[:len(d.predictors)-1]
	}
}

func (p *predictor) free() {
	if p.prog != nil {
		p.prog.Release()
		p.prog = nil
	}
	p.feed.free()
}
