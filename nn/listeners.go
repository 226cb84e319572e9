package nn

import "fmt"

// listeners are the callbacks of a Fit.
type listeners []Callback

// check refuses values that listen to nothing, or not to what they seem to.
func (l listeners) check() error {
	for i, c := range l {
		if err := checkMethods(c); err != nil {
			return fmt.Errorf("nn: Fit: callback %d, a %T, %w", i, c, err)
		}
		if err := checkParts(c); err != nil {
			return fmt.Errorf("nn: Fit: callback %d, a %T: %w", i, c, err)
		}
	}
	return nil
}

// batches is true when some callback wants to see every batch.
func (l listeners) batches() bool {
	for _, c := range l {
		switch c.(type) {
		case BatchBeginner, BatchEnder:
			return true
		}
	}
	return false
}

// tell calls f for every callback that listens to L, up to the first error; a
// panic is one.
func tell[L any](l listeners, f func(c L) error) error {
	for _, c := range l {
		listener, ok := c.(L)
		if !ok {
			continue
		}
		if err := guard(c, func() error { return f(listener) }); err != nil {
			return err
		}
	}
	return nil
}

// guard calls f for a callback, and makes a panic an error.
func guard(c Callback, f func() error) error {
	return guarded(fmt.Sprintf("nn: callback %T", c), func() error {
		if err := f(); err != nil {
			return fmt.Errorf("nn: callback %T: %w", c, err)
		}
		return nil
	})
}

func (l listeners) trainBegin(t *Training) error {
	return tell(l, func(c TrainBeginner) error { return c.OnTrainBegin(t) })
}

// tellAll is tell that goes on after an error, and returns the first.
func tellAll[L any](l listeners, f func(c L) error) error {
	var first error
	for i := range l {
		if err := tell(l[i:i+1], f); first == nil {
			first = err
		}
	}
	return first
}

func (l listeners) trainEnd(t *Training, err error) error {
	return tellAll(l, func(c TrainEnder) error { return c.OnTrainEnd(t, err) })
}

func (l listeners) epochBegin(t *Training) error {
	return tell(l, func(c EpochBeginner) error { return c.OnEpochBegin(t) })
}

func (l listeners) epochEnd(t *Training, r *Results) error {
	return tell(l, func(c EpochEnder) error { return c.OnEpochEnd(t, r) })
}

func (l listeners) batchBegin(t *Training, batch int) error {
	return tell(l, func(c BatchBeginner) error { return c.OnBatchBegin(t, batch) })
}

func (l listeners) batchEnd(t *Training, batch int, r *Results) error {
	return tell(l, func(c BatchEnder) error { return c.OnBatchEnd(t, batch, r) })
}

func (l listeners) testBegin(t *Training) error {
	return tell(l, func(c TestBeginner) error { return c.OnTestBegin(t) })
}

func (l listeners) testEnd(t *Training, r *Results, err error) error {
	return tellAll(l, func(c TestEnder) error { return c.OnTestEnd(t, r, err) })
}

func (l listeners) pause(t *Training) error {
	return tell(l, func(c Pauser) error { return c.OnPause(t) })
}

func (l listeners) divergence(t *Training, err error) (stop bool, failed error) {
	failed = tell(l, func(c DivergenceHandler) error {
		stop = c.OnDivergence(t, err) || stop
		return nil
	})
	return stop && failed == nil, failed
}
