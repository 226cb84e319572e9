package nn

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/internal/npy"
	"github.com/glearn-go/glearn/nn/internal/safetensors"
	"github.com/glearn-go/glearn/nn/internal/spec"
)

// Load makes a model of a file that [Model.Save] or a checkpoint wrote, and
// puts it on a device: it is ready to Predict and, where it was compiled, to
// Evaluate and Fit, with the optimizer starting anew. Without a device (nil),
// Compile has to be called.
//
// The program has to know the types in the file: those of this library by
// importing their packages (nn/layers, nn/preprocessing), its own by
// [Register].
//
// A file is data, never code. One that is damaged, or made to do damage, is an
// error that says where; no more than twice the file's size is allocated for it,
// and 8 MiB.
func Load(dev compute.Backend, path string) (*Model, error) {
	var m *Model
	err := openTensors(path, func(f *safetensors.File) error {
		config, ok := f.Metadata(configKey)
		if !ok {
			return errors.New("it has weights but no configuration; build the model and use LoadWeights")
		}
		var err error
		m, err = loadModel(dev, f, config)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("nn: Load: %s: %w", path, err)
	}
	return m, nil
}

// decodeModel makes a model of its configuration, which it takes over, in at
// most limit bytes of memory. It is built, which costs no memory for its
// weights.
func decodeModel(config []byte, limit int64) (savedConfig, *Model, error) {
	if len(config) > maxConfig {
		return savedConfig{}, nil, fmt.Errorf("a configuration of %d bytes, want at most %d", len(config), maxConfig)
	}
	c, left, err := spec.DecodeWithin[savedConfig](config, limit)
	if err != nil {
		return c, nil, fmt.Errorf("the configuration: %w", err)
	}
	space := &room{limit, left}
	m, err := c.Model.model(space.take)
	if err != nil {
		return c, nil, fmt.Errorf("the configuration: %w", err)
	}
	m.attached, m.room = c.Preprocessing, space
	if err := m.Build(); err != nil {
		return c, nil, err
	}
	m.room = nil
	if len(m.layers) != len(c.Model.Layers) || len(m.calls) != len(c.Model.Calls) {
		return c, nil, errors.New("the configuration has layers that lead to no output")
	}
	return c, m, nil
}

// memoryOf is what may be allocated for what a file's metadata describes: twice
// the file, less what its header takes and its arrays will.
func memoryOf(f *safetensors.File) int64 {
	return 2*f.Size() - f.Held() - f.DataSize() + spec.Allowance
}

func loadModel(dev compute.Backend, f *safetensors.File, config []byte) (*Model, error) {
	c, m, err := decodeModel(config, memoryOf(f))
	if err != nil {
		return nil, err
	}
	weights := m.allWeights()
	values, err := readTensors(f, weights)
	if err != nil {
		return nil, err
	}
	for i, w := range weights {
		w.host = values[i]
	}
	if dev == nil {
		return m, nil
	}
	if c.Compile == nil {
		c.Compile = &CompileConfig{}
	}
	return m, m.Compile(dev, *c.Compile)
}

// LoadWeights sets the weights of a built model to those of a file that
// [Model.Save], [Model.SaveWeights] or a checkpoint wrote, or another program:
// a safetensors file or, where path ends in .npz, one of NumPy's. There must be
// an array of float32 for each weight, of its shape, and no other.
func (m *Model) LoadWeights(path string) error {
	values, err := m.readWeights(path)
	if err != nil {
		return fmt.Errorf("nn: LoadWeights: %s: %w", path, err)
	}
	return m.SetWeights(values)
}

// readWeights reads an array for each weight.
func (m *Model) readWeights(path string) ([][]float32, error) {
	if !m.Built() {
		return nil, errNotBuilt
	}
	weights := m.Weights()
	if filepath.Ext(path) == npzExt {
		return readNPZ(path, weights)
	}
	var values [][]float32
	err := openTensors(path, func(f *safetensors.File) (err error) {
		values, err = readTensors(f, weights)
		return err
	})
	return values, err
}

// openFile hands a file to read.
func openFile(path string, read func(f *os.File, size int64) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("it is not a file")
	}
	return read(f, info.Size())
}

