package nn

import (
	"context"
	"fmt"
	"iter"

	"github.com/glearn-go/glearn/data"
)

// Stream is training data that comes batch by batch: a generator, or a file
// that is read as it goes. It is called with the number of each epoch and
// yields the batches of that epoch; it may go on for ever where Fit is told
// StepsPerEpoch. An error that it yields stops Fit, which returns it.
type Stream func(epoch int) iter.Seq2[*data.Dataset, error]

// FitStream is Fit on a stream, which says itself how large batches are and in
// what order they come: BatchSize, NoShuffle, ValidationSplit and Stratify are
// not for it.
func (m *Model) FitStream(ctx context.Context, train Stream, config FitConfig) (*History, error) {
	if err := m.acquire(training); err != nil {
		return nil, err
	}
	defer m.release(training)
	if config.BatchSize != 0 || config.ValidationSplit != 0 || config.NoShuffle || config.Stratify {
		return nil, fmt.Errorf("nn: FitStream: BatchSize, ValidationSplit, NoShuffle and Stratify are for data that Fit has as a whole: %w", ErrValue)
	}
	if train == nil {
		return nil, fmt.Errorf("nn: FitStream: the stream is nil: %w", ErrEmpty)
	}
	s := &streamSource{model: m, stream: train, config: config}
	defer s.close()
	if err := s.begin(config.InitialEpoch); err != nil {
		return nil, err
	}
	f, err := m.newFit(s.coming.set, config)
	if err != nil {
		return nil, err
	}
	defer f.close()
	s.device, f.train, f.steps = f.device, s, config.StepsPerEpoch
	return f.start(ctx)
}

// streamSource brings the batches of a stream to the device, one at a time.
type streamSource struct {
	model  *Model
	device *device
	stream Stream
	config FitConfig

	epoch  int
	pull   func() (*data.Dataset, error, bool) // nil between epochs
	stop   func()
	coming coming
	given  int   // number of the batch that next gave last
	feed   *feed // as large as the largest batch so far
}

// coming is the next batch of a stream.
type coming struct {
	set     *data.Dataset // nil at the end
	number  int
	err     error // of looking for it, or with it
	checked bool
	weights []float32 // of its rows; once checked
	sent    bool      // it is in the feed
}

// begin opens the stream for an epoch and looks at its first batch.
func (s *streamSource) begin(epoch int) error {
	if s.pull != nil && s.epoch == epoch {
		return nil // opened to find the shapes
	}
	s.end()
	s.epoch = epoch
	s.pull, s.stop = iter.Pull2(s.stream(epoch))
	if s.look(0); s.coming.err != nil {
		return s.coming.err
	}
	if s.coming.set == nil {
		return fmt.Errorf("nn: the stream has no batch in epoch %d: %w", epoch+1, ErrEmpty)
	}
	return nil
}

// look takes the batch of the given number, from 0, from the stream.
func (s *streamSource) look(number int) {
	s.coming = coming{number: number}
	s.coming.err = guarded("nn: the stream", func() error {
		set, err, ok := s.pull()
		switch {
		case err != nil:
			return fmt.Errorf("nn: the stream, at batch %d of epoch %d: %w", number+1, s.epoch+1, err)
		case ok && set == nil:
			return fmt.Errorf("nn: batch %d of the stream is nil: %w", number+1, ErrEmpty)
		}
		s.coming.set = set
		return nil
	})
}

// next puts the batch that was looked at on the device, where ahead has not.
func (s *streamSource) next(batch, _ int) (window, error) {
	c := &s.coming
	for c.set != nil && c.number < batch {
		s.look(c.number + 1) // of batches that were trained on before a checkpoint
	}
	if c.set != nil && c.err == nil {
		c.err = s.check()
	}
	if c.err != nil {
		return window{}, c.err
	}
	if c.set == nil {
		if n := s.config.StepsPerEpoch; n > 0 {
			return window{}, fmt.Errorf("nn: the stream ended before batch %d of %d: %w", batch+1, n, ErrEmpty)
		}
		s.end()
		return window{}, nil
	}
	if err := s.send(); err != nil {
		return window{}, err
	}
	p, err := s.feed.plan(s.model, true, s.feed.rows)
	if err != nil {
		return window{}, err
	}
	w := window{plan: p, first: batch}
	if rows := c.set.Rows(); rows == s.feed.rows {
		w.full = 1
	} else {
		w.last = rows
	}
	s.given = batch
	return w, nil
}

// ahead takes the batch after the one that next gave from the stream, and sends
// it to where that is: the device has what it needs of that batch, as it works
// in the order given. A mistake comes back from next.
func (s *streamSource) ahead() {
	if s.config.StepsPerEpoch == s.given+1 {
		s.end() // what comes after it belongs to no epoch
		return
	}
	s.look(s.given + 1)
	c := &s.coming
	if c.err != nil || c.set == nil {
		return
	}
	if c.err = s.check(); c.err != nil {
		return
	}
	// The feed has to stay as it is where the batch does not fit, and where a
	// search for the first bad number may need the present one again.
	if s.fits() && !checkNaN() {
		s.write()
	}
}

// holds is false when the next batch was sent to where the present one was.
func (s *streamSource) holds() bool { return s.coming.number <= s.given || !s.coming.sent }

// check looks at the values of the coming batch and weights its rows.
func (s *streamSource) check() error {
	c := &s.coming
	if c.checked {
		return nil
	}
	what := s.coming.name()
	if err := s.model.checkFit(what, c.set, s.device); err != nil {
		return err
	}
	if err := s.model.checkValues(what, c.set, s.device); err != nil {
		return err
	}
	c.weights = c.set.Weights
	if s.config.ClassWeight != nil {
		var err error
		if c.weights, err = s.model.classWeights(c.set, s.config.ClassWeight, s.device); err != nil {
			return fmt.Errorf("%w (%s)", err, what)
		}
	}
	c.checked = true
	return nil
}

func (c *coming) name() string { return fmt.Sprintf("batch %d of the stream", c.number+1) }

// fits is true when the coming batch can follow the present one in its place.
func (s *streamSource) fits() bool {
	c := &s.coming
	return s.feed != nil && s.feed.takes(c.set, c.weights != nil, s.model.takesSparse(s.device, c.set.X))
}

// send writes the coming batch to the device, in a larger place where it does
// not fit.
func (s *streamSource) send() error {
	c, d := &s.coming, s.device
	if c.sent {
		return nil
	}
	if !s.fits() {
		rows := c.set.Rows()
		if s.feed != nil {
			rows = max(rows, s.feed.rows)
			d.giveBack(s.feed)
			s.feed = nil
		}
		f, err := d.borrow(d.room(c.set, rows, c.weights != nil, s.model.takesSparse(d, c.set.X)), 0)
		if err != nil {
			return fmt.Errorf("nn: %s: %w", c.name(), err)
		}
		f.digest, s.feed = 0, f
	}
	s.write()
	return nil
}

// write puts the coming batch into the feed.
func (s *streamSource) write() {
	s.feed.arrange(nil)
	s.feed.write(s.coming.set, s.coming.weights, nil)
	s.coming.sent = true
}

// end closes the stream of an epoch.
func (s *streamSource) end() {
	if s.stop != nil {
		s.stop()
	}
	s.pull, s.stop, s.coming = nil, nil, coming{}
}

func (s *streamSource) close() {
	s.end()
	if s.feed != nil {
		s.device.giveBack(s.feed)
		s.feed = nil
	}
}
