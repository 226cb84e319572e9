package datasets

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/glearn-go/glearn/data"
)

func TestReutersIsKerasOnAFixture(t *testing.T) {
	want := fixtures(t).Reuters
	for _, c := range []struct {
		skip int
		x    [][]int32
	}{{0, want.X}, {5, want.Skip}} {
		train, test, err := ReutersText(ReutersConfig{NumWords: 20, SkipTop: c.skip, Dir: "testdata"})
		if err != nil {
			t.Fatal(err)
		}
		if !equalSequences(train.Sequences, c.x[:want.Train]) || !equalSequences(test.Sequences, c.x[want.Train:]) {
			t.Errorf("SkipTop %d: sequences differ from Keras'", c.skip)
		}
		if !slices.Equal(train.Labels, want.Y[:want.Train]) || !slices.Equal(test.Labels, want.Y[want.Train:]) {
			t.Errorf("SkipTop %d: labels differ from Keras'", c.skip)
		}
	}
}

func TestReutersForms(t *testing.T) {
	want := fixtures(t).Reuters
	train, test, err := Reuters(ReutersConfig{NumWords: 20, Dir: "testdata"})
	if err != nil {
		t.Fatal(err)
	}
	x, ok := train.X[0].(*data.CSR)
	if !ok || x.Columns != 20 || x.Val != nil {
		t.Fatalf("X is %T, want *data.CSR with 20 columns of ones", train.X[0])
	}
	y := denseOf(t, train.Y)
	if !slices.Equal(y.Shape, []int{want.Train, 46}) || test.Rows() != len(want.Y)-want.Train {
		t.Errorf("Y has shape %v, test %d rows", y.Shape, test.Rows())
	}
	for i := range train.Rows() {
		columns, _ := x.Row(i)
		set := slices.Compact(slices.Sorted(slices.Values(want.X[i])))
		if !slices.Equal(columns, set) {
			t.Errorf("row %d has columns %v, want %v", i, columns, set)
		}
		if y.Row(i)[want.Y[i]] != 1 {
			t.Errorf("row %d has label %v, want %d", i, y.Row(i), want.Y[i])
		}
	}

	full, _, err := Reuters(ReutersConfig{NumWords: 20, Dense: true, SparseLabels: true, Dir: "testdata"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(denseOf(t, full.X).Values, x.Dense().Values) || !slices.Equal(intsOf(t, full.Y).Values, want.Y[:want.Train]) {
		t.Error("the dense form or the sparse labels differ")
	}

	padded, _, err := Reuters(ReutersConfig{NumWords: 20, SequenceLength: 4, Dir: "testdata"})
	if err != nil {
		t.Fatal(err)
	}
	if p := intsOf(t, padded.X); !slices.Equal(p.Shape, []int{want.Train, 4}) || !slices.Equal(p.Values[4:8], []int32{0, 0, 0, 1}) {
		t.Errorf("padded: shape %v, second row %v", p.Shape, p.Values[4:8])
	}
}

func TestReutersRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		cfg  ReutersConfig
		want string
	}{
		"negative NumWords":  {ReutersConfig{NumWords: -1, Dir: "testdata"}, "NumWords is -1, want more than 3"},
		"SkipTop too large":  {ReutersConfig{NumWords: 20, SkipTop: 20, Dir: "testdata"}, "SkipTop is 20"},
		"negative SkipTop":   {ReutersConfig{SkipTop: -1, Dir: "testdata"}, "SkipTop is -1"},
		"two forms":          {ReutersConfig{Dense: true, SequenceLength: 3, Dir: "testdata"}, "exclude each other"},
		"negative length":    {ReutersConfig{SequenceLength: -3, Dir: "testdata"}, "SequenceLength is -3"},
		"a folder without":   {ReutersConfig{Dir: "small"}, "reuters.npz is not in folder small"},
		"a folder of no use": {ReutersConfig{Dir: "testdata/nowhere"}, "data file not found"},
	} {
		_, _, err := Reuters(c.cfg)
		wantError(t, name, err, "datasets: ", c.want)
	}
}

func TestReutersRefusesADamagedFileWithItsName(t *testing.T) {
	raw, err := os.ReadFile("testdata/reuters.npz")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "reuters.npz")
	spoilt := slices.Clone(raw)
	spoilt[len(raw)/4] ^= 0xff
	for name, content := range map[string][]byte{"empty": nil, "half": raw[:len(raw)/2], "a flipped byte": spoilt, "text": []byte("not found")} {
		if err := os.WriteFile(path, content, 0o666); err != nil {
			t.Fatal(err)
		}
		_, _, err := Reuters(ReutersConfig{Dir: dir})
		wantError(t, name, err, "datasets: "+path)
	}
	other, err := os.ReadFile("testdata/boston_housing.npz") // numbers, not texts
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, other, 0o666); err != nil {
		t.Fatal(err)
	}
	_, _, err = Reuters(ReutersConfig{Dir: dir})
	wantError(t, "another set's file", err, path, "x.npy", "want objects with 1 axis")
}

// The hashes and counts below were computed with NumPy 1.24.2 by Keras'
// load_data code on the same file.
func TestReutersIsKerasOnTheRealFile(t *testing.T) {
	needs(t, "reuters.npz")
	trainText, testText, err := ReutersText(ReutersConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if len(trainText.Labels) != 8982 || len(testText.Labels) != 2246 {
		t.Fatalf("%d and %d newswires, want 8982 and 2246", len(trainText.Labels), len(testText.Labels))
	}
	first := []int32{1, 2, 2, 8, 43, 10, 447, 5, 25, 207, 270, 5, 3095, 111, 16, 369, 186, 90, 67, 7} // printed in Keras' book
	if got := trainText.Sequences[0]; len(got) != 87 || !slices.Equal(got[:len(first)], first) {
		t.Errorf("the first newswire is %v", got)
	}
	for name, c := range map[string]struct{ got, want string }{
		"training texts": {hashText(t, trainText.Sequences), "45e0a8f57ef1b108cc7b0e18af6a4477ff166876666258aa7f9aeb297eaf01fc"},
		"test texts":     {hashText(t, testText.Sequences), "4964b010dcc2a9545a380b64b4c279632115661127ee4d7394b27c9792ec01bb"},
		"labels":         {hash(t, trainText.Labels, testText.Labels), "48ea0ec5960cab517b73e7bd17f49413daae6b07b19bac8e439c21a450e50a13"},
	} {
		if c.got != c.want {
			t.Errorf("%s: hash %s, want %s", name, c.got, c.want)
		}
	}
	histogram := make([]int, 46)
	for _, label := range trainText.Labels {
		histogram[label]++
	}
	if want := []int{55, 432, 74, 3159, 1949, 17, 48, 16, 139, 101}; !slices.Equal(histogram[:10], want) {
		t.Errorf("the first ten topics have %v training newswires, want %v", histogram[:10], want)
	}

	train, test, err := Reuters(ReutersConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := len(train.X[0].(*data.CSR).Col), len(test.X[0].(*data.CSR).Col); a != 733517 || b != 185676 {
		t.Errorf("%d and %d ones, want 733517 and 185676", a, b)
	}
}
