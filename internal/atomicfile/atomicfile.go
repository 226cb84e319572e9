// Package atomicfile writes files so that a reader finds the old content or the
// new one, never a part: also after a crash, a full disk or a power cut.
package atomicfile

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// mark stands in the names of files that are not finished.
const mark = ".unfinished-"

// file is what a new file has to do; tests put broken ones in its place.
type file interface {
	io.Writer
	Sync() error
	Close() error
}

// wrap lets tests break what is written.
var wrap = func(f *os.File) file { return f }

// Write calls write with where to write to and then puts the result in the
// place of path, in one step. When it returns an error, path is what it was
// before and nothing is left beside it.
//
// The content goes to a temporary file in the same folder, which is synced to
// the disk, renamed, and the folder synced, so that the rename survives a power
// cut, too.
func Write(path string, write func(io.Writer) error) error {
	folder := filepath.Dir(path)
	temp, err := os.CreateTemp(folder, "."+filepath.Base(path)+mark+"*")
	if err != nil {
		return err
	}
	if err := fill(wrap(temp), write); err != nil {
		return discard(temp.Name(), err)
	}
	if err := permit(temp.Name(), path); err != nil {
		return discard(temp.Name(), err)
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return discard(temp.Name(), err)
	}
	return syncFolder(folder)
}

// fill writes, syncs and closes f.
func fill(f file, write func(io.Writer) error) error {
	buffered := bufio.NewWriterSize(f, 1<<20)
	err := write(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// permit gives the temporary file, which only its owner may read, the rights of
// the file in whose place it goes, or those of a new file.
func permit(temp, path string) error {
	mode := os.FileMode(0o666) &^ umask()
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	return os.Chmod(temp, mode)
}

// discard removes what a failure left and returns the failure.
func discard(temp string, err error) error {
	if e := os.Remove(temp); e != nil {
		return fmt.Errorf("%w (and %w)", err, e)
	}
	return err
}

// Clean removes from a folder what writers left when they were killed, of files
// whose names start with start. A writer at work would fail.
func Clean(folder, start string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "."+start) && strings.Contains(e.Name(), mark) {
			if err := os.Remove(filepath.Join(folder, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
