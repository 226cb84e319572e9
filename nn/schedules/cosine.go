package schedules

import (
	"fmt"
	"math"
)

// CosineDecay follows half a cosine wave down from Initial to Alpha * Initial:
//
//	Initial * ((1 - Alpha) * (1 + cos(pi * min(step, DecaySteps) / DecaySteps)) / 2 + Alpha)
//
// With WarmupTarget it first rises in a straight line from Initial to
// *WarmupTarget in WarmupSteps steps, and then decays from there. (Keras'
// CosineDecay; Loshchilov & Hutter 2017.)
type CosineDecay struct {
	Initial      float64 // rate at step 0
	DecaySteps   int64   // without the warm-up
	Alpha        float64 // last rate, as a share of the highest
	WarmupTarget *float64
	WarmupSteps  int64
}

// At is the rate.
func (d CosineDecay) At(step int64) float64 {
	from := d.Initial
	if d.WarmupTarget != nil {
		from = *d.WarmupTarget
		if step < d.WarmupSteps {
			return d.Initial + (from-d.Initial)*float64(step)/float64(d.WarmupSteps)
		}
		step -= d.WarmupSteps
	}
	return from * cosine(float64(min(step, d.DecaySteps))/float64(d.DecaySteps), 1, d.Alpha)
}

// Check wants at least one step, Alpha in [0, 1], WarmupTarget of 0 or more, and
// Initial above 0, or of 0 where there is a WarmupTarget.
func (d CosineDecay) Check() error {
	target, initial := 0.0, above0("Initial", d.Initial)
	if d.WarmupTarget != nil {
		target, initial = *d.WarmupTarget, rate("Initial", d.Initial)
	}
	if err := first(initial, positive("DecaySteps", d.DecaySteps), rate("WarmupTarget", target), fraction("Alpha", d.Alpha)); err != nil {
		return err
	}
	if d.WarmupSteps < 0 {
		return fmt.Errorf("schedules: WarmupSteps is %d, want at least 0", d.WarmupSteps)
	}
	if d.WarmupSteps > 0 && d.WarmupTarget == nil {
		return fmt.Errorf("schedules: WarmupSteps is %d but there is no WarmupTarget to warm up to", d.WarmupSteps)
	}
	return nil
}

// CosineDecayRestarts is a row of cosine waves as in [CosineDecay]. Each is
// TMul times as long as the one before and starts MMul times as high:
//
//	Initial * ((1 - Alpha) * MMul^i * (1 + cos(pi * t)) / 2 + Alpha)
//
// at the share t of wave i. (Keras' CosineDecayRestarts; SGDR of Loshchilov &
// Hutter 2017.)
type CosineDecayRestarts struct {
	Initial         float64 // rate at step 0
	FirstDecaySteps int64   // length of the first wave
	TMul            float64 // 0: 2
	MMul            float64 // 0: 1
	Alpha           float64 // lowest rate, as a share of Initial
}

// At is the rate.
func (d CosineDecayRestarts) At(step int64) float64 {
	tMul, mMul := d.TMul, d.MMul
	if tMul == 0 {
		tMul = 2
	}
	if mMul == 0 {
		mMul = 1
	}
	at, height := float64(step)/float64(d.FirstDecaySteps), 1.0
	if tMul == 1 {
		wave := math.Floor(at)
		at, height = at-wave, math.Pow(mMul, wave)
	} else {
		// Walking the waves is exact where a logarithm, rounded, can miss a
		// restart by one step; there are few, as they grow.
		for at >= 1 && tMul > 1 {
			at, height = (at-1)/tMul, height*mMul
		}
	}
	return d.Initial * cosine(at, height, d.Alpha)
}

// Check wants at least one step, Initial above 0, TMul of 1 or more, MMul of 0 or more and Alpha
// in [0, 1].
func (d CosineDecayRestarts) Check() error {
	if d.TMul != 0 && !(d.TMul >= 1) {
		return fmt.Errorf("schedules: TMul is %v, want at least 1", d.TMul)
	}
	return first(above0("Initial", d.Initial), positive("FirstDecaySteps", d.FirstDecaySteps), rate("TMul", d.TMul), rate("MMul", d.MMul), fraction("Alpha", d.Alpha))
}

// cosine is half a wave from height to 0, lifted to end at alpha.
func cosine(at, height, alpha float64) float64 {
	return (1-alpha)*height*0.5*(1+math.Cos(math.Pi*at)) + alpha
}

func fraction(what string, x float64) error {
	if !(x >= 0 && x <= 1) {
		return fmt.Errorf("schedules: %s is %v, want 0 to 1", what, x)
	}
	return nil
}
