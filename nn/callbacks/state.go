package callbacks

import (
	"fmt"

	"github.com/glearn-go/glearn/nn/internal/spec"
)

// What callbacks remember goes into checkpoints (nn.Stateful), so that a
// resumed Fit decides as one that was never stopped.

// stateText is a state as JSON. It has no class and holds plain numbers and
// texts, so that it always encodes; infinities stand as text.
func stateText[S any](state S) (string, error) {
	text, err := spec.Encode(state)
	return string(text), err
}

// noArrays refuses arrays where there are none.
func noArrays(arrays [][]float32) error {
	if len(arrays) > 0 {
		return fmt.Errorf("the state has %d arrays, want none", len(arrays))
	}
	return nil
}

type earlyStoppingState struct {
	Best                    float64
	Wait                    int
	StoppedEpoch, BestEpoch int
}

// State implements nn.Stateful; the arrays are the best weights.
func (e *EarlyStopping) State() (string, [][]float32, error) {
	text, err := stateText(earlyStoppingState{e.best, e.wait, e.StoppedEpoch, e.BestEpoch})
	return text, e.weights, err
}

// SetState implements nn.Stateful.
func (e *EarlyStopping) SetState(text string, arrays [][]float32) error {
	s, err := spec.Decode[earlyStoppingState]([]byte(text))
	if err != nil {
		return err
	}
	e.best, e.wait, e.StoppedEpoch, e.BestEpoch, e.weights = s.Best, s.Wait, s.StoppedEpoch, s.BestEpoch, arrays
	return nil
}

type plateauState struct {
	Best          float64
	Wait, Resting int
}

// State implements nn.Stateful.
func (p *ReduceLROnPlateau) State() (string, [][]float32, error) {
	text, err := stateText(plateauState{p.best, p.wait, p.resting})
	return text, nil, err
}

// SetState implements nn.Stateful.
func (p *ReduceLROnPlateau) SetState(text string, arrays [][]float32) error {
	s, err := spec.Decode[plateauState]([]byte(text))
	if err != nil {
		return err
	}
	p.best, p.wait, p.resting = s.Best, s.Wait, s.Resting
	return noArrays(arrays)
}

type checkpointState struct {
	Best     float64
	BestPath string
	Paths    []string
}

// State implements nn.Stateful.
func (c *ModelCheckpoint) State() (string, [][]float32, error) {
	text, err := stateText(checkpointState{c.best, c.bestPath, c.paths})
	return text, nil, err
}

// SetState implements nn.Stateful.
func (c *ModelCheckpoint) SetState(text string, arrays [][]float32) error {
	s, err := spec.Decode[checkpointState]([]byte(text))
	if err != nil {
		return err
	}
	c.best, c.bestPath, c.paths = s.Best, s.BestPath, s.Paths
	return noArrays(arrays)
}

type csvState struct {
	Start int64
	Names []string
	Text  string
}

// State implements nn.Stateful.
func (l *CSVLogger) State() (string, [][]float32, error) {
	text, err := stateText(csvState{l.start, l.names, l.text.String()})
	return text, nil, err
}

// SetState implements nn.Stateful: lines of epochs after the checkpoint are
// taken back.
func (l *CSVLogger) SetState(text string, arrays [][]float32) error {
	s, err := spec.Decode[csvState]([]byte(text))
	if err != nil {
		return err
	}
	if at, err := l.file.Stat(); err != nil {
		return err
	} else if at.Size() < s.Start {
		return fmt.Errorf("%s has %d bytes, and had %d before the Fit of the checkpoint", l.Path, at.Size(), s.Start)
	}
	if err := l.file.Truncate(s.Start); err != nil {
		return err
	}
	if _, err := l.file.Seek(s.Start, 0); err != nil {
		return err
	}
	l.start, l.names = s.Start, s.Names
	if s.Start == 0 {
		l.header = nil // it is among the lines that come back
	}
	l.text.Reset()
	if _, err := l.out().Write([]byte(s.Text)); err != nil {
		return err
	}
	return noArrays(arrays)
}
