package datasets

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestMNISTFromIDXAndFromNPZAreTheSame(t *testing.T) {
	want := fixtures(t).MNIST
	// a folder with mnist.npz alone
	npz := t.TempDir()
	raw, err := os.ReadFile("testdata/mnist.npz")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(npz, "mnist.npz"), raw, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"testdata", "testdata/mnist", npz} {
		train, test, err := MNIST(ImageConfig{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		x := denseOf(t, train.X)
		if !slices.Equal(x.Shape, []int{5, 28, 28}) || test.Rows() != 2 {
			t.Errorf("%s: shape %v, %d test rows", dir, x.Shape, test.Rows())
		}
		if got := intsOf(t, train.Y).Values; !slices.Equal(got, []int32{3, 1, 4, 1, 5}) {
			t.Errorf("%s: labels %v", dir, got)
		}
		if got := intsOf(t, test.Y).Values; !slices.Equal(got, []int32{9, 2}) {
			t.Errorf("%s: test labels %v", dir, got)
		}
		sum := 0
		for i, v := range x.Values {
			pixel := int(v*255 + 0.5)
			if v != float32(pixel)/255 {
				t.Fatalf("%s: value %d is %v, no pixel divided by 255", dir, i, v)
			}
			if i < len(want.First) && pixel != want.First[i] {
				t.Errorf("%s: pixel %d is %d, want %d", dir, i, pixel, want.First[i])
			}
			sum += pixel
		}
		if sum != want.Sum {
			t.Errorf("%s: the pixels sum to %d, want %d", dir, sum, want.Sum)
		}
	}
}

func TestMNISTForms(t *testing.T) {
	flat, _, err := MNIST(ImageConfig{Flat: true, OneHot: true, Dir: "testdata"})
	if err != nil {
		t.Fatal(err)
	}
	if got := denseOf(t, flat.X).Shape; !slices.Equal(got, []int{5, 784}) {
		t.Errorf("flat shape %v", got)
	}
	if y := denseOf(t, flat.Y); !slices.Equal(y.Shape, []int{5, 10}) || y.Row(0)[3] != 1 {
		t.Errorf("one-hot labels %+v", y)
	}
	channels, _, err := MNIST(ImageConfig{Channels: true, Dir: "testdata"})
	if err != nil {
		t.Fatal(err)
	}
	if got := denseOf(t, channels.X).Shape; !slices.Equal(got, []int{5, 28, 28, 1}) {
		t.Errorf("shape with channels %v", got)
	}
	_, _, err = MNIST(ImageConfig{Flat: true, Channels: true, Dir: "testdata"})
	wantError(t, "two forms", err, "datasets: ", "exclude each other")
}

func TestFashionMNISTReadsTheSameLayout(t *testing.T) {
	train, _, err := FashionMNIST(ImageConfig{Dir: "testdata/mnist"})
	if err != nil || train.Rows() != 5 || len(FashionClasses()) != 10 {
		t.Errorf("%v, %v", train, err)
	}
	_, _, err = FashionMNIST(ImageConfig{Dir: "small"})
	wantError(t, "a folder without", err, "fashion-mnist/train-images-idx3-ubyte.gz", "not in folder small")
	if _, err := os.Stat(debianDatasets); err != nil {
		t.Setenv(Env, t.TempDir())
		_, _, err = FashionMNIST(ImageConfig{})
		wantError(t, "nowhere", err, "apt-get install dataset-fashion-mnist")
	}
}

func TestMNISTRefusesFilesThatDoNotFit(t *testing.T) {
	zip := func(b []byte) []byte {
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		if _, err := w.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	for name, c := range map[string]struct {
		file    string
		content []byte
		want    string
	}{
		"images of another size": {"train-images-idx3-ubyte.gz", zip([]byte("\x00\x00\x08\x03\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01x")), "images of shape [1 1 1], want [n 28 28]"},
		"labels for other rows":  {"train-labels-idx1-ubyte.gz", zip([]byte("\x00\x00\x08\x01\x00\x00\x00\x01\x05")), "labels of shape [1] for images of shape [5 28 28]"},
		"a label out of range":   {"train-labels-idx1-ubyte.gz", zip([]byte("\x00\x00\x08\x01\x00\x00\x00\x05\x05\x0a\x00\x00\x00")), "row 1: label 10, want 0 to 9"},
		"a truncated file":       {"t10k-images-idx3-ubyte.gz", zip([]byte("\x00\x00\x08\x03\x00\x00\x00\x02\x00\x00\x00\x1c\x00\x00\x00\x1cxyz")), "byte 19: the file is cut short"},
		"no gzip":                {"t10k-labels-idx1-ubyte.gz", []byte("<html>"), "magic number"},
	} {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS("testdata/mnist")); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, c.file), c.content, 0o666); err != nil {
			t.Fatal(err)
		}
		_, _, err := MNIST(ImageConfig{Dir: dir})
		wantError(t, name, err, "datasets: ", c.want)
	}
}

