package datasets

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// array is the text of an .npy file.
func array(descr string, body string, shape ...int) string {
	axes := strings.Trim(strings.ReplaceAll(fmt.Sprint(shape), " ", ","), "[]") + ","
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s)}\n", descr, axes)
	return "\x93NUMPY\x01\x00" + string(binary.LittleEndian.AppendUint16(nil, uint16(len(header)))) + header + body
}

// int32s is the body of an array of type "<i4".
func int32s(values ...int32) string {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return string(b)
}

// writeNPZ writes a packed archive of arrays and gives the path of its folder.
func writeNPZ(t testing.TB, name string, arrays map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := zip.NewWriter(f)
	for name, text := range arrays {
		entry, err := w.Create(name + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Files that are whole, and whose content is not what the set has.
func TestLoadersRefuseContentThatCannotBe(t *testing.T) {
	reuters := func(dir string) error { _, _, err := Reuters(ReutersConfig{Dir: dir}); return err }
	imdb := func(dir string) error { _, _, err := IMDB(IMDBConfig{Dir: dir}); return err }
	boston := func(dir string) error { _, _, err := BostonHousing(HousingConfig{Dir: dir}); return err }
	mnist := func(dir string) error { _, _, err := MNIST(ImageConfig{Dir: dir}); return err }
	flat := func(off string, offs int, ids ...int32) map[string]string {
		return map[string]string{
			"train_off": array("<i4", off, offs), "train_ids": array("<i4", int32s(ids...), len(ids)),
			"train_y": array("|u1", "\x00\x01", 2),
		}
	}
	for name, c := range map[string]struct {
		file   string
		arrays map[string]string
		load   func(dir string) error
		want   string
	}{
		"a million empty texts": {
			"reuters.npz", map[string]string{"x": array("|O", strings.Repeat("\x00", 2*maxTexts), maxTexts+1)}, reuters,
			"x.npy: 1048577 texts, want at most 1048576",
		},
		"no objects":              {"reuters.npz", map[string]string{"x": array("<i4", int32s(1, 2), 2)}, reuters, "x.npy: an array of type <i4 and shape [2], want objects"},
		"no array x":              {"reuters.npz", map[string]string{"y": array("<i4", int32s(1, 2), 2)}, reuters, `no array "x"; there is ["y"]`},
		"texts that run backward": {"imdb_top20000.npz", flat(int32s(0, 3, 2), 3, 1, 2), imdb, "train_off: text 1 begins at 3 and ends at 2"},
		"texts beyond the words":  {"imdb_top20000.npz", flat(int32s(0, 1, 9), 3, 1, 2), imdb, "should begin with 0 and end with the number of words"},
		"a negative place":        {"imdb_top20000.npz", flat(int32s(0, -1, 2), 3, 1, 2), imdb, "element 1 is -1, want 0 to"},
		"too few places":          {"imdb_top20000.npz", flat(int32s(0, 2), 2, 1, 2), imdb, "2 places for 2 labels"},
		"a word above the cut":    {"imdb_top20000.npz", flat(int32s(0, 1, 2), 3, 1, 20000), imdb, "train_ids.npy: element 1 is 20000, want 0 to 19999"},
		"a column too few":        {"boston_housing.npz", map[string]string{"x": array("<i4", int32s(make([]int32, 12)...), 1, 12), "y": array("<i4", int32s(1), 1)}, boston, "x: 12 columns, want 13"},
		"a price too few":         {"boston_housing.npz", map[string]string{"x": array("<i4", int32s(make([]int32, 26)...), 2, 13), "y": array("<i4", int32s(1), 1)}, boston, "target 0 has 1 rows, input 0 has 2"},
		"images of another size":  {"mnist.npz", map[string]string{"x_train": array("|u1", "1234", 1, 2, 2), "y_train": array("|u1", "\x01", 1)}, mnist, "images of shape [1 2 2], want [n 28 28]"},
		"a label of 10":           {"mnist.npz", map[string]string{"x_train": array("|u1", strings.Repeat("x", 784), 1, 28, 28), "y_train": array("|u1", "\x0a", 1)}, mnist, "row 0: label 10, want 0 to 9"},
		"pixels that are floats":  {"mnist.npz", map[string]string{"x_train": array("<f4", "1234", 1, 1, 1), "y_train": array("|u1", "\x01", 1)}, mnist, "elements of type <f4, want unsigned bytes"},
	} {
		dir := writeNPZ(t, c.file, c.arrays)
		wantError(t, name, c.load(dir), "datasets: "+filepath.Join(dir, c.file), c.want)
	}
}
