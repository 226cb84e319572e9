//go:build cgo && (linux || windows)

package opengl

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-gl/gl/v4.3-core/gl"

	"github.com/glearn-go/glearn/compute"
)

// cacheOf is a copy of what the device's cache says of itself, and whether the
// driver has a format for programs.
func cacheOf(d *device) (c programCache, formats bool) {
	d.th.call(func(g *gpu) { c, formats = *g.cache, getInt(gl.NUM_PROGRAM_BINARY_FORMATS) > 0 })
	return c, formats
}

// sines runs one program on a device of its own and gives what the program
// cache then says.
func sines(t *testing.T) programCache {
	t.Helper()
	d := openDevice(t, options{})
	b := compute.NewBuilder(compute.Float)
	e := b.MustBuild(b.Apply(compute.OpSin, b.Input(0)))
	x := newBuffer(t, d, []float32{0, 1, 2})
	dims := compute.D(3)
	d.Run(&compute.Map{Expr: e, Dims: dims, In: []compute.Operand{compute.Full(x, dims)}, Out: []compute.Operand{compute.Full(x, dims)}})
	got := readFloats(t, d, x)
	for i, y := range got {
		if want := math.Sin(float64(i)); math.Abs(float64(y)-want) > 1e-6 {
			t.Errorf("sin %d is %v, want %v", i, y, want)
		}
	}
	c, formats := cacheOf(d)
	if !formats {
		t.Skip("the driver has no format for programs")
	}
	return c
}

// emptyCache gives the test a cache of its own.
func emptyCache(t *testing.T) {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("LocalAppData", os.Getenv("XDG_CACHE_HOME"))
	t.Setenv(programCacheEnv, "")
}

func TestProgramsOutliveTheProcess(t *testing.T) {
	requireDevice(t)
	emptyCache(t)
	first := sines(t)
	if first.loaded != 0 || first.stored == 0 || first.err != nil {
		t.Errorf("an empty cache: %v", &first)
	}
	second := sines(t)
	if second.loaded != first.stored || second.stored != 0 || second.err != nil {
		t.Errorf("after %d programs were written: %v", first.stored, &second)
	}
	info, err := os.Stat(first.folder)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the folder's mode is %v, want it closed to others", info.Mode())
	}
}

