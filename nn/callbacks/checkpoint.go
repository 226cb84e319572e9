package callbacks

import (
	"errors"
	"fmt"
	"strings"

	"github.com/glearn-go/glearn/nn"
)

// ModelCheckpoint saves the model after epochs.
type ModelCheckpoint struct {
	// Path is where to; "{epoch}" in it becomes the epoch's number, from 1.
	Path string
	// Save writes the model to a path.
	Save         func(path string, m *nn.Model) error
	SaveBestOnly bool   // only when Monitor improved
	Monitor      string // "": "val_loss"
	Mode         Mode   // which direction is better
	Every        int    // save every so many epochs; 0 is 1

	best float64
}

// Check looks at the settings.
func (c *ModelCheckpoint) Check() error {
	switch {
	case c.Save == nil:
		return errors.New("ModelCheckpoint: Save is nil")
	case c.Path == "":
		return errors.New("ModelCheckpoint: Path is empty")
	case c.Every < 0:
		return fmt.Errorf("ModelCheckpoint: Every is %d, want 0 or more", c.Every)
	}
	return monitor{mode: c.Mode}.check()
}

// OnTrainBegin starts anew.
func (c *ModelCheckpoint) OnTrainBegin(*nn.Training) error {
	c.best = monitor{name: c.Monitor, mode: c.Mode}.worst()
	return nil
}

// OnEpochEnd saves.
func (c *ModelCheckpoint) OnEpochEnd(t *nn.Training, r *nn.Results) error {
	if (t.Epoch()+1)%max(c.Every, 1) != 0 {
		return nil
	}
	if c.SaveBestOnly {
		m := monitor{name: c.Monitor, mode: c.Mode}
		x, ok, err := m.value(t, r)
		if !ok || !m.better(x, c.best) {
			return err
		}
		c.best = x
	}
	path := strings.ReplaceAll(c.Path, "{epoch}", fmt.Sprintf("%02d", t.Epoch()+1))
	if err := c.Save(path, t.Model()); err != nil {
		return fmt.Errorf("ModelCheckpoint: saving %s: %w", path, err)
	}
	return nil
}
