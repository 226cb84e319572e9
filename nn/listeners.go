package nn

import (
	"fmt"
	"reflect"
)

// listeners are the callbacks of a Fit.
type listeners []Callback

// check refuses values that listen to nothing.
func (l listeners) check() error {
	for i, c := range l {
		if !listens(c) {
			hint := ""
			if c != nil && listens(reflect.New(reflect.TypeOf(c)).Interface()) {
				hint = ": pass its address"
			}
			return fmt.Errorf("nn: Fit: callback %d, a %T, has none of the methods of a callback%s", i, c, hint)
		}
		if err := checkParts(c); err != nil {
			return fmt.Errorf("nn: Fit: callback %d: %w", i, err)
		}
	}
	return nil
}

// listens is true of a value with some method of a callback.
func listens(c Callback) bool {
	switch c.(type) {
	case TrainBeginner, TrainEnder, EpochBeginner, EpochEnder, BatchEnder, Pauser, DivergenceHandler:
		return true
	}
	return false
}

// batches is true when some callback wants to see every batch.
func (l listeners) batches() bool {
	for _, c := range l {
		if _, ok := c.(BatchEnder); ok {
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

// trainEnd tells all, even after one fails, and returns the first error.
func (l listeners) trainEnd(t *Training, err error) error {
	var first error
	for i := range l {
		e := tell(l[i:i+1], func(c TrainEnder) error { return c.OnTrainEnd(t, err) })
		if first == nil {
			first = e
		}
	}
	return first
}

func (l listeners) epochBegin(t *Training) error {
	return tell(l, func(c EpochBeginner) error { return c.OnEpochBegin(t) })
}

func (l listeners) epochEnd(t *Training, r *Results) error {
	return tell(l, func(c EpochEnder) error { return c.OnEpochEnd(t, r) })
}

func (l listeners) batchEnd(t *Training, batch int, r *Results) error {
	return tell(l, func(c BatchEnder) error { return c.OnBatchEnd(t, batch, r) })
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