func TestBrokenProgramFiles(t *testing.T) {
	requireDevice(t)
	for name, spoil := range map[string]func(key programKey, file []byte) []byte{
		"empty":           func(programKey, []byte) []byte { return nil },
		"cut short":       func(_ programKey, file []byte) []byte { return file[:len(file)/2] },
		"header only":     func(_ programKey, file []byte) []byte { return file[:len(programMagic)+64] },
		"a flipped bit":   func(_ programKey, file []byte) []byte { file[len(file)-1] ^= 1; return file },
		"another version": func(_ programKey, file []byte) []byte { file[len(programMagic)-2]++; return file },
		"another program": func(key programKey, file []byte) []byte { key[31]++; return encodeProgram(key, 1, []byte("x")) },
		"another format":  func(key programKey, file []byte) []byte { return encodeProgram(key, 0xDEAD, []byte("not a program")) },
		"too long":        func(_ programKey, file []byte) []byte { return append(file, make([]byte, mostProgramBytes)...) },
	} {
		t.Run(name, func(t *testing.T) {
			emptyCache(t)
			first := sines(t)
			for _, path := range programFiles(t, first.folder) {
				file, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				key := programKey(file[len(programMagic):])
				if err := os.WriteFile(path, spoil(key, file), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			second := sines(t)
			if second.loaded != 0 || second.stored != first.stored || second.err != nil {
				t.Errorf("%d spoiled files: %v", first.stored, &second)
			}
			if third := sines(t); third.loaded != first.stored {
				t.Errorf("the spoiled files were not replaced: %v", &third)
			}
		})
	}
}

// TestRefusedProgram has a driver's own program with the bytes after its header
// changed: right by our checksum, and for the driver to find out.
func TestRefusedProgram(t *testing.T) {
	requireDevice(t)
	emptyCache(t)
	first := sines(t)
	for _, path := range programFiles(t, first.folder) {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		key := programKey(file[len(programMagic):])
		format, program, ok := decodeProgram(file, key)
		if !ok {
			t.Fatalf("%s does not decode", path)
		}
		if err := os.WriteFile(path, encodeProgram(key, format, program[:len(program)/2]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	second := sines(t)
	if second.loaded != 0 || second.stored != first.stored {
		t.Errorf("after the driver refused %d programs: %v", first.stored, &second)
	}
}

func TestProgramCacheOff(t *testing.T) {
	requireDevice(t)
	emptyCache(t)
	t.Setenv(programCacheEnv, programCacheOff)
	c := sines(t)
	if c.stored != 0 || c.String() != "off" {
		t.Errorf("turned off: %v", &c)
	}
	if _, err := os.Stat(filepath.Join(os.Getenv("XDG_CACHE_HOME"), "glearn")); err == nil {
		t.Error("a cache that is off made a folder")
	}
}

func TestProgramCacheWithoutFolder(t *testing.T) {
	requireDevice(t)
	emptyCache(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CACHE_HOME", file)
	t.Setenv("LocalAppData", file)
	c := sines(t)
	if c.stored != 0 || c.err == nil || !strings.Contains(c.String(), "trouble") {
		t.Errorf("where no folder can be made: %v", &c)
	}
}

func TestProgramCacheIsShared(t *testing.T) {
	requireDevice(t)
	emptyCache(t)
	stored := sines(t).stored
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 3 {
				c := openProgramCache(limits{vendor: "a driver"})
				key := c.key("a program")
				c.store(key, 7, bytes.Repeat([]byte("binary"), 1000))
				if format, program, ok := c.load(key); !ok || format != 7 || len(program) != 6000 || c.err != nil {
					t.Errorf("read back format %d, %d bytes, %v (%v)", format, len(program), ok, c.err)
				}
			}
		})
	}
	all.Wait()
	if c := sines(t); c.loaded != stored {
		t.Errorf("beside other writers: %v", &c)
	}
	if files := programFiles(t, openProgramCache(limits{}).folder); len(files) != stored+1 {
		t.Errorf("%d files, want %d: %v", len(files), stored+1, files)
	}
}

func TestMakeRoom(t *testing.T) {
	folder := t.TempDir()
	now := time.Now()
	for i := range 10 {
		path := filepath.Join(folder, fmt.Sprint(i))
		if err := os.WriteFile(path, make([]byte, 100), 0o600); err != nil {
			t.Fatal(err)
		}
		age := time.Duration((i*7)%10) * time.Hour // in a mixed order
		if err := os.Chtimes(path, now, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if err := makeRoom(folder, 1000); err != nil || len(programFiles(t, folder)) != 10 {
		t.Fatalf("a full folder was changed: %d files, %v", len(programFiles(t, folder)), err)
	}
	if err := makeRoom(folder, 900); err != nil {
		t.Fatal(err)
	}
	files := programFiles(t, folder)
	if len(files) != 4 {
		t.Errorf("%d files are left, want 4 of 100 bytes in half of 900", len(files))
	}
	for _, path := range files {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if age := now.Sub(info.ModTime()); age > 3*time.Hour+time.Minute {
			t.Errorf("%s, %v old, was kept, and newer ones were not", path, age)
		}
	}
	if err := makeRoom(filepath.Join(folder, "none"), 1); err == nil {
		t.Error("a folder that is not there: no error")
	}
}

// FuzzDecodeProgram: no file makes the reader do more than refuse it, and what
// it takes is what was written.
func FuzzDecodeProgram(f *testing.F) {
	key := programKey{1, 2, 3}
	f.Add(encodeProgram(key, 9, []byte("binary")))
	f.Add([]byte(programMagic))
	f.Fuzz(func(t *testing.T, file []byte) {
		format, program, ok := decodeProgram(file, key)
		if ok && !bytes.Equal(encodeProgram(key, format, program), file) {
			t.Errorf("%q was taken for format %d, program %q", file, format, program)
		}
	})
}

func programFiles(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}
