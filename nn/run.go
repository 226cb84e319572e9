package nn

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/schedules"
)

// tally adds up what the batches of one pass over a data set report.
type tally struct {
	plan    *plan     // whose sums on the device are not in totals yet
	totals  []float64 // of sums that were fetched and set back
	rows    int       // behind totals
	pending int       // rows behind the sums on the device
	count   int       // batches behind the sums on the device
}

// flushRows is after how many rows the sums on the device are set back to 0,
// at batches that do not depend on the clock, so that results repeat bit for
// bit. A float32 counts exactly up to 2^24.
const flushRows, flushBatches = 1 << 22, 512

// limit is after how many batches the sums are to be fetched.
func (p *plan) flushLimit() int {
	return max(1, min(flushBatches, flushRows/max(p.key.stride, 1)))
}

// flush adds the last reading of the device's sums to the totals.
func (t *tally) flush() {
	p := t.plan
	if p == nil || t.pending == 0 {
		return
	}
	if t.totals == nil {
		t.totals = make([]float64, len(p.values))
	}
	for i, v := range p.values {
		t.totals[i] += float64(v)
	}
	t.rows += t.pending
	t.pending, t.count = 0, 0
	p.device.backend.Write(p.sums.View(), compute.Words(p.zeros))
}

// results is what the batches so far come to.
func (t *tally) results() *Results {
	r := &Results{}
	p := t.plan
	if p == nil || p.sums == nil {
		return r
	}
	at := func(i int) float64 {
		var x float64
		if t.totals != nil {
			x = t.totals[i]
		}
		if t.pending > 0 {
			x += float64(p.values[i])
		}
		return x
	}
	rows := float64(max(t.rows+t.pending, 1))
	for _, rep := range p.reports {
		if rep.metric == nil {
			r.add(rep.name, at(rep.parts[0].at)/rows)
			continue
		}
		sums := make([][]float64, len(rep.parts))
		for i, part := range rep.parts {
			sums[i] = make([]float64, part.n)
			for k := range sums[i] {
				sums[i][k] = at(part.at + k)
			}
		}
		name := r.add(rep.name, rep.metric.Result(sums))
		if d, ok := rep.metric.(metrics.Detailed); ok {
			r.addTable(name, func() [][]float64 { return d.Details(sums) })
		}
	}
	return r
}

// pass works through an epoch of a loader's batches.
type pass struct {
	model    *Model
	device   *device
	source   source
	training bool
	single   bool      // a chunk is one batch, for callbacks that look at each
	start    int       // batches that are done already
	saved    *restored // sums of those, until the first window takes them
	limit    int       // batches; 0 is until the source ends
	tally    tally
	// before and after are called around each chunk, where they are not nil, with
	// the number of batches done.
	before, after func(done int) error
}

// once begins an epoch and runs through it.
func (r *pass) once(ctx context.Context) (done int, err error) {
	if err := r.source.begin(0); err != nil {
		return 0, err
	}
	return r.run(ctx)
}

// run goes through the batches. It returns how many were done, and an error
// when the context ended, the device failed, after said so, or a batch
// diverged (an error that wraps ErrDiverged; done is then its number).
func (r *pass) run(ctx context.Context) (done int, err error) {
	limit := r.limit
	if limit == 0 {
		limit = math.MaxInt32
	}
	for done = r.start; done < limit; {
		w, err := r.source.next(done, limit)
		if err != nil {
			return done, err
		}
		if w.batches() == 0 {
			return done, nil
		}
		n, err := r.window(ctx, w)
		done = w.first + n
		if err != nil {
			return done, err
		}
		r.tally.flush()
	}
	return done, nil
}

