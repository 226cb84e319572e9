package datasets

import (
	"fmt"

	"github.com/glearn-go/glearn/datasets/internal/pickle"
	"github.com/glearn-go/glearn/internal/npy"
)

// maxArray bounds one array of an .npz once unpacked. The largest here, the
// pixels of MNIST and the words of IMDB, have 47 MB and about 20 MB.
const maxArray = 256 << 20

// maxTexts bounds the texts of one array. The largest here are IMDB's 25,000; a
// text takes memory even when it is empty.
const maxTexts = 1 << 20

// readNPZ opens an .npz file and hands it to read.
func readNPZ(path string, read func(*npy.Archive) error) error {
	f, size, err := open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	a, err := npy.NewArchive(f, size, maxArray)
	if err == nil {
		err = read(a)
	}
	if err != nil {
		return fmt.Errorf("datasets: %s: %w", path, err)
	}
	return nil
}

// float32Array reads an array of numbers with the given number of axes.
func float32Array(a *npy.Archive, name string, axes int) (values []float32, shape []int, err error) {
	err = a.Read(name, func(r *npy.Reader) (err error) {
		if shape = r.Shape; len(shape) != axes {
			return fmt.Errorf("shape %v, want %d axes", shape, axes)
		}
		values, err = r.Float32s()
		return err
	})
	return values, shape, err
}

// int32Array reads an array of whole numbers with one axis, each in [from, to].
func int32Array(a *npy.Archive, name string, from, to int32) (values []int32, err error) {
	err = a.Read(name, func(r *npy.Reader) (err error) {
		if len(r.Shape) != 1 {
			return fmt.Errorf("shape %v, want 1 axis", r.Shape)
		}
		if values, err = r.Int32s(); err != nil {
			return err
		}
		for i, v := range values {
			if v < from || v > to {
				return fmt.Errorf("element %d is %d, want %d to %d", i, v, from, to)
			}
		}
		return nil
	})
	return values, err
}

// intLists reads an object array of int lists, as Keras stores texts.
func intLists(a *npy.Archive, name string) (lists *pickle.Lists, err error) {
	err = a.Read(name, func(r *npy.Reader) (err error) {
		if len(r.Shape) != 1 || r.Type.Kind != 'O' {
			return fmt.Errorf("an array of type %v and shape %v, want objects with 1 axis", r.Type, r.Shape)
		}
		if r.Shape[0] > maxTexts {
			return fmt.Errorf("%d texts, want at most %d", r.Shape[0], maxTexts)
		}
		body, size := r.Body()
		lists, err = pickle.ReadIntLists(body, r.Shape[0], size)
		return err
	})
	return lists, err
}
