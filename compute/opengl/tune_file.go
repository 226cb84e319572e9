//go:build cgo && (linux || windows)

package opengl

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/internal/atomicfile"
	"github.com/glearn-go/glearn/shaders"
)

// tuneFile is what was found out about a device: a JSON file in the user's
// cache folder, one for each device, driver and state of the kernels. Whatever
// is wrong with it costs the time of tuning again, never a result.
type tuneFile struct {
	tuneKey
	Choices map[string]string `json:"choices"` // class -> candidate

	path string // empty: there is no cache folder
	err  error  // why there is none
}

// tuneKey is what a choice depends on.
type tuneKey struct {
	Vendor   string `json:"vendor"`
	Renderer string `json:"renderer"`
	Version  string `json:"version"`
	Kernels  string `json:"kernels"` // a hash
}

// mostTuneBytes bounds the file: a few hundred classes of some 60 bytes each.
const mostTuneBytes = 1 << 20

// openTuneFile reads the choices for a device; none where there is no file, or
// a broken or a foreign one.
func openTuneFile(lim limits) *tuneFile {
	f := &tuneFile{
		tuneKey: tuneKey{Vendor: lim.vendor, Renderer: lim.renderer, Version: lim.version, Kernels: kernelsHash(lim)},
		Choices: map[string]string{},
	}
	folder, err := cacheFolder("tuning")
	if err != nil {
		f.err = err
		return f
	}
	name := sha256.Sum256([]byte(f.Vendor + "\x00" + f.Renderer + "\x00" + f.Version))
	f.path = filepath.Join(folder, hex.EncodeToString(name[:8])+".json")
	f.merge()
	return f
}

// merge adds choices that the file holds and f does not.
func (f *tuneFile) merge() {
	file, err := os.Open(f.path)
	if err != nil {
		return
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, mostTuneBytes+1))
	if err != nil {
		return
	}
	for class, way := range parseTuneFile(text, f.tuneKey) {
		if _, known := f.Choices[class]; !known {
			f.Choices[class] = way
		}
	}
}

// parseTuneFile gives the choices of a file's text if it is one for key.
func parseTuneFile(text []byte, key tuneKey) map[string]string {
	var read tuneFile
	if len(text) > mostTuneBytes || json.Unmarshal(text, &read) != nil || read.tuneKey != key {
		return nil
	}
	return read.Choices
}

// save writes the file, with what another process has added meanwhile. Of two
// that write at the same moment one may lose a choice, which is found again.
func (f *tuneFile) save() error {
	if f.path == "" {
		return fmt.Errorf("opengl: tuning results have no place: %w", f.err)
	}
	f.merge()
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	if err := atomicfile.Write(f.path, func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	}); err != nil {
		return fmt.Errorf("opengl: tuning results: %w", err)
	}
	return nil
}

// kernelsHash names the state of all kernels for products: the text that the
// generators write for a product of each transposes, and the functions it uses.
func kernelsHash(lim limits) string {
	h := sha256.New()
	fmt.Fprintln(h, shaders.Hash())
	for trans := range 4 {
		p := productOf(class{transA: trans&1 != 0, transB: trans&2 != 0, m: 256, n: 256, k: 4096}.sample(1 << 40))
		p.a.view.Buffer, p.b.view.Buffer, p.fin.c.view.Buffer = scratchBuffer{}, scratchBuffer{}, scratchBuffer{}
		for _, c := range candidates() {
			l := &lowering{lim: lim}
			if c.can(lim, p) && c.emit(l, p) == nil {
				for _, d := range l.list {
					io.WriteString(h, d.source)
				}
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

var (
	_ compute.Tuner   = (*device)(nil)
	_ compute.Chooser = (*device)(nil)
)
