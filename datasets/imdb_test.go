package datasets

import (
	"slices"
	"testing"

	"github.com/glearn-go/glearn/data"
)

func TestIMDBIsKerasOnBothLayouts(t *testing.T) {
	want := fixtures(t).IMDB
	// flat/ has the layout of imdb_top20000.npz, with words above rank 30 left out
	for _, dir := range []string{"testdata", "testdata/flat"} {
		train, test, err := IMDBText(IMDBConfig{NumWords: 20, Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if !equalSequences(train.Sequences, want.X[:want.Train]) || !equalSequences(test.Sequences, want.X[want.Train:]) {
			t.Errorf("%s: sequences differ from Keras'", dir)
		}
		if !slices.Equal(train.Labels, want.Y[:want.Train]) || !slices.Equal(test.Labels, want.Y[want.Train:]) {
			t.Errorf("%s: labels differ from Keras'", dir)
		}
	}
}

func TestIMDBForms(t *testing.T) {
	want := fixtures(t).IMDB
	train, test, err := IMDB(IMDBConfig{NumWords: 20, Dir: "testdata"})
	if err != nil {
		t.Fatal(err)
	}
	if x, ok := train.X[0].(*data.CSR); !ok || x.Columns != 20 || test.Rows() != len(want.Y)-want.Train {
		t.Errorf("X is %T, %d test rows", train.X[0], test.Rows())
	}
	y := denseOf(t, train.Y)
	if !slices.Equal(y.Shape, []int{want.Train, 1}) || y.Values[0] != float32(want.Y[0]) {
		t.Errorf("Y is %+v", y)
	}
	padded, _, err := IMDB(IMDBConfig{NumWords: 20, SequenceLength: 6, Dir: "testdata"})
	if err != nil {
		t.Fatal(err)
	}
	if got := intsOf(t, padded.X).Shape; !slices.Equal(got, []int{want.Train, 6}) {
		t.Errorf("padded shape %v", got)
	}
}

func TestIMDBRefusesMoreWordsThanTheCutFileHas(t *testing.T) {
	if _, _, err := IMDB(IMDBConfig{NumWords: 20003, Dir: "testdata/flat"}); err != nil {
		t.Errorf("20003: %v", err)
	}
	_, _, err := IMDB(IMDBConfig{NumWords: 20004, Dir: "testdata/flat"})
	wantError(t, "20004", err, "imdb_top20000.npz", "NumWords is 20004, want at most 20003")
}

// The hashes were computed with NumPy 1.24.2 by Keras' load_data code on the
// same file; the first review is the one that Keras' documentation prints.
func TestIMDBIsKerasOnTheRealFile(t *testing.T) {
	needs(t, "imdb_top20000.npz")
	if path, err := Find("imdb.npz"); err == nil {
		t.Skipf("%s comes first; the hashes are for imdb_top20000.npz", path)
	}
	train, test, err := IMDBText(IMDBConfig{})
	if err != nil {
		t.Fatal(err)
	}
	first := []int32{1, 14, 22, 16, 43, 530, 973, 1622, 1385, 65, 458, 4468, 66, 3941, 4, 173, 36, 256, 5, 25, 100}
	if got := train.Sequences[0]; !slices.Equal(got[:len(first)], first) {
		t.Errorf("the first review begins %v, want %v", got[:len(first)], first)
	}
	for name, c := range map[string]struct{ got, want string }{
		"training texts":  {hashText(t, train.Sequences), "a8b98a1a490246d35e9e2bd37f7f9fb73fa9e16dd6e3ff21c668b590546794ac"},
		"training labels": {hash(t, train.Labels), "8ed78785766d97ca4c009daba7dc464867337af59c8eff6f29ef66533cceed2a"},
		"test texts":      {hashText(t, test.Sequences), "9ec5a10822db318f6093d5193856c19c086ef36aa9cb9ec451faea40b6f05fd6"},
		"test labels":     {hash(t, test.Labels), "df5f45502b64b1c74d437c03a4b7445bb3142ac81ad89b731efbc510f6a95742"},
	} {
		if c.got != c.want {
			t.Errorf("%s: hash %s, want %s", name, c.got, c.want)
		}
	}
	set, _, err := IMDB(IMDBConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(set.X[0].(*data.CSR).Col); got != 3292468 {
		t.Errorf("%d ones, want 3292468", got)
	}
}
