package datasets

import (
	"fmt"
	"slices"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/datasets/internal/idx"
	"github.com/glearn-go/glearn/internal/npy"
)

// ImageConfig says how [MNIST] and [FashionMNIST] give their images. The zero
// value means X as [n, 28, 28] in [0, 1], the form that a Flatten layer takes.
type ImageConfig struct {
	Flat     bool // X is [n, 784]
	Channels bool // X is [n, 28, 28, 1], the form that a Conv2D layer takes
	OneHot   bool // Y is one-hot *data.Dense [n, 10], not *data.Ints [n]
	Dir      string
}

// MNIST is the handwritten digit set of Keras' mnist.load_data: 60,000 images to
// train on and 10,000 to test with.
//
// X is *data.Dense [n, 28, 28], pixels from 0 to 255 divided by 255. Y is
// *data.Ints [n], the digits.
//
// Source: LeCun, Cortes & Burges; the four IDX files train-images-idx3-ubyte.gz
// and so on, in the folder itself or in mnist in it, or else file mnist.npz.
func MNIST(cfg ImageConfig) (train, test *data.Dataset, err error) {
	s := newSource(cfg.Dir)
	if s.hasIDX("mnist") {
		return idxImages(s, "mnist", cfg)
	}
	path, err := s.locate("mnist.npz")
	if err != nil {
		return nil, nil, err
	}
	err = readNPZ(path, func(a *npy.Archive) (err error) {
		if train, err = npzImages(a, "train", cfg); err != nil {
			return err
		}
		test, err = npzImages(a, "test", cfg)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

// FashionMNIST is Zalando's set of clothes in MNIST's form: 60,000 images to
// train on and 10,000 to test with, in ten classes (see [FashionClasses]). X and
// Y are as in [MNIST].
//
// Source: Xiao, Rasul & Vollgraf 2017, MIT licence. The four IDX files are
// looked for in fashion-mnist in the data folder, and where Debian's package
// dataset-fashion-mnist puts them.
func FashionMNIST(cfg ImageConfig) (train, test *data.Dataset, err error) {
	s := newSource(cfg.Dir)
	if !s.only {
		s.dirs = append(s.dirs, debianDatasets)
		if !s.hasIDX("fashion-mnist") {
			return nil, nil, fmt.Errorf("datasets: %w: fashion-mnist/%s is not in %s; on Debian, apt-get install dataset-fashion-mnist", ErrNotFound, idxName("train-images-idx3"), s)
		}
	}
	return idxImages(s, "fashion-mnist", cfg)
}

// debianDatasets is where Debian keeps data sets.
const debianDatasets = "/usr/share/datasets"

// FashionClasses are the names of the classes of [FashionMNIST]; the index is
// the label.
func FashionClasses() []string {
	return []string{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"}
}

func idxName(what string) string { return what + "-ubyte.gz" }

// idxPath finds one of the four files, gzipped or not.
func (s source) idxPath(folder, what string) (string, error) {
	gz := idxName(what)
	plain := gz[:len(gz)-len(".gz")]
	return s.find(folder+"/"+gz, folder+"/"+plain)
}

func (s source) hasIDX(folder string) bool {
	_, err := s.idxPath(folder, "train-images-idx3")
	return err == nil
}

func idxImages(s source, folder string, cfg ImageConfig) (train, test *data.Dataset, err error) {
	part := func(name string) (*data.Dataset, error) {
		pixels, err := readIDX(s, folder, name+"-images-idx3")
		if err != nil {
			return nil, err
		}
		labels, err := readIDX(s, folder, name+"-labels-idx1")
		if err != nil {
			return nil, err
		}
		d, err := images(pixels.Shape, pixels.Values, labels.Shape, labels.Values, cfg)
		if err != nil {
			return nil, fmt.Errorf("datasets: %s, the %s files: %w", folder, name, err)
		}
		return d, nil
	}
	if train, err = part("train"); err != nil {
		return nil, nil, err
	}
	if test, err = part("t10k"); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

func readIDX(s source, folder, what string) (*idx.Array, error) {
	path, err := s.idxPath(folder, what)
	if err != nil {
		return nil, err
	}
	f, size, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	a, err := idx.Read(f, size, maxArray)
	if err != nil {
		return nil, fmt.Errorf("datasets: %s: %w", path, err)
	}
	return a, nil
}

func npzImages(a *npy.Archive, name string, cfg ImageConfig) (*data.Dataset, error) {
	read := func(array string) (shape []int, values []byte, err error) {
		err = a.Read(array, func(r *npy.Reader) error {
			shape = r.Shape
			values, err = r.Bytes()
			return err
		})
		return shape, values, err
	}
	shape, pixels, err := read("x_" + name)
	if err != nil {
		return nil, err
	}
	rows, labels, err := read("y_" + name)
	if err != nil {
		return nil, err
	}
	d, err := images(shape, pixels, rows, labels, cfg)
	if err != nil {
		return nil, fmt.Errorf("x_%s and y_%s: %w", name, name, err)
	}
	return d, nil
}

// images pairs pixels with labels, in the form that the config asks for.
func images(shape []int, pixels []byte, rows []int, labels []byte, cfg ImageConfig) (*data.Dataset, error) {
	const side, classes = 28, 10
	if len(shape) != 3 || shape[1] != side || shape[2] != side {
		return nil, fmt.Errorf("images of shape %v, want [n %d %d]", shape, side, side)
	}
	if len(rows) != 1 || rows[0] != shape[0] {
		return nil, fmt.Errorf("labels of shape %v for images of shape %v", rows, shape)
	}
	if cfg.Flat && cfg.Channels {
		return nil, fmt.Errorf("options Flat and Channels exclude each other: [n %d] or [n %d %d 1]", side*side, side, side)
	}
	shape = slices.Clone(shape)
	switch {
	case cfg.Flat:
		shape = []int{shape[0], side * side}
	case cfg.Channels:
		shape = append(shape, 1)
	}
	for i, label := range labels {
		if label >= classes {
			return nil, fmt.Errorf("row %d: label %d, want 0 to %d", i, label, classes-1)
		}
	}
	x := &data.Dense{Shape: shape, Values: make([]float32, len(pixels))}
	for i, p := range pixels {
		x.Values[i] = float32(p) / 255
	}
	y := &data.Ints{Shape: []int{rows[0]}, Values: make([]int32, len(labels))}
	for i, label := range labels {
		y.Values[i] = int32(label)
	}
	if !cfg.OneHot {
		return data.New(x, y)
	}
	hot, err := data.ToCategorical(y, classes)
	if err != nil {
		return nil, err
	}
	return data.New(x, hot)
}
