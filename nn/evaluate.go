package nn

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/glearn-go/glearn/data"
)

// EvaluateConfig is for EvaluateWith.
type EvaluateConfig struct {
	BatchSize int // 0 is 32
	Steps     int // batches; 0 is all
}

// Evaluate is the loss and the metrics on a data set with targets, in batches as
// large as is quick: the batches do not change the result but for rounding. Data
// that does not fit is an error that wraps ErrShape, ErrValue or ErrEmpty.
func (m *Model) Evaluate(ctx context.Context, set *data.Dataset) (*Results, error) {
	return m.EvaluateWith(ctx, set, EvaluateConfig{BatchSize: evaluateBatch})
}

const evaluateBatch = 256

// EvaluateWith is Evaluate in batches of a given size.
func (m *Model) EvaluateWith(ctx context.Context, set *data.Dataset, config EvaluateConfig) (*Results, error) {
	if err := m.acquire(shared); err != nil {
		return nil, err
	}
	defer m.release(shared)
	if config.BatchSize < 0 || config.Steps < 0 {
		return nil, fmt.Errorf("nn: Evaluate: BatchSize %d, Steps %d: want 0 or more: %w", config.BatchSize, config.Steps, ErrValue)
	}
	if config.BatchSize == 0 {
		config.BatchSize = defaultBatch
	}
	d, err := m.forTargets("Evaluate", "data", set, false)
	if err != nil {
		return nil, err
	}
	l, err := m.prepare("data", d, set, set.Weights, config.BatchSize, false)
	if err != nil {
		return nil, err
	}
	defer l.close()
	r := pass{model: m, device: l.device, source: l, limit: l.batches()}
	if config.Steps > 0 {
		r.limit = min(r.limit, config.Steps)
	}
	done, err := r.once(ctx)
	if err != nil {
		return nil, fmt.Errorf("nn: Evaluate stopped after batch %d of %d: %w", done, r.limit, err)
	}
	return r.tally.results(), nil
}

// forTargets gets the model ready to hold its outputs against targets: it builds
// it for a data set, called name in errors. caller is the method that asks.
func (m *Model) forTargets(caller, name string, set *data.Dataset, training bool) (*device, error) {
	if m.config == nil && m.err == nil {
		return nil, fmt.Errorf("nn: %s: %w: call Compile first", caller, ErrNotCompiled)
	}
	if err := m.checkSet(name, set, true); err != nil {
		return nil, err
	}
	if err := m.ready(rowShapes(set.X)); err != nil {
		return nil, err
	}
	d := m.current()
	if !d.learns() {
		return nil, fmt.Errorf("nn: %s: the model was compiled without a loss: give Compile one", caller)
	}
	if training && len(d.trained) == 0 {
		d.frozen.Do(func() {
			slog.Warn(fmt.Sprintf("nn: %s: the model has no trainable weights, and will not change: SetTrainable and Compile make it learn", caller), "model", m.name)
		})
	}
	return d, nil
}

// TrainOnBatch takes one step on all rows of the batch, in their order, and
// returns the loss and metrics from before it.
func (m *Model) TrainOnBatch(ctx context.Context, batch *data.Dataset) (*Results, error) {
	if err := m.acquire(training); err != nil {
		return nil, err
	}
	defer m.release(training)
	return m.onBatch(ctx, "TrainOnBatch", batch, true)
}

// TestOnBatch is the loss and metrics of one batch.
func (m *Model) TestOnBatch(ctx context.Context, batch *data.Dataset) (*Results, error) {
	if err := m.acquire(shared); err != nil {
		return nil, err
	}
	defer m.release(shared)
	return m.onBatch(ctx, "TestOnBatch", batch, false)
}

func (m *Model) onBatch(ctx context.Context, what string, batch *data.Dataset, training bool) (*Results, error) {
	d, err := m.forTargets(what, "batch", batch, training)
	if err != nil {
		return nil, err
	}
	l, err := m.prepare("batch", d, batch, batch.Weights, batch.Rows(), training)
	if err != nil {
		return nil, err
	}
	defer l.close()
	r := pass{model: m, device: l.device, source: l, training: training, limit: 1}
	if _, err := r.once(ctx); err != nil {
		return nil, fmt.Errorf("nn: %s: %w", what, err)
	}
	return r.tally.results(), nil
}
