package optimizers

import (
	"fmt"
	"math"
	"strings"

	"github.com/glearn-go/glearn/nn/schedules"
)

// Settings are common to all optimizers, which embed them. The zero value is
// Keras' defaults. A learning rate of one's own is
//
//	optimizers.Adam{Settings: optimizers.Settings{LearningRate: schedules.Constant(0.01)}}
//
// or, in a module whose go.mod says go 1.27 or later,
//
//	optimizers.Adam{LearningRate: schedules.Constant(0.01)}
type Settings struct {
	// LearningRate is a number, schedules.Constant(0.01), or another schedule;
	// nil is the optimizer's default.
	LearningRate schedules.Schedule
	// At most one of the three clips is set; 0 means not.
	ClipNorm       float64 // largest norm of each weight's gradient
	GlobalClipNorm float64 // largest norm of the whole gradient
	ClipValue      float64 // largest absolute value of an element
	// WeightDecay takes w*rate*WeightDecay off every weight before the update;
	// nil is the optimizer's default (0, but for AdamW 0.004).
	WeightDecay *float64
	// NoDecay excludes weights whose name contains one of these words.
	NoDecay []string
	// UseEMA keeps an exponential moving average of the weights, with momentum
	// EMAMomentum (nil: 0.99), written over the weights at the end of training
	// and, where EMAOverwrite is not 0, after every so many steps.
	UseEMA       bool
	EMAMomentum  *float64
	EMAOverwrite int
	// AccumulateSteps averages this many gradients before each update; 0 and 1
	// update every step.
	AccumulateSteps int
}

// WithDefaults fills in what is nil: what an optimizer's Common returns.
func (s Settings) WithDefaults(rate, decay float64) Settings {
	if s.LearningRate == nil {
		s.LearningRate = schedules.Constant(rate)
	}
	if s.WeightDecay == nil {
		s.WeightDecay = new(decay)
	}
	if s.EMAMomentum == nil {
		s.EMAMomentum = new(0.99)
	}
	return s
}

// Decays is true of the weights that weight decay acts on, by name.
func (s Settings) Decays(name string) bool {
	for _, word := range s.NoDecay {
		if strings.Contains(name, word) {
			return false
		}
	}
	return true
}

// check looks at the settings of the optimizer called name.
func (s Settings) check(name string) error {
	c := checker{name: name}
	clips := 0
	for _, x := range []struct {
		field string
		value float64
	}{{"ClipNorm", s.ClipNorm}, {"GlobalClipNorm", s.GlobalClipNorm}, {"ClipValue", s.ClipValue}} {
		c.atLeast(x.field, x.value, 0)
		if x.value != 0 {
			clips++
		}
	}
	if clips > 1 {
		c.fail("only one of ClipNorm, GlobalClipNorm and ClipValue can be set")
	}
	if s.WeightDecay != nil {
		c.atLeast("WeightDecay", *s.WeightDecay, 0)
	}
	for _, word := range s.NoDecay {
		if word == "" {
			c.fail("NoDecay holds an empty word, which every name contains")
		}
	}
	if s.EMAMomentum != nil && !(*s.EMAMomentum >= 0 && *s.EMAMomentum <= 1) {
		c.fail("EMAMomentum is %v, want 0 to 1", *s.EMAMomentum)
	}
	if s.EMAOverwrite < 0 {
		c.fail("EMAOverwrite is %d steps, want 0 or more", s.EMAOverwrite)
	}
	if s.AccumulateSteps < 0 {
		c.fail("AccumulateSteps is %d, want 0 or more", s.AccumulateSteps)
	}
	if c.err == nil && s.LearningRate != nil {
		if err := schedules.Check(s.LearningRate); err != nil {
			c.fail("LearningRate: %w", err)
		}
	}
	return c.err
}

// checker keeps the first setting of an optimizer that is out of range.
type checker struct {
	name string
	err  error
}

func (c *checker) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("optimizers: "+c.name+": "+format, args...)
	}
}

// atLeast also refuses NaN and infinity.
func (c *checker) atLeast(field string, x, low float64) {
	if !(x >= low) || math.IsInf(x, 0) {
		c.fail("%s is %v, want a finite number of at least %v", field, x, low)
	}
}

// share is of a moving average: from 0 up to, but not, 1.
func (c *checker) share(field string, x *float64) {
	if x != nil && !(*x >= 0 && *x < 1) {
		c.fail("%s is %v, want 0 <= %s < 1", field, *x, field)
	}
}

// epsilon keeps a divisor from 0.
func (c *checker) epsilon(field string, x *float64) {
	if x != nil {
		c.atLeast(field, *x, 0)
	}
}

// or is an optional setting, or its default.
func or(x *float64, standard float64) float64 {
	if x == nil {
		return standard
	}
	return *x
}
