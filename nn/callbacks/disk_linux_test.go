package callbacks_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/glearn-go/glearn/nn"
)

// TestFullDisk fills the disk in the middle of Fit: Fit goes on with a warning,
// and the checkpoint from before is good.
func TestFullDisk(t *testing.T) {
	for name, disk := range map[string]func(t *testing.T) (dir string, fill, free func() error){
		"no space left":      smallDisk,
		"the folder is gone": lostFolder,
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			j := jobs()["nadam, averaged"]
			want, _, err := j.run(t, b, "", 0)
			if err != nil {
				t.Fatal(err)
			}
			dir, fill, free := disk(t)
			full := j
			var before []string
			full.config.Callbacks = []nn.Callback{onEpoch{2: func() error {
				before = list(t, dir)
				return fill()
			}, 4: func() error {
				return errors.Join(free(), errCrash)
			}}}
			var log bytes.Buffer
			old := slog.Default()
			slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
			_, _, err = full.run(t, b, dir, 0)
			slog.SetDefault(old)
			if !errors.Is(err, errCrash) {
				t.Fatalf("Fit did not go on: %v", err)
			}
			if n := strings.Count(log.String(), "no checkpoint could be written; training goes on"); n < 2 {
				t.Errorf("%d warnings, want one for each checkpoint:\n%s", n, log.String())
			}
			if after := list(t, dir); !reflect.DeepEqual(after, before) {
				t.Errorf("the folder has %q, before the disk was full %q", after, before)
			}
			if got, _, err := j.run(t, b, dir, 0); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("resumed from before the disk was full: error %v, or the weights differ", err)
			}
		})
	}
}

// onEpoch does something at the start of epochs.
type onEpoch map[int]func() error

func (o onEpoch) OnEpochBegin(t *nn.Training) error {
	if f := o[t.Epoch()]; f != nil {
		return f()
	}
	return nil
}

// list is the names in a folder.
func list(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// smallDisk is a disk of its own that is filled to the last byte.
func smallDisk(t *testing.T) (dir string, fill, free func() error) {
	root := t.TempDir()
	if err := syscall.Mount("tmpfs", root, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("a small disk cannot be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(root, 0); err != nil {
			t.Error(err)
		}
	})
	filler := filepath.Join(root, "filler")
	fill = func() error {
		if err := os.WriteFile(filler, make([]byte, 1<<20), 0o666); !errors.Is(err, syscall.ENOSPC) {
			return errors.Join(errors.New("the disk is not full"), err)
		}
		return nil
	}
	return filepath.Join(root, "checkpoints"), fill, func() error { return os.Remove(filler) }
}

// lostFolder is a network disk that is away for a while.
func lostFolder(t *testing.T) (dir string, fill, free func() error) {
	dir = filepath.Join(t.TempDir(), "checkpoints")
	away := dir + "-away"
	return dir, func() error { return os.Rename(dir, away) }, func() error { return os.Rename(away, dir) }
}
