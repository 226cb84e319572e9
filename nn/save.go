package nn

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/internal/atomicfile"
	"github.com/glearn-go/glearn/internal/npy"
	"github.com/glearn-go/glearn/nn/internal/safetensors"
	"github.com/glearn-go/glearn/nn/internal/spec"
)

// What the metadata of a file says. A file of an older format version loads in
// every later version of the library; docs/reliability.md has the rule.
const (
	formatKey      = "format"
	formatName     = "glearn"
	versionKey     = "format_version"
	formatVersion  = 1
	libraryKey     = "library_version"
	libraryVersion = "0.1.0"
	configKey      = "config"
)

// Preprocessor is a registered type that makes a model's inputs of what a
// program has, such as one of package preprocessing; see [Model.Attach].
type Preprocessor any

// Attach keeps a preprocessor with the model, under a name: Save writes it,
// vocabulary and all, and [Model.Attached] has it after [Load].
func (m *Model) Attach(name string, p Preprocessor) error {
	if err := m.acquire(alone); err != nil {
		return err
	}
	defer m.release(alone)
	if m.attached == nil {
		m.attached = map[string]Preprocessor{}
	}
	m.attached[name] = p
	return nil
}

// Attached is the preprocessor of a name, or nil.
func (m *Model) Attached(name string) Preprocessor {
	m.preparing.Lock()
	defer m.preparing.Unlock()
	return m.attached[name]
}

// Save writes the model into one file: its architecture, what Compile was given
// and the preprocessors attached to it, as JSON; and its weights. [Load] makes
// the model again. The optimizer's state is not part of it: that is what
// callbacks.BackupAndRestore is for.
//
// The file is a safetensors file with the JSON among its metadata, so other
// programs can read the weights. It is replaced in one step: at no time is
// there a half-written file at path. Save may be called while Fit is at work,
// by a callback.
//
// What is a Go function (activations.Func, a layers.Lambda) cannot be saved;
// [Register] a type, or use SaveWeights.
func (m *Model) Save(path string) error {
	if filepath.Ext(path) == npzExt {
		return fmt.Errorf("nn: Save: %s: an %s file has no room for the configuration; SaveWeights writes one", path, npzExt)
	}
	metadata := metadataOf()
	config, err := m.savedConfig()
	if err != nil {
		return fmt.Errorf("nn: Save: %s: %w", path, err)
	}
	if err := m.loadable(config); err != nil {
		return fmt.Errorf("nn: Save: %s: %w", path, err)
	}
	metadata[configKey] = string(config)
	return m.saveTensors("Save", path, metadata)
}

// loadable says whether [Load] will have the memory that the configuration takes,
// beside weights like the model's.
func (m *Model) loadable(config []byte) error {
	limit := int64(len(config)) + spec.Allowance
	for _, w := range m.Weights() {
		limit += 4 * int64(w.Size())
	}
	_, _, err := decodeModel(bytes.Clone(config), limit)
	if errors.Is(err, spec.ErrMemory) || errors.Is(err, graph.ErrMemory) {
		return fmt.Errorf("Load would refuse it: %w", err)
	}
	return nil // what else Load may say depends on the program that calls it
}

// SaveWeights writes the weights alone, to a safetensors file or, where path
// ends in .npz, one of NumPy's. Either way they are arrays of float32 by the
// name of the weight, such as "dense_1/kernel".
func (m *Model) SaveWeights(path string) error {
	if filepath.Ext(path) != npzExt {
		return m.saveTensors("SaveWeights", path, metadataOf())
	}
	weights, values, err := m.snapshotWeights()
	if err != nil {
		return fmt.Errorf("nn: SaveWeights: %s: %w", path, err)
	}
	arrays := make([]npy.Array, len(weights))
	for i, w := range weights {
		arrays[i] = npy.Array{Name: w.name, Shape: w.spec.Shape, Values: values[w]}
	}
	if err := atomicfile.Write(path, func(w io.Writer) error { return npy.WriteArchive(w, arrays) }); err != nil {
		return fmt.Errorf("nn: SaveWeights: %w", err)
	}
	return nil
}

const npzExt = ".npz"

// metadataOf is what every file says of itself.
func metadataOf() map[string]string {
	return map[string]string{formatKey: formatName, versionKey: fmt.Sprint(formatVersion), libraryKey: libraryVersion}
}

// saveTensors writes the weights and the metadata.
func (m *Model) saveTensors(what, path string, metadata map[string]string) error {
	weights, values, err := m.snapshotWeights()
	if err != nil {
		return fmt.Errorf("nn: %s: %s: %w", what, path, err)
	}
	err = atomicfile.Write(path, func(w io.Writer) error {
		return safetensors.Write(w, metadata, tensorsOf(weights, values))
	})
	if err != nil {
		return fmt.Errorf("nn: %s: %w", what, err)
	}
	return nil
}

func tensorsOf(weights []*Weight, values map[*Weight][]float32) []safetensors.Tensor {
	tensors := make([]safetensors.Tensor, len(weights))
	for i, w := range weights {
		tensors[i] = safetensors.Of(w.name, values[w], w.spec.Shape...)
	}
	return tensors
}

// snapshotWeights copies all weights.
func (m *Model) snapshotWeights() ([]*Weight, map[*Weight][]float32, error) {
	if err := m.acquire(shared); err != nil {
		return nil, nil, err
	}
	defer m.release(shared)
	m.preparing.Lock()
	defer m.preparing.Unlock()
	values, err := m.weightValues()
	return m.allWeights(), values, err
}

// savedConfig is the configuration as JSON.
func (m *Model) savedConfig() ([]byte, error) {
	if err := m.acquire(shared); err != nil {
		return nil, err
	}
	defer m.release(shared)
	m.preparing.Lock()
	defer m.preparing.Unlock()
	c := savedConfig{Compile: m.config, Preprocessing: m.attached}
	var err error
	if c.Model, err = m.architecture(); err != nil {
		return nil, err
	}
	config, err := spec.Encode(c)
	if err == nil && len(config) > maxConfig {
		err = fmt.Errorf("a configuration of %d bytes, want at most %d", len(config), maxConfig)
	}
	return config, err
}

// maxConfig bounds the JSON of a file. A vocabulary of a million words fits.
const maxConfig = 16 << 20
