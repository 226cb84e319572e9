package callbacks

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/glearn-go/glearn/nn"
)

// ModelCheckpoint saves the model after epochs, for nn.Load. To go on with a
// Fit that was interrupted, see [BackupAndRestore].
//
// A file that cannot be written is an error that stops Fit; the file that was
// there before stays good.
type ModelCheckpoint struct {
	// Path is where to; folders that are not there are made. "{epoch}" in it
	// becomes the epoch's number, from 1, of at least two digits, or more with
	// "{epoch:04d}"; "{val_loss}" becomes a result, of four decimals or as
	// "{val_loss:.2f}" has it.
	Path            string
	SaveWeightsOnly bool   // as Model.SaveWeights does
	SaveBestOnly    bool   // only when Monitor improved
	Monitor         string // "": "val_loss"
	Mode            Mode   // which direction is better
	// InitialValueThreshold is what the first best has to beat; nil is nothing.
	InitialValueThreshold *float64
	Every                 int // save every so many epochs; 0 is 1
	// Keep removes files that this Fit wrote but for the newest so many and the
	// one of the best epoch, where the results have Monitor; 0 keeps all.
	Keep int

	best     float64
	bestPath string
	paths    []string // that are kept, the oldest first
}

// Check looks at the settings.
func (c *ModelCheckpoint) Check() error {
	switch {
	case c.Path == "":
		return errors.New("its Path is empty")
	case c.Every < 0 || c.Keep < 0:
		return fmt.Errorf("its Every is %d and Keep %d, want 0 or more", c.Every, c.Keep)
	case c.Keep > 0 && !hasEpoch(c.Path):
		return fmt.Errorf("its Keep is %d, but all epochs go to %s; put {epoch} into Path", c.Keep, c.Path)
	case c.InitialValueThreshold != nil && math.IsNaN(*c.InitialValueThreshold):
		return errors.New("its InitialValueThreshold is NaN, want a number")
	}
	if err := checkPlaces(c.Path); err != nil {
		return err
	}
	if !c.SaveBestOnly && c.Keep == 0 {
		return nil // no epoch is the best
	}
	return c.monitor().check()
}

// OnTrainBegin starts anew.
func (c *ModelCheckpoint) OnTrainBegin(*nn.Training) error {
	c.best, c.bestPath, c.paths = c.monitor().worst(), "", nil
	if c.InitialValueThreshold != nil {
		c.best = *c.InitialValueThreshold
	}
	return nil
}

// OnEpochEnd saves.
func (c *ModelCheckpoint) OnEpochEnd(t *nn.Training, r *nn.Results) error {
	if (t.Epoch()+1)%max(c.Every, 1) != 0 {
		return nil
	}
	m, better := c.monitor(), false
	if c.SaveBestOnly || r.Has(m.key()) {
		x, ok, err := m.value(t, r)
		better = ok && m.better(x, c.best)
		if !ok || c.SaveBestOnly && !better {
			return err
		}
		if better {
			c.best = x
		}
	}
	path, err := fillPlaces(c.Path, t.Epoch()+1, r)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	if better {
		c.bestPath = path
	}
	save := t.Model().Save
	if c.SaveWeightsOnly {
		save = t.Model().SaveWeights
	}
	if err := save(path); err != nil {
		return err
	}
	return c.prune(path)
}

func (c *ModelCheckpoint) monitor() monitor { return monitor{name: c.Monitor, mode: c.Mode} }

// prune removes what is neither among the newest nor the best.
func (c *ModelCheckpoint) prune(path string) error {
	c.paths = append(c.paths, path)
	if c.Keep == 0 {
		return nil
	}
	old := max(0, len(c.paths)-c.Keep)
	var kept []string
	for i, p := range c.paths {
		if i >= old || p == c.bestPath {
			kept = append(kept, p)
		} else if err := os.Remove(p); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	c.paths = kept
	return nil
}
