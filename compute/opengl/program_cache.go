//go:build cgo && (linux || windows)

package opengl

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// The environment variable that turns the program cache off, with this value.
const (
	programCacheEnv = "GLEARN_PROGRAM_CACHE"
	programCacheOff = "off"
)

// What the cache may hold: a driver's binary of one of our kernels takes a few
// to a few hundred KiB.
const (
	mostProgramBytes = 8 << 20
	mostCacheBytes   = 128 << 20
)

// programMagic begins the file of a program; another version has another one.
const programMagic = "glearn program 1\n"

// programKey names a program: its text and the driver that compiled it.
type programKey [sha256.Size]byte

// programCache keeps what the driver compiled in files, one a program, for the
// next process. Several processes may use it at once: a file is written under
// another name and then renamed. Whatever is wrong with it costs time, never a
// result: a program that cannot be read is compiled, one that cannot be written
// is compiled again next time. The first such failure is kept for reports.
type programCache struct {
	folder string // empty: off
	driver string
	err    error
	loaded int // programs read
	stored int // programs written
}

// cacheFolder is the folder of this package's files, made for the user alone.
func cacheFolder(name string) (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(base, "glearn", "opengl", name)
	return folder, os.MkdirAll(folder, 0o700)
}

// openProgramCache finds the folder, and makes room in it.
func openProgramCache(lim limits) *programCache {
	c := &programCache{driver: lim.vendor + "\x00" + lim.renderer + "\x00" + lim.version}
	if os.Getenv(programCacheEnv) == programCacheOff {
		return c
	}
	folder, err := cacheFolder("programs")
	if err != nil {
		c.err = err
		return c
	}
	c.folder = folder
	c.fail(makeRoom(folder, mostCacheBytes))
	return c
}

func (c *programCache) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// key is the name of source's program.
func (c *programCache) key(source string) programKey {
	return sha256.Sum256([]byte(c.driver + "\x00" + source))
}

func (c *programCache) path(key programKey) string {
	return filepath.Join(c.folder, hex.EncodeToString(key[:16]))
}

// load reads a program in the driver's format. What is not whole, or is another
// program's, is not there.
func (c *programCache) load(key programKey) (format uint32, program []byte, ok bool) {
	if c.folder == "" {
		return 0, nil, false
	}
	path := c.path(key)
	info, err := os.Stat(path)
	if err != nil || info.Size() > mostProgramBytes {
		return 0, nil, false
	}
	file, err := os.ReadFile(path)
	if err != nil {
		c.fail(err)
		return 0, nil, false
	}
	format, program, ok = decodeProgram(file, key)
	if ok {
		c.loaded++
		now := time.Now()
		c.fail(os.Chtimes(path, now, now)) // the file used longest ago goes first
	}
	return format, program, ok
}

// store writes a program.
func (c *programCache) store(key programKey, format uint32, program []byte) {
	if c.folder == "" || len(program) > mostProgramBytes/2 {
		return
	}
	if err := writeWhole(c.path(key), encodeProgram(key, format, program)); err != nil {
		c.fail(err)
		return
	}
	c.stored++
}

// drop forgets a program that the driver refuses.
func (c *programCache) drop(key programKey) {
	c.loaded--
	if err := os.Remove(c.path(key)); !errors.Is(err, fs.ErrNotExist) {
		c.fail(err)
	}
}

// String says how the cache is doing.
func (c *programCache) String() string {
	if c.folder == "" && c.err == nil {
		return "off"
	}
	s := fmt.Sprintf("%s, %d programs read and %d written", c.folder, c.loaded, c.stored)
	if c.err != nil {
		s += fmt.Sprintf(", trouble with it: %v", c.err)
	}
	return s
}

// The file of a program: the magic line, the key, the checksum of the rest; the
// driver's number for its format, the program.
func encodeProgram(key programKey, format uint32, program []byte) []byte {
	rest := append(binary.LittleEndian.AppendUint32(nil, format), program...)
	sum := sha256.Sum256(rest)
	return slices.Concat([]byte(programMagic), key[:], sum[:], rest)
}

func decodeProgram(file []byte, key programKey) (format uint32, program []byte, ok bool) {
	rest, ok := bytes.CutPrefix(file, append([]byte(programMagic), key[:]...))
	if !ok || len(rest) <= sha256.Size+4 {
		return 0, nil, false
	}
	sum := sha256.Sum256(rest[sha256.Size:])
	if !bytes.Equal(sum[:], rest[:sha256.Size]) {
		return 0, nil, false
	}
	rest = rest[sha256.Size:]
	return binary.LittleEndian.Uint32(rest), rest[4:], true
}

// writeWhole writes a file that no reader sees half of. It does not wait for the
// disk, as internal/atomicfile does: what a power cut damages fails its checksum
// and is compiled again.
func writeWhole(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// makeRoom removes the files of folder that were used longest ago until half
// of most bytes is left, when it holds more than most. Another process may
// remove files at the same time.
func makeRoom(folder string, most int64) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	var files []fs.FileInfo
	var total int64
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			files = append(files, info)
			total += info.Size()
		}
	}
	if total <= most {
		return nil
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return cmp.Compare(a.ModTime().UnixNano(), b.ModTime().UnixNano()) })
	for _, f := range files {
		if total <= most/2 {
			break
		}
		if err := os.Remove(filepath.Join(folder, f.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		total -= f.Size()
	}
	return nil
}