// The hashes were computed with NumPy 1.24.2 from the same files; the counts are
// those of the published set.
func TestMNISTOnTheRealFiles(t *testing.T) {
	needs(t, "mnist/train-images-idx3-ubyte.gz", "mnist/train-labels-idx1-ubyte.gz", "mnist/t10k-images-idx3-ubyte.gz", "mnist/t10k-labels-idx1-ubyte.gz")
	train, test, err := MNIST(ImageConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if train.Rows() != 60000 || test.Rows() != 10000 {
		t.Fatalf("%d and %d images, want 60000 and 10000", train.Rows(), test.Rows())
	}
	labels := intsOf(t, train.Y).Values
	if !slices.Equal(labels[:10], []int32{5, 0, 4, 1, 9, 2, 1, 3, 1, 4}) {
		t.Errorf("the first labels are %v", labels[:10])
	}
	histogram := make([]int, 10)
	for _, label := range labels {
		histogram[label]++
	}
	if want := []int{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}; !slices.Equal(histogram, want) {
		t.Errorf("%v images of each digit, want %v", histogram, want)
	}
	for name, c := range map[string]struct{ got, want string }{
		"training images": {hash(t, denseOf(t, train.X).Values), "257f039238a0be158bad088c051a53908383fd47df03a7b1c229bb7bc968f160"},
		"training labels": {hash(t, labels), "ba2e26c82ab7a46fbcd5ec6de8eee4d541cf3829f5050669177da23b515defeb"},
		"test images":     {hash(t, denseOf(t, test.X).Values), "bc9f8f501f39b3ca61f899a2f402edf2024bde012b73223431b6bd735e47a165"},
		"test labels":     {hash(t, intsOf(t, test.Y).Values), "52aa149c856ca033d02e1d2e5cc61033b4c56ed4a56f0edc328206a178c42126"},
	} {
		if c.got != c.want {
			t.Errorf("%s: hash %s, want %s", name, c.got, c.want)
		}
	}
}

func TestFashionMNISTOnTheRealFiles(t *testing.T) {
	train, test, err := FashionMNIST(ImageConfig{})
	if err != nil {
		t.Skipf("Fashion-MNIST is not here: %v", err)
	}
	if train.Rows() != 60000 || test.Rows() != 10000 {
		t.Fatalf("%d and %d images, want 60000 and 10000", train.Rows(), test.Rows())
	}
	histogram := make([]int, 10)
	for _, label := range intsOf(t, train.Y).Values {
		histogram[label]++
	}
	if slices.Min(histogram) != 6000 || slices.Max(histogram) != 6000 {
		t.Errorf("%v images of each class, want 6000", histogram)
	}
	if first := intsOf(t, train.Y).Values[0]; FashionClasses()[first] != "Ankle boot" {
		t.Errorf("the first image is class %d, want an ankle boot", first)
	}
}