// openTensors checks a safetensors file and hands it to read.
func openTensors(path string, read func(f *safetensors.File) error) error {
	return openFile(path, func(file *os.File, size int64) error {
		f, err := safetensors.Open(file, size)
		if err == nil {
			_, err = f.Verify()
		}
		if err != nil {
			return fmt.Errorf("%w, or none that Save wrote: %w", ErrDamaged, err)
		}
		if err := checkFormat(f); err != nil {
			return err
		}
		return read(f)
	})
}

// checkFormat refuses files of later versions. A file of another program says
// nothing of ours.
func checkFormat(f *safetensors.File) error {
	if name, ok := f.Metadata(formatKey); !ok || string(name) != formatName {
		return nil
	}
	text, _ := f.Metadata(versionKey)
	version, err := strconv.Atoi(string(text))
	if err != nil || version < 1 {
		return fmt.Errorf("its format version is %.20q, want a number from 1 to %d", text, formatVersion)
	}
	if version > formatVersion {
		return fmt.Errorf("it has format version %d, written by glearn %.20s; this is glearn %s, which reads up to version %d", version, library(f), libraryVersion, formatVersion)
	}
	return nil
}

func library(f *safetensors.File) []byte {
	version, _ := f.Metadata(libraryKey)
	return version
}

// readTensors reads an array for each weight. All are held against the file
// before any memory is taken for them.
func readTensors(f *safetensors.File, weights []*Weight) ([][]float32, error) {
	if err := matchTensors(weights, f); err != nil {
		return nil, err
	}
	values := make([][]float32, len(weights))
	for i, w := range weights {
		values[i] = make([]float32, w.Size())
		if err := safetensors.Read(f, w.name, values[i]); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// matchTensors says which weight is not in the file as the model has it, or
// which array no weight takes.
func matchTensors(weights []*Weight, f *safetensors.File) error {
	known := map[string]bool{}
	for _, w := range weights {
		known[w.name] = true
		in, ok := f.Info(w.name)
		if !ok {
			return missing(w, slices.Collect(f.Names()))
		}
		if !slices.Equal(in.Shape, w.spec.Shape) {
			return mismatch(w, in.Shape)
		}
		if in.Type != safetensors.F32 {
			return fmt.Errorf("weight %q has elements of type %v in the file (byte %d), want F32", w.name, in.Type, in.At)
		}
	}
	for name := range f.Names() {
		if !known[name] && name[:min(1, len(name))] != stateMark {
			return extra(name)
		}
	}
	return nil
}

// stateMark starts the names of the arrays of a checkpoint that are no weights;
// no weight's name starts with it.
const stateMark = "/"

func missing(w *Weight, names []string) error {
	if len(names) > 20 {
		names = append(names[:20:20], "...")
	}
	return fmt.Errorf("it has no weight %q, of shape %v; it has %q: %w", w.name, w.spec.Shape, names, ErrShape)
}

func mismatch(w *Weight, shape []int) error {
	return fmt.Errorf("weight %q has the shape %v in the file, want %v: %w", w.name, shape, w.spec.Shape, ErrShape)
}

func extra(name string) error {
	return fmt.Errorf("it has an array %.60q, which is no weight of the model: %w", name, ErrShape)
}

// readNPZ reads an array for each weight from an .npz file.
func readNPZ(path string, weights []*Weight) ([][]float32, error) {
	values := make([][]float32, len(weights))
	err := openFile(path, func(file *os.File, size int64) error {
		largest := 0
		for _, w := range weights {
			largest = max(largest, w.Size())
		}
		const header = 1 << 16
		a, err := npy.NewArchive(io.NewSectionReader(file, 0, size), size, 4*int64(largest)+header)
		if err != nil {
			return err
		}
		known := map[string]bool{}
		for i, w := range weights {
			known[w.name] = true
			if !a.Has(w.name) {
				return missing(w, a.Names())
			}
			err := a.Read(w.name, func(r *npy.Reader) (err error) {
				if !slices.Equal(r.Shape, w.spec.Shape) {
					return mismatch(w, r.Shape)
				}
				if r.Type.Kind != 'f' || r.Type.Size != 4 {
					return fmt.Errorf("weight %q has elements of type %v in the file, want <f4 (float32)", w.name, r.Type)
				}
				values[i], err = r.Float32s()
				return err
			})
			if err != nil {
				return err
			}
		}
		for _, name := range a.Names() {
			if !known[name] {
				return extra(name)
			}
		}
		return nil
	})
	return values, err
}
