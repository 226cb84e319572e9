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
	f, err := m.newFit(s.ahead, config)
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

	epoch int
	pull  func() (*data.Dataset, error, bool) // nil between epochs
	stop  func()
	ahead *data.Dataset // the next batch; nil at the end
	at    int           // its number
	err   error         // of looking for it
	feed  *feed         // as large as the largest batch so far
}

// begin opens the stream for an epoch and looks at its first batch.
func (s *streamSource) begin(epoch int) error {
	if s.pull != nil && s.epoch == epoch {
		return nil // opened to find the shapes
	}
	s.end()
	s.epoch = epoch
	s.pull, s.stop = iter.Pull2(s.stream(epoch))
	if s.look(1); s.err != nil {
		return s.err
	}
	if s.ahead == nil {
		return fmt.Errorf("nn: the stream has no batch in epoch %d: %w", epoch+1, ErrEmpty)
	}
	return nil
}

// look takes the batch of the given number from the stream.
func (s *streamSource) look(number int) {
	s.ahead, s.at = nil, number-1
	s.err = guarded("nn: the stream", func() error {
		set, err, ok := s.pull()
		switch {
		case err != nil:
			return fmt.Errorf("nn: the stream, at batch %d of epoch %d: %w", number, s.epoch+1, err)
		case ok && set == nil:
			return fmt.Errorf("nn: batch %d of the stream is nil: %w", number, ErrEmpty)
		}
		s.ahead = set
		return nil
	})
}

// next puts the batch that was looked at on the device.
func (s *streamSource) next(batch, _ int) (window, error) {
	for s.ahead != nil && s.at < batch {
		s.look(s.at + 2) // of batches that were trained on before a checkpoint
	}
	if s.err != nil {
		return window{}, s.err
	}
	set := s.ahead
	if set == nil {
		if n := s.config.StepsPerEpoch; n > 0 {
			return window{}, fmt.Errorf("nn: the stream ended before batch %d of %d: %w", batch+1, n, ErrEmpty)
		}
		s.end()
		return window{}, nil
	}
	p, err := s.send(fmt.Sprintf("batch %d of the stream", batch+1), set)
	if err != nil {
		return window{}, err
	}
	w := window{plan: p, first: batch}
	if rows := set.Rows(); rows == s.feed.rows {
		w.full = 1
	} else {
		w.last = rows
	}
	if s.config.StepsPerEpoch == batch+1 {
		s.end() // what comes after it belongs to no epoch
	} else {
		s.look(batch + 2)
	}
	return w, nil
}

// send checks a batch and writes it to the device.
func (s *streamSource) send(what string, set *data.Dataset) (*plan, error) {
	m, d := s.model, s.device
	if err := m.checkFit(what, set); err != nil {
		return nil, err
	}
	if err := m.checkValues(what, set, d); err != nil {
		return nil, err
	}
	weights := set.Weights
	if s.config.ClassWeight != nil {
		var err error
		if weights, err = classWeights(set, s.config.ClassWeight); err != nil {
			return nil, fmt.Errorf("%w (%s)", err, what)
		}
	}
	sparse := m.takesSparse(d, set.X)
	if s.feed == nil || !s.feed.takes(set, weights != nil, sparse) {
		rows := set.Rows()
		if s.feed != nil {
			rows = max(rows, s.feed.rows)
			d.giveBack(s.feed)
			s.feed = nil
		}
		f, err := d.borrow(d.room(set, rows, weights != nil, sparse), 0)
		if err != nil {
			return nil, fmt.Errorf("nn: %s: %w", what, err)
		}
		f.digest, s.feed = 0, f
	}
	s.feed.arrange(nil)
	s.feed.write(set, weights, nil)
	return s.feed.plan(m, true, s.feed.rows)
}

// end closes the stream of an epoch.
func (s *streamSource) end() {
	if s.stop != nil {
		s.stop()
	}
	s.pull, s.stop, s.ahead, s.err = nil, nil, nil, nil
}

func (s *streamSource) close() {
	s.end()
	if s.feed != nil {
		s.device.giveBack(s.feed)
		s.feed = nil
	}
}