// window works through one window in chunks, and counts its batches that are
// done.
func (r *pass) window(ctx context.Context, w window) (done int, err error) {
	done = w.skip
	p, d := w.plan, r.device
	r.tally.plan = p
	var full, last *graph.Program
	if w.full > 0 {
		if full, err = p.program(p.key.stride); err != nil {
			return done, err
		}
	}
	if w.last > 0 {
		if last, err = p.program(w.last); err != nil {
			return done, err
		}
	}
	d.backend.Write(p.sums.View(), compute.Words(p.zeros))
	if r.saved != nil {
		if err := r.restoreTally(p, w.skip > 0); err != nil {
			return done, err
		}
	}
	control := [2]int32{int32(w.skip)}
	base, sets := d.step.Load()-int64(w.skip), int64(-1)
	if r.training {
		control[1] = int32(base)
	}
	d.backend.Write(p.control, compute.Words(control[:]))
	flush := p.flushLimit()
	for done < w.batches() {
		if err := r.stop(ctx); err != nil {
			return done, err
		}
		if r.before != nil {
			if err := r.before(w.first + done); err != nil {
				return done, err
			}
		}
		if now := d.rate.sets.Load(); r.training && now != sets {
			sets = now
			if err := p.writeRates(base, w.batches()); err != nil {
				return done, err
			}
		}
		n := min(p.chunk(), flush-r.tally.count)
		if r.single {
			n = 1
		}
		start := time.Now()
		if done < w.full {
			n = min(n, w.full-done)
			full.Run(n)
			r.tally.pending += n * p.key.stride
		} else {
			n = 1
			last.Run(1)
			r.tally.pending += w.last
		}
		if done == w.skip {
			r.source.ahead()
		}
		r.tally.count += n
		if err := d.backend.Read(compute.Words(p.values), p.sums.View()); err != nil {
			return done, fmt.Errorf("nn: %w", err)
		}
		if done < w.full {
			p.measured(time.Since(start), n)
		}
		if r.training {
			d.step.Add(int64(n))
			if bad := int(p.values[0]); bad > 0 {
				d.step.Add(-int64(done + n - (bad - 1))) // batches that changed nothing
				return bad - 1, w.diverged(bad, control[1], r.source.holds())
			}
		}
		done += n
		if r.tally.count >= flush {
			r.tally.flush()
		}
		if r.after != nil {
			if err := r.after(w.first + done); err != nil {
				return done, err
			}
		}
	}
	return done, nil
}

// diverged is the error of the window's batch number bad, from 1, in a window
// that began at step base; held says whether the device still has the batch.
func (w window) diverged(bad int, base int32, held bool) error {
	err := fmt.Errorf("batch %d: loss is NaN or infinite: %w", w.first+bad, ErrDiverged)
	if !held {
		return fmt.Errorf("%w; the batch is gone: with GLEARN_CHECK=nan in the environment it is kept, to say which operation made such a number", err)
	}
	rows := w.plan.key.stride
	if bad > w.full {
		rows = w.last
	}
	where, failed := w.plan.diagnose(base, int32(bad-1), rows)
	if failed != nil {
		return errors.Join(err, fmt.Errorf("nn: looking for the cause: %w", failed))
	}
	return fmt.Errorf("%w; %v; a smaller learning rate or inputs scaled to about 1 may help", err, where)
}

// stop says why to stop between chunks.
func (r *pass) stop(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.model.closing() {
		return fmt.Errorf("nn: %w", ErrClosed)
	}
	return nil
}

// chunk is how many full batches to run before the next look at the clock: one
// at first, then as many as fit chunkTime.
func (p *plan) chunk() int {
	if p.stepTime == 0 {
		return 1
	}
	return max(1, int(chunkTime/max(p.stepTime, 1)))
}

// measured updates the time of a step. The first run of a program is slow, so
// a faster one counts at once.
func (p *plan) measured(t time.Duration, n int) {
	each := t/time.Duration(n) + 1
	if p.stepTime == 0 || each < p.stepTime {
		p.stepTime = each
		return
	}
	p.stepTime += (each - p.stepTime) / 4
}

// writeRates sends the learning rates of the n batches from a step on. A schedule
// may be anybody's function, so each rate is looked at.
func (p *plan) writeRates(step int64, n int) error {
	d := p.device
	every := int64(max(d.settings.AccumulateSteps, 1))
	rate := d.rate.get()
	if !p.key.table {
		rate, err := rateAt(rate, step/every)
		if err == nil && rate != p.written {
			d.backend.Write(p.rates.View(), compute.Words([]float32{float32(rate)}))
			p.written = rate
		}
		return err
	}
	rates := make([]float32, n)
	for i := range rates {
		at, err := rateAt(rate, (step+int64(i))/every)
		if err != nil {
			return err
		}
		rates[i] = float32(at)
	}
	d.backend.Write(p.rates.View().Slice(0, n), compute.Words(rates))
	return nil
}

// rateAt is s.At(step), a finite number of at least 0.
func rateAt(s schedules.Schedule, step int64) (float64, error) {
	rate := s.At(step)
	if !(rate >= 0) || math.IsInf(rate, 0) {
		return 0, fmt.Errorf("the learning rate of step %d is %v, want a finite number of at least 0", step, rate)
	}
	return rate, nil
}
