package datasets

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestWordIndex(t *testing.T) {
	w, err := ReutersWordIndex("testdata")
	if err != nil {
		t.Fatal(err)
	}
	if w.Len() != 4 || w.Rank("grain") != 3 || w.Rank("wheat") != 0 || w.Word(4) != "don't" || w.Word(0) != "" || w.Word(5) != "" || w.Word(-1) != "" {
		t.Errorf("got %+v", w)
	}
	if got := w.Decode([]int32{PadIndex, StartIndex, 4, UnknownIndex, 6, 99, -5}); got != "the ? grain ? ?" {
		t.Errorf("decoded %q", got)
	}
	if got := w.Encode("The GRAIN, wheat; don't!", 7); !slices.Equal(got, []int32{1, 4, 6, 2, 2}) {
		t.Errorf("encoded %v", got)
	}
	if _, err := IMDBWordIndex("testdata"); err != nil {
		t.Error(err)
	}
}

func TestWordIndexRefuses(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "reuters_word_index.json")
	for name, c := range map[string]struct{ json, want string }{
		"nothing":       {"", "byte 0: unexpected end"},
		"cut":           {`{"a": 1, "b"`, "byte 12"},
		"text":          {`{"a": "1"}`, "byte 9"},
		"fraction":      {`{"a": 1.5}`, "cannot unmarshal"},
		"list":          {`[1]`, "byte 1"},
		"rank 0":        {`{"a": 0}`, `word "a" has rank 0, want 1 to 1`},
		"rank too high": {`{"a": 1, "b": 3}`, `word "b" has rank 3, want 1 to 2`},
		"huge rank":     {`{"a": 9223372036854775808}`, "cannot unmarshal"},
		"rank twice":    {`{"a": 2, "b": 2}`, `words "a" and "b" both have rank 2`},
		"deep":          {strings.Repeat("[", 20000), "depth"},
		"too large":     {strings.Repeat(" ", maxWordIndex+1), "want at most"},
	} {
		if err := os.WriteFile(path, []byte(c.json), 0o666); err != nil {
			t.Fatal(err)
		}
		_, err := ReutersWordIndex(dir)
		wantError(t, name, err, "datasets: "+path, c.want)
	}
}

func TestReutersTopicsAreACopy(t *testing.T) {
	names := ReutersTopics()
	if len(names) != 46 || names[0] != "cocoa" || names[3] != "earn" || names[45] != "lead" {
		t.Errorf("topics %v", names)
	}
	names[0] = "changed"
	if ReutersTopics()[0] != "cocoa" {
		t.Error("a caller can change the topics")
	}
}

func TestWordIndexesOnTheRealFiles(t *testing.T) {
	needs(t, "reuters_word_index.json", "imdb_word_index.json", "reuters.npz")
	reuters, err := ReutersWordIndex("")
	if err != nil {
		t.Fatal(err)
	}
	imdb, err := IMDBWordIndex("")
	if err != nil {
		t.Fatal(err)
	}
	if reuters.Len() != 30979 || imdb.Len() != 88584 || reuters.Word(1) != "the" || imdb.Rank("the") != 1 {
		t.Errorf("%d and %d words, first %q", reuters.Len(), imdb.Len(), reuters.Word(1))
	}
	train, _, err := ReutersText(ReutersConfig{})
	if err != nil {
		t.Fatal(err)
	}
	// the newswire that Keras' book decodes
	if got, want := reuters.Decode(train.Sequences[0]), "? ? said as a result of its december acquisition of space co it expects earnings per share in 1987"; !strings.HasPrefix(got, want) {
		t.Errorf("the first newswire reads %q", got)
	}
}
