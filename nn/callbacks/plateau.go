package callbacks

import (
	"fmt"
	"math"

	"github.com/glearn-go/glearn/nn"
)

// ReduceLROnPlateau makes the learning rate smaller when a number has not
// improved for Patience epochs. From then on the rate is a constant, also where
// the optimizer had a schedule.
type ReduceLROnPlateau struct {
	Monitor  string   // "": "val_loss"
	Mode     Mode     // which direction is better
	Factor   float64  // what the rate is multiplied with, below 1; 0: 0.1
	Patience int      // epochs without improvement to wait; 0: 10, and 1 is the least
	MinDelta *float64 // smaller changes are none; nil: 1e-4
	Cooldown int      // epochs after a reduction that do not count
	MinLR    float64  // the rate stays at least this

	best          float64
	wait, resting int
}

// Check looks at the settings.
func (p *ReduceLROnPlateau) Check() error {
	if !(p.Factor >= 0 && p.Factor < 1) || p.Patience < 0 || p.Cooldown < 0 || !(p.MinLR >= 0) || math.IsInf(p.MinLR, 0) {
		return fmt.Errorf("its Factor is %v, want 0 to below 1; Patience %d, Cooldown %d and MinLR %v, want 0 or more", p.Factor, p.Patience, p.Cooldown, p.MinLR)
	}
	return p.monitor().check()
}

func (p *ReduceLROnPlateau) monitor() monitor {
	m := monitor{name: p.Monitor, mode: p.Mode, delta: 1e-4}
	if p.MinDelta != nil {
		m.delta = *p.MinDelta
	}
	return m
}

// OnTrainBegin starts anew.
func (p *ReduceLROnPlateau) OnTrainBegin(*nn.Training) error {
	p.best, p.wait, p.resting = p.monitor().worst(), 0, 0
	return nil
}

// OnEpochEnd compares with the best epoch.
func (p *ReduceLROnPlateau) OnEpochEnd(t *nn.Training, r *nn.Results) error {
	x, ok, err := p.monitor().value(t, r)
	if !ok {
		return err
	}
	patience, factor := p.Patience, p.Factor
	if patience == 0 {
		patience = 10
	}
	if factor == 0 {
		factor = 0.1
	}
	if p.resting > 0 {
		p.resting--
		p.wait = 0
	}
	if p.monitor().better(x, p.best) {
		p.best, p.wait = x, 0
		return nil
	}
	if p.resting > 0 {
		return nil
	}
	p.wait++
	old := t.LearningRate()
	if p.wait < patience || old <= p.MinLR {
		return nil
	}
	rate := max(old*factor, p.MinLR)
	p.resting, p.wait = p.Cooldown, 0
	say(t, "Epoch %d: ReduceLROnPlateau reducing learning rate to %.6g.", t.Epoch()+1, rate)
	return t.SetLearningRate(rate)
}
