package callbacks

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/glearn-go/glearn/internal/atomicfile"
	"github.com/glearn-go/glearn/nn"
)

// BackupAndRestore keeps checkpoints of Fit in a folder, and goes on from the
// newest one when Fit is called again after it was interrupted: by Ctrl-C (a
// context that ended), a crash, kill -9, a power cut. The end is the same as
// without the interruption, bit for bit on the same device.
//
// A checkpoint is written after each epoch, inside long ones where SaveFreq
// says so, and when the context ends. A full disk costs nothing but that
// checkpoint: the ones before are good, Fit goes on, and the log has a warning.
// A checkpoint that is damaged is passed over, with a warning, for the one
// before it.
//
// Give each Fit a folder of its own. After a Fit that came to its end the
// checkpoints are removed, unless KeepCheckpoints is set.
type BackupAndRestore struct {
	Dir string // made where it is not there
	// SaveFreq also writes one after so many batches inside an epoch, or a few
	// more: when Fit comes to rest next. 0 is after epochs only.
	SaveFreq int
	Keep     int // checkpoints to keep, the newest; 0 is 2
	// KeepCheckpoints leaves them in place after a Fit that came to its end:
	// with more Epochs, another goes on from there.
	KeepCheckpoints bool

	saved int64 // step of the last checkpoint
}

// Check looks at the settings.
func (b *BackupAndRestore) Check() error {
	if b.Dir == "" {
		return errors.New("its Dir is empty")
	}
	if b.SaveFreq < 0 || b.Keep < 0 {
		return fmt.Errorf("its SaveFreq is %d and Keep %d, want 0 or more", b.SaveFreq, b.Keep)
	}
	return nil
}

const checkpointStart, checkpointEnd = "checkpoint-", ".safetensors"

// path is where the checkpoint of a step goes. Names sort as steps do.
func (b *BackupAndRestore) path(step int64) string {
	return filepath.Join(b.Dir, fmt.Sprintf("%s%016d%s", checkpointStart, step, checkpointEnd))
}

// checkpoints lists what is there, the newest first. A folder that somebody
// removed is no reason to fail.
func (b *BackupAndRestore) checkpoints() ([]string, error) {
	entries, err := os.ReadDir(b.Dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), checkpointStart) && strings.HasSuffix(e.Name(), checkpointEnd) {
			paths = append(paths, filepath.Join(b.Dir, e.Name()))
		}
	}
	sort.Sort(sort.Reverse(sort.StringSlice(paths)))
	return paths, nil
}

// OnTrainBegin goes on from the newest good checkpoint, if there is one.
func (b *BackupAndRestore) OnTrainBegin(t *nn.Training) error {
	if err := os.MkdirAll(b.Dir, 0o777); err != nil {
		return err
	}
	// What a Fit left that was killed while it wrote.
	if err := atomicfile.Clean(b.Dir, checkpointStart); err != nil {
		return err
	}
	paths, err := b.checkpoints()
	if err != nil {
		return err
	}
	var damaged error
	for _, path := range paths {
		err := t.Restore(path)
		if err == nil {
			b.saved = t.Steps()
			return nil
		}
		if !errors.Is(err, nn.ErrDamaged) {
			return fmt.Errorf("%w; remove the checkpoints to start anew", err)
		}
		slog.Warn("glearn: a damaged checkpoint is passed over", "error", err)
		damaged = err
	}
	if damaged != nil {
		return fmt.Errorf("of %d checkpoints none is good; remove them to start anew: %w", len(paths), damaged)
	}
	b.saved = t.Steps()
	return nil
}

// OnPause writes a checkpoint where it is time for one.
func (b *BackupAndRestore) OnPause(t *nn.Training) error {
	due := b.SaveFreq > 0 && t.Steps()-b.saved >= int64(b.SaveFreq)
	if !due && t.Batch() > 0 && !t.Interrupted() {
		return nil
	}
	c, err := t.Snapshot()
	if err != nil {
		return err
	}
	b.saved = t.Steps()
	if err := c.Save(b.path(t.Steps())); err != nil {
		slog.Warn("glearn: no checkpoint could be written; training goes on", "step", t.Steps(), "error", err)
		return nil
	}
	if err := b.prune(); err != nil {
		slog.Warn("glearn: an old checkpoint could not be removed", "error", err)
	}
	return nil
}

// prune removes all but the newest checkpoints.
func (b *BackupAndRestore) prune() error {
	keep := b.Keep
	if keep == 0 {
		keep = 2
	}
	paths, err := b.checkpoints()
	if err != nil || len(paths) <= keep {
		return err
	}
	return remove(paths[keep:])
}

func remove(paths []string) error {
	for _, p := range paths {
		if err := os.Remove(p); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// OnTrainEnd removes the checkpoints of a Fit that came to its end.
func (b *BackupAndRestore) OnTrainEnd(_ *nn.Training, err error) error {
	if err != nil || b.KeepCheckpoints {
		return nil
	}
	paths, err := b.checkpoints()
	if err != nil {
		return err
	}
	return remove(paths)
}
