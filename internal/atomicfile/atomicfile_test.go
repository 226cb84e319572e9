package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// holds fails the test unless the folder has exactly one file, with the content.
func holds(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("the file holds %d bytes, %.20q, %v; want %.20q", len(got), got, err, want)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v, %v; want one file", entries, err)
	}
}

func TestWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	for _, content := range []string{"old", "", strings.Repeat("new", 1<<20)} {
		if err := Write(path, text(content)); err != nil {
			t.Fatal(err)
		}
		holds(t, path, content)
	}
}

func TestWriteKeepsTheOldFileWhenAStepFails(t *testing.T) {
	fails := errors.New("failed on purpose")
	for name, c := range map[string]struct {
		broken *broken
		write  func(io.Writer) error
		want   error
	}{
		"write function": {write: func(w io.Writer) error { return errors.Join(text("half")(w), fails) }, want: fails},
		"full disk":      {broken: &broken{room: 100, write: syscall.ENOSPC}, write: text(strings.Repeat("x", 1<<21)), want: syscall.ENOSPC},
		"full at flush":  {broken: &broken{write: syscall.ENOSPC}, write: text("x"), want: syscall.ENOSPC},
		"sync":           {broken: &broken{room: 100, sync: syscall.EIO}, write: text("x"), want: syscall.EIO},
		"close":          {broken: &broken{room: 100, close: syscall.EIO}, write: text("x"), want: syscall.EIO},
	} {
		path := filepath.Join(t.TempDir(), "x")
		if err := Write(path, text("old")); err != nil {
			t.Fatal(err)
		}
		if c.broken != nil {
			wrap = func(f *os.File) file {
				b := *c.broken
				b.file = f
				return &b
			}
		}
		err := Write(path, c.write)
		wrap = func(f *os.File) file { return f }
		if !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
		holds(t, path, "old")
	}
}

// broken is a file whose steps fail.
type broken struct {
	file               *os.File
	room               int // bytes that can be written
	write, sync, close error
}

func (b *broken) Write(p []byte) (int, error) {
	if len(p) > b.room {
		n, err := b.file.Write(p[:b.room])
		return n, errors.Join(b.write, err)
	}
	b.room -= len(p)
	return b.file.Write(p)
}

func (b *broken) Sync() error {
	if b.sync != nil {
		return b.sync
	}
	return b.file.Sync()
}

func (b *broken) Close() error { return errors.Join(b.file.Close(), b.close) }

func TestWriteToAFolderThatIsNotThere(t *testing.T) {
	if err := Write(filepath.Join(t.TempDir(), "no", "x"), text("x")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want ErrNotExist", err)
	}
}

func TestRights(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such rights")
	}
	path := filepath.Join(t.TempDir(), "x")
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	want, err := os.Stat(plain)
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{want.Mode(), 0o640} {
		if err := Write(path, text("x")); err != nil {
			t.Fatal(err)
		}
		if got, err := os.Stat(path); err != nil || got.Mode() != mode {
			t.Errorf("mode %v, %v; want %v", got.Mode(), err, mode)
		}
		if err := os.Chmod(path, 0o640); err != nil {
			t.Fatal(err)
		}
	}
}

func TestClean(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{".xy" + mark + "12", ".y" + mark + "12", "x", ".x"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := Clean(folder, "x"); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 3 || entries[1].Name() != ".y"+mark+"12" {
		t.Errorf("left are %v, %v", entries, err)
	}
	if err := Clean(filepath.Join(folder, "no"), "x"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want ErrNotExist", err)
	}
}
