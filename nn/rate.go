package nn

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/glearn-go/glearn/nn/schedules"
)

// learningRate is the rate in force of a compiled model, on a device or not yet:
// the optimizer's schedule, or what was set since Compile.
type learningRate struct {
	mu       sync.Mutex
	schedule schedules.Schedule
	sets     atomic.Int64 // how often it was set
}

func (r *learningRate) get() schedules.Schedule {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.schedule
}

func (r *learningRate) put(s schedules.Schedule) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.schedule = s
	r.sets.Add(1)
}

// set makes the rate a constant.
func (r *learningRate) set(rate float64) error {
	if !(rate >= 0) || rate > 1e30 {
		return fmt.Errorf("nn: learning rate %v: want a finite number of at least 0: %w", rate, ErrValue)
	}
	r.put(schedules.Constant(rate))
	return nil
}

// rateNow is the rate of the next step. Schedules count updates.
func (d *device) rateNow() float64 {
	return d.rate.get().At(d.step.Load() / int64(max(d.settings.AccumulateSteps, 1)))
}

// LearningRate is the rate of the model's next step; 0 where it is not compiled.
func (m *Model) LearningRate() float64 {
	m.mu.Lock()
	d, r := m.device, m.rate
	m.mu.Unlock()
	switch {
	case d != nil:
		return d.rateNow()
	case r != nil:
		return r.get().At(0)
	}
	return 0
}

// SetLearningRate makes the rate constant, instead of the optimizer's, until the
// model is compiled again.
func (m *Model) SetLearningRate(rate float64) error {
	if err := m.acquire(training); err != nil {
		return err
	}
	defer m.release(training)
	m.mu.Lock()
	r := m.rate
	m.mu.Unlock()
	if r == nil {
		return fmt.Errorf("nn: SetLearningRate: %w", ErrNotCompiled)
	}
	return r.set(rate)
}

// newRate puts a schedule in force, or none.
func (m *Model) newRate(s schedules.Schedule) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rate = nil
	if s != nil {
		m.rate = &learningRate{schedule: s}
	}
}
